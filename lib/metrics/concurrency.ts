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

/**
 * Requests in flight and waiting, as steps in time.
 *
 * @param records Of one cell, any order; those never sent are left out.
 * @returns Steps in order of time, one per instant at which something changed.
 */
export function concurrencySteps(records: Iterable<RequestRecord>): LoadStep[] {
  const changes: { atMs: number; inFlight: number; queued: number }[] = [];
  for (const { sentMs, ticsMs, doneMs } of records) {
    if (sentMs === null) continue;
    changes.push({ atMs: sentMs, inFlight: 1, queued: 1 });
    changes.push({ atMs: ticsMs[0] ?? doneMs, inFlight: 0, queued: -1 });
    changes.push({ atMs: doneMs, inFlight: -1, queued: 0 });
  }
  changes.sort((a, b) => a.atMs - b.atMs);
  const steps: LoadStep[] = [];
  let inFlight = 0;
  let queued = 0;
  for (const change of changes) {
    inFlight += change.inFlight;
    queued += change.queued;
    if (steps.at(-1)?.atMs === change.atMs) steps.pop();
    steps.push({ atMs: change.atMs, inFlight, queued });
  }
  return steps;
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
