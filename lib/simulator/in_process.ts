/**
 * A transport that needs no socket: the simulated engine in the same process, on the client's own clock.
 *
 * @module
 */
import type { Clock, ResponseSink, Transport, TransportError, WireRequest } from "../types.ts";
import type { EngineStats } from "./engine.ts";
import { createFrontEnd } from "./front_end.ts";
import { resolveSimulator, simulatorDetails, type SimulatorOptions } from "./options.ts";

/** A transport with an engine behind it. */
export interface InProcessTransport extends Transport {
  stats(): EngineStats;
}

/**
 * Makes an engine and a transport that leads to it. A sink sees the bytes that the server would send. On a virtual
 * clock it sees them at exactly the simulated instants; no connection is reported, as there is none.
 *
 * @param options Of the engine.
 * @param clock The client's, real or virtual.
 * @throws {RangeError} When an option is out of its domain.
 * @example
 * ```ts
 * import { virtualClock } from "../clock.ts";
 * import { inProcessTransport } from "./in_process.ts";
 * import assert from "node:assert/strict";
 *
 * const clock = virtualClock();
 * const transport = inProcessTransport({ model: "Qwen3-0.6B", tp: 1 }, clock);
 * let text = "";
 * const url = "http://simulator/v1/models";
 * transport.send({ method: "GET", url, headers: {}, body: new Uint8Array() }, {
 *   onHeaders: (status) => assert.equal(status, 200),
 *   onBytes: (bytes) => text += new TextDecoder().decode(bytes),
 *   onEnd: () => {},
 *   onError: (error) => assert.fail(error.message),
 * });
 * clock.run();
 * assert.equal(JSON.parse(text).data[0].id, "Qwen/Qwen3-0.6B");
 * ```
 */
export function inProcessTransport(options: SimulatorOptions, clock: Clock): InProcessTransport {
  const details = simulatorDetails(options);
  const frontEnd = createFrontEnd(resolveSimulator(options), { clock, createdS: 0, details });
  const decoder = new TextDecoder();
  const open = new Set<(error: TransportError) => void>();

  function send(request: WireRequest, sink: ResponseSink): () => void {
    let hangUp = () => {};
    const fail = (error: TransportError) => {
      if (!open.delete(fail)) return;
      hangUp();
      sink.onError(error, clock.now());
    };
    open.add(fail);
    // At the next event rather than now: the caller has the abort function before the first callback.
    const cancel = clock.at(clock.now(), () => {
      hangUp = frontEnd.handle({
        method: request.method,
        path: new URL(request.url).pathname,
        requestId: request.headers["x-request-id"] ?? null,
        body: decoder.decode(request.body),
      }, {
        head: (status, headers) => sink.onHeaders(status, headers, clock.now()),
        write: (bytes) => sink.onBytes(bytes, clock.now()),
        end() {
          open.delete(fail);
          sink.onEnd(clock.now());
        },
      });
    });
    return () => {
      cancel();
      fail({ kind: "aborted", message: "The request was aborted" });
    };
  }

  return {
    name: "simulator",
    send,
    stats: () => frontEnd.stats(),
    [Symbol.asyncDispose]() {
      frontEnd.close();
      for (const fail of open) fail({ kind: "disconnected", message: "The simulated engine was closed" });
      return Promise.resolve();
    },
  };
}
