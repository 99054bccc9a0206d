/**
 * A user's own preset: the options of a simulated engine as YAML.
 *
 * ```yaml
 * engine: sglang
 * gpu: { name: B200, memoryBytes: 192e9, bandwidthBytesPerS: 8e12, flopsPerS: 2250e12, source: data sheet }
 * tp: 2
 * cost: { allReduceLatencyUs: 5 }
 * ```
 *
 * @module
 */
import { suggest } from "../suggest.ts";
import { parseYaml } from "../yaml.ts";
import { resolveSimulator, type SimulatorOptions } from "./options.ts";
import type { GpuPreset, ModelPreset } from "./presets.ts";

type Kind = "text" | "number" | "count" | "flag" | "numbers" | "model" | "gpu";

const OPTIONS: Readonly<Record<Exclude<keyof SimulatorOptions, "fixed">, Kind>> = {
  engine: "text",
  model: "model",
  gpu: "gpu",
  tp: "number",
  cache: "text",
  pageTokens: "number",
  memoryRatio: "number",
  maxRunningRequests: "number",
  prefillBudgetTokens: "number",
  overlap: "flag",
  contextTokens: "number",
  frontEndMs: "number",
  meanAnswerTokens: "number",
  jitter: "number",
  seed: "number",
  cost: "numbers",
  overlong: "text",
};

const MODEL: Readonly<Record<keyof ModelPreset, Kind>> = {
  name: "text",
  id: "text",
  layers: "count",
  hiddenSize: "count",
  queryHeads: "count",
  kvHeads: "count",
  headSize: "count",
  ffnSize: "count",
  vocabSize: "count",
  tiedEmbeddings: "flag",
  maxContextTokens: "count",
  source: "text",
};

const GPU: Readonly<Record<keyof GpuPreset, Kind>> = {
  name: "text",
  memoryBytes: "number",
  bandwidthBytesPerS: "number",
  flopsPerS: "number",
  source: "text",
};

/**
 * Understands the text of a preset file.
 *
 * @param name File name for messages.
 * @throws {SyntaxError} When it is not YAML.
 * @throws {RangeError} When an option is unknown, missing, or out of its domain; the message has the nearest name.
 * @example
 * ```ts
 * import { parsePresetFile } from "./preset_file.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parsePresetFile("gpu: H100\ntp: 8\n", "mine.yaml"), { gpu: "H100", tp: 8 });
 * assert.throws(() => parsePresetFile("gpus: 8", "mine.yaml"), /did you mean "gpu"/);
 * ```
 */
export function parsePresetFile(text: string, name: string): SimulatorOptions {
  return parsePresetObject(parseYaml(text, name) ?? {}, name);
}

/**
 * Understands the same options inside another file.
 *
 * @param name Where they stand, for messages.
 * @throws {RangeError} As {@linkcode parsePresetFile}.
 */
export function parsePresetObject(value: unknown, name: string): SimulatorOptions {
  const options = readObject(value, OPTIONS, name) as SimulatorOptions;
  try {
    resolveSimulator(options);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RangeError(`${name}: ${cause.message}`, { cause });
  }
  return options;
}

function readObject(value: unknown, kinds: Readonly<Record<string, Kind>>, at: string): object {
  if (!isObject(value)) throw new RangeError(`Cannot read ${at} as it must hold "name: value" lines`);
  for (const [key, member] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined) {
      throw new RangeError(`Cannot read ${at} as it has no "${key}"${suggest(key, Object.keys(kinds))}`);
    }
    check(member, kind, `${at}: ${key}`);
  }
  return value;
}

function check(value: unknown, kind: Kind, at: string): void {
  const expect = (isRight: boolean, what: string) => {
    if (!isRight) {
      throw new RangeError(`Cannot read ${at} as it must be ${what}: it is ${JSON.stringify(value)}`);
    }
  };
  switch (kind) {
    case "text":
      return expect(typeof value === "string", "text");
    case "number":
      return expect(typeof value === "number", "a number");
    case "count":
      return expect(Number.isSafeInteger(value) && Number(value) > 0, "a whole number above 0");
    case "flag":
      return expect(typeof value === "boolean", "true or false");
    case "numbers":
      return expect(
        isObject(value) && Object.values(value).every((one) => typeof one === "number"),
        "a list of name: number",
      );
    case "model":
      return typeof value === "string" ? undefined : checkWhole(value, MODEL, at);
    case "gpu":
      return typeof value === "string" ? undefined : checkWhole(value, GPU, at);
  }
}

/** A model or GPU of one's own has no defaults. */
function checkWhole(value: unknown, kinds: Readonly<Record<string, Kind>>, at: string): void {
  const object = readObject(value, kinds, at);
  const missing = Object.keys(kinds).filter((key) => !(key in object));
  if (missing.length > 0) throw new RangeError(`Cannot read ${at} as it lacks ${missing.join(", ")}`);
  for (const [key, kind] of Object.entries(kinds)) {
    const number = (object as Readonly<Record<string, unknown>>)[key];
    if (kind === "number" && !(typeof number === "number" && number > 0 && Number.isFinite(number))) {
      throw new RangeError(`Cannot read ${at} as "${key}" must be above 0: current value is ${number}`);
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
