/**
 * Numbers as tables for a terminal.
 *
 * @module
 */
import Table from "cli-table3";

import { type CellSummary, type Distribution, MIN_COUNT_FOR_P99 } from "../metrics/mod.ts";
import { formatCount, formatNumber, formatShare } from "../plots/format.ts";

/** Everything about one cell: a row per metric, then what it was measured on. */
export function cellTable(cell: CellSummary): string {
  const rows: [string, Distribution | null][] = [
    ["TTFT", cell.ttft],
    ["TPOT", cell.tpot],
    ["ITL", cell.itl],
    ["E2E", cell.e2e],
    ["Send lag", cell.sendLag],
  ];
  const table = newTable(["ms", "mean", "p50", "p90", "p95", "p99", "min", "max", "stddev", "count"]);
  for (const [label, d] of rows) {
    const statistics = d === null ? [] : [d.mean, d.p50, d.p90, d.p95, p99(d), d.min, d.max, d.stddev];
    table.push([
      label,
      ...Array.from({ length: 8 }, (_, i) => formatNumber(statistics[i])),
      formatCount(d?.count ?? 0),
    ]);
  }
  return [table.toString(), describeLoad(cell), ...describeTrouble(cell)].join("\n");
}

/** One row per cell. */
export function runTable(cells: readonly CellSummary[]): string {
  const table = newTable([
    ...["", "offered\nreq/s", "done\nreq/s", "output\ntok/s", "TTFT ms\np50", "\np90", "\np99"],
    ...["TPOT ms\np50", "\np99", "ITL ms\np99", "E2E ms\np50", "\np99", "ok", "valid"],
  ]);
  for (const cell of cells) {
    table.push([
      cell.label,
      ...[cell.offeredRequestsPerS, cell.requestsPerS, cell.outputTokensPerS].map(formatNumber),
      ...[cell.ttft?.p50, cell.ttft?.p90, p99(cell.ttft)].map(formatNumber),
      ...[cell.tpot?.p50, p99(cell.tpot), p99(cell.itl), cell.e2e?.p50, p99(cell.e2e)].map(formatNumber),
      `${cell.requests.succeeded}/${cell.requests.offered}`,
      cell.verdict.valid ? "yes" : "NO",
    ]);
  }
  return table.toString();
}

function describeLoad(cell: CellSummary): string {
  const { requests } = cell;
  return [
    `${requests.succeeded} of ${requests.offered} requests`,
    `${
      cell.offeredRequestsPerS === null ? "" : `offered ${formatNumber(cell.offeredRequestsPerS)} req/s, `
    }done ${formatNumber(cell.requestsPerS)} req/s`,
    `${formatNumber(cell.outputTokensPerS)} output tok/s`,
    ...(cell.cachedShare === null ? [] : [`${formatShare(cell.cachedShare)} of prompt tokens cached`]),
    `in flight: mean ${formatNumber(cell.meanConcurrency)}, peak ${
      formatCount(cell.peakInFlight)
    }, queued peak ${formatCount(cell.peakQueued)}`,
  ].join(" · ");
}

function describeTrouble(cell: CellSummary): string[] {
  return [
    ...cell.verdict.reasons.map((reason) => `NOT VALID: ${reason}`),
    ...(cell.promptsOfOtherLength
      ? [`${cell.promptsOfOtherLength} prompts were not as long as asked, by the server's count`]
      : []),
    ...(cell.answersOfOtherLength ? [`${cell.answersOfOtherLength} answers were not as long as asked`] : []),
    ...cell.failures.map(({ count, kind, message }) => `${count} × failed (${kind}): ${message}`),
  ];
}

/** The p99, where there are enough values for one. */
export function p99(distribution: Distribution | null): number | null {
  return distribution !== null && distribution.count >= MIN_COUNT_FOR_P99 ? distribution.p99 : null;
}

/** An empty table: the first column flush left, the others flush right. */
export function newTable(head: string[]): Table.Table {
  return new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, i) => i === 0 ? "left" : "right"),
  });
}
