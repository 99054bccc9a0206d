/**
 * A page of each kind.
 *
 * @module
 */
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import { buildComparisonReport } from "../../lib/report/comparison/report.ts";
import { buildReport, type Report } from "../../lib/report/report.ts";
import { buildWhatIfReport } from "../../lib/report/what_if_report.ts";
import { makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeRoundsRun } from "../testdata/runs/make_rounds_run.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeWhatIf } from "../testdata/what_if.ts";

/** Makes the report of each kind, by the name of its kind. */
export function makeReports(): Readonly<Record<string, Report>> {
  const { comparison, result } = judgeStored(makeComparison({}));
  return {
    run: buildReport(makeRun({ requests: 120 })),
    rounds: buildReport(makeRoundsRun({ requests: 40 })),
    comparison: buildComparisonReport(comparison, result),
    "what-if": buildWhatIfReport(makeWhatIf(), { pageOf: (id) => `${id}.html` }),
  };
}
