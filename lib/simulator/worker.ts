/**
 * The server in a thread of its own, so that engine and client do not wait for each other.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { EngineStats } from "./engine.ts";
import type { RequestStamps } from "./front_end.ts";
import { resolveSimulator } from "./options.ts";
import type { ServeSimulatorOptions } from "./server.ts";

/** A server in another thread. */
export interface SimulatorWorker extends AsyncDisposable {
  /** With `/v1`: "http://127.0.0.1:1919/v1". */
  readonly baseUrl: string;
  stats(): Promise<EngineStats>;
  /** Wall clock instants (ms since 1970), one element per request in order of arrival; empty without `recordStamps`. */
  stamps(): Promise<readonly RequestStamps[]>;
}

/** What the thread can be asked. */
export interface SimulatorThread {
  /** @returns The base URL. */
  start(options: ServeSimulatorOptions): string;
  stats(): EngineStats;
  stamps(): readonly RequestStamps[];
  stop(): Promise<void>;
}

/** A question to the thread. */
export type ThreadCall =
  | { readonly name: "start"; readonly options: ServeSimulatorOptions }
  | { readonly name: "stats" | "stamps" | "stop" };

/** Its answer; answers come in the order of the questions. */
export type ThreadAnswer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly message: string; readonly isUsage: boolean };

/**
 * Starts a server in a thread of its own.
 *
 * @param options Of engine and server.
 * @returns The server, once it accepts connections.
 * @throws {UsageError} When the port is in use.
 * @throws {RangeError} When an option is out of its domain.
 */
export async function startSimulatorWorker(options: ServeSimulatorOptions = {}): Promise<SimulatorWorker> {
  resolveSimulator(options);
  const worker = new Worker(new URL("./worker_thread.ts", import.meta.url), { type: "module" });
  const questions: PromiseWithResolvers<unknown>[] = [];
  worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => {
    const question = questions.shift();
    if (data.kind === "value") question?.resolve(data.value);
    else question?.reject(data.isUsage ? new UsageError(data.message) : new Error(data.message));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    const error = new Error(`Cannot go on simulating as the engine's thread failed: ${event.message}`);
    for (const question of questions.splice(0)) question.reject(error);
  };

  function ask<Name extends keyof SimulatorThread>(
    call: ThreadCall & { readonly name: Name },
  ): Promise<Awaited<ReturnType<SimulatorThread[Name]>>> {
    const question = Promise.withResolvers<unknown>();
    questions.push(question);
    worker.postMessage(call);
    return question.promise as Promise<Awaited<ReturnType<SimulatorThread[Name]>>>;
  }

  try {
    const baseUrl = await ask({ name: "start", options });
    let stopped: Promise<void> | undefined;
    return {
      baseUrl,
      stats: () => ask({ name: "stats" }),
      stamps: () => ask({ name: "stamps" }),
      [Symbol.asyncDispose]: () => stopped ??= ask({ name: "stop" }).finally(() => worker.terminate()),
    };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
