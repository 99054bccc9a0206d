import assert from "node:assert/strict";

import { findGpu, findModel, gpuPresets, modelPresets } from "../../lib/simulator/presets.ts";

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

Deno.test("findModel and findGpu list the choices when there is no such preset", () => {
  assert.throws(() => findModel("qwen3-7b"), {
    name: "RangeError",
    message: 'Cannot simulate model as it must be one of Qwen3-0.6B, Qwen3-14B, Qwen3-32B: got "qwen3-7b"',
  });
  assert.throws(() => findGpu("B200"), {
    name: "RangeError",
    message: 'Cannot simulate GPU as it must be one of H200, H100, A100: got "B200"',
  });
});
