/**
 * A comparison as tables for a terminal.
 *
 * @module
 */
import type { RatioRow } from "../metrics/compare/mod.ts";
import type { Comparison } from "../metrics/compare/group_comparison.ts";
import type { PairResult } from "../metrics/compare/judge_comparison.ts";
import type { CellSummary } from "../metrics/mod.ts";
import { formatMs, formatNumber } from "../plots/format.ts";
import { nameRatio } from "../report/comparison/explain.ts";
import { newTable, p99 } from "./tables.ts";

/** One row per ratio over all loads. */
export function ratioTable(
  { manifest: { engines } }: Pick<Comparison, "manifest">,
  { a, b, statistics }: PairResult,
): string {
  const names = { a: engines[a]?.name ?? "A", b: engines[b]?.name ?? "B" };
  const percent = Number((100 * (statistics?.confidence ?? 0)).toPrecision(4));
  const table = newTable(["", names.a, names.b, "ratio", `${percent} % interval`, names.b]);
  for (const row of statistics?.overall ?? []) {
    const { estimate, whyNot } = row;
    const value = row.statistic === "rate" ? formatNumber : formatMs;
    table.push([
      ...[nameRatio(row), value(row.a), value(row.b)],
      ...(estimate === null ? ["–", "–", whyNot ?? ""] : [
        estimate.ratio.toFixed(4),
        `${estimate.low.toFixed(4)} to ${estimate.high.toFixed(4)}`,
        sayWord(row),
      ]),
    ]);
  }
  return table.toString();
}

/** "more", "less" for rates: a number of tokens is not fast. */
function sayWord({ estimate }: RatioRow): string {
  return estimate?.word ?? "";
}

/** Medians over repeats of what matters most, a row per load and engine; the line below says so. */
export function loadsTable({ manifest: { engines }, loads }: Comparison): string {
  const table = newTable([
    ...["", "engine", "offered\nreq/s", "output\ntok/s", "TTFT ms\np50", "\np99"],
    ...["TPOT ms\np50", "\np99", "E2E ms\np99", "repeats"],
  ]);
  for (const load of loads) {
    for (const [index, cells] of load.engines.entries()) {
      const over = (of: (summary: CellSummary) => number | null | undefined) =>
        formatNumber(
          median(cells.map(({ summary }) => of(summary)).filter((value) => typeof value === "number")),
        );
      table.push([
        ...[index === 0 ? load.label : "", engines[index]?.name ?? ""],
        ...[over((one) => one.offeredRequestsPerS), over((one) => one.outputTokensPerS)],
        ...[over((one) => one.ttft?.p50), over((one) => p99(one.ttft))],
        ...[over((one) => one.tpot?.p50), over((one) => p99(one.tpot)), over((one) => p99(one.e2e))],
        String(cells.length),
      ]);
    }
  }
  return table.toString();
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** What a reader of the numbers has to know: everything that is not "ok". */
export function describeFindings({ fairness }: PairResult): string[] {
  return fairness.filter(({ status }) => status !== "ok").map(({ status, question, evidence }) =>
    `  ${status.padEnd(7)}  ${question} ${evidence}`
  );
}
