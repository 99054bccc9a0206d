/**
 * A run as rows, for tables, figures of one's own and data frames.
 *
 * @module
 */
import {
  countInputTokens,
  countOutputTokens,
  type Distribution,
  e2e,
  MIN_COUNT_FOR_P99,
  sendLag,
  summarizeRun,
  tpot,
  ttft,
} from "../metrics/mod.ts";
import type { PairResult } from "../metrics/compare/judge_comparison.ts";
import type { Run } from "../types.ts";
import type { JudgedComparison } from "./open.ts";
import type { TableRow } from "./table.ts";

/** A request: what {@linkcode requestRows} says of it. Instants and latencies in ms; `null` where there is none. */
export interface RequestRow extends TableRow {
  /** Label of the cell: "scale 0.4". */
  readonly cell: string;
  /** Position in the workload: the same in every cell. */
  readonly id: number;
  readonly outcome: "ok" | "failed" | "cancelled";
  /** By the server's count, else as asked. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Prompt tokens that came from the prefix cache, where the server says so. */
  readonly cachedTokens: number | null;
  /** From the cell's start to the sending; `null` where it was not sent. */
  readonly sentMs: number | null;
  readonly sendLagMs: number | null;
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
  readonly e2eMs: number | null;
}

/** A row per request, with the parameters of its cell (`scale`, `concurrency`, `round`, …) as columns. */
export function requestRows({ manifest: { cells }, records }: Run): RequestRow[] {
  return Array.from(records, (record) => {
    const cell = cells.find(({ index }) => index === record.cell);
    return {
      cell: cell?.label ?? "",
      ...cell?.parameters,
      id: record.id,
      outcome: record.outcome.kind,
      inputTokens: countInputTokens(record),
      outputTokens: countOutputTokens(record).tokens,
      cachedTokens: record.usage?.cachedTokens ?? null,
      sentMs: inMicroseconds(record.sentMs === null ? undefined : record.sentMs - (cell?.startMs ?? 0)),
      sendLagMs: inMicroseconds(sendLag.ofRequest(record)),
      ttftMs: inMicroseconds(ttft.ofRequest(record)),
      tpotMs: inMicroseconds(tpot.ofRequest(record)),
      e2eMs: inMicroseconds(e2e.ofRequest(record)),
    };
  });
}

/** A row per cell: load, throughput, and p50, p90 and p99 of each latency in ms (p99 from 100 values on). */
export function cellRows(run: Run): TableRow[] {
  return summarizeRun(run).cells.map((cell) => ({
    cell: cell.label,
    ...cell.parameters,
    requests: cell.requests.offered,
    succeeded: cell.requests.succeeded,
    failed: cell.requests.failed,
    offeredRequestsPerS: cell.offeredRequestsPerS,
    requestsPerS: cell.requestsPerS,
    outputTokensPerS: cell.outputTokensPerS,
    cachedShare: cell.cachedShare,
    meanConcurrency: cell.meanConcurrency,
    ...percentiles("ttft", cell.ttft),
    ...percentiles("tpot", cell.tpot),
    ...percentiles("itl", cell.itl),
    ...percentiles("e2e", cell.e2e),
    goodRequestsPerS: cell.goodput?.requestsPerS ?? null,
    valid: cell.verdict.valid,
  }));
}

/** A row per metric and statistic, over all loads: the ratio of the second engine to the first, its interval, and
 * the one corrected for the number of ratios, from which the word follows.
 */
export function ratioRows({ comparison, result }: JudgedComparison): TableRow[] {
  const nameOf = (engine: number) => comparison.manifest.engines[engine]?.name ?? "";
  return result.pairs.flatMap((pair: PairResult) =>
    (pair.statistics?.overall ?? []).map(({ metric, statistic, estimate }) => ({
      engine: nameOf(pair.b),
      against: nameOf(pair.a),
      metric,
      statistic,
      ratio: estimate?.ratio ?? null,
      low: estimate?.low ?? null,
      high: estimate?.high ?? null,
      correctedLow: estimate?.correctedLow ?? null,
      correctedHigh: estimate?.correctedHigh ?? null,
      word: pair.isFair ? estimate?.word ?? null : "not a result",
    }))
  );
}

function percentiles(name: string, distribution: Distribution | null): TableRow {
  const hasTail = (distribution?.count ?? 0) >= MIN_COUNT_FOR_P99;
  return {
    [`${name}P50Ms`]: distribution?.p50 ?? null,
    [`${name}P90Ms`]: distribution?.p90 ?? null,
    [`${name}P99Ms`]: hasTail ? distribution?.p99 ?? null : null,
  };
}

/** Records hold whole microseconds; differences of them should too. Adding 0 turns −0 into 0. */
function inMicroseconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 1000) / 1000 + 0;
}
