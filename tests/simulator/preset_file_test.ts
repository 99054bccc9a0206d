import assert from "node:assert/strict";

import { resolveSimulator } from "../../lib/simulator/options.ts";
import { parsePresetFile } from "../../lib/simulator/preset_file.ts";
import { freeBytes, shardModel } from "../../lib/simulator/shard.ts";

const b200 = Deno.readTextFileSync(new URL("../testdata/presets/b200.yaml", import.meta.url));

/** A whole model, with lines changed or left out. */
function modelFile(change: Readonly<Record<string, unknown>> = {}): string {
  const model: Record<string, unknown> = {
    ...{ name: "Tiny", id: "me/Tiny", layers: 2, hiddenSize: 64, queryHeads: 4, kvHeads: 2, headSize: 16 },
    ...{ ffnSize: 128, vocabSize: 1000, tiedEmbeddings: true, maxContextTokens: 2048, source: "made up" },
    ...change,
  };
  const lines = Object.entries(model).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  return `tp: 1\nmodel:\n${lines.join("\n")}\n`;
}

Deno.test("parsePresetFile reads a GPU and figures of one's own", () => {
  const options = parsePresetFile(b200, "b200.yaml");
  const { engine, model, gpu, tp, scheduler } = resolveSimulator(options);
  assert.deepEqual([engine.name, model.name, gpu.name, tp], ["sglang", "Qwen3-14B", "B200", 2]);
  assert.equal(gpu.memoryBytes, 192e9);
  // 0.9 · free memory less weights, by bytes per token: 2 · 2 B · 4 · 128 · 40
  const shard = shardModel(model, { gpu, tp });
  const weights = 2 * (13_212_057_600 + 2 * 777_912_320) / 2;
  assert.equal(scheduler.capacityPages, Math.floor((Math.floor(0.9 * freeBytes(shard)) - weights) / 81_920));
  const work = { phase: "decode" as const, requests: 1, paddedRequests: 1, contextTokens: 1, eager: false };
  const plain = resolveSimulator({ ...options, cost: {} }).scheduler.cost.gpuMs(work);
  assert.ok(Math.abs(plain - scheduler.cost.gpuMs(work) - 0.16) < 1e-9); // 2 · 40 layers · (7 − 5) µs
});

Deno.test("parsePresetFile reads a model of one's own", () => {
  const { model, scheduler } = resolveSimulator(parsePresetFile(modelFile(), "tiny.yaml"));
  assert.deepEqual([model.id, model.tiedEmbeddings, scheduler.contextTokens], ["me/Tiny", true, 2048]);
});

Deno.test("parsePresetFile takes an empty file for the defaults", () => {
  for (const text of ["", "# nothing\n"]) assert.deepEqual(parsePresetFile(text, "mine.yaml"), {});
});

Deno.test("parsePresetFile says what is wrong, where, and what comes nearest", () => {
  const gpu = "name: B200, bandwidthBytesPerS: 8e12, flopsPerS: 1e15, source: x";
  const cases: readonly [text: string, message: string][] = [
    ["gpus: H200", 'Cannot read mine.yaml as it has no "gpus"; did you mean "gpu"?'],
    ["constructor: 1", 'Cannot read mine.yaml as it has no "constructor"; did you mean "cost"?'],
    ["- gpu", 'Cannot read mine.yaml as it must hold "name: value" lines'],
    ["H200", 'Cannot read mine.yaml as it must hold "name: value" lines'],
    ['tp: "4"', 'Cannot read mine.yaml: tp as it must be a number: it is "4"'],
    ["overlap: 1", "Cannot read mine.yaml: overlap as it must be true or false: it is 1"],
    ["engine: 3", "Cannot read mine.yaml: engine as it must be text: it is 3"],
    ["cost: 3", "Cannot read mine.yaml: cost as it must be a list of name: number: it is 3"],
    [
      "cost: { gemmFloorUs: fast }",
      'Cannot read mine.yaml: cost as it must be a list of name: number: it is {"gemmFloorUs":"fast"}',
    ],
    ["gpu: 3", 'Cannot read mine.yaml: gpu as it must hold "name: value" lines'],
    [`gpu: { ${gpu} }`, "Cannot read mine.yaml: gpu as it lacks memoryBytes"],
    [
      `gpu: { ${gpu}, memoryBytes: 0 }`,
      'Cannot read mine.yaml: gpu as "memoryBytes" must be above 0: current value is 0',
    ],
    [
      `gpu: { ${gpu}, memoryGb: 80 }`,
      'Cannot read mine.yaml: gpu as it has no "memoryGb"; did you mean "memoryBytes"?',
    ],
    [
      modelFile({ layers: undefined, source: undefined }),
      "Cannot read mine.yaml: model as it lacks layers, source",
    ],
    [
      modelFile({ tiedEmbeddings: "no" }),
      'Cannot read mine.yaml: model: tiedEmbeddings as it must be true or false: it is "no"',
    ],
    [
      modelFile({ layers: 1.5 }),
      "Cannot read mine.yaml: model: layers as it must be a whole number above 0: it is 1.5",
    ],
    [
      "model: Qwen3-33B",
      "mine.yaml: Cannot simulate model as it must be one of Qwen3-0.6B, Qwen3-14B, Qwen3-32B: " +
      'got "Qwen3-33B"; did you mean "Qwen3-32B"?',
    ],
    [
      "cache: none",
      'mine.yaml: Cannot simulate engine as \'cache\' must be radix or naive: got "none"; did you mean "naive"?',
    ],
    [
      "memoryRatio: 2",
      "mine.yaml: Cannot simulate engine as 'memoryRatio' must be in (0, 1]: current value is 2",
    ],
    [
      "gpu: A100\ntp: 1\nmemoryRatio: 0.5",
      "mine.yaml: Cannot place Qwen3-32B on A100 × 1 as its weights leave no memory for keys and values: " +
      "raise 'tp' or 'memoryRatio' (current value is 0.5)",
    ],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parsePresetFile(text, "mine.yaml"), { name: "RangeError", message });
  }
});

Deno.test("parsePresetFile says where a file is not YAML", () => {
  assert.throws(() => parsePresetFile("gpu: H200\ntp: [2\n", "mine.yaml"), (error: Error) => {
    assert.equal(error.name, "SyntaxError");
    assert.match(error.message, /^Cannot read mine\.yaml as it is not YAML: .+ at line 3, column 1$/);
    return true;
  });
});
