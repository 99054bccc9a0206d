/**
 * What-if in a notebook: engines that nobody has to rent, on a virtual clock.
 *
 * @module
 */
import type { LatencyLimits } from "../metrics/latency_limits.ts";
import { describeLargestLoad, largestLoad, type WhatIf } from "../metrics/what_if.ts";
import type { EngineGrid } from "../modes/engine_grid.ts";
import { simulateGrid } from "../modes/what_if.ts";
import type { TableRow } from "./table.ts";

/** What is tried, and what counts as good. */
export interface PlanOptions {
  /** Values of the engine's options to combine: `{ gpu: ["H100"], tp: [2, 4] }`. */
  readonly grid: EngineGrid;
  /** Limits on percentiles: `[{ metric: "ttft", percentile: "p99", limitMs: 1000 }]`. @default none: nothing is judged */
  readonly limits?: LatencyLimits;
  /** "synthetic", "demo", or "qwen", "mooncake" or a path once downloaded. @default "synthetic" */
  readonly trace?: string;
  /** Rows to take from the trace. @default {300} */
  readonly requests?: number;
  /** Factors on the intervals between requests; below 1 is more load. @default {[0.5, 1, 2]} */
  readonly scales?: readonly number[];
  /** Whether to look between the scales for the largest load within the limits, to 5 %. @default {false} */
  readonly findLoad?: boolean;
  /** Of everything random. @default {42} */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_REQUESTS = 300;
const DEFAULT_SCALES = [0.5, 1, 2];
const DEFAULT_SEED = 42;

/**
 * Simulates every combination of engine options under the same load. Its runs are not kept; `deno task simulate` keeps
 * them.
 *
 * @throws {UsageError} When the grid, the scales or the trace cannot be used.
 */
export async function planCapacity(
  { grid, limits = [], trace = "synthetic", requests = DEFAULT_REQUESTS, ...options }: PlanOptions,
): Promise<WhatIf> {
  const { scales = DEFAULT_SCALES, findLoad = false, seed = DEFAULT_SEED, signal } = options;
  const outputDir = await Deno.makeTempDir({ prefix: "benchbook-plan-" });
  try {
    return await simulateGrid({
      ...{ grid, trace, requests, scales, findLoad, seed, signal, outputDir },
      slo: limits,
      id: "plan",
      startedAt: new Date().toISOString(),
      command: [],
    });
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

/** A row per configuration and load: what it cost and what it gave, latencies in ms. */
export function planRows({ configurations }: WhatIf): TableRow[] {
  return configurations.flatMap(({ label, gpus, outcome }): TableRow[] =>
    outcome.kind === "impossible"
      ? [{ configuration: label, gpus, problem: outcome.reason }]
      : outcome.points.map((point) => ({
        configuration: label,
        gpus,
        scale: point.scale,
        offeredRequestsPerS: point.offeredRequestsPerS,
        outputTokensPerS: point.outputTokensPerS,
        outputTokensPerSPerGpu: point.outputTokensPerSPerGpu,
        ttftP50Ms: point.latencies.ttft?.p50Ms ?? null,
        ttftP99Ms: point.latencies.ttft?.p99Ms ?? null,
        tpotP50Ms: point.latencies.tpot?.p50Ms ?? null,
        tpotP99Ms: point.latencies.tpot?.p99Ms ?? null,
        cachedShare: point.cachedShare,
        withinLimits: point.slo.met,
      }))
  );
}

/** A row per configuration: the largest load tried that keeps the limits, in requests per second. */
export function largestLoadRows({ configurations }: WhatIf): TableRow[] {
  return configurations.map(({ label, gpus, outcome }): TableRow => {
    if (outcome.kind === "impossible") return { configuration: label, gpus, note: outcome.reason };
    const load = largestLoad(outcome.points);
    return {
      configuration: label,
      gpus,
      requestsPerS: load.kind === "found" ? load.point.offeredRequestsPerS : null,
      requestsPerSPerGpu: load.kind === "found" && load.point.offeredRequestsPerS !== null
        ? load.point.offeredRequestsPerS / gpus
        : null,
      note: describeLargestLoad(load),
    };
  });
}
