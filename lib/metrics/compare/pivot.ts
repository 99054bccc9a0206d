/**
 * What an estimate with its uncertainty can be asked.
 *
 * @module
 */

/** Answers for every confidence, all from one distribution: an interval excludes a value exactly where its p-value is below. */
export interface Pivot {
  /**
   * "percentile" where it was asked for, every replicate is on one side, or the jackknife never changes: z₀ = a = 0;
   * "student" without resampling.
   */
  readonly method: "bca" | "percentile" | "student";
  /** Two-sided interval. @param alpha In (0, 1): 0.05 is an interval of 95 %. */
  interval(alpha: number): { readonly low: number; readonly high: number };
  /** Two-sided: the largest α whose interval still holds the value. */
  pValue(value: number): number;
}
