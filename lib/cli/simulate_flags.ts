/**
 * The flags of `deno task simulate`, and the grid that they describe together with a grid file.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option, type OptionValues } from "@commander-js/extra-typings";

import { rootMessage, UsageError } from "../errors.ts";
import type { LatencyLimit, LatencyLimits } from "../metrics/latency_limits.ts";
import { type SloPercentile, sloPercentiles } from "../metrics/slo.ts";
import type { EngineGrid, NamedPreset } from "../modes/engine_grid.ts";
import { DEFAULT_SLO_PERCENTILE, type GridFile, parseGridFile } from "../modes/grid_file.ts";
import { enginePresets } from "../simulator/engine_presets.ts";
import { gpuPresets, modelPresets } from "../simulator/presets.ts";
import { basename } from "../std.ts";
import { integer, listOf, positive, simulatorOptions } from "./flags.ts";

/** Values of {@linkcode gridFlags}. */
export interface GridFlags {
  readonly grid?: string;
  readonly simPreset?: string[];
  readonly simEngine?: string[];
  readonly gpu?: string[];
  readonly tp?: number[];
  readonly cache?: string[];
  readonly pageSize?: number[];
  readonly memoryRatio?: number[];
  readonly maxRunning?: number[];
  readonly prefillBudget?: number[];
  readonly overlap?: boolean[];
  readonly scales?: number[];
  readonly sloTtftMs?: number;
  readonly sloTpotMs?: number;
  readonly sloPercentile?: SloPercentile;
  readonly findLoad?: boolean;
  readonly failOnSlo?: boolean;
}

/** What is tried when nobody says what: does a larger machine pay, and does the prefix cache? */
export const DEFAULT_GRID: EngineGrid = { tp: [2, 4, 8], cache: ["radix", "naive"] };

/** A small load, and what makes the smallest of the default machines queue. */
export const DEFAULT_SCALES: readonly number[] = [0.2, 0.4, 0.8];

/** The flags of the grid; one list, because types inferred over a longer chain take minutes to check. */
function gridFlagList(): Option[] {
  const names = (presets: readonly { readonly name: string }[]) => presets.map(({ name }) => name).join(", ");
  const list = <T>(flags: string, description: string, read: (text: string) => T) =>
    new Option(flags, description).argParser(listOf(read));
  const text = (value: string) => value;
  return [
    new Option(
      "--grid <path>",
      "a .yaml file with engine, scales, trace, requests, seed, slo; flags win over it",
    ),
    list("--tp <n...>", "GPUs that share the model, tensor parallel (default: 4)", integer(1)),
    list("--gpu <names...>", `${names(gpuPresets)} (default: H200)`, text),
    list("--cache <kinds...>", "prefix cache: radix, or naive, which never matches (default: radix)", text),
    list("--prefill-budget <tokens...>", "most prompt tokens in a batch (default: 8192)", integer(1)),
    list(
      "--overlap <on|off...>",
      "whether the host prepares batches while the GPU computes (default: on)",
      onOff,
    ),
    list("--max-running <n...>", "requests in batches at a time (default: the engine's)", integer(1)),
    list("--page-size <tokens...>", "tokens per page of the KV cache (default: 1)", integer(1)),
    list("--memory-ratio <shares...>", "of free GPU memory for weights and cache (default: 0.9)", positive),
    list("--sim-engine <names...>", `${names(enginePresets)}: whose admission (default: mini-sglang)`, text),
    list(
      "--sim-preset <names...>",
      `model (${names(modelPresets)}), or .yaml files with any of the options (default: Qwen3-32B)`,
      text,
    ),
  ];
}

function onOff(text: string): boolean {
  if (text !== "on" && text !== "off") throw new InvalidArgumentError("It must be on or off.");
  return text === "on";
}

/** Adds the flags of the grid: each takes one value or several. */
export function gridFlags<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
): Command<Args, Opts & GridFlags> {
  const objective = [
    new Option("--slo-ttft-ms <ms>", "largest TTFT that is acceptable (default: no objective)").argParser(
      positive,
    ),
    new Option("--slo-tpot-ms <ms>", "largest TPOT that is acceptable (default: no objective)").argParser(
      positive,
    ),
    new Option("--slo-percentile <p>", `of both: ${sloPercentiles.join(", ")}`).choices(sloPercentiles)
      .default(DEFAULT_SLO_PERCENTILE),
    new Option(
      "--find-load",
      "look between the scales for the largest load that meets the objective, to 5 %",
    ),
    new Option("--fail-on-slo", "exit with 99 when no configuration meets the objective"),
  ];
  command.optionsGroup("Engine options to be tried (each takes several values):");
  for (const option of gridFlagList()) command.addOption(option);
  command.optionsGroup("Objective:");
  for (const option of objective) command.addOption(option);
  return command as unknown as Command<Args, Opts & GridFlags>;
}

/** Reads the grid file that is named, if one is. @throws {UsageError} When it cannot be read. */
export function readGridFile(path: string | undefined): GridFile {
  if (path === undefined) return { engine: {} };
  try {
    return parseGridFile(Deno.readTextFileSync(path), path);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause;
    throw new UsageError(
      cause instanceof RangeError ? cause.message : `Cannot read grid ${path}: ${rootMessage(cause)}`,
      { cause },
    );
  }
}

/**
 * The grid that flags and file describe; {@linkcode DEFAULT_GRID} where they say nothing about the engine.
 *
 * @throws {UsageError} When there is no such preset.
 */
export function gridOf(flags: GridFlags, file: GridFile): EngineGrid {
  const presets = flags.simPreset ?? file.engine.preset;
  const given: EngineGrid = {
    ...file.engine,
    ...withoutAbsent({
      engine: flags.simEngine,
      gpu: flags.gpu,
      tp: flags.tp,
      cache: flags.cache,
      pageTokens: flags.pageSize,
      memoryRatio: flags.memoryRatio,
      maxRunningRequests: flags.maxRunning,
      prefillBudgetTokens: flags.prefillBudget,
      overlap: flags.overlap,
    }),
    ...{ preset: presets?.map(readPreset) },
  };
  const known = withoutAbsent(given);
  return Object.keys(known).length === 0 ? DEFAULT_GRID : known;
}

function readPreset(name: string): NamedPreset {
  return { name: basename(name).replace(/\.ya?ml$/i, ""), options: simulatorOptions({ simPreset: name }) };
}

/** The objective that flags and file describe: a flag replaces every limit of its latency. */
export function sloOf(
  { sloTtftMs, sloTpotMs, sloPercentile: percentile }: GridFlags,
  file: GridFile,
): LatencyLimits {
  const limit = (metric: LatencyLimit["metric"], limitMs: number | undefined): LatencyLimit[] =>
    limitMs === undefined
      ? (file.slo ?? []).filter((one) => one.metric === metric)
      : [{ metric, percentile: percentile ?? DEFAULT_SLO_PERCENTILE, limitMs }];
  return [
    ...limit("ttft", sloTtftMs),
    ...limit("tpot", sloTpotMs),
    ...limit("itl", undefined),
    ...limit("e2e", undefined),
  ];
}

function withoutAbsent<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
