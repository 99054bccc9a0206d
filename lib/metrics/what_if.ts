/**
 * What a grid of engine options gives: a few numbers for each configuration and load, and what follows from them.
 *
 * @module
 */
import { type Distribution, MIN_COUNT_FOR_P99 } from "./distribution.ts";
import { judgeLatencies, type LatencyLimits } from "./latency_limits.ts";
import { sloLatencies, type SloLatency, type SloVerdict } from "./slo.ts";
import type { CellSummary } from "./summary.ts";

/** A latency in short. */
export type ShortLatency = {
  readonly count: number;
  readonly p50Ms: number;
  /** `null` below {@linkcode MIN_COUNT_FOR_P99} values. */
  readonly p99Ms: number | null;
};

/** One configuration under one load. `null` means not known. */
export type LoadPoint = {
  /** Factor on the intervals of the trace: a smaller one is more load. */
  readonly scale: number;
  readonly offeredRequestsPerS: number | null;
  readonly requestsPerS: number | null;
  readonly outputTokensPerS: number | null;
  readonly outputTokensPerSPerGpu: number | null;
  readonly latencies: Readonly<Record<SloLatency, ShortLatency | null>>;
  /** Share of prompt tokens that came from the prefix cache. */
  readonly cachedShare: number | null;
  readonly valid: boolean;
  /** Why it is not valid; empty when it is. */
  readonly problems: readonly string[];
  readonly slo: SloVerdict;
};

/** A choice of engine options, and what it gave. */
export type Configuration = {
  readonly index: number;
  /** What sets it apart from the others: "TP 4 naive". */
  readonly label: string;
  /** The options that differ between configurations, by name. */
  readonly varied: Readonly<Record<string, string | number | boolean>>;
  /** The engine in words. */
  readonly description: string;
  /** Names of model and GPU; `null` where they are not known. */
  readonly model: string | null;
  readonly gpu: string | null;
  readonly gpus: number;
  /** Why nothing is judged about it; `null` for most. */
  readonly noVerdict: string | null;
  readonly outcome:
    | {
      readonly kind: "run";
      readonly runId: string;
      /** Rows of the trace that this configuration cannot take, and why the first of them. */
      readonly leftOut: { readonly count: number; readonly reason: string | null };
      readonly requests: number;
      /** Least load first; only those that ran to their end. */
      readonly points: readonly LoadPoint[];
    }
    | { readonly kind: "impossible"; readonly reason: string };
};

/** A grid that was simulated: the content of `what_if.json`. */
export type WhatIf = {
  readonly schemaVersion: 1;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly status: "complete" | "interrupted";
  readonly command: readonly string[];
  readonly seed: number;
  readonly workload: {
    readonly trace: string;
    /** Rows taken from the trace. */
    readonly requests: number;
    readonly prompts: string;
    /** What a reader must know about how the workload was made. */
    readonly notes: readonly string[];
  };
  readonly slo: LatencyLimits;
  readonly configurations: readonly Configuration[];
};

/** Makes the point of a cell. @param options `gpus` that the configuration takes, `noVerdict` why the SLO is not judged. */
export function loadPoint(
  cell: CellSummary,
  { slo, gpus, noVerdict }: {
    readonly slo: LatencyLimits;
    readonly gpus: number;
    readonly noVerdict: string | null;
  },
): LoadPoint {
  return {
    scale: Number(cell.parameters.scale),
    offeredRequestsPerS: cell.offeredRequestsPerS,
    requestsPerS: cell.requestsPerS,
    outputTokensPerS: cell.outputTokensPerS,
    outputTokensPerSPerGpu: cell.outputTokensPerS === null ? null : cell.outputTokensPerS / gpus,
    latencies: Object.fromEntries(
      sloLatencies.map((name) => [name, shorten(cell[name])]),
    ) as LoadPoint["latencies"],
    cachedShare: cell.cachedShare,
    valid: cell.verdict.valid,
    problems: cell.verdict.reasons,
    slo: noVerdict === null ? judgeLatencies(cell, slo) : { met: null, reasons: [noVerdict] },
  };
}

