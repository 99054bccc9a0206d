import assert from "node:assert/strict";

import { fittedConstants } from "../../lib/simulator/cost_constants.ts";
import { findGpu, findModel } from "../../lib/simulator/presets.ts";
import { kvBytesPerToken, kvCapacityPages, shardModel, weightBytes } from "../../lib/simulator/shard.ts";

function shard(model: string, tp: number) {
  return shardModel(findModel(model), { gpu: findGpu("H200"), tp });
}

Deno.test("shardModel splits heads, layers' weights and vocabulary evenly", () => {
  const whole = shard("Qwen3-32B", 1);
  const quarter = shard("Qwen3-32B", 4);
  assert.equal(quarter.queryHeads, 16);
  assert.equal(quarter.kvHeads, 2);
  assert.equal(quarter.ffnSize, 6400);
  assert.equal(quarter.layerWeights, whole.layerWeights / 4);
  assert.equal(quarter.headWeights, 151_936 * 5120 / 4);
});

Deno.test("shardModel replicates key-value heads when there are fewer than GPUs", () => {
  assert.equal(shard("Qwen3-32B", 16).kvHeads, 1);
});

Deno.test("shardModel takes figures of the cost model that differ", () => {
  const model = findModel("Qwen3-32B");
  const { constants } = shardModel(model, { gpu: findGpu("H200"), tp: 4, constants: { gemmFloorUs: 3 } });
  assert.deepEqual(constants, { ...fittedConstants, gemmFloorUs: 3 });
});

Deno.test("shardModel refuses a number of GPUs that does not divide the heads", () => {
  for (const tp of [0, 3, 2.5, -1, NaN]) {
    assert.throws(() => shard("Qwen3-32B", tp), {
      name: "RangeError",
      message: "Cannot split Qwen3-32B as 'tp' must divide its 64 query heads and 8 key-value heads: " +
        `current value is ${tp}`,
    });
  }
});

Deno.test("weightBytes stores a tied embedding table once", () => {
  // 28 · ((2·16 + 2·8)·128·1024 + 3·3072·1024) = 440,401,920 weights of layers, 151,936·1024 of the one table
  assert.equal(weightBytes(shard("Qwen3-0.6B", 1)), 2 * (440_401_920 + 155_582_464));
  // 40 · ((2·40 + 2·8)·128·5120 + 3·17408·5120) = 13,212,057,600 weights of layers, and two tables of 151,936·5120
  assert.equal(weightBytes(shard("Qwen3-14B", 1)), 2 * (13_212_057_600 + 2 * 777_912_320));
});

Deno.test("kvBytesPerToken counts key and value in BF16", () => {
  assert.equal(kvBytesPerToken(shard("Qwen3-0.6B", 1)), 114_688); // 2 · 2 B · 8 · 128 · 28
  assert.equal(kvBytesPerToken(shard("Qwen3-14B", 1)), 163_840); // 2 · 2 B · 8 · 128 · 40
  assert.equal(kvBytesPerToken(shard("Qwen3-32B", 4)), 65_536); // 2 · 2 B · 2 · 128 · 64
});

Deno.test("kvCapacityPages fills what memoryRatio leaves beside the weights", () => {
  const options = { memoryRatio: 0.9, pageTokens: 1 };
  // 0.9 · 137.7 GiB = 123.93 GiB; less 1.11, 27.5, 15.25 GiB of weights; by bytes per token
  assert.equal((kvCapacityPages(shard("Qwen3-0.6B", 1), options) / 1e6).toFixed(2), "1.15");
  assert.equal((kvCapacityPages(shard("Qwen3-14B", 1), options) / 1e6).toFixed(2), "0.63");
  assert.equal((kvCapacityPages(shard("Qwen3-32B", 4), options) / 1e6).toFixed(2), "1.78");
});

Deno.test("kvCapacityPages counts whole pages", () => {
  const whole = kvCapacityPages(shard("Qwen3-14B", 1), { memoryRatio: 0.9, pageTokens: 1 });
  const paged = kvCapacityPages(shard("Qwen3-14B", 1), { memoryRatio: 0.9, pageTokens: 256 });
  assert.equal(paged, Math.floor(whole / 256));
});
