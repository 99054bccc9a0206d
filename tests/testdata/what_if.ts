import type { Configuration, LoadPoint, WhatIf } from "../../lib/metrics/what_if.ts";

/** A point of 200 requests: every latency has a median of `ms` and a p99 of three times that. */
export function makePoint(
  scale: number,
  { ms, tokensPerS, ...change }: { readonly ms: number; readonly tokensPerS: number } & Partial<LoadPoint>,
): LoadPoint {
  const latency = { count: 200, p50Ms: ms, p99Ms: 3 * ms };
  return {
    scale,
    offeredRequestsPerS: 4 / scale,
    requestsPerS: 3 / scale,
    outputTokensPerS: tokensPerS,
    outputTokensPerSPerGpu: tokensPerS / 2,
    latencies: { ttft: latency, tpot: latency, itl: latency, e2e: latency },
    cachedShare: null,
    valid: true,
    problems: [],
    slo: { met: null, reasons: [] },
    ...change,
  };
}

/** A configuration on two GPUs that was run. */
export function makeConfiguration(
  index: number,
  points: readonly LoadPoint[],
  change: Partial<Configuration> = {},
): Configuration {
  return {
    ...{ index, label: `TP ${index + 1}`, varied: { tp: index + 1 }, gpus: 2, noVerdict: null },
    description: `Qwen3-32B on H200 × ${index + 1}`,
    ...{ model: "Qwen3-32B", gpu: "H200" },
    outcome: {
      kind: "run",
      runId: `grid-${index + 1}`,
      requests: 200,
      leftOut: { count: 0, reason: null },
      points,
    },
    ...change,
  };
}

/** A grid of two configurations: the second is faster and slower to saturate. */
export function makeWhatIf(change: Partial<WhatIf> = {}): WhatIf {
  return {
    schemaVersion: 1,
    id: "grid",
    startedAt: "2026-11-22T12:00:00.000Z",
    status: "complete",
    command: ["deno", "task", "simulate", "--tp", "1", "2"],
    seed: 42,
    workload: { trace: "synthetic", requests: 200, prompts: "blocks", notes: [] },
    slo: [],
    configurations: [
      makeConfiguration(0, [makePoint(1, { ms: 100, tokensPerS: 500 }), makePoint(0.5, { ms: 900, tokensPerS: 600 })]),
      makeConfiguration(1, [makePoint(1, { ms: 50, tokensPerS: 550 }), makePoint(0.5, { ms: 90, tokensPerS: 1000 })]),
    ],
    ...change,
  };
}
