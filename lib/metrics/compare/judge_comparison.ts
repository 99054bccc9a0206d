/**
 * What a comparison says: for every engine against the first, whether it was fair, and the ratios with their intervals.
 *
 * @module
 */
import type { DeclaredComparison, StoredComparison } from "../../comparison.ts";
import {
  type CellSet,
  comparedMetrics,
  compareRuns,
  type ComparisonWord,
  type LatencyStatistic,
  latencyStatistics,
  type RunComparison,
} from "./mod.ts";
import { checkFairness, type Finding } from "../fairness/mod.ts";
import { type Slo, sloOf } from "../slo.ts";
import { limitsOfRequests, requestsOfCell } from "./cell_set.ts";
import { type ComparedLoad, type Comparison, groupComparison } from "./group_comparison.ts";

/** One engine against the first. */
export interface PairResult {
  /** Indices of the engines; ratios are b / a. */
  readonly a: number;
  readonly b: number;
  readonly fairness: readonly Finding[];
  /** Whether it may be called a result: no finding is an error. */
  readonly isFair: boolean;
  /** `null` where nothing was measured on both. */
  readonly statistics: RunComparison | null;
  /** Loads that are not compared, and why. */
  readonly leftOut: readonly string[];
}

/** The derived `result.json` of a comparison. */
export interface ComparisonResult {
  readonly schemaVersion: 1;
  readonly comparisonId: string;
  readonly declared: DeclaredComparison;
  readonly pairs: readonly PairResult[];
}

/**
 * Writes down what a comparison will look at: latencies by mean and percentile, throughput, and with an objective what was
 * delivered within it.
 */
export function declareComparison(slo: Slo | undefined): DeclaredComparison {
  const goodput = limitsOfRequests(slo).length === 0 ? [] : ["goodRequestsPerS", "goodShare"];
  return {
    metrics: ["ttft", "tpot", "e2e", "outputTokensPerS", "requestsPerS", ...goodput],
    statistics: latencyStatistics,
    confidence: 0.95,
    resamples: 10_000,
  };
}

/**
 * Judges a comparison.
 *
 * With several engines the confidence is shared among the pairs (Bonferroni): the chance that any of them shows a
 * difference where there is none stays below 1 − confidence.
 */
export function judgeComparison(comparison: Comparison): ComparisonResult {
  const { comparisonId, declared, engines, seed } = comparison.manifest;
  const pairs = engines.length - 1;
  const options = {
    ...declared,
    metrics: declared.metrics.filter((name) => comparedMetrics.some((metric) => metric.name === name)),
    statistics: declared.statistics as readonly LatencyStatistic[],
    confidence: 1 - (1 - declared.confidence) / Math.max(pairs, 1),
    seed,
  };
  return {
    schemaVersion: 1,
    ...{ comparisonId, declared },
    pairs: Array.from({ length: pairs }, (_, i) => {
      const pair = { a: 0, b: i + 1 };
      const fairness = checkFairness(comparison, pair);
      const { sets, leftOut } = takePair(comparison, pair);
      return {
        ...pair,
        fairness,
        isFair: fairness.every(({ status }) => status !== "error"),
        statistics: sets === null ? null : compareRuns(sets, options),
        leftOut,
      };
    }),
  };
}

/** Groups and judges what was read from a folder. */
export function judgeStored(
  stored: StoredComparison,
): { readonly comparison: Comparison; readonly result: ComparisonResult } {
  const comparison = groupComparison(stored);
  return { comparison, result: judgeComparison(comparison) };
}

/** The loads that both were asked at, with the repeats that every one of them has on both. */
function takePair(
  { manifest: { engines }, loads }: Comparison,
  { a, b }: { readonly a: number; readonly b: number },
): { readonly sets: { readonly a: CellSet; readonly b: CellSet } | null; readonly leftOut: string[] } {
  const names = { a: engines[a]?.name, b: engines[b]?.name };
  const shared = loads.map((load) => ({ load, repeats: repeatsOf(load, { a, b }) }));
  const most = Math.max(0, ...shared.map(({ repeats }) => repeats.length));
  const kept = shared.filter(({ repeats }) => repeats.length === most && most > 0);
  const leftOut = shared.filter(({ repeats }) => repeats.length < most || most === 0)
    .map(({ load }) => {
      const [onA, onB] = [a, b].map((engine) => load.engines[engine]?.length ?? 0);
      const need = Math.max(most, 1);
      return `${load.label}: measured whole ${onA} × on ${names.a} and ${onB} × on ${names.b}, and it takes ${need} on both`;
    });
  if (kept.length === 0) return { sets: null, leftOut };
  const setOf = (engine: number): CellSet =>
    kept.map(({ load, repeats }) => ({
      label: load.label,
      repeats: repeats.map((repeat) => requestsOf(load, { engine, repeat })),
    }));
  return { sets: { a: setOf(a), b: setOf(b) }, leftOut };
}

function repeatsOf(
  { engines }: ComparedLoad,
  { a, b }: { readonly a: number; readonly b: number },
): number[] {
  const onB = new Set(engines[b]?.map(({ repeat }) => repeat));
  return (engines[a] ?? []).map(({ repeat }) => repeat).filter((repeat) => onB.has(repeat));
}

function requestsOf(
  { engines }: ComparedLoad,
  { engine, repeat }: { readonly engine: number; readonly repeat: number },
) {
  const cell = engines[engine]?.find((one) => one.repeat === repeat);
  return cell === undefined ? [] : requestsOfCell(cell.digest, sloOf(cell.run.manifest));
}

export type { ComparisonWord };
