/**
 * Engines on the same load, in turn and repeatedly.
 *
 * @module
 */
import {
  createComparison,
  readComparison,
  readComparisonManifest,
  readRunIn,
  writeComparison,
} from "../../artifact/comparison_file.ts";
import type { ComparisonManifest, ComparisonStep, StoredComparison } from "../../comparison.ts";
import { findProfile } from "../../engines/launch/find_profile.ts";
import { checkLaunch } from "../../engines/launch/launch_engine.ts";
import { type LaunchPlan, maskCommand } from "../../engines/mod.ts";
import { RunError, UsageError } from "../../errors.ts";
import { declareComparison } from "../../metrics/compare/judge_comparison.ts";
import { hashInts } from "../../random.ts";
import type { JsonObject } from "../../types.ts";
import { DEFAULT_SEED, type OnlineOptions } from "../online_run.ts";
import type { EngineOptions } from "../open_engine.ts";
import { comparableModes, findComparableMode, type LoadOptions } from "./comparable_modes.ts";
import { checkModels } from "./check_models.ts";
import { describeChoice, type EngineChoice, engineOptions } from "./engine_choice.ts";
import { LaunchSlot } from "./launch_slot.ts";
import { interleave } from "./steps.ts";

/** What must not be kept, and who wants to know how it goes. */
export type ComparisonWatcher =
  & Pick<OnlineOptions, "apiKey" | "headers" | "signal" | "onNote" | "onPlan" | "onEvent">
  & {
    /** Called before each step that is run. */
    readonly onStep?: (step: ComparisonStep, manifest: ComparisonManifest) => void;
  };

/** What a comparison is started with. */
export interface ComparisonOptions {
  /** At least two; the first is the one that the others are compared with. */
  readonly engines: readonly EngineChoice[];
  /** Name from {@linkcode comparableModes}. @default {"trace-replay"} */
  readonly mode?: string;
  /** Scale factors, batch sizes or levels of concurrency. @default the mode's */
  readonly loads?: readonly number[];
  /** How often every engine is asked at every load. @default {3} */
  readonly repeats?: number;
  readonly load?: LoadOptions;
  /** Whether engines that serve different models are compared all the same. @default false */
  readonly allowDifferentModels?: boolean;
  /** @default 42 */
  readonly seed?: number;
  /** @default made of the date */
  readonly comparisonId?: string;
  /** @default "data/runs" */
  readonly outputDir?: string;
  /** Command line for the manifest, secrets removed. */
  readonly command?: readonly string[];
}

/** A comparison and where it is. */
export interface RanComparison {
  readonly stored: StoredComparison;
  readonly folder: string;
}

/** Fewer do not tell how much a run differs from the next one of the same engine. */
const DEFAULT_REPEATS = 3;

/**
 * Compares engines: every engine at every load, `repeats` times, interleaved.
 *
 * In one repeat all engines are asked the same prompts at the same instants; the next repeat has other texts with the same
 * lengths, so that no prefix cache finds what was asked before. Before every load the cache is emptied where it can be.
 * What was measured is on disk at once: an interrupted comparison is continued by {@linkcode resumeComparison}.
 *
 * @throws {UsageError} For options that cannot work, and for engines with different models.
 * @throws {RunError} When an engine cannot be had or fails; the comparison can be resumed.
 */
export async function runComparison(
  options: ComparisonOptions,
  watcher: ComparisonWatcher = {},
): Promise<RanComparison> {
  const { engines, seed = DEFAULT_SEED, repeats = DEFAULT_REPEATS, load = {} } = options;
  const mode = findComparableMode(options.mode ?? comparableModes[0]?.name ?? "");
  checkEngines(engines, load);
  if (!Number.isSafeInteger(repeats) || repeats < 1) {
    throw new UsageError(
      `Cannot compare as 'repeats' must be a whole number ≥ 1: current value is ${repeats}`,
    );
  }
  const loads = options.loads ?? mode.defaultLoads;
  const twice = loads.find((load, i) => loads.indexOf(load) !== i);
  if (twice !== undefined) {
    throw new UsageError(`Cannot compare as ${mode.parameter} ${twice} stands twice: give every load once`);
  }
  const plans = await planLaunches(engines);
  if (options.allowDifferentModels !== true) await checkModels(engines, watcher);
  const startedAt = new Date().toISOString();
  const manifest: ComparisonManifest = {
    schemaVersion: 1,
    comparisonId: options.comparisonId ??
      `${startedAt.slice(0, 23).replaceAll(/[:.]/g, "")}-compare`,
    title: engines.map(({ name }) => name).join(" against "),
    status: "running",
    startedAt,
    command: options.command ?? [],
    mode: mode.name,
    loads: { parameter: mode.parameter, values: loads },
    options: asJson({ ...load, allowDifferentModels: options.allowDifferentModels }),
    seed,
    declared: declareComparison(load.slo),
    repeats,
    engines: engines.map((choice, i) => ({
      name: choice.name,
      kind: choice.kind,
      options: asJson({ ...choice, ...settled(plans[i]) }),
      info: null,
      launchCommand: commandOf(plans[i]),
    })),
    steps: interleave({ engines: engines.length, repeats }),
  };
  const folder = createComparison(options.outputDir ?? "data/runs", manifest);
  return await runSteps(folder, manifest, watcher);
}

