/**
 * How many requests in a row belong together.
 *
 * @module
 */

/** Lags in a row that must look uncorrelated. */
const QUIET_LAGS = 5;

/**
 * Block length for a block bootstrap from the data, by the rule of Politis and White (2004) as corrected by Patton, Politis
 * and White (2009), for blocks of equal length on a circle.
 *
 * m is the first of 5 lags in a row whose autocorrelations are below 2·√(log₁₀n/n), M = 2m and at most ⌈√n⌉ + 5. With the
 * autocovariances R(k) and the flat-top window λ(t) = 1 up to ½, 2(1 − t) up to 1,
 * b = (2G²/D)^⅓·n^⅓ with G = Σ λ(k/M)·|k|·R(k), D = 4/3·(Σ λ(k/M)·R(k))², both over |k| ≤ M.
 *
 * @param series In the order of sending; finite.
 * @returns Values per block, at least 1 and at most ⌈min(3√n, n/3)⌉, not rounded; 1 of a series that is constant.
 * @see https://doi.org/10.1081/ETC-120028836
 * @see https://doi.org/10.1080/07474930802459016
 * @example
 * ```ts
 * import { blockLength } from "./block_length.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(blockLength([3, 3, 3, 3]), 1);
 * const slow = Array.from({ length: 200 }, (_, i) => Math.sin(i / 10));
 * assert.equal(Math.round(blockLength(slow)), 20);
 * ```
 */
export function blockLength(series: ArrayLike<number>): number {
  const n = series.length;
  const most = Math.max(1, Math.ceil(Math.min(3 * Math.sqrt(n), n / 3)));
  const mostLags = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + QUIET_LAGS);
  const covariance = autocovariances(series, mostLags);
  const variance = covariance[0] ?? 0;
  if (!(variance > 0)) return 1;
  const lags = Math.min(mostLags, 2 * firstQuietLag(covariance, n));
  let spread = variance;
  let weighted = 0;
  for (let k = 1; k <= lags; k++) {
    const share = k / lags;
    const window = share <= 0.5 ? 1 : 2 * (1 - share);
    spread += 2 * window * (covariance[k] ?? 0);
    weighted += 2 * window * k * (covariance[k] ?? 0);
  }
  const length = Math.cbrt(2 * weighted ** 2 / (4 / 3 * spread ** 2) * n);
  return Math.max(1, Math.min(most, Number.isFinite(length) ? length : most));
}

/** The first lag of some in a row that look uncorrelated; the last lag where there are none. */
function firstQuietLag(covariance: Float64Array, n: number): number {
  const bound = 2 * Math.sqrt(Math.log10(n) / n) * (covariance[0] ?? 0);
  let quiet = 0;
  for (let k = 1; k < covariance.length; k++) {
    quiet = Math.abs(covariance[k] ?? 0) < bound ? quiet + 1 : 0;
    if (quiet === QUIET_LAGS) return k - QUIET_LAGS + 1;
  }
  return covariance.length - 1;
}

/** R(k) = Σ (xᵢ − x̄)(xᵢ₊ₖ − x̄)/n of lags 0 … `most`. */
function autocovariances(series: ArrayLike<number>, most: number): Float64Array {
  const n = series.length;
  const values = Float64Array.from(series);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const covariance = new Float64Array(Math.max(0, most) + 1);
  // A constant's mean need not be exactly the constant.
  if (values.every((value) => value === values[0])) return covariance;
  for (let k = 0; k < covariance.length; k++) {
    let sum = 0;
    for (let i = 0; i + k < n; i++) sum += ((values[i] ?? 0) - mean) * ((values[i + k] ?? 0) - mean);
    covariance[k] = sum / n;
  }
  return covariance;
}
