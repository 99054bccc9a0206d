import assert from "node:assert/strict";

import type { EngineStep } from "../../../lib/simulator/backend.ts";
import { virtualClock } from "../../../lib/clock.ts";
import { createEngine, type EngineStats } from "../../../lib/simulator/engine.ts";
import { resolveSimulator } from "../../../lib/simulator/options.ts";
import type { SchedulerUsage } from "../../../lib/simulator/scheduler.ts";
import { createTelemetry, type Telemetry, type TelemetryKind } from "../../../lib/simulator/telemetry/mod.ts";
import { parseExposition, valueOf } from "./parse_exposition.ts";

const kinds: readonly TelemetryKind[] = ["sglang", "vllm"];

function telemetryOf(kind: TelemetryKind): Telemetry {
  return createTelemetry(kind, { model: "Qwen/Qwen3-32B", gpu: "H200", tp: 4, preset: kind });
}

/** 1,000 pages of 16 tokens, 30 of them in use, 10 cached and free to take. */
const usage: SchedulerUsage = {
  waitingRequests: 1,
  runningRequests: 2,
  admittedRequests: 2,
  freeSlots: 6,
  freePages: 960,
  evictablePages: 10,
  protectedPages: 10,
  heldPages: 20,
  capacityPages: 1000,
  pageTokens: 16,
  prompts: { promptTokens: 0, cachedTokens: 0 },
  retractions: 1,
};

function statsOf(change: Partial<EngineStats> = {}): EngineStats {
  return { activeRequests: 3, emittedTokens: 0, lag: null, scheduler: usage, ...change };
}

const lag = { count: 9, p50Ms: 0.1, p99Ms: 2, maxMs: 3.5 };

const token = (id: number, index: number, finishReason: "length" | "stop" | null = null) => ({
  id,
  index,
  finishReason,
});

/**
 * Three requests, ms:
 *
 * | id | arrives | begins | first | then          | ends             |
 * |----|---------|--------|-------|---------------|------------------|
 * | 0  | 0       | 0      | 120   | 125, 131      | 131 length       |
 * | 1  | 50      | 131    | 150   | 425           | 425 stop         |
 * | 2  | 60      | 131    | 150   | 160           | gone at 161      |
 */
function play(telemetry: Telemetry): void {
  const received = (id: number, atMs: number) =>
    telemetry.received({ id, promptTokens: 100 * (id + 1), maxTokens: 3, atMs });
  let startMs = 0;
  const step = (atMs: number, tokens: EngineStep["tokens"], admitted: EngineStep["admitted"] = []) => {
    telemetry.step({ startMs, admitted, tokens }, atMs);
    startMs = atMs;
  };
  received(0, 0);
  received(1, 50);
  received(2, 60);
  step(120, [token(0, 0)], [{ id: 0, promptTokens: 100, cachedTokens: 0 }]);
  step(125, [token(0, 1)]);
  step(131, [token(0, 2, "length")]);
  step(150, [token(1, 0), token(2, 0)], [
    { id: 1, promptTokens: 200, cachedTokens: 160 },
    { id: 2, promptTokens: 300, cachedTokens: 65 },
  ]);
  step(160, [token(2, 1)]);
  telemetry.aborted(2);
  // Its engine has not heard of it yet.
  step(170, [token(2, 2, "length")]);
  // Thrown out and begun again, the answer so far included: no second prompt.
  step(300, [], [{ id: 1, promptTokens: 201, cachedTokens: 201 }]);
  step(425, [token(1, 1, "stop")]);
}

