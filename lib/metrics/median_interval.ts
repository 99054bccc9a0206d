/**
 * How well a sample knows the median it was drawn from, whatever its distribution.
 *
 * @module
 */
import { quantileSorted } from "./quantile.ts";

/** A median and the interval around it, in the sample's unit. */
export type MedianInterval = {
  readonly count: number;
  readonly median: number;
  /** `null` where the values are too few for an interval of the confidence asked for; of 0.95, below 6. */
  readonly interval: {
    readonly low: number;
    readonly high: number;
    /** Probability that such an interval holds the median, at least what was asked for. */
    readonly coverageRatio: number;
  } | null;
};

/** What {@linkcode medianInterval} can be told. */
export interface MedianIntervalOptions {
  /** In (0, 1). @default {0.95} */
  readonly confidence?: number;
}

/**
 * Median with a confidence interval from order statistics.
 *
 * Each value lies below the median with probability ½, so the number below it is binomial, B ~ Bin(n, ½), and the interval
 * [x₍ₖ₎, x₍ₙ₊₁₋ₖ₎] holds the median with probability 1 − 2·P(B ≤ k − 1). k is the largest with which that is at least
 * `confidence`. Nothing is assumed of the distribution; the values are taken to be independent.
 *
 * @param values In any order; not changed.
 * @returns `null` without values.
 * @throws {RangeError} When `confidence` is outside (0, 1) or a value is not finite.
 * @see https://online.stat.psu.edu/stat415/lesson/19/19.1
 * @example
 * ```ts
 * import { medianInterval } from "./median_interval.ts";
 * import assert from "node:assert/strict";
 *
 * const { median, interval } = medianInterval([3, 1, 2, 6, 5, 4]) ?? {};
 * assert.equal(median, 3.5);
 * assert.deepEqual(interval, { low: 1, high: 6, coverageRatio: 0.96875 }); // 1 − 2 / 2⁶
 * assert.equal(medianInterval([1, 2, 3, 4, 5])?.interval, null); // 1 − 2 / 2⁵ = 0.9375
 * ```
 */
export function medianInterval(
  values: Iterable<number>,
  { confidence = 0.95 }: MedianIntervalOptions = {},
): MedianInterval | null {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(
      `Cannot take interval as 'confidence' must be in (0, 1): current value is ${confidence}`,
    );
  }
  const sorted = Float64Array.from(values).sort();
  const wrong = sorted.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) {
    throw new RangeError(`Cannot take median as every value must be finite: current value is ${wrong}`);
  }
  const count = sorted.length;
  if (count === 0) return null;
  const { rank, coverageRatio } = findRank(count, confidence);
  const [low, high] = [sorted.at(rank - 1), sorted.at(count - rank)];
  return {
    count,
    median: quantileSorted(sorted, 0.5),
    interval: rank === 0 || low === undefined || high === undefined ? null : { low, high, coverageRatio },
  };
}

/** Rank k from 1 of the lower bound; 0 where there is none. */
function findRank(count: number, confidence: number): { rank: number; coverageRatio: number } {
  let rank = 0;
  let coverageRatio = 0;
  let below = 0;
  // In logarithms: ½ to the power of n is no number from n = 1075 on.
  let logShare = -count * Math.LN2;
  for (let k = 1; 2 * k <= count; k++) {
    below += Math.exp(logShare);
    if (1 - 2 * below < confidence) break;
    rank = k;
    coverageRatio = 1 - 2 * below;
    logShare += Math.log((count - k + 1) / k);
  }
  return { rank, coverageRatio };
}
