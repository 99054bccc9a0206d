/**
 * Quantiles of what was counted into buckets.
 *
 * @module
 */

/** Observations up to a bound, those of all smaller buckets among them. */
export interface Bucket {
  /** Upper bound, itself included; the last one's is Infinity. */
  readonly bound: number;
  /** Cumulative. */
  readonly count: number;
}

/**
 * Estimates a quantile as Prometheus' `histogram_quantile` does: observations are taken to lie evenly within their bucket,
 * whose lower bound is the one before, or 0 for the first.
 * https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 *
 * @param q In [0, 1].
 * @param buckets In any order, bounds distinct.
 * @returns The highest finite bound when the quantile lies beyond it; `null` where Prometheus gives NaN: without
 *   observations, without a last bucket that takes everything, and with fewer than two buckets.
 * @example
 * ```ts
 * import { histogramQuantile } from "./histogram_quantile.ts";
 * import assert from "node:assert/strict";
 *
 * const buckets = [{ bound: 1, count: 2 }, { bound: 3, count: 6 }, { bound: Infinity, count: 8 }];
 * assert.equal(histogramQuantile(0.5, buckets), 2); // rank 4 is the second of the four between 1 and 3
 * assert.equal(histogramQuantile(0.9, buckets), 3);
 * ```
 */
export function histogramQuantile(q: number, buckets: readonly Bucket[]): number | null {
  const sorted = monotonic(buckets.toSorted((a, b) => a.bound - b.bound));
  const last = sorted.at(-1);
  const highest = sorted.at(-2);
  if (last === undefined || highest === undefined || last.bound !== Infinity || !(last.count > 0)) {
    return null;
  }
  const rank = q * last.count;
  const place = sorted.slice(0, -1).findIndex(({ count }) => count >= rank);
  if (place === -1) return highest.bound;
  const { bound, count } = sorted[place] ?? highest;
  const before = sorted[place - 1];
  if (before === undefined && bound <= 0) return bound;
  const [startBound, startCount] = before === undefined ? [0, 0] : [before.bound, before.count];
  if (count === startCount) return null; // Rank 0, and nothing in the first bucket.
  return startBound + (bound - startBound) * ((rank - startCount) / (count - startCount));
}

/** Counts that do not fall: readings of several processes may be a moment apart. */
function monotonic(sorted: readonly Bucket[]): Bucket[] {
  let most = 0;
  return sorted.map(({ bound, count }) => ({ bound, count: most = Math.max(most, count) }));
}
