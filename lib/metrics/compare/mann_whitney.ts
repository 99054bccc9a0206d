/**
 * Mann–Whitney U: whether values of one sample tend to be larger than those of another.
 *
 * @module
 */
import { normalCdf } from "./normal.ts";

/** The test and what it says. */
export interface MannWhitney {
  /** Pairs in which b is above a, plus half of those in which both are equal. */
  readonly u: number;
  /** Two-sided. The values are taken to be independent, which requests of one run are not. */
  readonly pValue: number;
  readonly method: "exact" | "normal";
}

/** The exact distribution is used where one sample has at most this many values and no two values are equal: scipy's rule. */
const MOST_FOR_EXACT = 8;

/**
 * Mann–Whitney U test of two samples.
 *
 * U = R − n(n + 1)/2 with R the sum of the ranks of b's n values among all N, equal values sharing their mean rank. Where
 * one sample has at most 8 values and none are equal the p-value is exact. Else it is normal with mean nm/2, variance
 * nm/12·(N + 1 − Σ(t³ − t)/(N(N − 1))) over groups of t equal values, and half a pair of continuity correction.
 *
 * @param a, b In any order; not changed.
 * @returns `null` where a sample is empty.
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.mannwhitneyu.html
 * @example
 * ```ts
 * import { mannWhitney } from "./mann_whitney.ts";
 * import assert from "node:assert/strict";
 *
 * // All of b is above all of a: one of C(6, 3) = 20 orders, and one more on the other side
 * assert.deepEqual(mannWhitney([1, 2, 3], [4, 5, 6]), { u: 9, pValue: 0.1, method: "exact" });
 * ```
 */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): MannWhitney | null {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return null;
  const { u, tieTerm } = countPairs(Float64Array.from(a).sort(), Float64Array.from(b).sort());
  if (tieTerm === 0 && Math.min(m, n) <= MOST_FOR_EXACT) {
    return { u, pValue: exactPValue(Math.min(u, m * n - u), { m, n }), method: "exact" };
  }
  const all = m + n;
  const variance = m * n / 12 * (all + 1 - tieTerm / (all * (all - 1)));
  const distance = Math.abs(u - m * n / 2) - 0.5;
  const pValue = variance === 0 ? 1 : Math.min(1, 2 * normalCdf(-distance / Math.sqrt(variance)));
  return { u, pValue, method: "normal" };
}

/** U, and the sum of t³ − t over groups of t equal values. */
function countPairs(a: Float64Array, b: Float64Array): { u: number; tieTerm: number } {
  let u = 0;
  let tieTerm = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    const [fromI, fromJ] = [i, j];
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    u += (j - fromJ) * (fromI + (i - fromI) / 2);
    const equal = i - fromI + j - fromJ;
    tieTerm += equal ** 3 - equal;
  }
  return { u, tieTerm };
}

/**
 * 2·P(U ≤ u) without ties. The number of orders with each U are the coefficients of the Gaussian binomial
 * ∏ (1 − q^(most + i))/(1 − q^i), i = 1 … fewest.
 */
function exactPValue(u: number, { m, n }: { readonly m: number; readonly n: number }): number {
  const [fewest, most] = [Math.min(m, n), Math.max(m, n)];
  const orders = new Float64Array(u + 1);
  orders[0] = 1;
  let all = 1;
  for (let i = 1; i <= fewest; i++) {
    for (let k = u; k >= most + i; k--) orders[k] = (orders[k] ?? 0) - (orders[k - most - i] ?? 0);
    for (let k = i; k <= u; k++) orders[k] = (orders[k] ?? 0) + (orders[k - i] ?? 0);
    all = all * (most + i) / i;
  }
  return Math.min(1, 2 * orders.reduce((sum, count) => sum + count, 0) / all);
}
