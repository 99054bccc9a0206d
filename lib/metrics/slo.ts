/**
 * Service level objectives: limits that a percentile of a latency has to keep.
 *
 * @module
 */
import { type Distribution, MIN_COUNT_FOR_P99 } from "./distribution.ts";
import type { Verdict } from "./verdict.ts";

/** Latencies that can be limited. */
export const sloMetrics = ["ttft", "tpot", "itl", "e2e"] as const;

/** One of {@linkcode sloMetrics}. */
export type SloMetric = (typeof sloMetrics)[number];

/** Percentiles that can be limited. */
export const sloPercentiles = ["p50", "p90", "p95", "p99"] as const;

/** One of {@linkcode sloPercentiles}. */
export type SloPercentile = (typeof sloPercentiles)[number];

/** "p99 TTFT ≤ 1,000 ms". */
export type SloLimit = {
  readonly metric: SloMetric;
  readonly percentile: SloPercentile;
  /** Largest value that keeps it, > 0. */
  readonly limitMs: number;
};

/** Limits that have to be kept together; without any there is no objective. */
export type Slo = readonly SloLimit[];

/** Whether an objective was met. */
export type SloVerdict = {
  /** `null` when it cannot be told, or there was no objective. */
  readonly met: boolean | null;
  /** Why not, or why it cannot be told. */
  readonly reasons: readonly string[];
};

/** What is judged: a cell's latencies and whether they are valid. */
export type JudgedCell = Readonly<Record<SloMetric, Distribution | null>> & { readonly verdict: Verdict };

/**
 * Judges a cell.
 *
 * Met is an objective whose every limit is kept by a valid cell. A p99 of fewer than {@linkcode MIN_COUNT_FOR_P99}
 * values tells nothing, but one limit that is surely broken settles it.
 *
 * @example
 * ```ts
 * import { describe } from "./distribution.ts";
 * import { judgeSlo } from "./slo.ts";
 * import assert from "node:assert/strict";
 *
 * const cell = { ttft: describe([80, 120]), tpot: null, itl: null, e2e: null, verdict: { valid: true, reasons: [] } };
 * const limit = (limitMs: number) => [{ metric: "ttft", percentile: "p50", limitMs } as const];
 * assert.equal(judgeSlo(cell, limit(100)).met, true);
 * assert.deepEqual(judgeSlo(cell, limit(99)), { met: false, reasons: ["p50 TTFT is 100.0 ms, over 99 ms"] });
 * ```
 */
export function judgeSlo(cell: JudgedCell, slo: Slo): SloVerdict {
  if (slo.length === 0) return { met: null, reasons: [] };
  if (!cell.verdict.valid) return { met: false, reasons: cell.verdict.reasons };
  const judged = slo.map((limit) => judgeLimit(cell[limit.metric], limit));
  const broken = judged.filter(({ met }) => met === false);
  if (broken.length > 0) return { met: false, reasons: broken.flatMap(({ reasons }) => reasons) };
  const open = judged.filter(({ met }) => met === null);
  return { met: open.length > 0 ? null : true, reasons: open.flatMap(({ reasons }) => reasons) };
}

function judgeLimit(distribution: Distribution | null, limit: SloLimit): SloVerdict {
  const { metric, percentile, limitMs } = limit;
  const name = `${percentile} ${metric.toUpperCase()}`;
  if (distribution === null) return { met: null, reasons: [`there is no ${metric.toUpperCase()}`] };
  if (percentile === "p99" && distribution.count < MIN_COUNT_FOR_P99) {
    return {
      met: null,
      reasons: [`${name} needs ${MIN_COUNT_FOR_P99} values and there are ${distribution.count}`],
    };
  }
  const ms = distribution[percentile];
  if (ms <= limitMs) return { met: true, reasons: [] };
  return { met: false, reasons: [`${name} is ${ms.toFixed(1)} ms, over ${limitMs} ms`] };
}

/** An objective in words: "p99 TTFT ≤ 1000 ms, p99 TPOT ≤ 50 ms". */
export function describeSlo(slo: Slo): string {
  return slo.map(({ metric, percentile, limitMs }) => `${percentile} ${metric.toUpperCase()} ≤ ${limitMs} ms`)
    .join(", ");
}
