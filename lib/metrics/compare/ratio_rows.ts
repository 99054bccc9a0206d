/**
 * What a comparison says, as a table of ratios.
 *
 * @module
 */
import type { Comparison } from "./group_comparison.ts";
import type { ComparisonResult, PairResult } from "./judge_comparison.ts";
import type { RatioRow } from "./mod.ts";

/** A row of `ratios.csv`. */
export type RatioCsvRow = Readonly<Record<string, string | number | boolean | null>>;

/** Makes a row per pair of engines (`fair` says whether it may be called a result), load (and all of them together), metric and statistic. */
export function listRatioRows(
  { manifest: { engines } }: Pick<Comparison, "manifest">,
  { pairs }: ComparisonResult,
): RatioCsvRow[] {
  const names = ({ a, b }: PairResult) => ({ a: engines[a]?.name ?? "", b: engines[b]?.name ?? "" });
  return pairs.flatMap((pair) =>
    pair.statistics === null ? [] : [
      ...pair.statistics.overall.map((row) => ({
        ...names(pair),
        load: "all",
        ...ratioRow(row),
        fair: pair.isFair,
      })),
      ...pair.statistics.cells.flatMap(({ label, rows }) =>
        rows.map((row) => ({
          ...names(pair),
          load: label,
          ...ratioRow(row),
          fair: pair.isFair,
        }))
      ),
    ]
  );
}

function ratioRow({ metric, statistic, a, b, estimate, whyNot }: RatioRow): RatioCsvRow {
  return {
    ...{ metric, statistic, value_a: a, value_b: b },
    ratio: estimate?.ratio ?? null,
    low: estimate?.low ?? null,
    high: estimate?.high ?? null,
    corrected_low: estimate?.correctedLow ?? null,
    corrected_high: estimate?.correctedHigh ?? null,
    p_value: estimate?.pValue ?? null,
    corrected_p_value: estimate?.correctedPValue ?? null,
    word: estimate?.word ?? null,
    why_not: whyNot,
  };
}
