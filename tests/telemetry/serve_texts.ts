import type { Transport, WireRequest } from "../../lib/types.ts";
import type { VirtualClock } from "../../lib/clock.ts";
import { fakeTransport } from "../testdata/fake_transport.ts";

/** Answers with a text after `delayMs`, with 404 to `undefined`, and as if nothing listened to `null`. */
export function serveTexts(
  clock: VirtualClock,
  textOf: (request: WireRequest) => string | null | undefined,
  delayMs = 1,
): Transport {
  return fakeTransport(clock, (request, sink, sentMs) => {
    const text = textOf(request);
    clock.at(sentMs + delayMs, () => {
      const atMs = clock.now();
      if (text === null) return sink.onError({ kind: "connect", message: "connection refused" }, atMs);
      sink.onHeaders(text === undefined ? 404 : 200, {}, atMs);
      const bytes = new TextEncoder().encode(text ?? "not found");
      for (const byte of bytes) sink.onBytes(new Uint8Array([byte]), atMs);
      sink.onEnd(atMs);
    });
  });
}
