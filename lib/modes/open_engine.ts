/**
 * The engine of a run: started here and simulated, or already running somewhere.
 *
 * @module
 */
import { ask, listModels, openTransport, type ServedModel } from "../client/mod.ts";
import { realClock, type RunClock, virtualClock } from "../clock.ts";
import { askAbout, type EngineProfile, findEngine, recogniseEngine, simulated } from "../engines/mod.ts";
import { RunError, UsageError } from "../errors.ts";
import { inProcessTransport } from "../simulator/in_process.ts";
import {
  describeSimulator,
  resolveSimulator,
  simulatorDetails,
  type SimulatorOptions,
} from "../simulator/options.ts";
import { startSimulatorWorker } from "../simulator/worker.ts";
import type { EngineInfo, Transport } from "../types.ts";
import { withoutAbsent } from "../without_absent.ts";
import type { Line } from "./connect.ts";
import { type SimulatorReports, simulatorReports } from "./simulator_reports.ts";
import { makeTarget, normaliseBaseUrl } from "./target.ts";

/** Which engine, and how to talk to it. */
export interface EngineOptions {
  /** Base of a running server's API; absent starts the embedded simulated engine. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  /** Extra headers. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Profile name. @default recognised by what the server says */
  readonly engine?: string;
  /** The profile itself, such as a user's own. @default by its name */
  readonly profile?: EngineProfile;
  /** @default the first model the server lists */
  readonly model?: string;
  /** @default what the server says, else unknown */
  readonly contextTokens?: number;
  /** @default "node" */
  readonly transport?: string;
  /** Longest wait for one answer, in ms. @default 300,000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Of the embedded engine. @default {} */
  readonly simulator?: SimulatorOptions;
  /** The run's clock. @default a new one */
  readonly clock?: RunClock;
  /** Runs the embedded engine in this process on a virtual clock: times are computed, not measured. @default false */
  readonly virtualTime?: boolean;
}

/** An engine that can be asked. */
export interface OpenEngine extends AsyncDisposable {
  readonly line: Line;
  readonly info: EngineInfo;
  readonly profile: EngineProfile;
  /** Longest prompt + answer in tokens; `null` when unknown. */
  readonly contextTokens: number | null;
  /** What a simulated engine tells about itself. Absent for real ones. */
  readonly reports?: SimulatorReports;
}

const DEFAULTS = { headers: {}, transport: "node", timeoutMs: 300_000, simulator: {} } as const;

type FilledOptions = EngineOptions & Required<Pick<EngineOptions, keyof typeof DEFAULTS>>;

/**
 * Opens the engine. Where no clock is given, it starts here: it is the run's.
 *
 * @throws {UsageError} For options that cannot go together.
 * @throws {RunError} When the server cannot be reached or has no model.
 */
