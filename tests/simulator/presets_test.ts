import assert from "node:assert/strict";

import { enginePresets, findEnginePreset } from "../../lib/simulator/engine_presets.ts";
import { findGpu, findModel, gpuPresets, modelPresets } from "../../lib/simulator/presets.ts";
import { suggest } from "../../lib/suggest.ts";

Deno.test("findModel takes names and Hugging Face ids in any case", () => {
  for (const model of modelPresets) {
    for (const name of [model.name, model.id, model.id.toUpperCase(), model.name.toLowerCase()]) {
      assert.equal(findModel(name), model);
    }
  }
});

Deno.test("findGpu takes names in any case", () => {
  for (const gpu of gpuPresets) assert.equal(findGpu(gpu.name.toLowerCase()), gpu);
});

Deno.test("findEnginePreset takes names in any case", () => {
  for (const engine of enginePresets) assert.equal(findEnginePreset(engine.name.toUpperCase()), engine);
});

Deno.test("find… list the choices and the nearest one when there is no such preset", () => {
  assert.throws(() => findModel("qwen3-7b"), {
    name: "RangeError",
    message: "Cannot simulate model as it must be one of Qwen3-0.6B, Qwen3-14B, Qwen3-32B: " +
      'got "qwen3-7b"; did you mean "Qwen3-14B"?',
  });
  assert.throws(() => findGpu("B200"), {
    name: "RangeError",
    message: 'Cannot simulate GPU as it must be one of H200, H100, A100: got "B200"; did you mean "H200"?',
  });
  assert.throws(() => findEnginePreset("sgl"), {
    name: "RangeError",
    message:
      'Cannot simulate engine as it must be one of mini-sglang, sglang, vllm: got "sgl"; did you mean "sglang"?',
  });
});

Deno.test("suggest takes the nearest of the words that hold the given one, else the nearest of all", () => {
  const words = ["Qwen3-0.6B", "Qwen3-14B", "mini-sglang", "sglang"];
  for (
    const [word, nearest] of [["SGL", "sglang"], ["14b", "Qwen3-14B"], ["mini", "mini-sglang"], [
      "qwen3-7",
      "Qwen3-14B",
    ]] as const
  ) {
    assert.match(suggest(word, words), new RegExp(`^; did you mean "${nearest}"\\?$`));
  }
});

Deno.test("Engine presets differ as their sources do", () => {
  const [mini, sglang, vllm] = ["mini-sglang", "sglang", "vllm"].map(findEnginePreset);
  assert.deepEqual([mini?.admission, sglang?.admission, vllm?.admission], ["full", "estimated", "full"]);
  assert.deepEqual([mini?.maxPrefillTokens, sglang?.maxPrefillTokens], [null, 16_384]);
  assert.deepEqual([mini?.overlong, sglang?.overlong, vllm?.overlong], ["hang", "reject", "reject"]);
  assert.deepEqual([mini?.abort, sglang?.abort, vllm?.abort], ["next-token", "at-once", "at-once"]);
  assert.match(vllm?.label ?? "", /not its scheduler/);
});

Deno.test("Engine presets limit running requests: mini-sglang 256, SGLang by capacity within 2048 to 4096", () => {
  const limit = (engine: string, capacityTokens: number) =>
    findEnginePreset(engine).maxRunningRequests({ capacityTokens, contextTokens: 40_960 });
  assert.equal(limit("mini-sglang", 1e6), 256);
  // 40,960 · 6 / 40,960 · 512 = 3072
  assert.deepEqual([1e5, 40_960 * 6, 1e6].map((tokens) => limit("sglang", tokens)), [2048, 3072, 4096]);
});

Deno.test("Engine presets capture graphs by free memory or by GPUs", () => {
  const limit = (engine: string, freeGib: number, tp: number) =>
    findEnginePreset(engine).graphMaxRequests({ freeBytes: freeGib * 1024 ** 3, tp });
  assert.deepEqual([limit("mini-sglang", 80, 4), limit("mini-sglang", 80.1, 1)], [160, 256]);
  assert.deepEqual([limit("sglang", 100, 2), limit("sglang", 100, 4)], [256, 512]);
});
