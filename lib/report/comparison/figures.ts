/**
 * The figures of a comparison, in the order of reading.
 *
 * @module
 */
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import type { ComparisonResult } from "../../metrics/compare/judge_comparison.ts";
import type { Section } from "../blocks.ts";

/** Makes the sections with figures. */
export function comparisonFigures(_comparison: Comparison, _result: ComparisonResult): Section[] {
  return [];
}
