import assert from "node:assert/strict";

import {
  describeSimulator,
  parseSimulatorPreset,
  resolveSimulator,
  simulatorDetails,
  type SimulatorOptions,
} from "../../lib/simulator/options.ts";
import { findGpu, findModel } from "../../lib/simulator/presets.ts";
import { createScheduler } from "../../lib/simulator/scheduler.ts";
import { request } from "../testdata/engine_request.ts";

Deno.test("resolveSimulator fills in mini-sglang's defaults", () => {
  const { engine, model, gpu, tp, scheduler, ...rest } = resolveSimulator();
  assert.deepEqual([engine.name, model.name, gpu.name, tp], ["mini-sglang", "Qwen3-32B", "H200", 4]);
  assert.deepEqual(rest, {
    memoryRatio: 0.9,
    frontEndMs: 4,
    jitter: 0,
    seed: 42,
    cost: {},
    overlong: "hang",
    fixed: null,
  });
  const { cost: _cost, capacityPages: _capacityPages, ...limits } = scheduler;
  assert.deepEqual(limits, {
    admission: "full",
    cache: "radix",
    pageTokens: 1,
    contextTokens: 40_960,
    maxRunningRequests: 256,
    prefillBudgetTokens: 8192,
    maxPrefillTokens: null,
    graphMaxRequests: 256,
    overlap: true,
    meanAnswerTokens: 358,
  });
});

Deno.test("resolveSimulator takes from the engine what nobody asks for", () => {
  const { overlong, scheduler } = resolveSimulator({ engine: "SGLang" });
  const { admission, maxRunningRequests, maxPrefillTokens, graphMaxRequests } = scheduler;
  assert.deepEqual([overlong, admission], ["reject", "estimated"]);
  assert.deepEqual([maxRunningRequests, maxPrefillTokens, graphMaxRequests], [4096, 16_384, 512]);
  const chosen = resolveSimulator({ engine: "sglang", maxRunningRequests: 7, overlong: "hang" });
  assert.deepEqual([chosen.scheduler.maxRunningRequests, chosen.overlong], [7, "hang"]);
});

Deno.test("resolveSimulator leaves an estimate a token of memory beside the longest request", () => {
  const options = { gpu: "H100", tp: 1, pageTokens: 16 };
  const contextTokens = (engine: string) => {
    const { contextTokens, capacityPages } = resolveSimulator({ ...options, engine }).scheduler;
    return contextTokens - 16 * capacityPages;
  };
  assert.deepEqual([contextTokens("mini-sglang"), contextTokens("sglang")], [0, -1]);
  const { scheduler } = resolveSimulator({ ...options, engine: "sglang", overlap: false });
  const subject = createScheduler(scheduler);
  subject.add(request({ id: 0, inputTokens: scheduler.contextTokens - 2, maxTokens: 1000 }));
  let tokens = 0;
  for (let turn = subject.step(); turn; turn = subject.step()) tokens += turn.emitted.length;
  assert.equal(tokens, 2);
});

Deno.test("resolveSimulator takes a model and a GPU of one's own, and other figures of cost", () => {
  const model = { ...findModel("Qwen3-0.6B"), name: "half", layers: 14 };
  const gpu = { ...findGpu("H200"), name: "twice", bandwidthBytesPerS: 9.6e12, flopsPerS: 2 * 989e12 };
  const work = { phase: "prefill" as const, chunks: [{ newTokens: 1000, cachedTokens: 0 }] };
  const [whole = NaN, half = NaN, fast = NaN, slow = NaN] = [
    { model: "Qwen3-0.6B" },
    { model },
    { model: "Qwen3-0.6B", gpu },
    { model: "Qwen3-0.6B", cost: { elementwiseFloorUs: 12 + 1000 } },
  ].map((options) => resolveSimulator({ tp: 1, ...options }).scheduler.cost.gpuMs(work));
  assert.ok(half < whole && half > 0.4 * whole);
  assert.ok(fast < whole && fast > 0.4 * whole);
  assert.ok(Math.abs(slow - whole - 28) < 1e-9); // 28 layers · 1 ms
});

Deno.test("resolveSimulator captures smaller graphs where less than 80 GiB are free", () => {
  assert.equal(resolveSimulator({ gpu: "H100" }).scheduler.graphMaxRequests, 160);
});

