import assert from "node:assert/strict";

import {
  describeSimulator,
  parseSimulatorPreset,
  resolveSimulator,
  simulatorDetails,
  type SimulatorOptions,
} from "../../lib/simulator/options.ts";

Deno.test("resolveSimulator fills in mini-sglang's defaults", () => {
  const { model, gpu, tp, scheduler, ...rest } = resolveSimulator();
  assert.deepEqual([model.name, gpu.name, tp], ["Qwen3-32B", "H200", 4]);
  assert.deepEqual(rest, {
    cache: "naive",
    memoryRatio: 0.9,
    frontEndMs: 4,
    overlong: "reject",
    fixed: null,
  });
  const { cost: _cost, capacityPages: _capacityPages, ...limits } = scheduler;
  assert.deepEqual(limits, {
    pageTokens: 1,
    contextTokens: 40_960,
    maxRunningRequests: 256,
    prefillBudgetTokens: 8192,
    graphMaxRequests: 256,
    overlap: true,
  });
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

Deno.test("parseSimulatorPreset reads models and known timing", () => {
  assert.deepEqual(parseSimulatorPreset("qwen3-0.6B"), { model: "Qwen3-0.6B" });
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
  assert.throws(() => parseSimulatorPreset("gpt"), RangeError);
});

Deno.test("describeSimulator names model, GPUs and cache, or the known timing", () => {
  assert.equal(describeSimulator({}), "simulated Qwen3-32B on H200 × 4 (naive cache)");
  assert.equal(
    describeSimulator({ model: "qwen3-14b", gpu: "a100", tp: 1 }),
    "simulated Qwen3-14B on A100 (naive cache)",
  );
  assert.equal(
    describeSimulator({ fixed: { ttftMs: 50, itlMs: 5 } }),
    "simulated engine with known timing (TTFT 50 ms, ITL 5 ms)",
  );
});

Deno.test("simulatorDetails is JSON that holds every choice and the capacity", () => {
  const details = simulatorDetails({ pageTokens: 16 });
  assert.deepEqual(JSON.parse(JSON.stringify(details)), details);
  assert.equal(details.model, "Qwen/Qwen3-32B");
  assert.equal(details.gpu, "H200");
  assert.equal(details.capacityTokens, 16 * Number(details.capacityPages));
  assert.deepEqual(simulatorDetails({ fixed: { ttftMs: 50, itlMs: 5 } }), {
    model: "Qwen/Qwen3-32B",
    fixed: { ttftMs: 50, itlMs: 5 },
    contextTokens: 40_960,
  });
});