for (const kind of kinds) {
  Deno.test(`createTelemetry() writes ${kind}'s metrics of a scripted load as recorded`, () => {
    const telemetry = telemetryOf(kind);
    play(telemetry);
    const golden = new URL(`../../golden/telemetry/${kind}.prom`, import.meta.url);
    assert.equal(telemetry.render({ stats: statsOf({ lag }), nowMs: 10_100 }), Deno.readTextFileSync(golden));
  });

  Deno.test(`createTelemetry() of ${kind} writes a text that a strict reader takes, at any moment`, () => {
    const telemetry = telemetryOf(kind);
    const render = (stats: EngineStats) => parseExposition(telemetry.render({ stats, nowMs: 10_100 }));
    const empty = render(statsOf());
    play(telemetry);
    const played = render(statsOf({ lag }));
    assert.deepEqual(
      [...played.keys()].filter((name) => !empty.has(name)),
      ["sim_lag_seconds"],
      "dashboards find every metric before the first request; only the lag of no step is unknown",
    );
    for (const { name, help } of played.values()) {
      assert.ok(name.startsWith("sim_") || help.endsWith(" (simulated)."), `${name}: ${help}`);
    }
    assert.equal(new Set([...played.values()].map(({ help }) => help)).size, played.size);
  });

  Deno.test(`createTelemetry() of ${kind} leaves out what known timing does not schedule`, () => {
    const telemetry = telemetryOf(kind);
    const text = telemetry.render({ stats: statsOf({ scheduler: null }), nowMs: 0 });
    const gauges = [...parseExposition(text).values()].filter(({ type }) => type === "gauge");
    assert.deepEqual(
      gauges.map(({ name }) => name),
      kind === "sglang" ? ["sglang:gen_throughput", "sim_engine_info"] : ["sim_engine_info"],
    );
  });

  Deno.test(`createTelemetry() of ${kind} says that it is simulated, and how late the host was`, () => {
    const text = telemetryOf(kind).render({ stats: statsOf({ lag }), nowMs: 0 });
    assert.deepEqual(parseExposition(text).get("sim_engine_info")?.samples, [{
      name: "sim_engine_info",
      labels: { preset: kind, gpu: "H200", tp: "4", model: "Qwen/Qwen3-32B", simulated: "true" },
      value: 1,
    }]);
    const quantiles = ["0.5", "0.99", "1"].map((quantile) => valueOf(text, "sim_lag_seconds", { quantile }));
    assert.deepEqual(quantiles, [0.0001, 0.002, 0.0035]);
  });
}

Deno.test("createTelemetry() of sglang counts finished requests, and aborted ones apart", () => {
  const telemetry = telemetryOf("sglang");
  play(telemetry);
  const text = telemetry.render({ stats: statsOf(), nowMs: 500 });
  const values = (...names: string[]) => names.map((name) => valueOf(text, `sglang:${name}`));
  assert.deepEqual(values("num_requests_total", "num_aborted_requests_total"), [2, 1]);
  // Of requests 0 and 1: 100 + 200 prompt tokens, 3 + 2 of answers, 0 + 160 cached.
  assert.deepEqual(values("prompt_tokens_total", "generation_tokens_total", "cached_tokens_total"), [
    300,
    5,
    160,
  ]);
  assert.deepEqual(values("num_retracted_requests_total", "queue_time_seconds_count"), [1, 3]);
  // Request 1 waited from 50 to 131, when the step before its own ended, request 2 from 60.
  assert.deepEqual(values("queue_time_seconds_sum"), [0.081 + 0.071]);
  // 30 pages of 16 tokens, of 1,000 pages; the last prefill had 225 of 500 tokens.
  assert.deepEqual(values("num_used_tokens", "token_usage", "max_total_num_tokens"), [480, 0.03, 16_000]);
  assert.deepEqual(values("cache_hit_rate", "num_running_reqs", "num_queue_reqs"), [0.45, 2, 1]);
});

Deno.test("createTelemetry() puts gaps into sglang's buckets, bounds into the lower one", () => {
  const telemetry = telemetryOf("sglang");
  play(telemetry);
  // A gap of 6 ms that floating point makes a little longer.
  telemetry.received({ id: 9, promptTokens: 1, maxTokens: 2, atMs: 500 });
  telemetry.step({ startMs: 0, admitted: [], tokens: [token(9, 0)] }, 506.2);
  telemetry.step({ startMs: 0, admitted: [], tokens: [token(9, 1, "length")] }, 512.2);
  assert.ok((512.2 - 506.2) / 1000 > 0.006);
  const text = telemetry.render({ stats: statsOf(), nowMs: 600 });
  // Gaps: 5 and 6 (request 0), 275 (1), 10 (2, before it went away), 6 ms (9).
  const itl = (le: string) => valueOf(text, "sglang:inter_token_latency_seconds_bucket", { le });
  assert.deepEqual(["0.004", "0.006", "0.008", "0.01", "0.2", "0.4", "+Inf"].map(itl), [0, 3, 3, 4, 4, 5, 5]);
  // First tokens after 120, 100, 90 and 6.2 ms.
  const ttft = (le: string) => valueOf(text, "sglang:time_to_first_token_seconds_bucket", { le });
  assert.deepEqual(["0.1", "0.2", "+Inf"].map(ttft), [3, 4, 4]);
  // Whole: 131, 375, 12.2 ms.
  const e2e = (le: string) => valueOf(text, "sglang:e2e_request_latency_seconds_bucket", { le });
  assert.deepEqual(["0.1", "0.2", "0.4", "+Inf"].map(e2e), [1, 2, 3, 3]);
});

