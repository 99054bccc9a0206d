/**
 * The simulated engine behind real HTTP.
 *
 * @module
 */
import { realClock } from "../clock.ts";
import { UsageError } from "../errors.ts";
import type { EngineStats } from "./engine.ts";
import { createFrontEnd, type FrontEnd, type RequestStamps, SIMULATED_HEADER } from "./front_end.ts";
import { resolveSimulator, simulatorDetails, type SimulatorOptions } from "./options.ts";

/** Options of a server; those of the engine included. */
export interface ServeSimulatorOptions extends SimulatorOptions {
  /** Port; 0 takes a free one. @default {0} */
  readonly port?: number;
  /** Address to bind; only this machine can reach the default. @default {"127.0.0.1"} */
  readonly hostname?: string;
  /** Whether to keep the instant at which each token was handed to its connection. @default {false} */
  readonly recordStamps?: boolean;
}

/** A running server. Disposing of it breaks open connections. */
export interface SimulatedServer extends AsyncDisposable {
  /** With `/v1`, as OpenAI clients want it: "http://127.0.0.1:1919/v1". */
  readonly baseUrl: string;
  stats(): EngineStats;
  /** Wall clock instants (ms since 1970), one element per request in order of arrival; empty without `recordStamps`. */
  stamps(): readonly RequestStamps[];
}

/**
 * Starts a server. It runs in this thread, where it competes with the client; `startSimulatorWorker` gives it its own.
 *
 * @param options Of engine and server.
 * @returns The server, once it accepts connections.
 * @throws {UsageError} When the port is in use.
 * @throws {RangeError} When an option is out of its domain.
 */
export function serveSimulator(options: ServeSimulatorOptions = {}): SimulatedServer {
  const { port = 0, hostname = "127.0.0.1", recordStamps = false } = options;
  const frontEnd = createFrontEnd(resolveSimulator(options), {
    // Steps follow each other closely, and a step that is late by a timer's lateness is caught up: poll less.
    clock: realClock({ pollMs: 1.5 }),
    createdS: Math.floor(Date.now() / 1000),
    details: simulatorDetails(options),
    stampMs: recordStamps ? () => performance.timeOrigin + performance.now() : undefined,
  });
  const stop = new AbortController();
  const server = listen(() =>
    Deno.serve(
      { port, hostname, signal: stop.signal, onListen: () => {} },
      (request) => answer(request, { frontEnd, stopped: stop.signal }),
    ), port);
  return {
    baseUrl: `http://${hostname}:${server.addr.port}/v1`,
    stats: () => frontEnd.stats(),
    stamps: () => frontEnd.stamps(),
    async [Symbol.asyncDispose]() {
      frontEnd.close();
      stop.abort();
      await server.finished;
    },
  };
}

function listen<Server>(start: () => Server, port: number): Server {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    const message = `Cannot serve on port ${port} as it is in use: choose another with --port, or 0 for any`;
    throw new UsageError(message, { cause: error });
  }
}

interface Service {
  readonly frontEnd: FrontEnd;
  /** Fires when the server stops. */
  readonly stopped: AbortSignal;
}

async function answer(request: Request, { frontEnd, stopped }: Service): Promise<Response> {
  let body: string;
  try {
    body = await request.text();
  } catch {
    return nobodyReads();
  }
  const head = Promise.withResolvers<ResponseInit | null>();
  let hangUp = () => {};
  let state: "waiting" | "open" | "over" = "waiting";
  const giveUp = () => {
    if (state === "over") return;
    state = "over";
    stopped.removeEventListener("abort", giveUp);
    hangUp();
    head.resolve(null);
  };
  stopped.addEventListener("abort", giveUp);
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      hangUp = frontEnd.handle({
        method: request.method,
        path: new URL(request.url).pathname,
        requestId: request.headers.get("x-request-id"),
        body,
      }, {
        head(status, headers) {
          if (state === "waiting") state = "open";
          head.resolve({ status, headers });
        },
        write(bytes) {
          if (state === "open") controller.enqueue(bytes.slice());
        },
        end() {
          if (state === "over") return;
          state = "over";
          stopped.removeEventListener("abort", giveUp);
          controller.close();
        },
      });
    },
    cancel: giveUp,
  });
  // An answer that has not begun is not told that its client went away; the request is.
  if (state === "waiting") request.signal.addEventListener("abort", giveUp);
  const init = await head.promise;
  return init === null ? nobodyReads() : new Response(stream, init);
}

/** The client went away in the middle of its request, or before its answer began. */
function nobodyReads(): Response {
  return new Response(null, { status: 400, headers: SIMULATED_HEADER });
}
