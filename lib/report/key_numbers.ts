/**
 * The four or five numbers at the top of the page.
 *
 * @module
 */
import { hitRateNames, hitRates } from "../metrics/hit_rates.ts";
import { type CellSummary, MIN_COUNT_FOR_P99, type RunSummary } from "../metrics/mod.ts";
import { type PairedDifference, pairRounds, type RoundComparison } from "../metrics/paired_rounds.ts";
import {
  type CellKey,
  describePlace,
  formatCount,
  formatMs,
  formatNumber,
  formatShare,
  layOutCells,
  MISSING,
  sparklineFigure,
} from "../plots/mod.ts";
import type { Run } from "../types.ts";
import type { KeyNumber } from "./blocks.ts";
import { spellInterval } from "./rounds_section.ts";

/**
 * Picks the key numbers of a run: each is the value at the highest load that has one, and its detail the one at the
 * lowest. Of a run of several rounds they are those of the last round at the highest load, beside the first round's.
 */
export function keyNumbers(run: Run, summary: RunSummary): KeyNumber[] {
  const found = pairRounds(run);
  const last = layOutCells(summary.cells).cells
    .flatMap(({ index }) => found.filter(({ laterCell }) => laterCell === index)).at(-1);
  if (last !== undefined) return roundNumbers(run, { summary, last });
  return [
    overCells(summary, { label: "TTFT, median", of: (cell) => cell.ttft?.p50 ?? null, format: formatMs }),
    overCells(summary, { label: "TTFT, p99", of: (cell) => p99(cell.ttft), format: formatMs }),
    overCells(summary, { label: "TPOT, median", of: (cell) => cell.tpot?.p50 ?? null, format: formatMs }),
    overCells(summary, {
      label: "Output tokens/s",
      of: (cell) => cell.outputTokensPerS,
      format: formatNumber,
    }),
    failedRequests(summary),
  ];
}

function roundNumbers(
  run: Run,
  { summary, last }: { readonly summary: RunSummary; readonly last: RoundComparison },
): KeyNumber[] {
  const cellOf = (index: number) => summary.cells.find((cell) => cell.index === index);
  const [first, later] = [cellOf(last.firstCell), cellOf(last.laterCell)];
  const at = `at ${later?.label ?? ""}`;
  const both = (label: string, format: (value: number | null) => string, of: Quantity["of"]): KeyNumber =>
    number(label, {
      value: format(later === undefined ? null : of(later)),
      detail: `${at}; ${format(first === undefined ? null : of(first))} in round 1`,
    });
  const { ttft } = last;
  return [
    number("TTFT, same request, later − first", {
      value: formatMs(ttft?.medianMs.median),
      detail: ttft?.medianMs.interval
        ? `median, 95 % interval ${spellInterval(ttft)}${
          holdsZero(ttft) ? ", which holds 0" : ""
        }; ${at} against round 1`
        : `${at} against round 1; too few requests for an interval`,
    }),
    both("TTFT, median", formatMs, (cell) => cell.ttft?.p50 ?? null),
    hitRateNumber(run, { last, at }),
    both("Output tokens/s", formatNumber, (cell) => cell.outputTokensPerS),
    failedRequests(summary),
  ];
}

function holdsZero({ medianMs: { interval } }: PairedDifference): boolean {
  return interval !== null && interval.low <= 0 && interval.high >= 0;
}

function hitRateNumber(
  run: Run,
  { last, at }: { readonly last: RoundComparison; readonly at: string },
): KeyNumber {
  const label = "Prompt tokens cached";
  const cellOf = (wanted: number) => run.manifest.cells.find(({ index }) => index === wanted);
  const [first, later] = [cellOf(last.firstCell), cellOf(last.laterCell)];
  const rates = later === undefined ? null : hitRates(run, later);
  const source = (["usage", "metrics", "theoretical"] as const).find((name) => rates?.[name]);
  const rate = source === undefined ? null : rates?.[source];
  if (source === undefined || !rate) return number(label, { value: MISSING, detail: "not available" });
  const before = first === undefined ? null : hitRates(run, first)[source];
  const inFirst = before === null ? "" : `; ${formatShare(before.ratio)} in round 1`;
  return number(label, {
    value: formatShare(rate.ratio),
    detail: `${at}${inFirst}; ${source === "theoretical" ? "in theory" : `by ${hitRateNames[source]}`}`,
  });
}

function number(label: string, { value, detail }: Pick<KeyNumber, "value" | "detail">): KeyNumber {
  return { label, value, detail, failed: false, sparkline: null };
}

interface Quantity {
  readonly label: string;
  of(cell: CellSummary): number | null;
  format(value: number | null): string;
}

function overCells(summary: RunSummary, { label, of, format }: Quantity): KeyNumber {
  const { axis, cells } = layOutCells(summary.cells);
  const points = cells.map((cell) => {
    const found = summary.cells.find(({ index }) => index === cell.index);
    return { cell, value: found === undefined ? null : of(found) };
  });
  const measured = points.filter(({ value }) => value !== null);
  const most = measured.at(-1);
  const least = measured.at(0);
  if (most === undefined || least === undefined) {
    return { label, value: format(null), detail: "not measured", failed: false, sparkline: null };
  }
  const place = (cell: CellKey) =>
    [describePlace(axis, cell), cell.series].filter((part) => part !== "").join(", ");
  const at = `at ${place(most.cell)}`;
  return {
    label,
    value: format(most.value),
    detail: most === least ? at : `${at}; ${format(least.value)} at ${place(least.cell)}`,
    failed: false,
    sparkline: sparklineFigure(label, points),
  };
}

function failedRequests(summary: RunSummary): KeyNumber {
  const offered = sum(summary, ({ requests }) => requests.offered);
  const failed = sum(summary, ({ requests }) => requests.failed);
  const succeeded = sum(summary, ({ requests }) => requests.succeeded);
  const share = offered === 0 ? "" : `, ${formatShare(succeeded / offered)} of them succeeded`;
  return {
    label: "Failed requests",
    value: formatCount(failed),
    detail: `of ${formatCount(offered)}${share}`,
    failed: failed > 0,
    sparkline: null,
  };
}

function p99(distribution: CellSummary["ttft"]): number | null {
  return distribution !== null && distribution.count >= MIN_COUNT_FOR_P99 ? distribution.p99 : null;
}

function sum(summary: RunSummary, of: (cell: CellSummary) => number): number {
  return summary.cells.reduce((total, cell) => total + of(cell), 0);
}