Deno.test("createTelemetry() of sglang gives the throughput of the last 40 decode steps, 0 when idle", () => {
  const telemetry = telemetryOf("sglang");
  const throughput = (activeRequests: number) =>
    valueOf(telemetry.render({ stats: statsOf({ activeRequests }), nowMs: 0 }), "sglang:gen_throughput");
  telemetry.received({ id: 0, promptTokens: 1, maxTokens: 100, atMs: 0 });
  telemetry.received({ id: 1, promptTokens: 1, maxTokens: 100, atMs: 0 });
  for (let i = 0; i <= 41; i++) {
    if (i === 41) assert.equal(throughput(2), 0);
    telemetry.step({ startMs: 0, admitted: [], tokens: [token(0, i), token(1, i)] }, 100 + 20 * i);
  }
  // The window opens with the first decode step, at 120 ms: 40 steps of 2 tokens in 800 ms.
  assert.equal(throughput(2), 100);
  assert.equal(throughput(0), 0);
});

Deno.test("createTelemetry() of vllm counts tokens as they come and success by reason", () => {
  const telemetry = telemetryOf("vllm");
  play(telemetry);
  const text = telemetry.render({ stats: statsOf(), nowMs: 500 });
  const values = (...names: string[]) => names.map((name) => valueOf(text, `vllm:${name}`));
  // All three prompts got a first token; 3 + 2 + 2 tokens came before request 2 went away.
  assert.deepEqual(values("prompt_tokens_total", "generation_tokens_total"), [600, 7]);
  assert.deepEqual(values("prefix_cache_queries_total", "prefix_cache_hits_total"), [600, 225]);
  assert.deepEqual(values("num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"), [
    2,
    1,
    0.03,
  ]);
  assert.deepEqual(values("num_preemptions_total"), [1]);
  const reasons = ["stop", "length", "abort", "error", "repetition"].map((finished_reason) =>
    valueOf(text, "vllm:request_success_total", { finished_reason })
  );
  assert.deepEqual(reasons, [1, 1, 0, 0, 0]);
  const info = valueOf(text, "vllm:cache_config_info", {
    block_size: "16",
    num_gpu_blocks: "1000",
    engine: "0",
  });
  assert.equal(info, 1);
});

Deno.test("createTelemetry() of vllm splits a request's time at its first batch and its first token", () => {
  const telemetry = telemetryOf("vllm");
  play(telemetry);
  const text = telemetry.render({ stats: statsOf(), nowMs: 500 });
  const sumMs = (name: string) => Math.round(1000 * (valueOf(text, `vllm:${name}_seconds_sum`) ?? NaN));
  // Request 0: 0 + 120 + 11 = 131 ms; request 1 waits 50 → 131, computes → 150, decodes → 425.
  assert.equal(sumMs("request_queue_time"), 0 + 81);
  assert.equal(sumMs("request_prefill_time"), 120 + 19);
  assert.equal(sumMs("request_decode_time"), 11 + 275);
  assert.equal(sumMs("request_inference_time"), 131 + 294);
  assert.equal(sumMs("e2e_request_latency"), 131 + 375);
  // Means per request: 11/2 and 275/1 ms.
  assert.equal(valueOf(text, "vllm:request_time_per_output_token_seconds_sum"), 0.0055 + 0.275);
  assert.equal(valueOf(text, "vllm:request_queue_time_seconds_count"), 2);
});

