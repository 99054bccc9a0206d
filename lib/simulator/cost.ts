/**
 * How long a batch takes: an analytic roofline with the four overheads that measured kernels show (a floor per matrix
 * multiplication, a floor per attention call, element-wise traffic, all-reduce latency).
 *
 * The constants were fitted to kernel tables of H200 (BF16, SGLang, published by ai-dynamo/aiconfigurator). End-to-end
 * runs were not used for fitting.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { BYTES_PER_NUMBER, NUMBERS_PER_KV_PAIR, type Shard } from "./shard.ts";

/** A batch that reads prompts, or pieces of them. */
export interface PrefillWork {
  readonly phase: "prefill";
  /** Per request: tokens computed now, and tokens before them whose keys and values are there already. */
  readonly chunks: readonly { readonly newTokens: number; readonly cachedTokens: number }[];
}

/** A batch that makes one token per request. */
export interface DecodeWork {
  readonly phase: "decode";
  /** Requests that get a token. */
  readonly requests: number;
  /** The same, filled up to the size of a captured CUDA graph. */
  readonly paddedRequests: number;
  /** Tokens attended to, the new ones included, summed over the padded requests. */
  readonly contextTokens: number;
  /** Whether no captured graph is large enough, so that every kernel is launched from the host. */
  readonly eager: boolean;
}

/** What one batch computes. */
export type BatchWork = PrefillWork | DecodeWork;

/** Time of a batch on the GPU and on the host, in ms. */
export interface BatchCost {
  gpuMs(work: BatchWork): number;
  cpuMs(work: BatchWork): number;
}

/** Matrix multiplications per layer: QKV, attention output, gate and up, down. */
const GEMMS_PER_LAYER = 4;
/** All-reduces per layer: after attention and after the feed-forward block. */
const ALL_REDUCES_PER_LAYER = 2;

/**
 * Adds noise to the time on the GPU: a factor of mean 1, log-normal with σ = `jitter`, drawn anew for every batch.
 *
 * @param cost Without noise.
 * @param options `jitter` σ of the logarithm, about the relative standard deviation; `random` where it is drawn from.
 */
export function addJitter(
  cost: BatchCost,
  { jitter, random }: { jitter: number; random: Random },
): BatchCost {
  return { cpuMs: cost.cpuMs, gpuMs: (work) => cost.gpuMs(work) * random.lognormal(1, jitter) };
}

/**
 * The roofline cost of batches on a shard.
 *
 * `T_gpu = T_gemm(layers) + T_gemm(head) + T_attention + T_elementwise + T_allreduce`, and 4 ms more (assumed) for an
 * eager decode step. On the host (assumed): `0.6 ms + 6 µs` per request of a decode batch, `0.6 ms + 24 µs` per request
 * of a prefill batch.
 *
 * @example
 * ```ts
 * import { rooflineCost } from "./cost.ts";
 * import { findGpu, findModel } from "./presets.ts";
 * import { shardModel } from "./shard.ts";
 * import assert from "node:assert/strict";
 *
 * const cost = rooflineCost(shardModel(findModel("Qwen3-32B"), { gpu: findGpu("H200"), tp: 4 }));
 * const prefillMs = cost.gpuMs({ phase: "prefill", chunks: [{ newTokens: 2048, cachedTokens: 0 }] });
 * assert.equal(prefillMs.toFixed(1), "70.8");
 * ```
 */
export function rooflineCost(shard: Shard): BatchCost {
  return {
    gpuMs(work) {
      if (work.phase === "prefill") return prefillGpuMs(shard, work);
      return decodeGpuMs(shard, work) + (work.eager ? shard.constants.eagerLaunchMs : 0);
    },
    cpuMs(work) {
      return work.phase === "prefill"
        ? shard.constants.cpuPerBatchMs + shard.constants.cpuPerPrefillRequestMs * work.chunks.length
        : shard.constants.cpuPerBatchMs + shard.constants.cpuPerDecodeRequestMs * work.requests;
    },
  };
}

function prefillGpuMs(shard: Shard, { chunks }: PrefillWork): number {
  let newTokens = 0;
  let pairs = 0;
  for (const chunk of chunks) {
    newTokens += chunk.newTokens;
    pairs += chunk.newTokens * chunk.cachedTokens + chunk.newTokens ** 2 / 2;
  }
  return tokenWiseMs(shard, newTokens, chunks.length) + prefillAttentionMs(shard, pairs);
}

function decodeGpuMs(shard: Shard, { paddedRequests, contextTokens }: DecodeWork): number {
  return tokenWiseMs(shard, paddedRequests, paddedRequests) +
    decodeAttentionMs(shard, { requests: paddedRequests, contextTokens });
}

