/// <reference lib="deno.worker" />
/**
 * The thread that `startSimulatorWorker` starts; not for importing.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { serveSimulator, type SimulatedServer } from "./server.ts";
import type { SimulatorThread, ThreadAnswer, ThreadCall } from "./worker.ts";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const thread = createThread();

scope.onmessage = async ({ data }: MessageEvent<ThreadCall>) => {
  scope.postMessage(await answerCall(data));
};

async function answerCall(call: ThreadCall): Promise<ThreadAnswer> {
  try {
    const value = call.name === "start" ? thread.start(call.options) : await thread[call.name]();
    return { kind: "value", value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "error", message, isUsage: error instanceof UsageError };
  }
}

function createThread(): SimulatorThread {
  let server: SimulatedServer | null = null;
  const started = () => {
    if (server) return server;
    throw new TypeError("Cannot ask the engine's thread as it was not started");
  };
  return {
    start(options) {
      server = serveSimulator(options);
      return server.baseUrl;
    },
    stats: () => started().stats(),
    stamps: () => started().stamps(),
    stop: async () => await started()[Symbol.asyncDispose](),
  };
}
