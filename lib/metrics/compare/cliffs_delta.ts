/**
 * Cliff's delta: how far two samples are apart, in shares of pairs instead of a unit.
 *
 * @module
 */
import { mannWhitney } from "./mann_whitney.ts";

/**
 * Cliff's delta of two samples: P(b > a) − P(b < a) over all pairs.
 *
 * δ = 2U/(nm) − 1, with U as in {@linkcode mannWhitney}: 1 where every b is above every a, 0 where neither tends to be
 * above the other, −1 where every b is below.
 *
 * @param a, b In any order; not changed.
 * @returns In [−1, 1]; `null` where a sample is empty.
 * @see https://doi.org/10.1037/0033-2909.114.3.494
 * @example
 * ```ts
 * import { cliffsDelta } from "./cliffs_delta.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(cliffsDelta([1, 2], [2, 3]), 0.75); // of 4 pairs 3 are above and 1 is equal
 * ```
 */
export function cliffsDelta(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const test = mannWhitney(a, b);
  return test === null ? null : 2 * test.u / (a.length * b.length) - 1;
}
