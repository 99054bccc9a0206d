/**
 * What can be chosen about a simulated engine, with every default, and how it describes itself.
 *
 * @module
 */
import type { JsonObject } from "../types.ts";
import { rooflineCost } from "./cost.ts";
import { findGpu, findModel, type GpuPreset, type ModelPreset } from "./presets.ts";
import type { SchedulerOptions } from "./scheduler.ts";
import { freeBytes, kvCapacityPages, shardModel } from "./shard.ts";

/** Timing that is known beforehand, whatever the load: for checking a client against a known answer. */
export interface FixedTiming {
  /** From arrival to the first token. */
  readonly ttftMs: number;
  /** From each token to the next. */
  readonly itlMs: number;
}

/** Options of a simulated engine; all have defaults. */
export interface SimulatorOptions {
  /** Model preset. @default {"Qwen3-32B"} */
  readonly model?: string;
  /** GPU preset. @default {"H200"} */
  readonly gpu?: string;
  /** GPUs that share the model (tensor parallelism). @default {4} */
  readonly tp?: number;
  /** Prefix cache; "naive" never matches anything. @default {"naive"} */
  readonly cache?: "naive";
  /** Tokens per page of keys and values. @default {1} */
  readonly pageTokens?: number;
  /** Share of the free memory for weights, keys and values, in (0, 1]. @default {0.9} */
  readonly memoryRatio?: number;
  /** Requests that can be in batches at a time. @default {256} */
  readonly maxRunningRequests?: number;
  /** Most prompt tokens in one batch. @default {8192} */
  readonly prefillBudgetTokens?: number;
  /** Whether the host prepares the next batch while the GPU computes. @default {true} */
  readonly overlap?: boolean;
  /** Longest prompt and answer together; by default what model and memory allow, which it cannot exceed. */
  readonly contextTokens?: number;
  /** HTTP, tokenizer and message passing, once per request before it is scheduled. *Assumed.* @default {4} */
  readonly frontEndMs?: number;
  /**
   * What happens to a prompt that fills the context. mini-sglang drops it without an answer, so that the client waits
   * forever ("hang"); "reject" answers 400. @default {"reject"}
   */
  readonly overlong?: "hang" | "reject";
  /** Known timing in place of scheduler and cost model. */
  readonly fixed?: FixedTiming;
}

/** Options with defaults filled in and everything that follows from them. */
export interface SimulatorConfig {
  readonly model: ModelPreset;
  readonly gpu: GpuPreset;
  readonly tp: number;
  readonly cache: "naive";
  readonly memoryRatio: number;
  readonly frontEndMs: number;
  readonly overlong: "hang" | "reject";
  readonly fixed: FixedTiming | null;
  readonly scheduler: SchedulerOptions;
}

/** mini-sglang captures CUDA graphs up to 256 requests where more than 80 GiB are free, up to 160 elsewhere. */
const LARGE_GPU_BYTES = 80 * 1024 ** 3;

/**
 * Fills in defaults and checks values.
 *
 * @param options What differs from the defaults.
 * @throws {RangeError} For an unknown preset, a value out of its domain, or a model that does not fit the GPUs.
 */
