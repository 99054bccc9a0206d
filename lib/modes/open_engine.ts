/**
 * The engine of a run: started here and simulated, or already running somewhere.
 *
 * @module
 */
import { listModels, openTransport, type ServedModel } from "../client/mod.ts";
import { realClock } from "../clock.ts";
import { type EngineProfile, findEngine, recogniseEngine, simulated } from "../engines/mod.ts";
import { RunError, UsageError } from "../errors.ts";
import {
  describeSimulator,
  resolveSimulator,
  simulatorDetails,
  type SimulatorOptions,
} from "../simulator/options.ts";
import { startSimulatorWorker } from "../simulator/worker.ts";
import type { Clock, EngineInfo } from "../types.ts";
import type { Line } from "./connect.ts";
import { makeTarget, normaliseBaseUrl } from "./target.ts";

/** Which engine, and how to talk to it. */
export interface EngineOptions {
  /** Base of a running server's API; absent starts the embedded simulated engine. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Profile name. @default recognised by what the server says */
  readonly engine?: string;
  /** @default the first model the server lists */
  readonly model?: string;
  /** @default what the server says, else unknown */
  readonly contextTokens?: number;
  readonly transport: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly simulator: SimulatorOptions;
}

/** An engine that can be asked. */
export interface OpenEngine extends AsyncDisposable {
  readonly line: Line;
  readonly info: EngineInfo;
  readonly profile: EngineProfile;
  /** Longest prompt + answer in tokens; `null` when unknown. */
  readonly contextTokens: number | null;
}

/**
 * Opens the engine. The clock starts here: it is the run's.
 *
 * @throws {UsageError} For options that cannot go together.
 * @throws {RunError} When the server cannot be reached or has no model.
 */
export async function openEngine(options: EngineOptions): Promise<OpenEngine> {
  if (options.baseUrl === undefined && (options.engine ?? simulated.name) !== simulated.name) {
    throw new UsageError(`Cannot start ${options.engine}: name a running one with --base-url`);
  }
  await using stack = new AsyncDisposableStack();
  const embedded = options.baseUrl === undefined
    ? stack.use(await startSimulatorWorker(options.simulator))
    : null;
  const baseUrl = normaliseBaseUrl(embedded?.baseUrl ?? options.baseUrl ?? "");
  const model = await chooseModel(baseUrl, options);
  const profile = options.engine !== undefined ? findEngine(options.engine) : recogniseEngine(model.ownedBy);
  // Whatever it is called: what says that it is simulated is simulated.
  const isSimulated = embedded !== null || recogniseEngine(model.ownedBy) === simulated;
  const clock: Clock = realClock();
  const transport = stack.use(openTransport(options.transport, clock));
  const owned = stack.move();
  return {
    line: {
      clock,
      transport,
      signal: options.signal,
      target: makeTarget({ ...options, baseUrl }, { model: model.id, quirks: profile.quirks }),
    },
    info: {
      name: profile.name,
      simulated: isSimulated,
      description: embedded === null
        ? `${profile.label}${isSimulated && profile !== simulated ? ", simulated," : ""} at ${baseUrl}`
        : describeSimulator(options.simulator),
      baseUrl,
      ...(embedded === null ? {} : { details: simulatorDetails(options.simulator) }),
    },
    profile,
    contextTokens: options.contextTokens ?? model.contextTokens ??
      embeddedContext(embedded !== null, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function embeddedContext(isEmbedded: boolean, options: EngineOptions): number | null {
  return isEmbedded ? resolveSimulator(options.simulator).scheduler.contextTokens : null;
}

async function chooseModel(baseUrl: string, options: EngineOptions): Promise<ServedModel> {
  let models: ServedModel[];
  try {
    models = await listModels({ baseUrl, apiKey: options.apiKey, headers: options.headers });
  } catch (error) {
    // A server without /models is usable when the model is named; the connection test judges it.
    if (options.model !== undefined && error instanceof RunError) return { id: options.model };
    throw error;
  }
  if (options.model === undefined) {
    const [first] = models;
    if (first === undefined) {
      throw new RunError(`Cannot choose a model as ${baseUrl} lists none: name one with --model`);
    }
    return first;
  }
  return models.find((model) => model.id === options.model) ??
    { id: options.model, ownedBy: models[0]?.ownedBy };
}
