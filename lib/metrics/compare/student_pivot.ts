/**
 * Student's t interval of a mean.
 *
 * @module
 */
import type { Pivot } from "./pivot.ts";
import { studentQuantile, studentTail } from "./student_t.ts";

/** What {@linkcode studentPivot} is made from. */
export interface StudentParts {
  readonly estimate: number;
  /** Of the estimate: s/√n; above 0. */
  readonly deviation: number;
  /** Degrees of freedom above 0. */
  readonly df: number;
}

/**
 * Makes the pivot of a mean of a few values: estimate ± t·deviation.
 *
 * @example
 * ```ts
 * import { studentPivot } from "./student_pivot.ts";
 * import assert from "node:assert/strict";
 *
 * // 1, 2, 3: mean 2, s = 1; t of 2 degrees of freedom is 4.3027 at 95 %
 * const { low, high } = studentPivot({ estimate: 2, deviation: 1 / Math.sqrt(3), df: 2 }).interval(0.05);
 * assert.deepEqual([low.toFixed(4), high.toFixed(4)], ["-0.4841", "4.4841"]);
 * ```
 */
export function studentPivot({ estimate, deviation, df }: StudentParts): Pivot {
  return {
    method: "student",
    interval(alpha) {
      const reach = studentQuantile(alpha / 2, df) * deviation;
      return { low: estimate - reach, high: estimate + reach };
    },
    pValue(value) {
      return 2 * studentTail(Math.abs(estimate - value) / deviation, df);
    },
  };
}
