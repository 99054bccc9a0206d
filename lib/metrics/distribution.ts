/**
 * What is said about a sample of numbers.
 *
 * @module
 */
import { quantileSorted } from "./quantile.ts";
import { Sample, sampleOf } from "./sample.ts";

/** Summary of a sample, in the sample's unit. `count` stands beside every percentile. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  /** Population standard deviation (divided by n), as numpy's `std`. */
  readonly stddev: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** A p99 of fewer values than this is mostly the maximum; pages and tables leave it out. */
export const MIN_COUNT_FOR_P99 = 100;

/**
 * Describes a sample.
 *
 * @param values A sample, or values in any order; not changed.
 * @returns `null` when there are no values: nothing was measured, which is not 0.
 * @throws {RangeError} When a value is not finite.
 */
export function describe(values: Iterable<number> | Sample): Distribution | null {
  const sorted = (values instanceof Sample ? values : sampleOf(values)).sorted();
  const count = sorted.length;
  if (count === 0) return null;
  let sum = 0;
  for (const [value, times] of sorted.distinct()) sum += value * times;
  const mean = sum / count;
  let squares = 0;
  for (const [value, times] of sorted.distinct()) squares += (value - mean) ** 2 * times;
  return {
    count,
    mean,
    stddev: Math.sqrt(squares / count),
    min: quantileSorted(sorted, 0),
    p50: quantileSorted(sorted, 0.5),
    p90: quantileSorted(sorted, 0.9),
    p95: quantileSorted(sorted, 0.95),
    p99: quantileSorted(sorted, 0.99),
    max: quantileSorted(sorted, 1),
  };
}
