/**
 * Load over time, from the records alone.
 *
 * @module
 */
import type { RequestRecord } from "../types.ts";

/** State from `atMs` until the next step. */
export interface LoadStep {
  readonly atMs: number;
  /** Requests sent and not yet ended. */
  readonly inFlight: number;
  /** Of those, requests that have not seen a token. */
  readonly queued: number;
}

/** A {@linkcode LoadStep} with its end. */
export interface LoadSpan extends LoadStep {
  /** Infinity for the last one, in which nothing is in flight. */
  readonly untilMs: number;
}

/** When requests were sent, got their first token and ended: one entry per request that was sent, any order. */
export interface LoadInstants {
  readonly sentMs: Float64Array;
  /** The end, where no token came. */
  readonly firstMs: Float64Array;
  readonly doneMs: Float64Array;
}

/**
 * Requests in flight and waiting, span after span.
 *
 * @returns Spans in order of time without gaps between them, a new one at each instant at which something changed.
 */
export function* loadSpans(instants: LoadInstants): Generator<LoadSpan> {
  const [sentMs, firstMs, doneMs] = [instants.sentMs, instants.firstMs, instants.doneMs]
    .map((times) => times.toSorted());
  if (sentMs === undefined || firstMs === undefined || doneMs === undefined) return;
  const nextMs = () =>
    Math.min(sentMs[sent] ?? Infinity, firstMs[first] ?? Infinity, doneMs[done] ?? Infinity);
  let [sent, first, done] = [0, 0, 0];
  for (let atMs = nextMs(); atMs < Infinity;) {
    while (sentMs[sent] === atMs) sent++;
    while (firstMs[first] === atMs) first++;
    while (doneMs[done] === atMs) done++;
    const untilMs = nextMs();
    yield { atMs, untilMs, inFlight: sent - done, queued: sent - first };
    atMs = untilMs;
  }
}

/**
 * Requests in flight and waiting, as steps in time.
 *
 * @param records Of one cell, any order; those never sent are left out.
 * @returns Steps in order of time, one per instant at which something changed.
 */
export function concurrencySteps(records: Iterable<RequestRecord>): LoadStep[] {
  const sent = Array.from(records).filter((record) => record.sentMs !== null);
  const spans = loadSpans({
    sentMs: Float64Array.from(sent, (record) => record.sentMs ?? 0),
    firstMs: Float64Array.from(sent, (record) => record.ticsMs[0] ?? record.doneMs),
    doneMs: Float64Array.from(sent, (record) => record.doneMs),
  });
  return Array.from(spans, ({ atMs, inFlight, queued }) => ({ atMs, inFlight, queued }));
}

/**
 * Tokens per second in bins of equal width.
 *
 * @param records Of one cell; tokens of failed requests count, they were served.
 * @param binMs Width of a bin, > 0.
 * @returns One value per bin from the first tic's bin to the last's, empty bins included.
 */
export function tokensPerSSeries(
  records: Iterable<RequestRecord>,
  binMs: number,
): { startMs: number; tokensPerS: number }[] {
  const tokens = new Map<number, number>();
  for (const { ticsMs, tokensPerTic } of records) {
    for (const [i, ticMs] of ticsMs.entries()) {
      const bin = Math.floor(ticMs / binMs);
      tokens.set(bin, (tokens.get(bin) ?? 0) + (tokensPerTic?.[i] ?? 1));
    }
  }
  if (tokens.size === 0) return [];
  let first = Infinity;
  let last = -Infinity;
  for (const bin of tokens.keys()) {
    first = Math.min(first, bin);
    last = Math.max(last, bin);
  }
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    startMs: (first + i) * binMs,
    tokensPerS: (tokens.get(first + i) ?? 0) / binMs * 1000,
  }));
}
