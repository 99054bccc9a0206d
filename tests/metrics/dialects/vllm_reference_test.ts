/**
 * vLLM's formulas, written anew as plainly as they go, in seconds and with arrays, against the dialect on random requests.
 *
 * @see https://github.com/vllm-project/vllm/blob/009e6d4a1cd6ba3fb2a9fc00f4ec06f5297232a1/vllm/benchmarks/serve.py
 */
import assert from "node:assert/strict";

import { vllm } from "../../../lib/metrics/dialects/vllm.ts";
import type { Slo } from "../../../lib/metrics/slo.ts";
import { createRandom } from "../../../lib/random.ts";
import type { RequestRecord } from "../../../lib/types.ts";
import { makeFailure, makeRecord } from "../../testdata/record.ts";

/** What vLLM's client keeps of one request, in s. */
interface Output {
  readonly success: boolean;
  readonly startTime: number;
  readonly promptLen: number;
  readonly outputTokens: number;
  readonly ttft: number;
  readonly itl: readonly number[];
  readonly latency: number;
}

const limitsS = { ttft: 0.15, tpot: 0.013, e2e: 0.5 };
const slo: Slo = {
  ...{ name: null, attainment: 1 },
  limits: (["ttft", "tpot", "e2e"] as const).map((metric) => (
    { metric, percentile: null, sign: "≤", value: limitsS[metric] * 1000 }
  )),
};

function calculate(outputs: readonly Output[], durationS: number): Map<string, number> {
  const [itls, tpots, ttfts, e2els]: number[][] = [[], [], [], []];
  let [completed, good, totalInput, totalOutput] = [0, 0, 0, 0];
  const edges: [at: number, change: number][] = [];
  for (const o of outputs) {
    if (!o.success) continue;
    completed++;
    totalInput += o.promptLen;
    totalOutput += o.outputTokens;
    let tpot = 0;
    if (o.outputTokens > 1) {
      tpot = (o.latency - o.ttft) / (o.outputTokens - 1);
      tpots?.push(tpot);
    }
    itls?.push(...o.itl);
    ttfts?.push(o.ttft);
    e2els?.push(o.latency);
    if (o.ttft <= limitsS.ttft && tpot <= limitsS.tpot && o.latency <= limitsS.e2e) good++;
    // Whole µs, so that an end and a start at one instant are equal.
    edges.push([Math.round(o.startTime * 1e6), 1], [Math.round((o.startTime + o.latency) * 1e6), -1]);
  }
  const firstUs = Math.min(...edges.map(([us]) => us));
  const chunksPerS = new Map<number, number>();
  for (const { success, startTime, ttft, itl } of outputs) {
    if (!success) continue;
    let at = startTime + ttft;
    for (const gap of [0, ...itl]) {
      at += gap;
      const second = Math.trunc((Math.round(at * 1e6) - firstUs) / 1e6);
      chunksPerS.set(second, (chunksPerS.get(second) ?? 0) + 1);
    }
  }
  edges.sort(([a, up], [b, down]) => a - b || up - down);
  let [now, peak] = [0, 0];
  for (const [, change] of edges) peak = Math.max(peak, now += change);
  const numbers = new Map([
    ["Successful requests", completed],
    ["Failed requests", outputs.length - completed],
    ["Benchmark duration (s)", durationS],
    ["Total input tokens", totalInput],
    ["Total generated tokens", totalOutput],
    ["Request throughput (req/s)", completed / durationS],
    ["Request goodput (req/s)", good / durationS],
    ["Output token throughput (tok/s)", totalOutput / durationS],
    ["Peak output token throughput (tok/s)", Math.max(...chunksPerS.values())],
    ["Peak concurrent requests", peak],
    ["Total token throughput (tok/s)", (totalInput + totalOutput) / durationS],
  ]);
  for (
    const [word, values = []] of [["TTFT", ttfts], ["TPOT", tpots], ["ITL", itls], ["E2EL", e2els]] as const
  ) {
    numbers.set(`Mean ${word} (ms)`, values.reduce((sum, x) => sum + x, 0) / values.length * 1000);
    numbers.set(`Median ${word} (ms)`, percentile(values, 50) * 1000);
    numbers.set(`P99 ${word} (ms)`, percentile(values, 99) * 1000);
  }
  return numbers;
}

