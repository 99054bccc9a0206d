/**
 * One question and its whole answer, outside any measurement.
 *
 * @module
 */
import type { Clock, Transport, WireRequest } from "../types.ts";

/** What asking needs. */
export interface AskOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Longest wait for the end of the answer, in ms. @default 10000 */
  readonly timeoutMs?: number;
}

/** A complete answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request over a transport and waits for the whole answer.
 *
 * @returns `null` when none came within the time.
 */
export function ask(request: WireRequest, options: AskOptions): Promise<Answer | null> {
  const { transport, clock, timeoutMs = 10_000 } = options;
  return new Promise((resolve) => {
    const decoder = new TextDecoder();
    let status = 0;
    let text = "";
    let abort = () => {};
    const stopTimer = clock.at(clock.now() + timeoutMs, () => abort());
    const finish = (answer: Answer | null) => {
      stopTimer();
      resolve(answer);
    };
    abort = transport.send(request, {
      onHeaders: (received) => {
        status = received;
      },
      onBytes: (bytes) => {
        text += decoder.decode(bytes, { stream: true });
      },
      onEnd: () => finish({ status, text }),
      onError: () => finish(null),
    });
  });
}
