/**
 * From records to numbers. Pure: the same artifact gives the same numbers, anywhere.
 *
 * To add a latency metric: write its file, add it to {@linkcode metrics}, test it.
 *
 * @module
 */
import type { Cell, RequestRecord, Run } from "../types.ts";
import { CellDigest, digestRecords, type RunDigest } from "./digest.ts";
import { e2e } from "./e2e.ts";
import { itl } from "./itl.ts";
import type { Metric } from "./metric.ts";
import { sendLag } from "./send_lag.ts";
import { type CellSummary, type RunSummary, summarizeDigest, summarizeDigests } from "./summary.ts";
import { tpot } from "./tpot.ts";
import { ttft, ttftFromSchedule } from "./ttft.ts";

/** Every latency metric, in the order tables show them. */
export const metrics: readonly Metric[] = [ttft, ttftFromSchedule, tpot, itl, e2e, sendLag];

/** A digest of no records yet, for every metric. */
export function digestCell(cell: Pick<Cell, "startMs">): CellDigest {
  return new CellDigest(cell, metrics);
}

/** Digests a run, for every metric, in one pass over its records; once per run, later calls give the same. */
export function digestRun(run: Run): RunDigest {
  return digestRecords(run, metrics);
}

/** Summarises one cell. */
export function summarizeCell(cell: Cell, records: Iterable<RequestRecord>): CellSummary {
  const digest = digestCell(cell);
  for (const record of records) digest.add(record);
  return summarizeDigest(cell, digest);
}

/** Summarises a run, cell by cell. */
export function summarizeRun(run: Run): RunSummary {
  return summarizeDigests(run, digestRun(run));
}

export { concurrencySteps, type LoadStep, tokensPerSSeries } from "./concurrency.ts";
export {
  type CellDigest,
  type FailureCount,
  keepDigest,
  type RequestPoint,
  type RunDigest,
  TOKEN_BIN_MS,
} from "./digest.ts";
export { describe, type Distribution, MIN_COUNT_FOR_P99 } from "./distribution.ts";
export { type CoarseGaps } from "./gap_grid.ts";
export { type Goodput, measureGoodput, missesSlo } from "./goodput.ts";
export { type Metric, type RequestMetric, sampleMetric, succeeded, type TokenMetric } from "./metric.ts";
export { quantileSorted } from "./quantile.ts";
export { Sample, sampleOf } from "./sample.ts";
export { SEND_LAG_LIMIT_MS } from "./send_lag.ts";
export { noSlo, type Slo, type SloLimit, sloOf } from "./slo.ts";
export { type CellSummary, type RunSummary, summarizeDigest } from "./summary.ts";
export { countInputTokens, countOutputTokens, type TokenSource } from "./tokens.ts";
export {
  ENGINE_LAG_LIMIT_MS,
  failedTooOften,
  FAILURE_LIMIT_RATIO,
  judgeCell,
  type Verdict,
} from "./verdict.ts";
export { e2e, itl, sendLag, tpot, ttft, ttftFromSchedule };
