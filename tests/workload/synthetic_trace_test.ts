import assert from "node:assert/strict";

import { quantileSorted } from "../../lib/metrics/quantile.ts";
import { countBlockHits, turnPrefixTokens } from "../../lib/workload/prefix_reuse.ts";
import { qwenTraceA } from "../../lib/workload/synthetic_profiles.ts";
import { demoTrace, syntheticTrace } from "../../lib/workload/synthetic_trace.ts";
import { assertArrivalOrder, offeredRequestsPerS, traceSpanMs } from "../../lib/workload/trace.ts";

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function assertWithin(name: string, value: number, low: number, high: number): void {
  assert.ok(value >= low && value <= high, `${name} is ${value}, not within ${low} to ${high}`);
}

function assertClose(name: string, value: number, expected: number): void {
  assertWithin(name, value, expected * 0.98, expected * 1.02);
}

Deno.test("syntheticTrace has the published statistics of Qwen-Bailian trace A", () => {
  const trace = syntheticTrace();
  const { entries, source } = trace;
  assertArrivalOrder(trace);
  assert.ok(source.kind === "synthetic" && source.note.startsWith("synthetic, "));

  assert.equal(entries.length, 43_058);
  assertClose("span in s", traceSpanMs(trace) / 1_000, 7_200);
  assertClose("offered requests per s", offeredRequestsPerS(trace) ?? NaN, 43_057 / 7_200);
  assertClose("mean input", mean(entries.map((entry) => entry.inputTokens)), 2_330);
  assertClose("mean output", mean(entries.map((entry) => entry.outputTokens)), 358.3);
  const later = turnPrefixTokens(trace).toSorted((a, b) => a - b);
  assertClose("share of later turns", later.length / entries.length, 19_957 / 43_058);
  assertWithin("p50 of the later turns' prefix", quantileSorted(later, 0.5), 900, 1_300);
  assertWithin("p95 of the later turns' prefix", quantileSorted(later, 0.95), 7_000, 10_000);

  const hitRate = (capacityBlocks: number) => {
    const { hits, references } = countBlockHits(entries, { capacityBlocks });
    return hits / references;
  };
  assertWithin("hit rate of an unlimited cache", hitRate(Infinity), 0.58, 0.62);
  assertWithin("hit rate of 1,024 blocks", hitRate(1_024), 0.10, 0.16);
  assertWithin("hit rate of 65,536 blocks", hitRate(65_536), 0.28, 0.36);
});

Deno.test("syntheticTrace gives a beginning of itself when it is shorter", () => {
  const long = syntheticTrace({ requests: 300 });
  assert.deepEqual(syntheticTrace({ requests: 100 }).entries, long.entries.slice(0, 100));

  const durationMs = long.entries[50]?.arrivalMs ?? NaN;
  const within = long.entries.filter((entry) => entry.arrivalMs <= durationMs);
  assert.deepEqual(syntheticTrace({ durationMs }).entries, within);
});

Deno.test("syntheticTrace depends on the seed", () => {
  assert.notDeepEqual(
    syntheticTrace({ requests: 10, seed: 1 }).entries,
    syntheticTrace({ requests: 10 }).entries,
  );
});

Deno.test("syntheticTrace draws arrivals apart from everything else", () => {
  const profile = { ...qwenTraceA, note: "synthetic, single turns", multiTurnShare: 0 };
  const single = syntheticTrace({ requests: 200, profile });
  const usual = syntheticTrace({ requests: 200 });
  assert.ok(single.entries.every((entry) => entry.turn === 1));
  assert.ok(usual.entries.some((entry) => entry.turn === 2));
  assert.deepEqual(single.entries.map((e) => e.arrivalMs), usual.entries.map((e) => e.arrivalMs));
});

Deno.test("syntheticTrace changes the rate of arrivals at the given instant", () => {
  // In the first second 1 in 10⁶ s is expected, afterwards 1 in 1 ms.
  const arrivals = [{ untilMs: 1_000, requestsPerS: 1e-6 }, { untilMs: Infinity, requestsPerS: 1_000 }];
  const { entries } = syntheticTrace({ requests: 100, profile: { ...qwenTraceA, arrivals } });
  assertWithin("first arrival in ms", entries[0]?.arrivalMs ?? NaN, 1_000, 1_020);
  assertWithin("span in ms", traceSpanMs({ entries }), 60, 150);
});

Deno.test("syntheticTrace cuts prompts at maxInputTokens, below a system prompt too", () => {
  const profile = { ...qwenTraceA, maxInputTokens: 100 };
  const { entries } = syntheticTrace({ requests: 200, profile });
  assert.equal(Math.max(...entries.map((entry) => entry.inputTokens)), 100);
});

Deno.test("syntheticTrace rejects numbers of requests that are not integers >= 1, and times without any", () => {
  for (const requests of [0, -1, 1.5, NaN]) assert.throws(() => syntheticTrace({ requests }), RangeError);
  assert.throws(() => syntheticTrace({ durationMs: 0 }), {
    name: "RangeError",
    message: "Cannot generate trace as nothing arrives within 'durationMs': current value is 0",
  });
});

Deno.test("demoTrace is the same trace on every machine", () => {
  const { source } = demoTrace();
  assert.deepEqual(source, {
    kind: "synthetic",
    note: "synthetic, for a demonstration: denser than the real trace, with shorter prompts and answers; " +
      "120 requests in 13.4 s, on average 1,073 prompt and 54 answer tokens",
    seed: 42,
    sha256: "f05b4abc259e00276c4010f9a5b8dcc23171182d8735dcaee75931ef30282950",
  });
});

Deno.test("demoTrace loads 28,000 prompt tokens per second at scale 0.4 and not at 1.6", () => {
  const { entries } = demoTrace();
  const spanS = traceSpanMs({ entries }) / 1_000;
  const tokens = entries.reduce((sum, entry) => sum + entry.inputTokens, 0);
  assertWithin("share of prefill at 0.4", tokens / (spanS * 0.4) / 28_000, 0.7, 1);
  assertWithin("share of prefill at 1.6", tokens / (spanS * 1.6) / 28_000, 0, 0.3);
  // All six scales, 0.4 + 0.5 + 0.6 + 0.7 + 0.8 + 1.6 = 4.6, leave room for tails within 90 s.
  assertWithin("time for all scales in s", spanS * 4.6, 30, 80);
});