export function resolveSimulator(options: SimulatorOptions = {}): SimulatorConfig {
  const model = findModel(options.model ?? "Qwen3-32B");
  const gpu = findGpu(options.gpu ?? "H200");
  const tp = options.tp ?? 4;
  const memoryRatio = options.memoryRatio ?? 0.9;
  if (!(memoryRatio > 0 && memoryRatio <= 1)) throw badOption("memoryRatio", "in (0, 1]", memoryRatio);
  const pageTokens = checkCount("pageTokens", options.pageTokens ?? 1);
  const shard = shardModel(model, { gpu, tp });
  const capacityPages = kvCapacityPages(shard, { memoryRatio, pageTokens });
  if (capacityPages < 2) {
    throw new RangeError(
      `Cannot place ${model.name} on ${gpu.name} × ${tp} as its weights leave no memory for keys and values: ` +
        `raise 'tp' or 'memoryRatio' (current value is ${memoryRatio})`,
    );
  }
  const mostContextTokens = Math.min(model.maxContextTokens, capacityPages * pageTokens);
  const contextTokens = checkCount("contextTokens", options.contextTokens ?? mostContextTokens);
  return {
    model,
    gpu,
    tp,
    cache: options.cache ?? "naive",
    memoryRatio,
    frontEndMs: checkDuration("frontEndMs", options.frontEndMs ?? 4),
    overlong: options.overlong ?? "reject",
    fixed: options.fixed ? checkFixed(options.fixed) : null,
    scheduler: {
      capacityPages,
      pageTokens,
      contextTokens: Math.min(contextTokens, mostContextTokens),
      maxRunningRequests: checkCount("maxRunningRequests", options.maxRunningRequests ?? 256),
      prefillBudgetTokens: checkCount("prefillBudgetTokens", options.prefillBudgetTokens ?? 8192),
      graphMaxRequests: freeBytes(shard) > LARGE_GPU_BYTES ? 256 : 160,
      overlap: options.overlap ?? true,
      cost: rooflineCost(shard),
    },
  };
}

/**
 * Reads a preset given as text: a model's name, or `fixed:TTFT:ITL` in ms.
 *
 * @returns The options it stands for.
 * @throws {RangeError} When it is neither.
 * @example
 * ```ts
 * import { parseSimulatorPreset } from "./options.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseSimulatorPreset("fixed:50:5"), { fixed: { ttftMs: 50, itlMs: 5 } });
 * assert.deepEqual(parseSimulatorPreset("qwen3-14b"), { model: "Qwen3-14B" });
 * ```
 */
export function parseSimulatorPreset(text: string): SimulatorOptions {
  if (!text.startsWith("fixed:")) return { model: findModel(text).name };
  const match = /^fixed:(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(text);
  if (!match) {
    throw new RangeError(`Cannot read preset as it must have the form fixed:TTFT_MS:ITL_MS: got "${text}"`);
  }
  return { fixed: { ttftMs: Number(match[1]), itlMs: Number(match[2]) } };
}

/**
 * Says in words what is simulated.
 *
 * @example
 * ```ts
 * import { describeSimulator } from "./options.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(describeSimulator(), "simulated Qwen3-32B on H200 × 4 (naive cache)");
 * ```
 */
export function describeSimulator(options: SimulatorOptions = {}): string {
  const { model, gpu, tp, cache, fixed } = resolveSimulator(options);
  if (fixed) return `simulated engine with known timing (TTFT ${fixed.ttftMs} ms, ITL ${fixed.itlMs} ms)`;
  const gpus = tp === 1 ? gpu.name : `${gpu.name} × ${tp}`;
  return `simulated ${model.name} on ${gpus} (${cache} cache)`;
}

/** Everything that was chosen and what follows from it, for the manifest of a run. */
export function simulatorDetails(options: SimulatorOptions = {}): JsonObject {
  const { model, gpu, fixed, scheduler, ...rest } = resolveSimulator(options);
  if (fixed) {
    const { ttftMs, itlMs } = fixed;
    return { model: model.id, fixed: { ttftMs, itlMs }, contextTokens: scheduler.contextTokens };
  }
  const { cost: _, ...limits } = scheduler;
  const capacityTokens = limits.capacityPages * limits.pageTokens;
  return { model: model.id, gpu: gpu.name, ...rest, ...limits, capacityTokens };
}

function checkFixed({ ttftMs, itlMs }: FixedTiming): FixedTiming {
  return { ttftMs: checkDuration("ttftMs", ttftMs), itlMs: checkDuration("itlMs", itlMs) };
}

function checkCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw badOption(name, "a whole number ≥ 1", value);
  return value;
}

function checkDuration(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 0) throw badOption(name, "a finite number of ms ≥ 0", value);
  return value;
}

function badOption(name: string, domain: string, value: number): RangeError {
  return new RangeError(`Cannot simulate engine as '${name}' must be ${domain}: current value is ${value}`);
}