function shorten(distribution: Distribution | null): ShortLatency | null {
  if (distribution === null) return null;
  const { count, p50, p99 } = distribution;
  return { count, p50Ms: p50, p99Ms: count < MIN_COUNT_FOR_P99 ? null : p99 };
}

/** The largest load, among those tried, that meets the SLO. */
export type LargestLoad =
  /** `isBound` when more load was tried and misses the SLO; `missesBelow` when a smaller load misses it. */
  | {
    readonly kind: "found";
    readonly point: LoadPoint;
    readonly isBound: boolean;
    readonly missesBelow: boolean;
  }
  /** Even the smallest load tried misses the SLO. */
  | { readonly kind: "none" }
  /** Nothing can be said: no SLO, no verdict, too few requests. */
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Finds the largest load of a configuration that still meets the SLO.
 *
 * @param points In any order.
 */
export function largestLoad(points: readonly LoadPoint[]): LargestLoad {
  const byLoad = points.toSorted((a, b) => a.scale - b.scale);
  const place = byLoad.findIndex(({ slo }) => slo.met === true);
  const point = byLoad[place];
  if (point !== undefined) {
    const isMissed = ({ slo }: LoadPoint) => slo.met === false;
    return {
      kind: "found",
      point,
      isBound: byLoad.slice(0, place).some(isMissed),
      missesBelow: byLoad.slice(place + 1).some(isMissed),
    };
  }
  const open = byLoad.find(({ slo }) => slo.met === null);
  if (open !== undefined) return { kind: "unknown", reason: open.slo.reasons[0] ?? "no SLO was given" };
  return byLoad.length === 0 ? { kind: "unknown", reason: "nothing was simulated" } : { kind: "none" };
}

/** A load that lasts less long hides queues that grow slowly. */
const SHORT_LOAD_S = 120;

/** Warns of loads too short to show a queue that grows slowly; `null` when there are none. */
export function describeShortLoad({ configurations }: Pick<WhatIf, "configurations">): string | null {
  const loads = configurations.flatMap(({ outcome }) =>
    outcome.kind === "impossible" ? [] : outcome.points.map(({ scale, offeredRequestsPerS }) => ({
      scale,
      lastsS: (outcome.requests - 1) / (offeredRequestsPerS ?? Infinity),
    }))
  );
  const [shortest] = loads.sort((a, b) => a.lastsS - b.lastsS);
  if (shortest === undefined || shortest.lastsS >= SHORT_LOAD_S) return null;
  return `At scale ${shortest.scale} the load lasts ${
    Math.round(shortest.lastsS)
  } s: a queue that grows slowly does ` +
    "not show in so short a time, and less load may be borne for long. More --requests make it last longer.";
}

/** Says in a few words where the largest load lies. */
export function describeLargestLoad(load: LargestLoad): string {
  switch (load.kind) {
    case "unknown":
      return load.reason;
    case "none":
      return "no load tried meets it";
    case "found":
      return [
        load.isBound
          ? "the next larger load tried misses it"
          : "bound not reached: no larger load was tried, smaller --scales are",
        ...(load.missesBelow ? ["a smaller load misses it"] : []),
      ].join("; ");
  }
}

/** A place in the plane of latency (less is better) and throughput (more is better). */
export interface Tradeoff {
  readonly latencyMs: number;
  readonly throughput: number;
}

/**
 * Whether each point is Pareto-efficient: no other has a latency as low and a throughput as high, and one of them
 * better.
 *
 * @returns One answer per point, in their order.
 * @example
 * ```ts
 * import { paretoEfficient } from "./what_if.ts";
 * import assert from "node:assert/strict";
 *
 * const points = [[10, 100], [20, 300], [30, 200]].map(([latencyMs = 0, throughput = 0]) => ({ latencyMs, throughput }));
 * assert.deepEqual(paretoEfficient(points), [true, true, false]); // the third is slower than the second, and later
 * ```
 */
export function paretoEfficient(points: readonly Tradeoff[]): boolean[] {
  const beats = (a: Tradeoff, b: Tradeoff) =>
    a.latencyMs <= b.latencyMs && a.throughput >= b.throughput &&
    (a.latencyMs < b.latencyMs || a.throughput > b.throughput);
  return points.map((point) => !points.some((other) => beats(other, point)));
}
