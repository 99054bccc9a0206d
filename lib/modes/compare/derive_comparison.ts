/**
 * The derived files of a comparison. They can be made again from its runs at any time.
 *
 * @module
 */
import { formatCsv } from "../../csv.ts";
import type { ComparisonResult, PairResult } from "../../metrics/compare/judge_comparison.ts";
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import { listRatioRows } from "../../metrics/compare/ratio_rows.ts";
import { type DerivedFile, tidy } from "../derived_file.ts";

/** Makes `result.json`, `ratios.csv` (a row per pair, load, metric and statistic) and `fairness.csv`. */
export function deriveComparisonFiles(
  comparison: Comparison,
  result: ComparisonResult,
): DerivedFile[] {
  const { engines } = comparison.manifest;
  const nameOf = (index: number) => engines[index]?.name ?? "";
  const names = ({ a, b }: PairResult) => ({ a: nameOf(a), b: nameOf(b) });
  return [
    { name: "result.json", pieces: [JSON.stringify(result, tidy, 2) + "\n"] },
    { name: "ratios.csv", pieces: [formatCsv(listRatioRows(comparison, result))] },
    {
      name: "fairness.csv",
      pieces: [
        formatCsv(result.pairs.flatMap((pair) => pair.fairness.map((one) => ({ ...names(pair), ...one })))),
      ],
    },
  ];
}
