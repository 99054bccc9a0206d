/**
 * The four or five numbers at the top of the page.
 *
 * @module
 */
import { type CellSummary, MIN_COUNT_FOR_P99, type RunSummary } from "../metrics/mod.ts";
import {
  describePlace,
  formatCount,
  formatMs,
  formatNumber,
  formatShare,
  layOutCells,
  sparklineFigure,
} from "../plots/mod.ts";
import type { KeyNumber } from "./blocks.ts";

/**
 * Picks the key numbers of a run: each is the value at the highest load that has one, and its detail the one at the
 * lowest.
 */
export function keyNumbers(summary: RunSummary): KeyNumber[] {
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
  const at = `at ${describePlace(axis, most.cell)}`;
  return {
    label,
    value: format(most.value),
    detail: most === least ? at : `${at}; ${format(least.value)} at ${describePlace(axis, least.cell)}`,
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
