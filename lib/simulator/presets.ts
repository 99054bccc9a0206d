/**
 * The models and GPUs that the simulated engine knows, as data. To add one: add its row and its source.
 *
 * @module
 */
import { suggest } from "../suggest.ts";

/** Shape of a dense decoder-only transformer with grouped-query attention, in BF16. */
export interface ModelPreset {
  /** "Qwen3-32B". */
  readonly name: string;
  /** What `/v1/models` answers: the Hugging Face repository. */
  readonly id: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly queryHeads: number;
  readonly kvHeads: number;
  /** Numbers per head. */
  readonly headSize: number;
  /** Width of the gated feed-forward block. */
  readonly ffnSize: number;
  /** Entries of the vocabulary. */
  readonly vocabSize: number;
  /** Whether the output projection is the embedding table, so that it is stored once. */
  readonly tiedEmbeddings: boolean;
  /** Longest prompt and answer together that the position encoding allows. */
  readonly maxContextTokens: number;
  /** Where the figures are from. */
  readonly source: string;
}

/** What the cost model needs to know about a GPU. */
export interface GpuPreset {
  /** "H200". */
  readonly name: string;
  /** Memory as installed, in bytes. */
  readonly memoryBytes: number;
  /** Peak memory bandwidth, bytes per second. */
  readonly bandwidthBytesPerS: number;
  /** Peak dense BF16 operations per second, without sparsity. */
  readonly flopsPerS: number;
  /** Where the figures are from. */
  readonly source: string;
}

const GIB = 1024 ** 3;

/** Every model, in the order messages list them. */
export const modelPresets: readonly ModelPreset[] = [
  {
    name: "Qwen3-0.6B",
    id: "Qwen/Qwen3-0.6B",
    layers: 28,
    hiddenSize: 1024,
    queryHeads: 16,
    kvHeads: 8,
    headSize: 128,
    ffnSize: 3072,
    vocabSize: 151_936,
    tiedEmbeddings: true,
    maxContextTokens: 40_960,
    source: "https://huggingface.co/Qwen/Qwen3-0.6B/blob/main/config.json",
  },
  {
    name: "Qwen3-14B",
    id: "Qwen/Qwen3-14B",
    layers: 40,
    hiddenSize: 5120,
    queryHeads: 40,
    kvHeads: 8,
    headSize: 128,
    ffnSize: 17_408,
    vocabSize: 151_936,
    tiedEmbeddings: false,
    maxContextTokens: 40_960,
    source: "https://huggingface.co/Qwen/Qwen3-14B/blob/main/config.json",
  },
  {
    name: "Qwen3-32B",
    id: "Qwen/Qwen3-32B",
    layers: 64,
    hiddenSize: 5120,
    queryHeads: 64,
    kvHeads: 8,
    headSize: 128,
    ffnSize: 25_600,
    vocabSize: 151_936,
    tiedEmbeddings: false,
    maxContextTokens: 40_960,
    source: "https://huggingface.co/Qwen/Qwen3-32B/blob/main/config.json",
  },
];

/** Every GPU, in the order messages list them. */
export const gpuPresets: readonly GpuPreset[] = [
  {
    name: "H200",
    memoryBytes: 141 * GIB,
    bandwidthBytesPerS: 4.8e12,
    flopsPerS: 989e12,
    source: "NVIDIA H200 SXM datasheet; ai-dynamo/aiconfigurator h200_sxm.yaml",
  },
  {
    name: "H100",
    memoryBytes: 80 * GIB,
    bandwidthBytesPerS: 3.35e12,
    flopsPerS: 989e12,
    source: "NVIDIA H100 SXM datasheet",
  },
  {
    name: "A100",
    memoryBytes: 80 * GIB,
    bandwidthBytesPerS: 2.04e12,
    flopsPerS: 312e12,
    source: "NVIDIA A100 80 GB SXM datasheet",
  },
];

/**
 * Looks a model up by name or Hugging Face id, ignoring case.
 *
 * @param name For example "qwen3-32b" or "Qwen/Qwen3-32B".
 * @throws {RangeError} When there is no such model; the message lists the choices.
 * @example
 * ```ts
 * import { findModel } from "./presets.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(findModel("qwen3-0.6b").layers, 28);
 * ```
 */
export function findModel(name: string): ModelPreset {
  const byId = modelPresets.find((model) => model.id.toLowerCase() === name.toLowerCase());
  return byId ?? findByName("model", modelPresets, name);
}

/**
 * Looks a GPU up by name, ignoring case.
 *
 * @param name For example "h200".
 * @throws {RangeError} When there is no such GPU; the message lists the choices.
 */
export function findGpu(name: string): GpuPreset {
  return findByName("GPU", gpuPresets, name);
}

/**
 * Looks a preset up by name, ignoring case.
 *
 * @param kind What it is, for the message.
 * @throws {RangeError} When there is none of that name; the message lists the choices and the nearest one.
 */
export function findByName<Preset extends { readonly name: string }>(
  kind: string,
  presets: readonly Preset[],
  name: string,
): Preset {
  const found = presets.find((preset) => preset.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = presets.map((preset) => preset.name);
  throw new RangeError(
    `Cannot simulate ${kind} as it must be one of ${names.join(", ")}: got "${name}"${suggest(name, names)}`,
  );
}