Deno.test("createTelemetry() counts a retraction once, however often it is scraped", () => {
  const telemetry = telemetryOf("vllm");
  const scrape = (retractions: number) =>
    valueOf(
      telemetry.render({ stats: statsOf({ scheduler: { ...usage, retractions } }), nowMs: 0 }),
      "vllm:num_preemptions_total",
    );
  assert.deepEqual([0, 2, 2, 5].map(scrape), [0, 2, 2, 5]);
});

Deno.test("createTelemetry() of vllm gives LMCache's hit rate of the last whole 10 s", () => {
  const telemetry = telemetryOf("vllm");
  play(telemetry);
  const scrape = (nowMs: number) => {
    const text = telemetry.render({ stats: statsOf(), nowMs });
    return ["retrieve_hit_rate", "lookup_hit_rate", "num_hit_tokens_total", "num_lookup_tokens_total"].map((
      name,
    ) => valueOf(text, `lmcache:${name}`));
  };
  assert.deepEqual(scrape(9_999), [0, 0, 225, 600]);
  // 225 of 600 tokens.
  assert.deepEqual(scrape(10_000), [0.375, 0.375, 225, 600]);
  assert.deepEqual(scrape(19_999), [0.375, 0.375, 225, 600]);
  assert.deepEqual(scrape(20_000), [0, 0, 225, 600]);
  // A prompt that began at 425 ms, when the step before ended, and is reported after the scrape.
  telemetry.received({ id: 3, promptTokens: 10, maxTokens: 1, atMs: 420 });
  telemetry.step(
    { startMs: 0, admitted: [{ id: 3, promptTokens: 10, cachedTokens: 5 }], tokens: [] },
    20_010,
  );
  assert.deepEqual(scrape(20_020), [0, 0, 230, 610]);
  assert.deepEqual(scrape(30_000), [0.5, 0.5, 230, 610]);
});

Deno.test("createTelemetry() of vllm forgets LMCache's hits when a whole 10 s without any has passed", () => {
  const telemetry = telemetryOf("vllm");
  play(telemetry);
  const text = telemetry.render({ stats: statsOf(), nowMs: 20_000 });
  assert.equal(valueOf(text, "lmcache:lookup_hit_rate"), 0);
});

Deno.test("createTelemetry() forgets requests that are over", () => {
  const telemetry = telemetryOf("sglang");
  play(telemetry);
  const before = telemetry.render({ stats: statsOf(), nowMs: 500 });
  telemetry.aborted(0);
  telemetry.aborted(2);
  telemetry.aborted(77);
  telemetry.step({
    startMs: 500,
    admitted: [{ id: 77, promptTokens: 5, cachedTokens: 5 }],
    tokens: [token(77, 0), token(0, 3)],
  }, 510);
  assert.equal(telemetry.render({ stats: statsOf(), nowMs: 500 }), before);
});

Deno.test("createTelemetry() listening to an engine with known timing measures that timing", () => {
  const clock = virtualClock();
  const telemetry = telemetryOf("vllm");
  const onStep = (step: EngineStep) => telemetry.step(step, clock.now());
  const engine = createEngine(resolveSimulator({ fixed: { ttftMs: 50, itlMs: 5 } }), { clock, onStep });
  for (let id = 0; id < 4; id++) {
    clock.at(id * 7, () => {
      telemetry.received({ id, promptTokens: 10, maxTokens: 21, atMs: clock.now() });
      engine.submit({ id, promptTokens: new Int32Array(10), maxTokens: 21, ignoreEos: true });
    });
  }
  clock.run();
  const text = telemetry.render({ stats: engine.stats(), nowMs: clock.now() });
  const mean = (name: string) =>
    (valueOf(text, `vllm:${name}_sum`) ?? NaN) / (valueOf(text, `vllm:${name}_count`) ?? NaN);
  assert.ok(Math.abs(mean("time_to_first_token_seconds") - 0.05) < 1e-9);
  assert.ok(Math.abs(mean("inter_token_latency_seconds") - 0.005) < 1e-9);
  assert.ok(Math.abs(mean("e2e_request_latency_seconds") - 0.15) < 1e-9);
  assert.equal(valueOf(text, "vllm:inter_token_latency_seconds_count"), 4 * 20);
  assert.equal(valueOf(text, "vllm:request_queue_time_seconds_count"), 0);
});
