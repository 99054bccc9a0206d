/**
 * A recipe: rounds in stages, as YAML.
 *
 * ```yaml
 * global: { dataset: demo, rounds: 2, max_output_tokens: 32 }
 * stages:
 *   - { name: no cache, engine: { cache: naive }, concurrency_levels: [1, 8] }
 *   - { name: radix cache, concurrency_levels: [1, 8] }
 * ```
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { parsePresetObject } from "../simulator/preset_file.ts";
import type { SimulatorOptions } from "../simulator/options.ts";
import { parseYaml } from "../yaml.ts";
import { type RecipeKey, recipeKeys, type RecipeValue } from "./recipe_keys.ts";
import { readObject } from "./yaml_object.ts";

/** Values by key, as far as they are given. */
export type RecipeValues = {
  readonly [Key in keyof typeof recipeKeys]?: RecipeValue<(typeof recipeKeys)[Key]>;
};

/** One stage, with what `global` says filled in. */
export interface RecipeStage {
  readonly name: string;
  readonly values: RecipeValues;
  /** Options of the embedded engine, `global`'s and the stage's own. */
  readonly engine: SimulatorOptions;
  /** Variables for a server; nothing here starts one. */
  readonly env: Readonly<Record<string, string>>;
}

/** A recipe that can be run. */
export interface Recipe {
  /** What holds for the whole run. */
  readonly global: RecipeValues;
  /** At least one. */
  readonly stages: readonly RecipeStage[];
  /** What was read and has no effect, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads a recipe. Keys of other tools that mean nothing here are noted, not refused.
 *
 * @param name File name for messages.
 * @throws {SyntaxError} When it is not YAML.
 * @throws {RangeError} When a name is not known or a value cannot be; the message has the nearest name.
 * @throws {UsageError} When it asks for what must not stand in a file, or cannot be done.
 */
export function parseRecipe(text: string, name: string): Recipe {
  const file = readObject(parseYaml(text, name) ?? {}, {
    at: name,
    keys: ["global", "stages", "suites", "mock_server", "vllm"],
  });
  const notes: string[] = [];
  const global = readValues(file.global ?? {}, { at: `${name}: global`, where: "global", notes });
  const stages = listStages(file, name).map(({ value, at, name }, i) =>
    readStage(value, { at, defaultName: name ?? `stage ${i + 1}`, global, notes })
  );
  if (stages.length === 0) throw new RangeError(`Cannot read ${name} as it has no stages`);
  const twice = stages.find((stage, i) => stages.findIndex((other) => other.name === stage.name) !== i);
  if (twice !== undefined) {
    throw new RangeError(`Cannot read ${name} as two stages are called "${twice.name}"`);
  }
  readServers(file, { name, global: global.values, notes });
  return { global: global.values, stages, notes: [...new Set(notes)] };
}

interface ReadValues {
  readonly values: RecipeValues;
  readonly engine: SimulatorOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly name?: string;
}

interface Place {
  readonly at: string;
  readonly where: "global" | "stage";
  readonly notes: string[];
}

function readValues(value: unknown, { at, where, notes }: Place): ReadValues {
  const keys = Object.entries<RecipeKey>(recipeKeys).filter(([, { only }]) =>
    only === undefined || only === where
  );
  const ownKeys = where === "stage" ? ["name", "engine", "env"] : ["engine"];
  const object = readObject(value, {
    at,
    keys: [...keys.map(([key]) => key), ...ownKeys, ...IGNORED, "api_key"],
  });
  if ((object.api_key ?? null) !== null) {
    throw new UsageError(
      `Cannot take a key from ${at}: set OPENAI_API_KEY, and take api_key out of the file`,
    );
  }
  for (const key of IGNORED) {
    if (isSet(object[key])) notes.push(`${at}: ${key} is not used here.`);
  }
  const values = Object.fromEntries(
    keys.flatMap(([key, kind]) =>
      (object[key] ?? null) === null ? [] : [[key, readValue(object[key], kind, `${at}: ${key}`)]]
    ),
  ) as RecipeValues;
  return {
    values,
    engine: object.engine === undefined ? {} : parsePresetObject(toCamelCase(object.engine), `${at}: engine`),
    env: readEnv(object.env ?? {}, `${at}: env`),
    ...(object.name === undefined ? {} : { name: String(object.name) }),
  };
}

/** Keys of the tools that recipes come from. */
const IGNORED = [
  ...["debug", "debug_verbose", "debug_log_dir", "tokenizer_name"],
  ...["tokenizer_revision", "tokenizer_trust_remote_code"],
] as const;

function isSet(value: unknown): boolean {
  return (value ?? false) !== false;
}

interface ListedStage {
  readonly value: unknown;
  readonly at: string;
  /** Where the stage itself has none. */
  readonly name?: string;
}

/** Stages, in suites or by themselves. */
function listStages(file: Readonly<Record<string, unknown>>, name: string): ListedStage[] {
  if (file.suites === undefined) {
    return readList(file.stages ?? [], `${name}: stages`)
      .map((value, i) => ({ value, at: `${name}: stages[${i}]` }));
  }
  if (file.stages !== undefined) throw new RangeError(`Cannot read ${name} as it has both suites and stages`);
  return readList(file.suites, `${name}: suites`).flatMap((suite, i) => {
    const at = `${name}: suites[${i}]`;
    const { stages, name: suiteName } = readObject(suite, { at, keys: ["name", "stages"] });
    return readList(stages ?? [], `${at}: stages`).map((value, j) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new RangeError(`Cannot read ${at}: stages[${j}] as it must hold "name: value" lines`);
      }
      const ownName = (value as { readonly name?: unknown } | null)?.name;
      const full = `${suiteName ?? `suite ${i + 1}`}: ${ownName ?? `stage ${j + 1}`}`;
      return { value: { ...(value as object), name: full }, at: `${at}: stages[${j}]` };
    });
  });
}

