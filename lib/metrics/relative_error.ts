/**
 * How far estimates are from what was measured.
 *
 * @module
 */

/** An estimate beside the measurement it is of, in the same unit. */
export interface Estimate {
  readonly measured: number;
  readonly estimated: number;
}

/** Errors relative to the measurement, as ratios: 0.05 is 5 %. */
export interface RelativeError {
  readonly count: number;
  /** Mean absolute percentage error, as a ratio. */
  readonly mape: number;
  /** Mean of the signed errors: above 0 the estimates are too large. */
  readonly bias: number;
}

/**
 * Error of one estimate: (estimated − measured) / measured.
 *
 * @returns A ratio; above 0 the estimate is too large.
 */
export function relativeError({ measured, estimated }: Estimate): number {
  return (estimated - measured) / measured;
}

/**
 * Mean errors of several estimates.
 *
 * @param estimates Measurements are > 0.
 * @returns `null` without estimates.
 * @example
 * ```ts
 * import { describeErrors } from "./relative_error.ts";
 * import assert from "node:assert/strict";
 *
 * const estimates = [{ measured: 100, estimated: 125 }, { measured: 20, estimated: 15 }]; // +25 %, −25 %
 * assert.deepEqual(describeErrors(estimates), { count: 2, mape: 0.25, bias: 0 });
 * ```
 */
export function describeErrors(estimates: readonly Estimate[]): RelativeError | null {
  const count = estimates.length;
  if (count === 0) return null;
  const errors = estimates.map(relativeError);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  return { count, mape: mean(errors.map(Math.abs)), bias: mean(errors) };
}
