import assert from "node:assert/strict";

import {
  allReduceMs,
  decodeAttentionMs,
  elementwiseMs,
  gemmMs,
  prefillAttentionMs,
  rooflineCost,
} from "../../lib/simulator/cost.ts";
import { findGpu, findModel } from "../../lib/simulator/presets.ts";
import { shardModel } from "../../lib/simulator/shard.ts";

const shard = (model: string, tp: number) => shardModel(findModel(model), { gpu: findGpu("H200"), tp });
/** Each request attends to `earlier` tokens and the new one. */
const decode = (requests: number, earlier: number, eager = false) => ({
  phase: "decode" as const,
  requests,
  paddedRequests: requests,
  contextTokens: requests * (earlier + 1),
  eager,
});
const prefill = (...newTokens: number[]) => ({
  phase: "prefill" as const,
  chunks: newTokens.map((tokens) => ({ newTokens: tokens, cachedTokens: 0 })),
});

function assertNear(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual} is not near ${expected}`,
  );
}

Deno.test("rooflineCost gives the step times of the reference model", () => {
  // From the program that the constants were fitted with.
  const steps: readonly [model: string, tp: number, requests: number, context: number, gpuMs: string][] = [
    ["Qwen3-32B", 4, 1, 1024, "8.05"],
    ["Qwen3-32B", 4, 16, 1024, "8.49"],
    ["Qwen3-32B", 4, 64, 1024, "9.88"],
    ["Qwen3-32B", 4, 64, 4096, "12.95"],
    ["Qwen3-32B", 4, 128, 2048, "13.89"],
    ["Qwen3-32B", 4, 256, 2048, "20.97"],
    ["Qwen3-0.6B", 1, 1, 512, "1.68"],
    ["Qwen3-0.6B", 1, 64, 512, "2.96"],
    ["Qwen3-0.6B", 1, 256, 512, "6.90"],
    ["Qwen3-14B", 1, 1, 512, "9.00"],
    ["Qwen3-14B", 1, 64, 512, "11.05"],
    ["Qwen3-14B", 1, 256, 512, "20.53"],
  ];
  for (const [model, tp, requests, context, gpuMs] of steps) {
    const cost = rooflineCost(shard(model, tp));
    assert.equal(
      cost.gpuMs(decode(requests, context)).toFixed(2),
      gpuMs,
      `${model} ${requests} × ${context}`,
    );
  }
  const cost = rooflineCost(shard("Qwen3-32B", 4));
  assert.equal(cost.gpuMs(prefill(512)).toFixed(1), "19.7");
  assert.equal(cost.gpuMs(prefill(2048)).toFixed(1), "70.8");
  assert.equal(cost.gpuMs(prefill(8192)).toFixed(0), "296");
});

Deno.test("gemmMs is the smooth maximum of memory and compute time", () => {
  const gpu = { ...shard("Qwen3-0.6B", 1), bandwidthBytesPerS: 2e12 / 0.83, flopsPerS: 1e15 / 0.7 };
  // memory: 1 · 4.4 µs + 2 B · 1e9 / 2e12 B/s = 1004.4 µs; compute: 2 · 1 · 1e9 / 1e15 = 2 µs
  assertNear(gemmMs(gpu, { tokens: 1, weights: 1e9, kernels: 1 }), 1.0044, 1e-6);
  // compute: 2 · 502.2 · 1e9 / 1e15 = 1004.4 µs, as long as memory: (2 · 1004.4⁴)^¼ = 1004.4 · 2^¼
  assertNear(gemmMs(gpu, { tokens: 502.2, weights: 1e9, kernels: 1 }), 1.0044 * 2 ** 0.25);
});

Deno.test("decodeAttentionMs has a floor, a share per request and the time to read keys and values", () => {
  const gpu = { ...shard("Qwen3-32B", 4), bandwidthBytesPerS: 1e12 / 0.875 };
  // 64 · (19 + 0.025 · 10 · 2 + 1e6 · (1000 · 2 · 128 · 4 B) / 1e12 B/s µs) = 64 · (19 + 0.5 + 1.024) µs
  assertNear(decodeAttentionMs(gpu, { requests: 10, contextTokens: 1000 }), 64 * 20.524 / 1000);
});

Deno.test("prefillAttentionMs grows with the pairs of tokens", () => {
  const gpu = { ...shard("Qwen3-32B", 4), flopsPerS: 1e15 / 0.6 };
  // 64 · (20 + 1e6 · 4 · 16 · 128 · 1e6 / 1e15 µs) = 64 · (20 + 8.192) µs
  assertNear(prefillAttentionMs(gpu, 1e6), 64 * 28.192 / 1000);
});

Deno.test("elementwiseMs moves ten hidden, six feed-forward and eight query widths per token", () => {
  const gpu = { ...shard("Qwen3-32B", 4), bandwidthBytesPerS: 1e12 / 0.8 };
  // 10 · 5120 + 6 · 6400 + 8 · 16 · 128 = 105,984 numbers; 64 · (12 + 1e6 · 100 · 105,984 · 2 B / 1e12 B/s µs)
  assertNear(elementwiseMs(gpu, 100), 64 * (12 + 21.1968) / 1000);
});

Deno.test("allReduceMs is nothing on one GPU and latency plus transfer on several", () => {
  assert.equal(allReduceMs(shard("Qwen3-32B", 1), 100), 0);
  // 100 tokens · 5120 · 2 B · 2 · 3/4 = 1,536,000 B at 323 GB/s = 4.75542 µs; 2 · 64 · (7 + 4.75542) µs
  assertNear(allReduceMs(shard("Qwen3-32B", 4), 100), 128 * (7 + 1.536e6 / 323e3) / 1000);
});

Deno.test("rooflineCost counts pairs of new tokens with earlier ones and among themselves", () => {
  const cost = rooflineCost(shard("Qwen3-32B", 4));
  const plain = cost.gpuMs(prefill(100));
  const later = cost.gpuMs({ phase: "prefill", chunks: [{ newTokens: 100, cachedTokens: 1000 }] });
  // 100 · 1000 pairs more; the floor of 20 µs per layer is in both.
  const floorMs = prefillAttentionMs(shard("Qwen3-32B", 4), 0);
  assertNear(later - plain, prefillAttentionMs(shard("Qwen3-32B", 4), 100_000) - floorMs);
});

Deno.test("rooflineCost adds the launch time of an eager decode step", () => {
  const cost = rooflineCost(shard("Qwen3-32B", 4));
  assertNear(cost.gpuMs(decode(300, 512, true)) - cost.gpuMs(decode(300, 512)), 4);
});

Deno.test("rooflineCost charges the host per batch and per request", () => {
  const cost = rooflineCost(shard("Qwen3-32B", 4));
  assertNear(cost.cpuMs(decode(100, 512)), 1.2); // 0.6 + 100 · 0.006
  assertNear(cost.cpuMs(prefill(10, 10, 10)), 0.672); // 0.6 + 3 · 0.024
});