/** numpy's default. */
function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = p / 100 * (sorted.length - 1);
  const [low = NaN, high = NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** One request as vLLM's client and as ours sees it. */
function drawRequest(id: number, seed: number): { record: RequestRecord; output: Output } {
  const random = createRandom(seed).fork(String(id));
  const happens = (oneIn: number) => random.int(1, oneIn) === 1;
  const sentUs = 1_000_000 + id * 37_013 + random.int(0, 20_000);
  let us = sentUs;
  const next = (mostUs: number) => (us += random.int(1, mostUs)) / 1000;
  const role = happens(2) ? [next(30_000)] : [];
  const chunks = happens(8) ? 1 : random.int(2, 40);
  const ticsMs = Array.from({ length: chunks }, (_, i) => next(i === 0 ? 300_000 : 25_000));
  const tokensPerTic = happens(3) ? ticsMs.map(() => random.int(1, 5)) : undefined;
  const tokens = tokensPerTic?.reduce((sum, n) => sum + n, 0) ?? chunks;
  const finish = happens(2) ? [next(900)] : [];
  // Without usage the last chunk has a choice.
  const usage = happens(4) ? undefined : { promptTokens: random.int(1, 4000), completionTokens: tokens };
  const change: Partial<RequestRecord> = {
    ...{ id, scheduledMs: sentUs / 1000, sentMs: sentUs / 1000, inputTokens: 77, outputTokens: 999 },
    ...(tokensPerTic === undefined ? {} : { tokensPerTic }),
    ...(usage === undefined ? {} : { usage }),
    controlMs: [...role, ...finish, ...(usage === undefined ? [] : [next(500)])],
    doneMs: next(200),
  };
  const failed = happens(15);
  const choices = [...role, ...ticsMs, ...finish].map((ms) => ms / 1000);
  const startTime = sentUs / 1e6;
  return {
    record: failed ? makeFailure(ticsMs, change) : makeRecord(ticsMs, change),
    output: {
      ...{ success: !failed, startTime, promptLen: usage?.promptTokens ?? 77, outputTokens: tokens },
      ttft: (choices[0] ?? NaN) - startTime,
      itl: choices.slice(1).map((at, i) => at - (choices[i] ?? NaN)),
      latency: (choices.at(-1) ?? NaN) - startTime,
    },
  };
}

for (const seed of [1, 2, 3, 4, 5]) {
  Deno.test(`the vLLM dialect equals vLLM's own formulas on random requests, seed ${seed}`, () => {
    const startMs = 500;
    const drawn = Array.from({ length: 400 }, (_, id) => drawRequest(id, seed));
    const durationS = (Math.max(...drawn.map(({ record }) => record.doneMs)) - startMs) / 1000;
    const expected = calculate(drawn.map(({ output }) => output), durationS);
    const successesMs = drawn.flatMap(({ record }) =>
      record.outcome.kind === "ok" ? record.sentMs ?? [] : []
    );
    const collector = vllm.begin({ startMs, slo, firstSuccessMs: Math.min(...successesMs) });
    for (const { record } of drawn) collector.add(record);
    const rows = collector.rows();
    assert.deepEqual(rows.map(({ name }) => name), [...expected.keys()]);
    for (const { name, value } of rows) {
      const wanted = expected.get(name) ?? NaN;
      const isClose = value !== null && Math.abs(value - wanted) <= 1e-9 * Math.abs(wanted);
      assert.ok(isClose, `${name}: ${value} is not ${wanted}`);
    }
    const [failed = 0, good = 0] = ["Failed requests", "Request goodput (req/s)"].map((n) => expected.get(n));
    assert.ok(failed > 0 && good > 0 && good < (expected.get("Request throughput (req/s)") ?? 0));
  });
}
