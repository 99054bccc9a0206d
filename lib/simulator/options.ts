/**
 * What can be chosen about a simulated engine, with every default, and how it describes itself.
 *
 * @module
 */
import { createRandom } from "../random.ts";
import type { JsonObject } from "../types.ts";
import { addJitter, rooflineCost } from "./cost.ts";
import { type CostConstants, fittedConstants } from "./cost_constants.ts";
import { type EnginePreset, enginePresets, findEnginePreset } from "./engine_presets.ts";
import { suggest } from "../suggest.ts";
import { findGpu, findModel, type GpuPreset, type ModelPreset, modelPresets } from "./presets.ts";
import type { SchedulerOptions } from "./scheduler.ts";
import { freeBytes, kvCapacityPages, shardModel } from "./shard.ts";

/** Timing that is known beforehand, whatever the load: for checking a client against a known answer. */
export interface FixedTiming {
  /** From arrival to the first token. */
  readonly ttftMs: number;
  /** From each token to the next. */
  readonly itlMs: number;
}

/** Options of a simulated engine; all have defaults. Plain data: they can be sent to another thread and stored. */
export interface SimulatorOptions {
  /** Engine preset: whose wire format is spoken and whose admission is used. @default {"mini-sglang"} */
  readonly engine?: string;
  /** Model preset by name, or a model of your own. @default {"Qwen3-32B"} */
  readonly model?: string | ModelPreset;
  /** GPU preset by name, or a GPU of your own. @default {"H200"} */
  readonly gpu?: string | GpuPreset;
  /** GPUs that share the model (tensor parallelism). @default {4} */
  readonly tp?: number;
  /** Prefix cache; "naive" never matches anything. @default {"radix"} */
  readonly cache?: "radix" | "naive";
  /** Tokens per page of keys and values. @default {1} */
  readonly pageTokens?: number;
  /** Share of the free memory for weights, keys and values, in (0, 1]. @default {0.9} */
  readonly memoryRatio?: number;
  /** Requests that can be in batches at a time. @default the engine's */
  readonly maxRunningRequests?: number;
  /** Most prompt tokens in one batch. @default {8192} */
  readonly prefillBudgetTokens?: number;
  /** Whether the host prepares the next batch while the GPU computes. @default {true} */
  readonly overlap?: boolean;
  /** Longest prompt and answer together; by default what model and memory allow, which it cannot exceed. */
  readonly contextTokens?: number;
  /** HTTP, tokenizer and message passing, once per request before it is scheduled. *Assumed.* @default {4} */
  readonly frontEndMs?: number;
  /** Mean length of answers to requests without `ignore_eos`; that of Qwen trace A. *Assumed.* @default {358} */
  readonly meanAnswerTokens?: number;
  /** Noise of the time that batches take: σ of the logarithm, 0.02 is about 2 %. @default {0} */
  readonly jitter?: number;
  /** Seed of the noise. @default {42} */
  readonly seed?: number;
  /** Figures of the cost model that differ from the fitted ones. */
  readonly cost?: Partial<CostConstants>;
  /** What happens to a prompt that fills the context: 400, or no answer ever. @default the engine's */
  readonly overlong?: "hang" | "reject";
  /** Known timing in place of scheduler and cost model. */
  readonly fixed?: FixedTiming;
}

/** Options with defaults filled in and everything that follows from them. */
export interface SimulatorConfig {
  readonly engine: EnginePreset;
  readonly model: ModelPreset;
  readonly gpu: GpuPreset;
  readonly tp: number;
  readonly memoryRatio: number;
  readonly frontEndMs: number;
  readonly jitter: number;
  readonly seed: number;
  /** Figures of the cost model that differ from the fitted ones. */
  readonly cost: Partial<CostConstants>;
  readonly overlong: "hang" | "reject";
  readonly fixed: FixedTiming | null;
  readonly scheduler: SchedulerOptions;
}

/**
 * Fills in defaults and checks values.
 *
 * @param options What differs from the defaults.
 * @throws {RangeError} For an unknown preset, a value out of its domain, or a model that does not fit the GPUs.
 */
