/**
 * A comparison of runs that were measured before, each by itself.
 *
 * @module
 */
import { relative, resolve } from "node:path";

import { createComparison, readComparison } from "../../artifact/comparison_file.ts";
import { readRun } from "../../artifact/read.ts";
import type { ComparisonManifest } from "../../comparison.ts";
import { UsageError } from "../../errors.ts";
import { declareComparison } from "../../metrics/compare/judge_comparison.ts";
import { sloOf } from "../../metrics/slo.ts";
import type { RunManifest } from "../../types.ts";
import { DEFAULT_SEED } from "../online_run.ts";
import { comparableModes } from "./comparable_modes.ts";
import type { RanComparison } from "./run_comparison.ts";

/** An engine, and the folders of its runs: one per repeat. */
export interface MeasuredEngine {
  /** @default what the first run calls its engine */
  readonly name?: string;
  readonly folders: readonly string[];
}

/** Where the comparison goes. */
export interface GatherOptions {
  /** @default made of the date */
  readonly comparisonId?: string;
  /** @default "data/runs" */
  readonly outputDir?: string;
  /** Command line for the manifest, secrets removed. */
  readonly command?: readonly string[];
}

/**
 * Makes a comparison of runs; it refers to them where they are.
 *
 * Whether it is fair to compare them is for the checks to say. They were not asked in turn, and the page says so.
 *
 * @param engines At least two, with as many runs each; the first is the one that the others are compared with.
 * @throws {UsageError} When there are fewer, a run cannot be read, or they were measured in different modes.
 */
export async function gatherRuns(
  engines: readonly MeasuredEngine[],
  { comparisonId, outputDir = "data/runs", command = [] }: GatherOptions = {},
): Promise<RanComparison> {
  const repeats = engines[0]?.folders.length ?? 0;
  const uneven = engines.find(({ folders }) => folders.length !== repeats);
  if (engines.length < 2 || uneven !== undefined) {
    throw new UsageError(
      engines.length < 2
        ? "Cannot compare the runs of one engine: name two or more"
        : `Cannot compare as one engine has ${repeats} runs and another ${uneven?.folders.length}: the first run of one ` +
          "is compared with the first of the other, and so on",
    );
  }
  const all = engines.flatMap(({ folders }) => folders.map((folder) => resolve(folder)));
  const twice = all.find((folder, i) => all.indexOf(folder) !== i);
  if (twice !== undefined) {
    throw new UsageError(`Cannot compare a run with itself: ${relative(".", twice)} is named twice`);
  }
  const read = await Promise.all(
    engines.map(({ folders }) =>
      Promise.all(folders.map(async (folder) => ({ folder, manifest: (await readRun(folder)).manifest })))
    ),
  );
  const first = read[0]?.[0]?.manifest;
  if (first === undefined) throw new UsageError("Cannot compare as no run is named");
  const other = read.flat().find(({ manifest }) => manifest.mode !== first.mode);
  if (other !== undefined) {
    throw new UsageError(
      `Cannot compare as ${other.folder} was measured in mode ${other.manifest.mode} and the first run in ${first.mode}: ` +
        (first.mode === "import" || other.manifest.mode === "import"
          ? "imported runs can be compared with imported runs alone, so measure both with one tool"
          : "choose runs of one mode"),
    );
  }
  const startedAt = new Date().toISOString();
  const id = comparisonId ?? `${startedAt.slice(0, 23).replaceAll(/[:.]/g, "")}-compare`;
  const folder = `${outputDir}/${id}`;
  const named = nameEngines(engines, read.map((runs) => runs[0]?.manifest));
  const steps = read.flatMap((runs, engine) => runs.map((run, i) => ({ engine, repeat: i + 1, ...run })))
    .sort((a, b) => a.manifest.startedAt < b.manifest.startedAt ? -1 : 1);
  const manifest: ComparisonManifest = {
    schemaVersion: 1,
    comparisonId: id,
    title: named.map(({ name }) => name).join(" against "),
    status: "complete",
    startedAt,
    command,
    mode: first.mode,
    loads: loadsOf(first),
    options: first.options,
    seed: first.seed ?? DEFAULT_SEED,
    declared: declareComparison(sloOf(first)),
    repeats,
    engines: named,
    steps: steps.map(({ engine, repeat, folder: run }, index) => ({
      ...{ index, engine, repeat, status: "complete" },
      runs: [relative(folder, run)],
    })),
  };
  createComparison(outputDir, manifest);
  return { stored: await readComparison(folder), folder };
}

/** Names as they were given, else the engines' own; equal ones are told apart by number. */
function nameEngines(
  engines: readonly MeasuredEngine[],
  manifests: readonly (RunManifest | undefined)[],
): ComparisonManifest["engines"] {
  const names = engines.map(({ name }, i) => name ?? manifests[i]?.engine.name ?? "engine");
  return names.map((name, i) => ({
    name: names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} ${i + 1}`,
    kind: "measured",
    options: {},
    info: manifests[i]?.engine ?? null,
    launchCommand: null,
  }));
}

/** What the first run varied between its cells. */
function loadsOf({ mode, cells }: RunManifest): ComparisonManifest["loads"] {
  const known = comparableModes.find(({ name }) => name === mode)?.parameter;
  const parameter = known ?? Object.keys(cells[0]?.parameters ?? {})[0] ?? "load";
  const values = cells.flatMap(({ parameters }) => {
    const value = parameters[parameter];
    return typeof value === "number" ? [value] : [];
  });
  return { parameter, values: [...new Set(values)] };
}
