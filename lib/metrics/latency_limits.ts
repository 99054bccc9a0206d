/**
 * Limits on percentiles of latencies, which decide what load a configuration bears.
 *
 * @module
 */
import type { Distribution } from "./distribution.ts";
import {
  describeLimit,
  joinVerdicts,
  judgePercentile,
  type SloLatency,
  type SloLimit,
  type SloPercentile,
  type SloVerdict,
} from "./slo.ts";
import type { Verdict } from "./verdict.ts";

/** "p99 TTFT ≤ 1000 ms". */
export type LatencyLimit = {
  readonly metric: SloLatency;
  readonly percentile: SloPercentile;
  /** Largest value that keeps it, > 0. */
  readonly limitMs: number;
};

/** Limits that have to be kept together; without any there is no objective. */
export type LatencyLimits = readonly LatencyLimit[];

/** What is judged: a cell's latencies and whether they are valid. */
export type JudgedCell = Readonly<Record<SloLatency, Distribution | null>> & { readonly verdict: Verdict };

/**
 * Judges a cell.
 *
 * Met is an objective whose every limit is kept by a valid cell. A p99 of too few values tells nothing, but one limit that
 * is surely broken settles it.
 *
 * @example
 * ```ts
 * import { describe } from "./distribution.ts";
 * import { judgeLatencies } from "./latency_limits.ts";
 * import assert from "node:assert/strict";
 *
 * const cell = { ttft: describe([80, 120]), tpot: null, itl: null, e2e: null, verdict: { valid: true, reasons: [] } };
 * const limit = (limitMs: number) => [{ metric: "ttft", percentile: "p50", limitMs } as const];
 * assert.equal(judgeLatencies(cell, limit(100)).met, true);
 * assert.deepEqual(judgeLatencies(cell, limit(99)), { met: false, reasons: ["p50 TTFT is 100 ms, not ≤ 99 ms"] });
 * ```
 */
export function judgeLatencies(cell: JudgedCell, limits: LatencyLimits): SloVerdict {
  if (limits.length === 0) return { met: null, reasons: [] };
  if (!cell.verdict.valid) return { met: false, reasons: cell.verdict.reasons };
  return joinVerdicts(limits.map((limit) => {
    const distribution = cell[limit.metric];
    return judgePercentile(
      toSloLimit(limit),
      distribution === null ? null : { value: distribution[limit.percentile], count: distribution.count },
    );
  }));
}

/** Limits in words: "p99 TTFT ≤ 1000 ms, p99 TPOT ≤ 50 ms". */
export function describeLatencyLimits(limits: LatencyLimits): string {
  return limits.map((limit) => describeLimit(toSloLimit(limit))).join(", ");
}

function toSloLimit({ metric, percentile, limitMs }: LatencyLimit): SloLimit {
  return { metric, percentile, sign: "≤", value: limitMs };
}