Deno.test("resolveSimulator limits the context by what is asked for, the model and the memory", () => {
  assert.equal(resolveSimulator({ contextTokens: 1000 }).scheduler.contextTokens, 1000);
  assert.equal(resolveSimulator({ contextTokens: 1e6 }).scheduler.contextTokens, 40_960);
  const tight = resolveSimulator({ gpu: "H100", tp: 1 }).scheduler;
  assert.equal(tight.contextTokens, tight.capacityPages);
  assert.ok(tight.contextTokens < 40_960);
});

Deno.test("resolveSimulator refuses values out of their domain and names them", () => {
  const cases: readonly [SimulatorOptions, string][] = [
    [{ memoryRatio: 0 }, "Cannot simulate engine as 'memoryRatio' must be in (0, 1]: current value is 0"],
    [{ jitter: 1 }, "Cannot simulate engine as 'jitter' must be in [0, 1): current value is 1"],
    [{ seed: NaN }, "Cannot simulate engine as 'seed' must be a finite number: current value is NaN"],
    [
      { frontEndMs: -1 },
      "Cannot simulate engine as 'frontEndMs' must be a finite number of ms ≥ 0: current value is -1",
    ],
    [
      { contextTokens: 0 },
      "Cannot simulate engine as 'contextTokens' must be a whole number ≥ 1: current value is 0",
    ],
    [
      { cache: "radiks" as "radix" },
      'Cannot simulate engine as \'cache\' must be radix or naive: got "radiks"; did you mean "radix"?',
    ],
    [
      { overlong: "refuse" as "reject" },
      'Cannot simulate engine as \'overlong\' must be hang or reject: got "refuse"; did you mean "reject"?',
    ],
    [
      { cost: { allReduceBytesPerS: 0 } },
      "Cannot simulate engine as 'cost.allReduceBytesPerS' must be a number above 0: current value is 0",
    ],
    [
      { cost: { gemmFlopsShare: 0 } },
      "Cannot simulate engine as 'cost.gemmFlopsShare' must be a number above 0: current value is 0",
    ],
    [
      { cost: { gemmFlorUs: 3 } as SimulatorOptions["cost"] },
      'Cannot simulate engine as \'cost\' has no figure "gemmFlorUs"; did you mean "gemmFloorUs"?',
    ],
    [
      { cost: { gemmFloorUs: -3 } },
      "Cannot simulate engine as 'cost.gemmFloorUs' must be a number ≥ 0: current value is -3",
    ],
    [
      { engine: "mini-sgl" },
      "Cannot simulate engine as it must be one of mini-sglang, sglang, vllm: " +
      'got "mini-sgl"; did you mean "mini-sglang"?',
    ],
    [{ memoryRatio: 1.5 }, "Cannot simulate engine as 'memoryRatio' must be in (0, 1]: current value is 1.5"],
    [
      { pageTokens: 0 },
      "Cannot simulate engine as 'pageTokens' must be a whole number ≥ 1: current value is 0",
    ],
    [
      { maxRunningRequests: NaN },
      "Cannot simulate engine as 'maxRunningRequests' must be a whole number ≥ 1: current value is NaN",
    ],
    [
      { fixed: { ttftMs: -1, itlMs: 5 } },
      "Cannot simulate engine as 'ttftMs' must be a finite number of ms ≥ 0: current value is -1",
    ],
    [
      { gpu: "A100", tp: 1, memoryRatio: 0.5 },
      "Cannot place Qwen3-32B on A100 × 1 as its weights leave no memory for keys and values: " +
      "raise 'tp' or 'memoryRatio' (current value is 0.5)",
    ],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => resolveSimulator(options), { name: "RangeError", message });
  }
});

Deno.test("parseSimulatorPreset reads models, engines and known timing", () => {
  assert.deepEqual(parseSimulatorPreset("qwen3-0.6B"), { model: "Qwen3-0.6B" });
  assert.deepEqual(parseSimulatorPreset("Qwen/qwen3-32b"), { model: "Qwen3-32B" });
  assert.deepEqual(parseSimulatorPreset("SGLang"), { engine: "sglang" });
  assert.deepEqual(parseSimulatorPreset("fixed:50:5"), { fixed: { ttftMs: 50, itlMs: 5 } });
  assert.deepEqual(parseSimulatorPreset("fixed:0.5:12.25"), { fixed: { ttftMs: 0.5, itlMs: 12.25 } });
});

