/**
 * A transport whose engine can be replaced by a new one while it stays the same transport.
 *
 * @module
 */
import type { Transport } from "../types.ts";

/** A transport that can begin anew. */
export interface RenewableTransport extends Transport {
  /** Closes what is behind it and opens it again: a new engine knows nothing of what was asked before. */
  renew(): void;
}

/** Makes a transport that hands everything to the one that was opened last. */
export function renewableTransport(open: () => Transport): RenewableTransport {
  let current = open();
  return {
    name: current.name,
    send: (request, sink) => current.send(request, sink),
    renew() {
      // Nothing is in flight between cells, so closing has nothing to wait for.
      void current[Symbol.asyncDispose]();
      current = open();
    },
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  };
}
