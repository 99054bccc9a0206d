/**
 * Rounds as a run: one dataset, or the stages of a recipe, in one artifact.
 *
 * @module
 */
import { createHash } from "node:crypto";

import { resolveSimulator, type SimulatorOptions } from "../simulator/options.ts";
import type { Run, Sampling } from "../types.ts";
import { planDualRound } from "./dual_round.ts";
import { type MultiTurnOptions, planMultiTurn } from "./multi_turn.ts";
import { type ModePlan, runOnline } from "./online_run.ts";
import type { OpenEngine } from "./open_engine.ts";
import {
  describeLevels,
  describeRounds,
  type RoundsOptions,
  type StagePlan,
  TheoreticalCache,
} from "./rounds.ts";

/** What is asked in rounds. */
export type RoundsMode = "dual-round" | "multi-turn";

/** A stage of a run: what differs from the run's own options. */
export interface RoundsStage {
  readonly name: string;
  readonly options: Partial<MultiTurnOptions>;
  /** Options of the embedded engine. A stage with others than the one before gets a new engine. */
  readonly simulator?: SimulatorOptions;
  /** Variables that were meant for a server; recorded. */
  readonly env: Readonly<Record<string, string>>;
}

/** Everything a run of rounds can be told. */
export interface RunRoundsOptions extends RoundsOptions, MultiTurnOptions {
  readonly shuffleRound2?: boolean;
  /** @default {"dual-round"} */
  readonly mode?: RoundsMode;
  /** Run one after the other. @default one that has no name */
  readonly stages?: readonly RoundsStage[];
  /** Name of the recipe that the stages are from. */
  readonly recipe?: string;
}

/**
 * Asks a dataset in rounds, at several levels of concurrency: the same requests again, or conversations that keep their
 * history. Before the first round of a level the engine's prefix cache is emptied, where it can be.
 *
 * @returns The run and its folder; a run in which nothing succeeded says so in its status.
 * @throws {UsageError} For options or a dataset that cannot work.
 * @throws {RunError} When the engine cannot be had.
 * @throws The signal's reason, when it was aborted before the run began.
 */
export async function runRounds(options: RunRoundsOptions): Promise<{ run: Run; folder: string }> {
  const { mode = "dual-round", stages, ...rest } = options;
  const simulator = stages?.[0]?.simulator ?? options.simulator;
  return await runOnline(
    { ...rest, simulator },
    (engine) => planRun(engine, { ...options, mode, simulator }),
  );
}

async function planRun(
  engine: OpenEngine,
  options: RunRoundsOptions & { readonly mode: RoundsMode },
): Promise<ModePlan> {
  const { mode, stages } = options;
  const plan = mode === "multi-turn" ? planMultiTurn : planDualRound;
  const plans: StagePlan[] = [];
  let cache = newCache(engine, options);
  let key = JSON.stringify(options.simulator);
  const records: RecordedStage[] = [];
  for (const stage of stages ?? [null]) {
    const simulator = stage?.simulator;
    const stageKey = simulator === undefined ? key : JSON.stringify(simulator);
    if (stageKey !== key) cache = newCache(engine, { ...options, simulator });
    key = stageKey;
    const ofStage = { ...options, ...stage?.options };
    const { cells, ...rest } = await plan(
      simulator === undefined ? engine : { ...engine, contextTokens: contextOf(simulator) },
      ofStage,
      { stage: stage?.name ?? null, cache },
    );
    if (stage !== null) records.push(recordStage(stage, { options: ofStage, plan: rest }));
    plans.push({ ...rest, cells: cells.map((cell) => ({ ...cell, ...(simulator && { simulator }) })) });
  }
  const [first] = plans;
  if (first === undefined) throw new RangeError("Cannot run rounds as there are no stages");
  const what = mode === "multi-turn" ? `conversations of ${first.dataset.name}` : first.dataset.name;
  return {
    shortName: mode,
    mode,
    title: stages === undefined
      ? `${what}, ${describeRounds(first.rounds)} at ${describeLevels(first.levels)}`
      : `${options.recipe ?? "recipe"}, ${stages.length} stages of ${what}`,
    options: {
      ...{
        concurrency: first.levels,
        rounds: first.rounds,
        dataset: first.dataset.path,
        lang: options.lang ?? "en",
        sampling: options.sampling ?? GREEDY,
      },
      resetCacheBetweenConcurrency: first.cells[0]?.resetsCache ?? false,
      ...(mode === "multi-turn" ? { thinkMs: options.thinkMs ?? 0 } : {}),
      ...(stages === undefined ? {} : { stages: records }),
    },
    workload: {
      trace: null,
      dataset: first.dataset,
      prompts: {
        kind: "dataset",
        sha256: plans.length === 1 ? first.prompts.sha256 : hashAll(plans),
        templateTokens: 0,
        lengthCheck: first.prompts.lengthCheck,
      },
      skipped: plans.flatMap(({ skipped }) => skipped),
      notes: [...new Set(plans.flatMap(({ notes }) => notes))],
    },
    cells: plans.flatMap(({ cells }) => cells),
    onCellFailure: "go-on",
  };
}

function contextOf(simulator: SimulatorOptions): number {
  return resolveSimulator(simulator).scheduler.contextTokens;
}

/** Of the embedded engine the pages are known; of a server, what the user says, else the usual of its kind. */
function newCache(
  { profile }: OpenEngine,
  { baseUrl, simulator, cachePageTokens }: Pick<RoundsOptions, "baseUrl" | "simulator" | "cachePageTokens">,
): TheoreticalCache {
  return new TheoreticalCache(
    baseUrl === undefined
      ? resolveSimulator(simulator).scheduler.pageTokens
      : cachePageTokens ?? profile.cachePageTokens,
  );
}

const GREEDY: Sampling = { temperature: 0 };

/** A stage in the manifest: what it was asked with, in the terms of the run's own options. */
type RecordedStage = Readonly<Record<string, unknown>> & { readonly name: string };

/** Of the environment only the names: values may be keys. */
function recordStage(
  { name, env, simulator }: RoundsStage,
  { options, plan: { dataset, levels, rounds } }: {
    readonly options: RunRoundsOptions;
    readonly plan: Pick<StagePlan, "dataset" | "levels" | "rounds">;
  },
): RecordedStage {
  const { numSamples, maxInputTokens, maxOutputTokens, maxContextTokens, ignoreEos, extraBody } = options;
  return {
    ...{ name, envNames: Object.keys(env), simulator, rounds, concurrency: levels },
    ...{ dataset: dataset.path, datasetSha256: dataset.sha256, rows: dataset.rows, numSamples },
    ...{ maxInputTokens, maxOutputTokens, maxContextTokens, ignoreEos, extraBody },
    ...{
      shuffleRound2: options.shuffleRound2,
      thinkMs: options.thinkMs,
      sampling: options.sampling ?? GREEDY,
    },
  };
}

function hashAll(plans: readonly StagePlan[]): string {
  return createHash("sha256").update(plans.map(({ prompts }) => prompts.sha256).join("\n")).digest("hex");
}