export function resolveSimulator(options: SimulatorOptions = {}): SimulatorConfig {
  const engine = findEnginePreset(options.engine ?? "mini-sglang");
  const model = findOr(findModel, options.model ?? "Qwen3-32B");
  const gpu = findOr(findGpu, options.gpu ?? "H200");
  const { tp = 4, memoryRatio = 0.9, jitter = 0, seed = 42, cost = {} } = options;
  if (!(memoryRatio > 0 && memoryRatio <= 1)) throw badOption("memoryRatio", "in (0, 1]", memoryRatio);
  if (!(jitter >= 0 && jitter < 1)) throw badOption("jitter", "in [0, 1)", jitter);
  if (!Number.isFinite(seed)) throw badOption("seed", "a finite number", seed);
  for (const [name, value] of Object.entries(cost)) checkConstant(name, value);
  const pageTokens = checkCount("pageTokens", options.pageTokens ?? 1);
  const shard = shardModel(model, { gpu, tp, constants: cost });
  const capacityPages = kvCapacityPages(shard, { memoryRatio, pageTokens });
  if (capacityPages < 2) {
    throw new RangeError(
      `Cannot place ${model.name} on ${gpu.name} × ${tp} as its weights leave no memory for keys and values: ` +
        `raise 'tp' or 'memoryRatio' (current value is ${memoryRatio})`,
    );
  }
  const capacityTokens = capacityPages * pageTokens;
  // An estimate admits what is below the capacity, SGLang's longest request.
  const mostCapacityTokens = engine.admission === "estimated" ? capacityTokens - 1 : capacityTokens;
  const mostContextTokens = Math.min(model.maxContextTokens, mostCapacityTokens);
  const contextTokens = Math.min(
    checkCount("contextTokens", options.contextTokens ?? mostContextTokens),
    mostContextTokens,
  );
  const batchCost = rooflineCost(shard);
  const random = createRandom(seed).fork("step time");
  return {
    ...{ engine, model, gpu, tp, memoryRatio, jitter, seed, cost },
    frontEndMs: checkDuration("frontEndMs", options.frontEndMs ?? 4),
    overlong: checkOneOf("overlong", ["hang", "reject"], options.overlong ?? engine.overlong),
    fixed: options.fixed ? checkFixed(options.fixed) : null,
    scheduler: {
      admission: engine.admission,
      cache: checkOneOf("cache", ["radix", "naive"], options.cache ?? "radix"),
      capacityPages,
      pageTokens,
      contextTokens,
      maxRunningRequests: checkCount(
        "maxRunningRequests",
        options.maxRunningRequests ?? engine.maxRunningRequests({ capacityTokens, contextTokens }),
      ),
      prefillBudgetTokens: checkCount("prefillBudgetTokens", options.prefillBudgetTokens ?? 8192),
      maxPrefillTokens: engine.maxPrefillTokens,
      graphMaxRequests: engine.graphMaxRequests({ freeBytes: freeBytes(shard), tp }),
      overlap: options.overlap ?? true,
      meanAnswerTokens: checkCount("meanAnswerTokens", options.meanAnswerTokens ?? MEAN_ANSWER_TOKENS),
      cost: jitter === 0 ? batchCost : addJitter(batchCost, { jitter, random }),
    },
  };
}

/** Mean answer of the first 1,000 requests of Qwen trace A, rounded. */
const MEAN_ANSWER_TOKENS = 358;

/**
 * Reads a preset given as text: the name of a model or of an engine, or `fixed:TTFT:ITL` in ms.
 *
 * @returns The options it stands for.
 * @throws {RangeError} When it is none of them; the message has the nearest.
 * @example
 * ```ts
 * import { parseSimulatorPreset } from "./options.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseSimulatorPreset("fixed:50:5"), { fixed: { ttftMs: 50, itlMs: 5 } });
 * assert.deepEqual(parseSimulatorPreset("qwen3-14b"), { model: "Qwen3-14B" });
 * assert.deepEqual(parseSimulatorPreset("sglang"), { engine: "sglang" });
 * ```
 */