Deno.test("parseSimulatorPreset refuses anything else", () => {
  for (const text of ["fixed:50", "fixed:50:5:1", "fixed:-1:5", "fixed:a:b", "fixed::"]) {
    assert.throws(() => parseSimulatorPreset(text), {
      name: "RangeError",
      message: `Cannot read preset as it must have the form fixed:TTFT_MS:ITL_MS: got "${text}"`,
    });
  }
  assert.throws(() => parseSimulatorPreset("qwen3-32"), {
    name: "RangeError",
    message:
      'Cannot use preset "qwen3-32" as it must be one of Qwen3-0.6B, Qwen3-14B, Qwen3-32B, mini-sglang, ' +
      'sglang, vllm, fixed:TTFT_MS:ITL_MS, or a .yaml file; did you mean "Qwen3-32B"?',
  });
});

Deno.test("resolveSimulator with jitter gives the same noise for the same seed, of mean 1", () => {
  const work = { phase: "decode" as const, requests: 1, paddedRequests: 1, contextTokens: 100, eager: false };
  const factors = (options: SimulatorOptions) => {
    const exact = resolveSimulator().scheduler.cost.gpuMs(work);
    const { cost } = resolveSimulator(options).scheduler;
    return Array.from({ length: 4000 }, () => cost.gpuMs(work) / exact);
  };
  const noisy = factors({ jitter: 0.1 });
  assert.deepEqual(noisy, factors({ jitter: 0.1 }));
  assert.notDeepEqual(noisy, factors({ jitter: 0.1, seed: 43 }));
  assert.deepEqual(new Set(factors({ seed: 43 })), new Set([1]));
  const mean = noisy.reduce((a, b) => a + b) / noisy.length;
  const deviation = Math.sqrt(noisy.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noisy.length);
  // Standard errors: 0.1 / √4000 = 0.0016 and about 0.0011.
  assert.ok(Math.abs(mean - 1) < 0.006, `${mean}`);
  assert.ok(Math.abs(deviation - 0.1) < 0.006, `${deviation}`);
  const { cost } = resolveSimulator({ jitter: 0.1 }).scheduler;
  assert.equal(cost.cpuMs(work), 0.606, "the host has none");
});

Deno.test("describeSimulator names model, GPUs, engine and cache, or the known timing", () => {
  const cases: readonly [SimulatorOptions, string][] = [
    [{}, "simulated Qwen3-32B on H200 × 4 (mini-sglang, radix cache)"],
    [
      { model: "qwen3-14b", gpu: "a100", tp: 1, engine: "sglang", cache: "naive" },
      "simulated Qwen3-14B on A100 (SGLang, naive cache)",
    ],
    [
      { engine: "vllm", overlap: false, jitter: 0.02 },
      "simulated Qwen3-32B on H200 × 4 (vLLM wire format, not its scheduler, radix cache, no overlap, 2 % jitter)",
    ],
    [{ jitter: 0.07 }, "simulated Qwen3-32B on H200 × 4 (mini-sglang, radix cache, 7 % jitter)"],
    [{ fixed: { ttftMs: 50, itlMs: 5 } }, "simulated engine with known timing (TTFT 50 ms, ITL 5 ms)"],
  ];
  for (const [options, text] of cases) assert.equal(describeSimulator(options), text);
});

Deno.test("simulatorDetails is JSON that holds every choice and the capacity", () => {
  const details = simulatorDetails({ pageTokens: 16, engine: "vllm", cost: { gemmFloorUs: 4 } });
  assert.deepEqual(JSON.parse(JSON.stringify(details)), details);
  const { model, gpu, engine, engineLabel, cost, cache, jitter, seed } = details;
  assert.deepEqual({ model, gpu, engine, cost, cache, jitter, seed }, {
    model: "Qwen/Qwen3-32B",
    gpu: "H200",
    engine: "vllm",
    cost: { gemmFloorUs: 4 },
    cache: "radix",
    jitter: 0,
    seed: 42,
  });
  assert.equal(engineLabel, "vLLM wire format, not its scheduler");
  assert.equal(details.capacityTokens, 16 * Number(details.capacityPages));
  assert.equal("cost" in simulatorDetails(), false);
  assert.deepEqual(simulatorDetails({ fixed: { ttftMs: 50, itlMs: 5 } }), {
    engine: "mini-sglang",
    model: "Qwen/Qwen3-32B",
    fixed: { ttftMs: 50, itlMs: 5 },
    contextTokens: 40_960,
  });
});