/**
 * Goes on with a comparison that was interrupted or failed. Loads that were measured whole are not repeated.
 *
 * @param folder `data/runs/<comparison-id>`.
 * @throws {UsageError} When there is none in the folder.
 * @throws {RunError} When an engine cannot be had or fails.
 */
export async function resumeComparison(
  folder: string,
  watcher: ComparisonWatcher = {},
): Promise<RanComparison> {
  const manifest = readComparisonManifest(folder);
  if (manifest.engines.some(({ kind }) => kind === "measured")) {
    return { stored: await readComparison(folder), folder };
  }
  if (manifest.steps.some(({ status }) => status !== "complete")) await checkCommands(manifest);
  return await runSteps(folder, { ...manifest, status: "running" }, watcher);
}

/** What launched engines will be started with, and `null` for the others. @throws {UsageError} When one cannot be. */
function planLaunches(engines: readonly EngineChoice[]): Promise<(LaunchPlan | null)[]> {
  return Promise.all(
    engines.map((choice) => choice.kind === "launched" ? checkLaunch(findProfile(choice), choice) : null),
  );
}

function commandOf(plan: LaunchPlan | null = null): readonly string[] | null {
  return plan && maskCommand(plan.command);
}

/** What preset and profile settled, written down with the choice. */
function settled(plan: LaunchPlan | null = null): Partial<EngineChoice> {
  if (plan === null) return {};
  const { model, port, tp } = plan;
  return { port, ...(model && { model }), ...(tp && { tp }) };
}

/** @throws {UsageError} When a launched engine would be started by another command than it was. */
async function checkCommands({ engines }: ComparisonManifest): Promise<void> {
  const plans = await planLaunches(engines.map(choiceOf));
  for (const [i, { name, launchCommand }] of engines.entries()) {
    const now = commandOf(plans[i]);
    if (JSON.stringify(now) === JSON.stringify(launchCommand)) continue;
    throw new UsageError(
      `Cannot go on as ${name} was started by "${launchCommand?.join(" ")}" and would now be by "${
        now?.join(" ")
      }": restore its profile, or begin a new comparison`,
    );
  }
}

/** What an engine of a comparison is opened with; it was written by {@linkcode runComparison}. */
function choiceOf({ options }: ComparisonManifest["engines"][number]): EngineChoice {
  return options as unknown as EngineChoice;
}

async function runSteps(
  folder: string,
  start: ComparisonManifest,
  watcher: ComparisonWatcher,
): Promise<RanComparison> {
  let manifest = start;
  await using slot = new LaunchSlot({ ...watcher, folder });
  const update = (change: Partial<ComparisonManifest>) => {
    manifest = { ...manifest, ...change };
    writeComparison(folder, manifest);
  };
  update({});
  for (const { index } of manifest.steps) {
    if (watcher.signal?.aborted) break;
    const step = stepAt(manifest, index);
    const left = await loadsLeft(folder, { step, manifest });
    const change = (changed: Partial<ComparisonStep>) =>
      update({
        steps: manifest.steps.map((one) => one.index === index ? { ...one, ...changed } : one),
      });
    if (left.length === 0) {
      if (step.status !== "complete") change({ status: "complete" });
      continue;
    }
    watcher.onStep?.(step, manifest);
    const runId = nameRun(manifest, step);
    const { error: _, ...begun } = { error: undefined, ...step };
    update({
      steps: manifest.steps.map((one) =>
        one.index === index ? { ...begun, status: "interrupted", runs: [...step.runs, runId] } : one
      ),
    });
    try {
      const { run } = await runStep({ folder, manifest, step, left, runId, slot }, watcher);
      const { status, engine, error } = run.manifest;
      change({
        status: status === "running" ? "interrupted" : status,
        ...(error === undefined ? {} : { error }),
      });
      update({
        engines: manifest.engines.map((one, i) =>
          i === step.engine ? { ...one, info: one.info ?? engine } : one
        ),
      });
      if (status === "failed") throw new RunError(error ?? "nothing succeeded");
    } catch (cause) {
      if (watcher.signal?.aborted && cause === watcher.signal.reason) break;
      const message = cause instanceof Error ? cause.message : String(cause);
      change({ status: "failed", error: message });
      update({ status: "failed" });
      if (cause instanceof RunError) {
        throw new RunError(
          `${manifest.engines[step.engine]?.name}, repeat ${step.repeat}: ${message}\n` +
            `What was measured is kept; go on with: deno task bench:compare --resume ${folder}`,
          { cause },
        );
      }
      throw cause;
    }
  }
  update({ status: watcher.signal?.aborted ? "interrupted" : "complete" });
  return { stored: await readComparison(folder), folder };
}