export function parseSimulatorPreset(text: string): SimulatorOptions {
  if (text.startsWith("fixed:")) return { fixed: parseFixed(text) };
  const engine = enginePresets.find(({ name }) => name === text.toLowerCase());
  if (engine) return { engine: engine.name };
  const names = [...modelPresets, ...enginePresets].map(({ name }) => name);
  const model = modelPresets.find(({ name, id }) =>
    [name, id].some((one) => one.toLowerCase() === text.toLowerCase())
  );
  if (model) return { model: model.name };
  throw new RangeError(
    `Cannot use preset "${text}" as it must be one of ${
      names.join(", ")
    }, fixed:TTFT_MS:ITL_MS, or a .yaml file` +
      suggest(text, names),
  );
}

function parseFixed(text: string): FixedTiming {
  const match = /^fixed:(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(text);
  if (match) return { ttftMs: Number(match[1]), itlMs: Number(match[2]) };
  throw new RangeError(`Cannot read preset as it must have the form fixed:TTFT_MS:ITL_MS: got "${text}"`);
}

/**
 * Says in words what is simulated.
 *
 * @example
 * ```ts
 * import { describeSimulator } from "./options.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(describeSimulator(), "simulated Qwen3-32B on H200 × 4 (mini-sglang, radix cache)");
 * ```
 */
export function describeSimulator(options: SimulatorOptions = {}): string {
  const { engine, model, gpu, tp, scheduler, jitter, fixed } = resolveSimulator(options);
  if (fixed) return `simulated engine with known timing (TTFT ${fixed.ttftMs} ms, ITL ${fixed.itlMs} ms)`;
  const gpus = tp === 1 ? gpu.name : `${gpu.name} × ${tp}`;
  const traits = [
    engine.label,
    `${scheduler.cache} cache`,
    ...(scheduler.overlap ? [] : ["no overlap"]),
    ...(jitter === 0 ? [] : [`${Number((100 * jitter).toPrecision(6))} % jitter`]),
  ];
  return `simulated ${model.name} on ${gpus} (${traits.join(", ")})`;
}

/** Everything that was chosen and what follows from it, for the manifest of a run. */
export function simulatorDetails(options: SimulatorOptions = {}): JsonObject {
  const { engine, model, gpu, fixed, scheduler, cost, ...rest } = resolveSimulator(options);
  if (fixed) {
    const { ttftMs, itlMs } = fixed;
    return {
      engine: engine.name,
      model: model.id,
      fixed: { ttftMs, itlMs },
      contextTokens: scheduler.contextTokens,
    };
  }
  const { cost: _, ...limits } = scheduler;
  return {
    engine: engine.name,
    engineLabel: engine.label,
    model: model.id,
    gpu: gpu.name,
    ...rest,
    ...limits,
    capacityTokens: limits.capacityPages * limits.pageTokens,
    ...(Object.keys(cost).length === 0 ? {} : { cost: { ...cost } }),
  };
}

function findOr<Preset>(find: (name: string) => Preset, given: string | Preset): Preset {
  return typeof given === "string" ? find(given) : given;
}

function checkOneOf<Word extends string>(name: string, words: readonly Word[], value: string): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const message = `Cannot simulate engine as '${name}' must be ${words.join(" or ")}: got "${value}"`;
  throw new RangeError(message + suggest(value, words));
}

function checkConstant(name: string, value: number | undefined): void {
  const names = Object.keys(fittedConstants);
  if (!names.includes(name)) {
    throw new RangeError(`Cannot simulate engine as 'cost' has no figure "${name}"${suggest(name, names)}`);
  }
  const isDivisor = /Share$|PerS$/.test(name);
  if (!(Number.isFinite(value) && Number(value) >= 0) || (isDivisor && value === 0)) {
    throw badOption(`cost.${name}`, isDivisor ? "a number above 0" : "a number ≥ 0", value);
  }
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

function badOption(name: string, domain: string, value: unknown): RangeError {
  return new RangeError(`Cannot simulate engine as '${name}' must be ${domain}: current value is ${value}`);
}