/** Everything but attention: depends on the tokens computed and the tokens sampled, not on the context. */
function tokenWiseMs(shard: Shard, newTokens: number, sampledTokens: number): number {
  return gemmMs(shard, {
    tokens: newTokens,
    weights: shard.layerWeights,
    kernels: GEMMS_PER_LAYER * shard.layers,
  }) +
    gemmMs(shard, { tokens: sampledTokens, weights: shard.headWeights, kernels: 1 }) +
    elementwiseMs(shard, newTokens) +
    allReduceMs(shard, newTokens);
}

/**
 * Time of matrix multiplications: `(memory⁴ + compute⁴)^¼`, a smooth maximum of
 * `memory = kernels · 4.4 µs + 2 · weights / (0.83 · bandwidth)` and `compute = 2 · tokens · weights / (0.70 · flops)`.
 *
 * @param shard Where they run.
 * @param work `tokens` multiplied by `weights` numbers in `kernels` calls.
 * @returns ms.
 */
export function gemmMs(
  shard: Shard,
  { tokens, weights, kernels }: { tokens: number; weights: number; kernels: number },
): number {
  const memoryUs = kernels * shard.constants.gemmFloorUs +
    1e6 * weights * BYTES_PER_NUMBER / (shard.constants.gemmBandwidthShare * shard.bandwidthBytesPerS);
  const computeUs = 1e6 * 2 * tokens * weights / (shard.constants.gemmFlopsShare * shard.flopsPerS);
  // Math.sqrt is exact to the last bit everywhere; Math.pow is not.
  return Math.sqrt(Math.sqrt(fourthPower(memoryUs) + fourthPower(computeUs))) / 1e3;
}

/**
 * Time of decode attention: `layers · (19 µs + 0.025 µs · requests · k + 4 · contextTokens · k · d / (0.875 · bandwidth))`
 * with k key-value heads per GPU and d head size: keys and values are read once.
 *
 * @param shard Where it runs.
 * @param work `requests` in the batch, `contextTokens` they attend to in all.
 * @returns ms.
 */
export function decodeAttentionMs(
  shard: Shard,
  { requests, contextTokens }: { requests: number; contextTokens: number },
): number {
  const floorUs = shard.constants.decodeAttentionFloorUs +
    shard.constants.decodeAttentionPerHeadUs * requests * shard.kvHeads;
  const bytes = contextTokens * shard.kvHeads * shard.headSize * NUMBERS_PER_KV_PAIR * BYTES_PER_NUMBER;
  const readUs = 1e6 * bytes / (shard.constants.decodeAttentionBandwidthShare * shard.bandwidthBytesPerS);
  return shard.layers * (floorUs + readUs) / 1e3;
}

/**
 * Time of prefill attention: `layers · (20 µs + 4 · q · d · pairs / (0.60 · flops))` with q query heads per GPU.
 *
 * @param shard Where it runs.
 * @param pairs Σ (e·c + e²/2) over requests with e new tokens after c earlier ones: the causal triangle.
 * @returns ms.
 */
export function prefillAttentionMs(shard: Shard, pairs: number): number {
  const flops = 4 * shard.queryHeads * shard.headSize * pairs;
  const computeUs = 1e6 * flops / (shard.constants.prefillAttentionFlopsShare * shard.flopsPerS);
  return shard.layers * (shard.constants.prefillAttentionFloorUs + computeUs) / 1e3;
}

/**
 * Time of norms, rotary embedding, activations and residuals:
 * `layers · (12 µs + 2 · tokens · (10h + 6f + 8·q·d) / (0.8 · bandwidth))`.
 *
 * @param shard Where they run.
 * @param tokens Computed in the step.
 * @returns ms.
 */
export function elementwiseMs(shard: Shard, tokens: number): number {
  const numbersPerToken = 10 * shard.hiddenSize + 6 * shard.ffnSize + 8 * shard.queryHeads * shard.headSize;
  const bytes = tokens * numbersPerToken * BYTES_PER_NUMBER;
  const trafficUs = 1e6 * bytes / (shard.constants.elementwiseBandwidthShare * shard.bandwidthBytesPerS);
  return shard.layers * (shard.constants.elementwiseFloorUs + trafficUs) / 1e3;
}

/**
 * Time of all-reduces: `2 · layers · (7 µs + 2 · tokens · h · 2(tp − 1)/tp / 323 GB/s)`, nothing on a single GPU.
 *
 * @param shard Where they run.
 * @param tokens Computed in the step.
 * @returns ms.
 */
export function allReduceMs(shard: Shard, tokens: number): number {
  if (shard.tp === 1) return 0;
  const bytes = tokens * shard.hiddenSize * BYTES_PER_NUMBER * 2 * (shard.tp - 1) / shard.tp;
  const transferUs = 1e6 * bytes / shard.constants.allReduceBytesPerS;
  return ALL_REDUCES_PER_LAYER * shard.layers * (shard.constants.allReduceLatencyUs + transferUs) / 1e3;
}

function fourthPower(x: number): number {
  return x * x * (x * x);
}
