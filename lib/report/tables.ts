/**
 * The numbers of a run as tables.
 *
 * @module
 */
import {
  type CellSummary,
  type Distribution,
  type Metric,
  MIN_COUNT_FOR_P99,
  type RunSummary,
} from "../metrics/mod.ts";
import { formatCount, formatNumber, formatShare, layOutCells, MISSING } from "../plots/mod.ts";
import type { Column, Row, Table } from "./blocks.ts";

/** Load and throughput, one row per cell. */
export function loadTable(summary: RunSummary): Table {
  const columns: { label: string; of(cell: CellSummary): string }[] = [
    { label: "Offered requests/s", of: (cell) => formatNumber(cell.offeredRequestsPerS) },
    { label: "Completed requests/s", of: (cell) => formatNumber(cell.requestsPerS) },
    { label: "Output tokens/s", of: (cell) => formatNumber(cell.outputTokensPerS) },
    { label: "All tokens/s", of: (cell) => formatNumber(cell.totalTokensPerS) },
    ...(summary.cells.every(({ cachedShare }) => cachedShare === null) ? [] : [{
      label: "Prompt tokens cached",
      of: ({ cachedShare }: CellSummary) => cachedShare === null ? MISSING : formatShare(cachedShare),
    }]),
    { label: "Mean in flight", of: (cell) => formatNumber(cell.meanConcurrency) },
    { label: "Peak in flight", of: (cell) => formatCount(cell.peakInFlight) },
    { label: "Peak waiting", of: (cell) => formatCount(cell.peakQueued) },
    { label: "Succeeded", of: (cell) => formatCount(cell.requests.succeeded) },
    { label: "Failed", of: (cell) => formatCount(cell.requests.failed) },
    { label: "Cancelled", of: (cell) => formatCount(cell.requests.cancelled) },
    {
      label: "Duration (s)",
      of: ({ durationMs }) => formatNumber(durationMs === null ? null : durationMs / 1000),
    },
  ];
  return {
    kind: "table",
    caption: "Load and throughput",
    columns: [{ label: "Cell", numeric: false }, ...columns.map(({ label }) => ({ label, numeric: true }))],
    rows: cellRows(summary, (cell) => columns.map(({ of }) => of(cell))),
  };
}

const statistics: readonly { label: string; of(distribution: Distribution): number | null }[] = [
  { label: "Mean", of: ({ mean }) => mean },
  { label: "Std. dev.", of: ({ stddev }) => stddev },
  { label: "Min", of: ({ min }) => min },
  { label: "p50", of: ({ p50 }) => p50 },
  { label: "p90", of: ({ p90 }) => p90 },
  { label: "p95", of: ({ p95 }) => p95 },
  { label: "p99", of: ({ count, p99 }) => count >= MIN_COUNT_FOR_P99 ? p99 : null },
  { label: "Max", of: ({ max }) => max },
];

/** A latency and where a cell's summary has it. */
export interface LatencyColumn {
  readonly metric: Pick<Metric, "label" | "unit">;
  of(cell: CellSummary): Distribution | null;
}

/** One latency, one row per cell. */
export function latencyTable(summary: RunSummary, { metric: { label, unit }, of }: LatencyColumn): Table {
  const columns: Column[] = ["Count", ...statistics.map(({ label }) => label)]
    .map((label) => ({ label, numeric: true }));
  return {
    kind: "table",
    caption: `${label} (${unit})`,
    columns: [{ label: "Cell", numeric: false }, ...columns],
    rows: cellRows(summary, (cell) => {
      const distribution = of(cell);
      if (distribution === null) return ["0", ...statistics.map(() => MISSING)];
      return [formatCount(distribution.count), ...statistics.map(({ of }) => formatNumber(of(distribution)))];
    }),
  };
}

/** A row per cell, least load first, its label as head. */
export function cellRows(summary: RunSummary, valuesOf: (cell: CellSummary) => readonly string[]): Row[] {
  return layOutCells(summary.cells).cells.flatMap(({ index, label, level, tone }) => {
    const cell = summary.cells.find((cell) => cell.index === index);
    return cell === undefined ? [] : [{ values: [label, ...valuesOf(cell)], level, tone }];
  });
}
