/**
 * The derived files of a comparison. They can be made again from its runs at any time.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";

import type { RatioRow } from "../../metrics/compare/mod.ts";
import type { ComparisonResult, PairResult } from "../../metrics/compare/judge_comparison.ts";
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import { type DerivedFile, tidy } from "../derived_file.ts";

/** Makes `result.json`, `ratios.csv` (a row per pair, load, metric and statistic) and `fairness.csv`. */
export function deriveComparisonFiles(
  { manifest: { engines } }: Comparison,
  result: ComparisonResult,
): DerivedFile[] {
  const nameOf = (index: number) => engines[index]?.name ?? "";
  const names = ({ a, b }: PairResult) => ({ a: nameOf(a), b: nameOf(b) });
  return [
    { name: "result.json", pieces: [JSON.stringify(result, tidy, 2) + "\n"] },
    {
      name: "ratios.csv",
      pieces: [csv(result.pairs.flatMap((pair) =>
        pair.statistics === null ? [] : [
          ...pair.statistics.overall.map((row) => ({ ...names(pair), load: "all", ...ratioRow(row) })),
          ...pair.statistics.cells.flatMap(({ label, rows }) =>
            rows.map((row) => ({ ...names(pair), load: label, ...ratioRow(row) }))
          ),
        ]
      ))],
    },
    {
      name: "fairness.csv",
      pieces: [csv(result.pairs.flatMap((pair) => pair.fairness.map((one) => ({ ...names(pair), ...one }))))],
    },
  ];
}

function ratioRow({ metric, statistic, a, b, estimate, whyNot }: RatioRow) {
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

function csv(rows: readonly object[]): string {
  return Papa.unparse([...rows], { newline: "\n", escapeFormulae: true }) + "\n";
}
