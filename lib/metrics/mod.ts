/**
 * From records to numbers. Pure: the same artifact gives the same numbers, anywhere.
 *
 * To add a latency metric: write its file, add it to {@linkcode metrics}, test it.
 *
 * @module
 */
import { e2e } from "./e2e.ts";
import { itl } from "./itl.ts";
import type { Metric } from "./metric.ts";
import { sendLag } from "./send_lag.ts";
import { tpot } from "./tpot.ts";
import { ttft, ttftFromSchedule } from "./ttft.ts";

/** Every latency metric, in the order tables show them. */
export const metrics: readonly Metric[] = [ttft, ttftFromSchedule, tpot, itl, e2e, sendLag];

export { concurrencySteps, type LoadStep, tokensPerSSeries } from "./concurrency.ts";
export { describe, type Distribution, MIN_COUNT_FOR_P99 } from "./distribution.ts";
export { type Metric, type RequestMetric, sampleMetric, succeeded, type TokenMetric } from "./metric.ts";
export { quantileSorted } from "./quantile.ts";
export { SEND_LAG_LIMIT_MS } from "./send_lag.ts";
export {
  type CellSummary,
  type FailureCount,
  groupByCell,
  type RunSummary,
  summarizeCell,
  summarizeRun,
} from "./summary.ts";
export { countInputTokens, countOutputTokens, type TokenSource } from "./tokens.ts";
export { failedTooOften, FAILURE_LIMIT_RATIO, judgeCell, type Verdict } from "./verdict.ts";
export { e2e, itl, sendLag, tpot, ttft, ttftFromSchedule };
