import type { Clock, ResponseSink, Transport, WireRequest } from "../../lib/types.ts";

/** A transport whose answers are scripted: `answer` gets every request and plays its part on the clock. */
export function fakeTransport(
  clock: Clock,
  answer: (request: WireRequest, sink: ResponseSink, sentMs: number) => void,
): Transport {
  return {
    name: "fake",
    send(request, sink) {
      let aborted = false;
      const guarded: ResponseSink = {
        onHeaders: (...args) => aborted || sink.onHeaders(...args),
        onBytes: (...args) => aborted || sink.onBytes(...args),
        onEnd: (atMs) => aborted || sink.onEnd(atMs),
        onError: (...args) => aborted || sink.onError(...args),
      };
      answer(request, guarded, clock.now());
      return () => {
        if (aborted) return;
        aborted = true;
        sink.onError({ kind: "aborted", message: "aborted" }, clock.now());
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** One event of a chat stream as bytes. */
export function event(data: string | object): Uint8Array {
  return new TextEncoder().encode(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
}

/** A chunk with one token. */
export const token: Uint8Array = event({ choices: [{ delta: { content: "a" }, finish_reason: null }] });

/** The finish chunk and the end mark. */
export const finish: readonly Uint8Array[] = [
  event({ choices: [{ delta: {}, finish_reason: "length" }] }),
  event("[DONE]"),
];

/** Answers with `tokens` tokens, the first after `ttftMs`, the others `itlMs` apart. */
export function steadyAnswer(
  clock: Clock,
  { ttftMs, itlMs, tokens }: { ttftMs: number; itlMs: number; tokens: number },
): (request: WireRequest, sink: ResponseSink, sentMs: number) => void {
  return (_request, sink, sentMs) => {
    sink.onHeaders(200, { "content-type": "text/event-stream" }, sentMs);
    for (let i = 0; i < tokens; i++) {
      const atMs = sentMs + ttftMs + i * itlMs;
      clock.at(atMs, () => {
        sink.onBytes(token, atMs);
        if (i < tokens - 1) return;
        for (const bytes of finish) sink.onBytes(bytes, atMs);
        sink.onEnd(atMs);
      });
    }
  };
}
