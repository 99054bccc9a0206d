/**
 * Every combination of some engine options, each with a name that says what sets it apart.
 *
 * @module
 */
import { findEnginePreset } from "../simulator/engine_presets.ts";
import { describeSimulator, resolveSimulator, type SimulatorOptions } from "../simulator/options.ts";
import { findGpu, findModel } from "../simulator/presets.ts";

/** A preset and what it is called. */
export interface NamedPreset {
  readonly name: string;
  readonly options: SimulatorOptions;
}

/** Values to be tried for each option; an option that is absent keeps its default. */
export interface EngineGrid {
  /** Bundles of options; all others win over them. */
  readonly preset?: readonly NamedPreset[];
  readonly engine?: readonly string[];
  readonly model?: readonly string[];
  readonly gpu?: readonly string[];
  readonly tp?: readonly number[];
  readonly cache?: readonly string[];
  readonly pageTokens?: readonly number[];
  readonly memoryRatio?: readonly number[];
  readonly maxRunningRequests?: readonly number[];
  readonly prefillBudgetTokens?: readonly number[];
  readonly overlap?: readonly boolean[];
}

/** One combination. */
export interface GridConfiguration {
  readonly index: number;
  /** What sets it apart: "TP 4 naive". The description where there is nothing to be set apart from. */
  readonly label: string;
  /** The options that differ between combinations, by name. */
  readonly varied: Readonly<Record<string, string | number | boolean>>;
  readonly options: SimulatorOptions;
}

type Value = NamedPreset | string | number | boolean;

/** The options that can be varied, in the order in which labels name them, and how a label shows a value. */
const axes: {
  readonly [Key in keyof EngineGrid]-?: (value: NonNullable<EngineGrid[Key]>[number]) => string;
} = {
  preset: ({ name }) => name,
  engine: (name) => findEnginePreset(name).name,
  model: (name) => findModel(name).name,
  gpu: (name) => findGpu(name).name,
  tp: (gpus) => `TP ${gpus}`,
  cache: (kind) => kind,
  pageTokens: (tokens) => tokens === 1 ? "pages of 1" : `pages of ${tokens}`,
  memoryRatio: (ratio) => `memory ${ratio}`,
  maxRunningRequests: (count) => `max ${count} running`,
  prefillBudgetTokens: (tokens) => `budget ${tokens}`,
  overlap: (isOn) => isOn ? "overlap" : "no overlap",
};

/** Names of the options that can be varied. */
export const gridKeys = Object.keys(axes) as readonly (keyof EngineGrid)[];

/**
 * Makes every combination, the last option varying fastest.
 *
 * @returns One configuration without label parts when nothing is varied. Whether it can be is not decided here.
 * @throws {RangeError} When a list is empty, a value stands twice, or a name is not known.
 * @example
 * ```ts
 * import { combine } from "./engine_grid.ts";
 * import assert from "node:assert/strict";
 *
 * const configurations = combine({ gpu: ["H100"], tp: [2, 4], cache: ["radix", "naive"] });
 * assert.deepEqual(configurations.map(({ label }) => label), [
 *   "TP 2 radix",
 *   "TP 2 naive",
 *   "TP 4 radix",
 *   "TP 4 naive",
 * ]);
 * assert.deepEqual(configurations[3]?.options, { gpu: "H100", tp: 4, cache: "naive" });
 * ```
 */
export function combine(grid: EngineGrid): GridConfiguration[] {
  let combinations: { readonly [key: string]: Value }[] = [{}];
  const varied: (keyof EngineGrid)[] = [];
  for (const key of gridKeys) {
    const values: readonly Value[] | undefined = grid[key];
    if (values === undefined) continue;
    checkValues(key, values);
    if (values.length > 1) varied.push(key);
    combinations = combinations.flatMap((before) => values.map((value) => ({ ...before, [key]: value })));
  }
  return combinations.map((combination, index) => {
    const { preset, ...options } = combination;
    const all: SimulatorOptions = { ...(preset as NamedPreset | undefined)?.options, ...options };
    const parts = varied.map((key) => labelOf(key, combination[key]));
    return {
      index,
      label: parts.join(" ") || describeOr(all),
      varied: Object.fromEntries(varied.map((key) => [key, plain(combination[key])])),
      options: all,
    };
  });
}

function checkValues(key: keyof EngineGrid, values: readonly Value[]): void {
  if (values.length === 0) throw new RangeError(`Cannot vary '${key}' as it has no values`);
  const labels = values.map((value) => labelOf(key, value)); // throws for a name that is not known
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new RangeError(`Cannot vary '${key}' as one value stands twice: ${twice}`);
  if (key === "cache") {
    for (const value of values) {
      resolveSimulator({ cache: value as "radix" | "naive" });
    }
  }
}

function labelOf(key: keyof EngineGrid, value: Value | undefined): string {
  // TypeScript does not see that a value of a key is what the label of that key takes.
  return (axes[key] as (value: Value | undefined) => string)(value);
}

function plain(value: Value | undefined): string | number | boolean {
  return typeof value === "object" ? value.name : value ?? "";
}

function describeOr(options: SimulatorOptions): string {
  try {
    return describeSimulator(options).replace(/^simulated (.*) \(.*\)$/, "$1");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "the only configuration";
  }
}
