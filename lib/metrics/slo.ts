/**
 * Service level objectives: limits that every request, or a percentile of a cell, has to keep.
 *
 * @module
 */
import type { Json, RunManifest } from "../types.ts";
import { MIN_COUNT_FOR_P99 } from "./distribution.ts";

/** Latencies that can be limited. */
export const sloLatencies = ["ttft", "tpot", "itl", "e2e"] as const;

/** One of {@linkcode sloLatencies}. */
export type SloLatency = (typeof sloLatencies)[number];

/** What can be limited. `outputRate` is the output tokens of a request / its E2E, in tokens/s. */
export const sloMetrics = [...sloLatencies, "outputRate"] as const;

/** One of {@linkcode sloMetrics}. */
export type SloMetric = (typeof sloMetrics)[number];

/** Percentiles that can be limited. */
export const sloPercentiles = ["p50", "p90", "p95", "p99"] as const;

/** One of {@linkcode sloPercentiles}. */
export type SloPercentile = (typeof sloPercentiles)[number];

/** How a value is compared with its limit: latencies have a largest value, rates a smallest one. */
export const sloSigns = ["<", "≤", ">", "≥"] as const;

/** One of {@linkcode sloSigns}. */
export type SloSign = (typeof sloSigns)[number];

/**
 * "TTFT < 1000 ms" or "p99 TTFT ≤ 1000 ms".
 *
 * A limit without a percentile is one that each request has to keep; there `itl` is the request's mean gap, which is its
 * TPOT. A percentile limit is one that the cell has to keep; there `itl` are all gaps, pooled. "p99" means the value that
 * 99 % of the requests (of the gaps) keep: for a rate it is the one that 1 % stay below.
 */
export type SloLimit = {
  readonly metric: SloMetric;
  readonly percentile: SloPercentile | null;
  readonly sign: SloSign;
  /** > 0; in ms, for `outputRate` in tokens/s. */
  readonly value: number;
};

/** Limits that have to be kept together; without any there is no objective. Plain JSON: it is an option of a run. */
export type Slo = {
  /** For people; `null` where it has none. */
  readonly name: string | null;
  /** Share of the offered requests that have to keep every limit on requests, in (0, 1]. */
  readonly attainment: number;
  readonly limits: readonly SloLimit[];
};

/** No objective. */
export const noSlo: Slo = { name: null, attainment: 1, limits: [] };

/** Whether an objective was met. */
export type SloVerdict = {
  /** `null` when it cannot be told, or there was no objective. */
  readonly met: boolean | null;
  /** Why not, or why it cannot be told. */
  readonly reasons: readonly string[];
};

/**
 * The objective of a run, from its options.
 *
 * @returns {@linkcode noSlo} where the option is absent or is something else than an {@linkcode Slo}, such as the words
 * that a what-if run keeps.
 */
export function sloOf({ options: { slo } }: Pick<RunManifest, "options">): Slo {
  if (!isJsonObject(slo) || typeof slo.attainment !== "number" || !Array.isArray(slo.limits)) return noSlo;
  const limits = slo.limits.flatMap(readLimit);
  if (limits.length < slo.limits.length) return noSlo;
  return { name: typeof slo.name === "string" ? slo.name : null, attainment: slo.attainment, limits };
}

function readLimit(limit: Json): SloLimit[] {
  if (!isJsonObject(limit) || typeof limit.value !== "number") return [];
  const metric = sloMetrics.find((one) => one === limit.metric);
  const sign = sloSigns.find((one) => one === limit.sign);
  const percentile = sloPercentiles.find((one) => one === limit.percentile) ?? null;
  if (metric === undefined || sign === undefined || percentile !== limit.percentile) return [];
  return [{ metric, percentile, sign, value: limit.value }];
}

function isJsonObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value, in the limit's unit, keeps it. */
export function keepsLimit(value: number, { sign, value: limit }: Pick<SloLimit, "sign" | "value">): boolean {
  switch (sign) {
    case "<":
      return value < limit;
    case "≤":
      return value <= limit;
    case ">":
      return value > limit;
    case "≥":
      return value >= limit;
  }
}

