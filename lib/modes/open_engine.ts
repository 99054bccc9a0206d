/**
 * The engine of a run: started here and simulated, or already running somewhere.
 *
 * @module
 */
import { listModels, openaiChat, openTransport, type ServedModel } from "../client/mod.ts";
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
  const authorization: Record<string, string> = options.apiKey === undefined
    ? {}
    : { authorization: `Bearer ${options.apiKey}` };
  const owned = stack.move();
  return {
    line: {
      clock,
      transport,
      signal: options.signal,
      target: {
        baseUrl,
        model: model.id,
        protocol: openaiChat,
        quirks: profile.quirks,
        headers: { ...authorization, ...options.headers },
        timeoutMs: options.timeoutMs,
        secrets: secretsOf(options),
      },
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

/**
 * The base of an API from either spelling: with or without `/chat/completions`, with or without a slash at the end.
 *
 * @throws {UsageError} When it is not an http(s) URL, or holds a password or a query.
 */
export function normaliseBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(`Cannot use base URL "${text}": it must look like http://127.0.0.1:1919/v1`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      "Cannot use a base URL with a password in it: pass it with --header or OPENAI_API_KEY",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new UsageError(
      `Cannot use base URL "${url.origin}${url.pathname}" with a query or a fragment behind it`,
    );
  }
  return url.origin + url.pathname.replace(/\/(chat\/completions\/?)?$/, "");
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

/**
 * Texts that could stand in a server's message and must not reach disk: the key, and header values whole and word by
 * word ("Bearer", then the token).
 */
function secretsOf({ apiKey = "", headers }: EngineOptions): string[] {
  const values = Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/)]);
  return [apiKey, ...values].filter((text) => text.length >= 8).sort((a, b) => b.length - a.length);
}
