import assert from "node:assert/strict";

import {
  measureRound,
  type RoundNumbers,
  type RoundStatistics,
} from "../../lib/metrics/dialects/dual_round.ts";
import { digestCell, summarizeDigest } from "../../lib/metrics/mod.ts";
import type { RequestRecord, TelemetryLine } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell } from "../testdata/runs/small_run.ts";

function measure(records: readonly RequestRecord[], telemetry: readonly TelemetryLine[] = []): RoundNumbers {
  const cell = makeCell({ schedule: "closed", requestCount: records.length });
  const digest = digestCell(cell);
  for (const record of records) digest.add(record);
  return measureRound(digest, { summary: summarizeDigest(cell, digest), telemetry });
}

const samplesOf = (values: readonly number[], series = "x"): TelemetryLine[] =>
  values.map((value, atMs) => ({ kind: "sample", cell: 0, atMs, values: { [series]: value } }));

/** A sample and what numpy says of it; `stddev` is `std(ddof=1)`. */
type NumpyCase = RoundStatistics & { readonly name: string; readonly values: readonly number[] };

Deno.test("measureRound() gives numpy's mean, percentiles and standard deviation", () => {
  const path = new URL("../testdata/percentiles/numpy.json", import.meta.url);
  const cases: NumpyCase[] = JSON.parse(Deno.readTextFileSync(path));
  assert.equal(cases.length, 9);
  for (const { name, values, ...expected } of cases) {
    const statistics = measure([], samplesOf(values)).prometheus.get("x");
    assert.ok(statistics);
    for (const [key, value] of Object.entries(expected)) {
      const own: number | null | undefined = new Map(Object.entries(statistics)).get(key);
      assert.ok(own !== undefined, `${name} has no ${key}`);
      if (value === null || own === null) assert.equal(own, value, `${name}: ${key}`);
      else {assert.ok(
          Math.abs(own - value) <= 1e-12 * Math.abs(value),
          `${name}: ${key} ${own} is not ${value}`,
        );}
    }
  }
});

Deno.test("measureRound() ends latency with the response and takes ITL per request", () => {
  const numbers = measure([
    makeRecord([100, 110, 140], { doneMs: 145 }), // mean gap 20
    makeRecord([300, 302], { id: 1, sentMs: 200, doneMs: 1200 }), // mean gap 2
    makeFailure([], { id: 2, sentMs: 50, doneMs: 9000 }),
  ]);
  assert.deepEqual(numbers.requests, { total: 3, successful: 2, failed: 1, unfinished: 0 });
  const { itl, latency, inter_chunk_gap: gap, ttft } = numbers.metrics;
  assert.deepEqual([itl?.min, itl?.max, itl?.avg, itl?.count], [2, 20, 11, 2]);
  assert.equal(itl?.stddev?.toFixed(12), Math.sqrt(162).toFixed(12)); // ((20 − 11)² + (2 − 11)²) / (2 − 1)
  assert.deepEqual([gap?.min, gap?.max, gap?.avg, gap?.count], [2, 30, 14, 3]); // 10, 30, 2
  assert.deepEqual([latency?.min, latency?.max], [145, 1000]);
  assert.deepEqual([ttft?.p50, ttft?.count], [100, 2]);
  assert.equal(numbers.durationS, 1.2); // 0 → 1200; the failure ends later
  assert.equal(numbers.tokensPerS, 5 / 1.2);
  assert.equal(numbers.requestsPerS, 2 / 1.2);
  assert.equal(numbers.goodput, null);
});

Deno.test("measureRound() measures nothing where nothing succeeded", () => {
  const { metrics, requests, ...rest } = measure([makeFailure([]), makeFailure([], { id: 1, sentMs: null })]);
  assert.deepEqual(requests, { total: 2, successful: 0, failed: 2, unfinished: 0 });
  assert.deepEqual(Object.values(metrics), [null, null, null, null, null, null]);
  assert.deepEqual([rest.durationS, rest.tokensPerS, rest.requestsPerS], [null, null, null]);
});

Deno.test("measureRound() leaves prompts of unknown length out of the input tokens, and answers without a token in", () => {
  const { input_tokens: input, output_tokens: output } = measure([
    makeRecord([10], { inputTokens: 0 }),
    makeRecord([], { id: 1, inputTokens: 30, doneMs: 5 }),
  ]).metrics;
  assert.deepEqual([input?.count, input?.avg], [1, 30]);
  assert.deepEqual([output?.count, output?.min], [2, 0]);
});

Deno.test("measureRound() takes a cell's own samples, without buckets and what is not finite", () => {
  const lines: TelemetryLine[] = [
    { kind: "source", url: "http://127.0.0.1/metrics", via: "page", intervalMs: 1000, families: [] },
    ...samplesOf([1, 3, Infinity], "b_bucket"),
    ...samplesOf([7], 'a{engine="0"}'),
    ...samplesOf([7], 'h_bucket{engine="0",le="0.5"}'),
    ...samplesOf([7], 'h_bucket{le="+Inf"}'),
    ...samplesOf([5, 6], "h_sum"),
    { kind: "sample", cell: 1, atMs: 9, values: { h_sum: 100 } },
    { kind: "gap", cell: 0, atMs: 10, message: "refused" },
  ];
  const { prometheus } = measure([], lines);
  assert.deepEqual([...prometheus.keys()], ["a", "b_bucket", "h_sum"]);
  assert.deepEqual([prometheus.get("h_sum")?.max, prometheus.get("b_bucket")?.count], [6, 2]);
});