/** Whether small values keep the limit. */
export function isUpperLimit({ sign }: Pick<SloLimit, "sign">): boolean {
  return sign === "<" || sign === "≤";
}

/**
 * Judges a percentile limit.
 *
 * @param measured The percentile in the limit's unit and the number of values behind it; `null` where there are none. A
 * p99 of fewer than {@linkcode MIN_COUNT_FOR_P99} values tells nothing.
 */
export function judgePercentile(
  limit: SloLimit,
  measured: { readonly value: number; readonly count: number } | null,
): SloVerdict {
  if (measured === null) return { met: null, reasons: [`there is no ${labelOf(limit)}`] };
  const name = `${limit.percentile ?? ""} ${labelOf(limit)}`.trim();
  if (limit.percentile === "p99" && measured.count < MIN_COUNT_FOR_P99) {
    return {
      met: null,
      reasons: [`${name} needs ${MIN_COUNT_FOR_P99} values and there are ${measured.count}`],
    };
  }
  if (keepsLimit(measured.value, limit)) return { met: true, reasons: [] };
  return {
    met: false,
    reasons: [`${name} is ${formatSloValue(measured.value, limit)}, not ${describeBound(limit)}`],
  };
}

/**
 * Joins verdicts: one that is surely a miss settles it, whatever cannot be told.
 *
 * @param verdicts Of limits that have to be kept together, at least one.
 */
export function joinVerdicts(verdicts: readonly SloVerdict[]): SloVerdict {
  const broken = verdicts.filter(({ met }) => met === false);
  if (broken.length > 0) return { met: false, reasons: broken.flatMap(({ reasons }) => reasons) };
  const open = verdicts.filter(({ met }) => met === null);
  return { met: open.length > 0 ? null : true, reasons: open.flatMap(({ reasons }) => reasons) };
}

/**
 * An objective in words.
 *
 * @returns "" without limits.
 * @example
 * ```ts
 * import { describeSlo } from "./slo.ts";
 * import assert from "node:assert/strict";
 *
 * const limits = [
 *   { metric: "ttft", percentile: null, sign: "<", value: 1000 },
 *   { metric: "outputRate", percentile: "p99", sign: "≥", value: 10 },
 * ] as const;
 * const words = describeSlo({ name: null, attainment: 0.95, limits });
 * assert.equal(words, "TTFT < 1000 ms for 95% of the requests, p99 output rate ≥ 10 tokens/s");
 * ```
 */
export function describeSlo({ attainment, limits }: Slo): string {
  const requests = limits.filter(({ percentile }) => percentile === null).map(describeLimit);
  const cell = limits.filter(({ percentile }) => percentile !== null).map(describeLimit);
  const share = attainment === 1 ? "every request" : `${formatPercent(attainment)} of the requests`;
  return [...(requests.length === 0 ? [] : [`${requests.join(" and ")} for ${share}`]), ...cell].join(", ");
}

/** A limit in words: "p99 TTFT ≤ 1000 ms", "mean ITL < 50 ms". */
export function describeLimit(limit: SloLimit): string {
  return `${limit.percentile ?? ""} ${labelOf(limit)} ${describeBound(limit)}`.trim();
}

function describeBound({ metric, sign, value }: SloLimit): string {
  return `${sign} ${value} ${unitOf(metric)}`;
}

/** What is limited: "TTFT", "mean ITL". */
function labelOf({ metric, percentile }: Pick<SloLimit, "metric" | "percentile">): string {
  if (metric === "outputRate") return "output rate";
  if (metric === "itl" && percentile === null) return "mean ITL";
  return metric.toUpperCase();
}

function unitOf(metric: SloMetric): string {
  return metric === "outputRate" ? "tokens/s" : "ms";
}

const sixDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });

/** A measured value with its unit, exact enough to be told from its limit: "1,234 ms". */
export function formatSloValue(value: number, { metric }: Pick<SloLimit, "metric">): string {
  return `${sixDigits.format(value)} ${unitOf(metric)}`;
}

/** A share to which no more digits are given than it has, up to six: "95%", "99.95%". */
export function formatPercent(ratio: number): string {
  return `${sixDigits.format(100 * ratio)}%`;
}
