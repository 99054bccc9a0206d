/**
 * What one GPU holds of a model: sizes under tensor parallelism, weights, room for keys and values.
 *
 * @module
 */
import { type CostConstants, fittedConstants } from "./cost_constants.ts";
import type { GpuPreset, ModelPreset } from "./presets.ts";

/** One GPU's share of a model under tensor parallelism, and the GPU's speed. */
export interface Shard {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly headSize: number;
  /** Number of GPUs that share the model. */
  readonly tp: number;
  /** Query heads on this GPU. */
  readonly queryHeads: number;
  /** Key-value heads on this GPU; at least 1, because heads are replicated when there are fewer than GPUs. */
  readonly kvHeads: number;
  readonly ffnSize: number;
  /** Weights of all layers' matrices on this GPU. */
  readonly layerWeights: number;
  /** Weights of the output projection on this GPU; the embedding table has as many. */
  readonly headWeights: number;
  readonly tiedEmbeddings: boolean;
  readonly memoryBytes: number;
  readonly bandwidthBytesPerS: number;
  readonly flopsPerS: number;
  readonly constants: CostConstants;
}

/** BF16. */
export const BYTES_PER_NUMBER = 2;
/** A key and a value. */
export const NUMBERS_PER_KV_PAIR = 2;

/** Memory that driver, runtime and communication take before the model is loaded: 141 GiB leave 137.7. *Assumed.* */
const RUNTIME_BYTES = 3.3 * 1024 ** 3;

/**
 * Splits a model over GPUs.
 *
 * Layer weights per GPU: `layers · ((2q + 2k)·d·h + 3·f·h)` with h hidden size, d head size, q query heads, k key-value
 * heads and f feed-forward width per GPU.
 *
 * @param model The whole model.
 * @param options `gpu` that holds one share, `tp` number of GPUs, `constants` of the cost model that differ.
 * @throws {RangeError} When the heads cannot be split evenly over `tp` GPUs.
 * @example
 * ```ts
 * import { findGpu, findModel } from "./presets.ts";
 * import { shardModel } from "./shard.ts";
 * import assert from "node:assert/strict";
 *
 * const shard = shardModel(findModel("Qwen3-32B"), { gpu: findGpu("H200"), tp: 4 });
 * assert.equal(shard.queryHeads, 16);
 * ```
 */
export function shardModel(
  model: ModelPreset,
  { gpu, tp, constants }: { gpu: GpuPreset; tp: number; constants?: Partial<CostConstants> },
): Shard {
  const splitsKvHeads = model.kvHeads % tp === 0 || tp % model.kvHeads === 0;
  if (!Number.isInteger(tp) || tp < 1 || model.queryHeads % tp !== 0 || !splitsKvHeads) {
    throw new RangeError(
      `Cannot split ${model.name} as 'tp' must divide its ${model.queryHeads} query heads and ` +
        `${model.kvHeads} key-value heads: current value is ${tp}`,
    );
  }
  const { layers, hiddenSize, headSize, tiedEmbeddings } = model;
  const queryHeads = model.queryHeads / tp;
  const kvHeads = Math.max(1, model.kvHeads / tp);
  const ffnSize = model.ffnSize / tp;
  const attentionWeights = (2 * queryHeads + 2 * kvHeads) * headSize * hiddenSize;
  return {
    layers,
    hiddenSize,
    headSize,
    tp,
    queryHeads,
    kvHeads,
    ffnSize,
    layerWeights: layers * (attentionWeights + 3 * ffnSize * hiddenSize),
    headWeights: model.vocabSize / tp * hiddenSize,
    tiedEmbeddings,
    memoryBytes: gpu.memoryBytes,
    bandwidthBytesPerS: gpu.bandwidthBytesPerS,
    flopsPerS: gpu.flopsPerS,
    constants: { ...fittedConstants, ...constants },
  };
}

/**
 * Weights on one GPU, embedding table and output projection included, norms left out.
 *
 * @returns bytes.
 */
export function weightBytes(shard: Shard): number {
  const tables = shard.tiedEmbeddings ? 1 : 2;
  return BYTES_PER_NUMBER * (shard.layerWeights + tables * shard.headWeights);
}

/**
 * Keys and values of one token on one GPU.
 *
 * @returns bytes.
 */
export function kvBytesPerToken(shard: Shard): number {
  return NUMBERS_PER_KV_PAIR * BYTES_PER_NUMBER * shard.kvHeads * shard.headSize * shard.layers;
}

/**
 * Memory that is free on one GPU before the model is loaded.
 *
 * @returns bytes.
 */
export function freeBytes(shard: Shard): number {
  return shard.memoryBytes - RUNTIME_BYTES;
}

/**
 * Pages of keys and values that fit: `⌊(memoryRatio · free − weights) / (pageTokens · bytes per token)⌋`.
 *
 * @param shard What the GPU holds.
 * @param options `memoryRatio` share of the free memory for weights and cache, `pageTokens` tokens per page.
 * @returns Pages; 0 or less when the weights leave no room.
 */
export function kvCapacityPages(
  shard: Shard,
  { memoryRatio, pageTokens }: { memoryRatio: number; pageTokens: number },
): number {
  const cacheBytes = Math.floor(memoryRatio * freeBytes(shard)) - weightBytes(shard);
  return Math.floor(cacheBytes / (pageTokens * kvBytesPerToken(shard)));
}
