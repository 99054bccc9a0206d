/**
 * One question whose answer is told at the instant when it is there, also in the middle of a load: no promise is between
 * the last byte and the caller, so that virtual time does not pass in between.
 *
 * @module
 */
import type { Clock, Transport, TransportError } from "../types.ts";

/** What reading needs. */
export interface ReadOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Sent with every question. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for the end of an answer, in ms. @default 5000 */
  readonly timeoutMs?: number;
}

/** What came of a question. `atMs` is on the clock. */
export type Reading =
  | { readonly kind: "answer"; readonly atMs: number; readonly status: number; readonly text: string }
  | { readonly kind: "none"; readonly atMs: number; readonly message: string };

/**
 * Asks by GET.
 *
 * @param url Absolute.
 * @param onReading Called once, unless the question is taken back.
 * @returns Takes the question back.
 */
export function read(
  url: string,
  { transport, clock, headers = {}, timeoutMs = 5000, onReading }: ReadOptions & {
    readonly onReading: (reading: Reading) => void;
  },
): () => void {
  const decoder = new TextDecoder();
  let status = 0;
  let text = "";
  let isOver = false;
  let timedOut = false;
  let abort = () => {};
  const stopTimer = clock.at(clock.now() + timeoutMs, () => {
    timedOut = true;
    abort();
  });
  const finish = (reading: Reading) => {
    if (isOver) return;
    isOver = true;
    stopTimer();
    onReading(reading);
  };
  const fail = (error: TransportError, atMs: number) => {
    const message = timedOut
      ? `no answer within ${timeoutMs / 1000} s`
      : error.message || error.code || error.kind;
    finish({ kind: "none", atMs, message });
  };
  abort = transport.send({ method: "GET", url, headers, body: new Uint8Array() }, {
    onHeaders: (received) => {
      status = received;
    },
    onBytes: (bytes) => {
      text += decoder.decode(bytes, { stream: true });
    },
    onEnd: (atMs) => finish({ kind: "answer", atMs, status, text: text + decoder.decode() }),
    onError: fail,
  });
  return () => {
    if (isOver) return;
    isOver = true;
    stopTimer();
    abort();
  };
}

/** The same as a promise. */
export function readOnce(url: string, options: ReadOptions): Promise<Reading> {
  return new Promise((resolve) => read(url, { ...options, onReading: resolve }));
}