async function runStep(
  { folder, manifest, step, left, runId, slot }: {
    readonly folder: string;
    readonly manifest: ComparisonManifest;
    readonly step: ComparisonStep;
    readonly left: readonly number[];
    readonly runId: string;
    readonly slot: LaunchSlot;
  },
  { onStep: _, ...watcher }: ComparisonWatcher,
) {
  const { seed, command, engines } = manifest;
  const engine = engines[step.engine];
  if (engine === undefined) throw new RangeError(`Cannot run step ${step.index} as it has no engine`);
  const choice = choiceOf(engine);
  const run = ({ signal, ...opened }: EngineOptions) =>
    findComparableMode(manifest.mode).run({
      ...manifest.options as LoadOptions,
      ...watcher,
      ...opened,
      ...{ signal, seed, runId, command, outputDir: folder },
      // The first repeat asks what the mode alone would ask.
      promptSeed: step.repeat === 1 ? seed : hashInts(seed, step.repeat),
    }, left);
  const { signal } = watcher;
  if (choice.kind === "launched") return await slot.use(choice, { step, use: run });
  // Nothing else may run on the machine meanwhile.
  await slot.release();
  return await run({ ...engineOptions(choice, { ...step, seed }), signal });
}

/** Loads that no run of the step has measured whole. */
async function loadsLeft(
  folder: string,
  { step, manifest: { loads } }: { readonly step: ComparisonStep; readonly manifest: ComparisonManifest },
): Promise<number[]> {
  if (step.status === "complete") return [];
  const done = new Set<number>();
  for (const name of step.runs) {
    const cells = (await readRunIn(folder, name))?.manifest.cells ?? [];
    for (const value of loads.values) {
      const ofLoad = cells.filter(({ parameters }) => parameters[loads.parameter] === value);
      if (ofLoad.length > 0 && ofLoad.every(({ status }) => status === "complete")) done.add(value);
    }
  }
  return loads.values.filter((value) => !done.has(value));
}

/** "2026-11-22T134501123-compare-sglang-2", and ".2" behind it when it is resumed. */
function nameRun(
  { comparisonId, engines }: ComparisonManifest,
  { engine, repeat, runs }: ComparisonStep,
): string {
  // Names that differ in other signs only would be one run: such are told apart by their places.
  const slugs = engines.map(({ name }) => name.replaceAll(/[^A-Za-z0-9.-]+/g, "_").toLowerCase());
  const isShared = slugs.filter((slug) => slug === slugs[engine]).length > 1;
  const name = (engines[engine]?.name ?? "").replaceAll(/[^A-Za-z0-9.-]+/g, "_");
  const slug = isShared ? `${name}-engine-${engine + 1}` : name;
  return `${comparisonId}-${slug}-${repeat}${runs.length === 0 ? "" : `.${runs.length + 1}`}`;
}

function stepAt({ steps }: ComparisonManifest, index: number): ComparisonStep {
  const step = steps[index];
  if (step === undefined) throw new RangeError(`Cannot find step as the comparison has no index ${index}`);
  return step;
}

/** @throws {UsageError} When there are fewer than two, a name stands twice, or virtual time is asked of a server. */
function checkEngines(engines: readonly EngineChoice[], { virtualTime }: LoadOptions): void {
  if (engines.length < 2) {
    throw new UsageError(
      `Cannot compare ${engines.length === 0 ? "no engine" : "one engine"}: name two or more, for example ` +
        "mini-sglang=http://127.0.0.1:1919/v1 sglang=http://127.0.0.1:30000/v1",
    );
  }
  const names = engines.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new UsageError(
      `Cannot compare as two engines are called "${twice}": put a name before them, as in a=sim:sglang b=sim:sglang`,
    );
  }
  const server = engines.find(({ kind }) => kind !== "simulated");
  if (virtualTime && server !== undefined) {
    throw new UsageError(
      `Cannot use virtual time with ${
        describeChoice(server)
      }: only simulated engines can be computed, a server has to be waited for`,
    );
  }
}

function asJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