export async function openEngine(given: EngineOptions): Promise<OpenEngine> {
  const options: FilledOptions = { ...DEFAULTS, ...withoutAbsent(given) };
  const { baseUrl: serverUrl, signal, simulator, virtualTime = false } = options;
  if (serverUrl === undefined && (options.engine ?? simulated.name) !== simulated.name) {
    throw new UsageError(`Cannot start ${options.engine}: name a running one with --base-url`);
  }
  if (serverUrl !== undefined && virtualTime) {
    throw new UsageError(
      "Cannot use --virtual-time with --base-url: only the embedded simulated engine can be computed, a server has to be waited for",
    );
  }
  await using stack = new AsyncDisposableStack();
  const { clock, transport, baseUrl, models } = virtualTime
    ? await computeEngine(options, stack)
    : await reachEngine(options, stack);
  const model = chooseModel(models, { baseUrl, model: options.model });
  const profile = options.profile ??
    (options.engine !== undefined ? findEngine(options.engine) : recogniseEngine(model.ownedBy));
  const isEmbedded = serverUrl === undefined;
  // Whatever it is called: what says that it is simulated is simulated.
  const isSimulated = isEmbedded || recogniseEngine(model.ownedBy).simulated;
  const target = makeTarget({ ...options, baseUrl }, { model: model.id, quirks: profile.quirks });
  const line: Line = { clock, transport, signal, target };
  const about = isEmbedded ? { details: simulatorDetails(simulator) } : await askAbout(profile.about, {
    rootUrl: new URL(baseUrl).origin,
    transport,
    clock,
    headers: target.headers,
  });
  const owned = stack.move();
  return {
    line,
    info: {
      name: profile.name,
      simulated: isSimulated,
      description: isEmbedded
        ? describeSimulator(simulator)
        : `${profile.label}${isSimulated && !profile.simulated ? ", simulated," : ""} at ${baseUrl}`,
      baseUrl,
      ...about,
    },
    profile,
    contextTokens: options.contextTokens ?? model.contextTokens ??
      (isEmbedded ? resolveSimulator(simulator).scheduler.contextTokens : null),
    ...(isSimulated ? { reports: simulatorReports(line) } : {}),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** No request is given up, however long its answer takes in virtual time: an overloaded engine has long latencies. */
const VIRTUAL_TIMEOUT_MS = 7 * 24 * 3600 * 1000;

/** Opens a simulated engine in this process, on a virtual clock of its own. */
export function openVirtualEngine(
  options: Pick<EngineOptions, "simulator" | "signal">,
): Promise<OpenEngine> {
  const timeoutMs = VIRTUAL_TIMEOUT_MS;
  return openEngine({ ...options, headers: {}, virtualTime: true, transport: "node", timeoutMs });
}

/** An engine before it is known which it is. */
interface Reached {
  readonly clock: RunClock;
  readonly transport: Transport;
  /** In its normal form. */
  readonly baseUrl: string;
  readonly models: readonly ServedModel[];
}

/** Over HTTP: a running server, or the embedded engine in its own thread. */
async function reachEngine(options: FilledOptions, stack: AsyncDisposableStack): Promise<Reached> {
  const url = options.baseUrl ?? stack.use(await startSimulatorWorker(options.simulator)).baseUrl;
  const baseUrl = normaliseBaseUrl(url);
  const models = await listOrTrust(baseUrl, options);
  const clock = options.clock ?? realClock();
  return { clock, transport: stack.use(openTransport(options.transport, clock)), baseUrl, models };
}

/** A server without /models is usable when the model is named; the connection test judges it. */
async function listOrTrust(baseUrl: string, options: FilledOptions): Promise<readonly ServedModel[]> {
  try {
    return await listModels({ baseUrl, apiKey: options.apiKey, headers: options.headers });
  } catch (error) {
    if (options.model !== undefined && error instanceof RunError) return [];
    throw error;
  }
}

/** Nothing listens at this address; requests need one all the same. */
const VIRTUAL_BASE_URL = "http://simulator/v1";

/** In this process, on a virtual clock. */
async function computeEngine(options: FilledOptions, stack: AsyncDisposableStack): Promise<Reached> {
  const clock = options.clock ?? virtualClock();
  const transport = stack.use(inProcessTransport(options.simulator, clock));
  const request = { method: "GET", url: `${VIRTUAL_BASE_URL}/models`, headers: {}, body: NO_BODY } as const;
  const answer = await clock.settle(ask(request, { transport, clock }));
  const { data } = JSON.parse(answer?.text ?? '{"data": []}') as { data: Record<string, string & number>[] };
  const models = data.map(({ id = "", owned_by: ownedBy, max_model_len: contextTokens }) => ({
    ...{ id, ownedBy, contextTokens },
  }));
  return { clock, transport, baseUrl: VIRTUAL_BASE_URL, models };
}

const NO_BODY = new Uint8Array();

/** The named model, else the first. */
function chooseModel(
  models: readonly ServedModel[],
  { baseUrl, model }: { readonly baseUrl: string; readonly model?: string },
): ServedModel {
  const [first] = models;
  if (model !== undefined) {
    return models.find(({ id }) => id === model) ?? { id: model, ownedBy: first?.ownedBy };
  }
  if (first === undefined) {
    throw new RunError(`Cannot choose a model as ${baseUrl} lists none: name one with --model`);
  }
  return first;
}