function readStage(
  value: unknown,
  { at, defaultName, global, notes }: {
    readonly at: string;
    readonly defaultName: string;
    readonly global: ReadValues;
    readonly notes: string[];
  },
): RecipeStage {
  const own = readValues(value, { at, where: "stage", notes });
  const stage: RecipeStage = {
    name: own.name ?? defaultName,
    values: { ...global.values, ...own.values },
    engine: { ...global.engine, ...own.engine },
    env: own.env,
  };
  if (Object.keys(stage.env).length > 0) {
    notes.push(
      `${stage.name}: env is recorded and changes nothing, as the server is not started here (${
        Object.keys(stage.env).join(", ")
      }).`,
    );
  }
  return stage;
}

/** Servers that other tools start. */
function readServers(
  { mock_server: mock, vllm }: Readonly<Record<string, unknown>>,
  { name, global, notes }: { readonly name: string; readonly global: RecipeValues; readonly notes: string[] },
): void {
  const mockServer = readObject(mock ?? {}, {
    at: `${name}: mock_server`,
    keys: ["enabled", "host", "port"],
  });
  if (isSet(mockServer.enabled) && global.endpoint === undefined) {
    notes.push("mock_server: the embedded simulated engine takes its place.");
  }
  const keys = ["auto_restart", "startup_command", "port"];
  const { auto_restart: restart } = readObject(vllm ?? {}, { at: `${name}: vllm`, keys });
  if (isSet(restart)) {
    throw new UsageError(
      `Cannot restart vLLM between stages: ${name} must say auto_restart: false, and the server must be running`,
    );
  }
}

/** Options of the engine may be spelled as everything else in a recipe is. */
function toCamelCase(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key.replaceAll(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      one,
    ]),
  );
}

function readEnv(value: unknown, at: string): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RangeError(`Cannot read ${at} as it must hold "NAME: value" lines`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

function readList(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`Cannot read ${at} as it must be a list`);
}

function readValue(value: unknown, key: RecipeKey, at: string): unknown {
  const wrong = (what: string) =>
    new RangeError(`Cannot read ${at} as it must be ${what}: it is ${JSON.stringify(value)}`);
  switch (key.type) {
    case "text":
      if (typeof value !== "string" || value === "") throw wrong("text");
      return value;
    case "choice": {
      const choice = typeof value === "string" ? value.replaceAll("_", "-") : "";
      if (!key.choices?.includes(choice)) throw wrong(`one of ${key.choices?.join(", ")}`);
      return choice;
    }
    case "texts":
      return (Array.isArray(value) ? value : [value]).map((one) => {
        if (typeof one !== "string") throw wrong("a list of texts");
        return one;
      });
    case "flag":
      if (typeof value !== "boolean") throw wrong("true or false");
      return value;
    case "count":
      if (!isCount(value) || Number(value) > (key.most ?? Infinity)) {
        throw wrong(`a whole number ${key.most === undefined ? "≥ 1" : `from 1 to ${key.most}`}`);
      }
      return value;
    case "counts": {
      const list = Array.isArray(value) ? value : [value];
      if (list.length === 0 || !list.every(isCount)) throw wrong("a list of whole numbers ≥ 1");
      return list;
    }
    case "number":
      if (!(typeof value === "number" && value >= 0 && value < Infinity)) throw wrong("a number ≥ 0");
      return value;
    case "positive":
      if (!(typeof value === "number" && value > 0 && value <= (key.most ?? Number.MAX_VALUE))) {
        throw wrong(`a number above 0${key.most === undefined ? "" : ` and at most ${key.most}`}`);
      }
      return value;
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
