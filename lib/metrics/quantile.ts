/**
 * The one owner of the word "percentile".
 *
 * @module
 */

import type { List } from "../types.ts";

/**
 * Quantile by linear interpolation between order statistics: numpy's default, Hyndman & Fan type 7.
 *
 * With n sorted values and h = (n − 1)·q, the result is x[⌊h⌋] + (h − ⌊h⌋)·(x[⌊h⌋+1] − x[⌊h⌋]).
 *
 * @param sorted Ascending values, n ≥ 1.
 * @param q Share in [0, 1]: 0.5 is the median.
 * @throws {RangeError} When `sorted` is empty or `q` is outside [0, 1].
 * @see https://numpy.org/doc/stable/reference/generated/numpy.quantile.html
 * @example
 * ```ts
 * import { quantileSorted } from "./quantile.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(quantileSorted([10, 20, 40], 0.75), 30); // h = 1.5: half way from 20 to 40
 * ```
 */
export function quantileSorted(sorted: Pick<List<number>, "length" | "at">, q: number): number {
  if (!(q >= 0 && q <= 1)) {
    throw new RangeError(`Cannot take quantile as 'q' must be in [0, 1]: current value is ${q}`);
  }
  const h = (sorted.length - 1) * q;
  const low = sorted.at(Math.floor(h));
  if (low === undefined) throw new RangeError("Cannot take quantile of no values");
  const high = sorted.at(Math.ceil(h)) ?? low;
  return low + (h - Math.floor(h)) * (high - low);
}
