/**
 * Several rounds of the same requests at several levels of concurrency: what a prefix cache brings.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { labels, type Lang } from "../labels.ts";
import { createRandom } from "../random.ts";
import type { CacheCounts, List, WorkloadInfo } from "../types.ts";
import { PrefixCounter } from "../workload/datasets/mod.ts";
import type { DatasetOptions, LoadedDataset } from "./load_dataset.ts";
import { drawRows } from "./load_dataset.ts";
import { DEFAULT_SEED, type OnlineOptions } from "./online_run.ts";
import type { OpenEngine } from "./open_engine.ts";
import { findCacheReset } from "./reset_cache.ts";
import type { CellPlan } from "./run_cells.ts";

/** Everything that both modes of rounds can be told. */
export interface RoundsOptions extends OnlineOptions, DatasetOptions {
  readonly seed?: number;
  /** Requests (or conversations) in flight, one level after the other. @default {[1]} */
  readonly concurrency?: readonly number[];
  /** How often the same is asked at each level. @default {2} */
  readonly rounds?: number;
  /** Whether later rounds ask in another order. @default false */
  readonly shuffleRound2?: boolean;
  /** Whether the cache is emptied before the first round of each level. @default true where the engine can do it */
  readonly resetCacheBetweenConcurrency?: boolean;
  /** Whether the cache is emptied before later rounds too. @default false */
  readonly resetCacheBetweenRounds?: boolean;
  /** Tokens per page of the engine's prefix cache. @default the embedded engine's own, else the usual of its kind */
  readonly cachePageTokens?: number;
  /** Language of labels. @default "en" */
  readonly lang?: Lang;
}

/** One dataset asked in rounds: all of a run, or one of its stages. */
export interface StagePlan {
  readonly cells: readonly CellPlan[];
  readonly levels: readonly number[];
  readonly rounds: number;
  readonly dataset: NonNullable<WorkloadInfo["dataset"]>;
  readonly prompts: Pick<WorkloadInfo["prompts"], "sha256" | "lengthCheck">;
  readonly skipped: WorkloadInfo["skipped"];
  readonly notes: readonly string[];
}

/** What a stage is planned with. */
export interface StageContext {
  /** `null` where a run has no stages. */
  readonly stage: string | null;
  /** Keeps what was asked in earlier stages of the same engine. */
  readonly cache: TheoreticalCache;
}

/** One round at one level of concurrency. */
export interface Round {
  readonly concurrency: number;
  /** From 1. */
  readonly round: number;
  /** Positions of the rows in the dataset, in the file's order. */
  readonly rows: readonly number[];
}

/** Rounds in the order in which they are run, and which of them begin with an empty cache. */
export interface RoundsPlan {
  readonly levels: readonly number[];
  readonly rounds: number;
  readonly cells: readonly (Round & Pick<CellPlan, "label" | "parameters" | "resetsCache">)[];
  readonly notes: readonly string[];
}

/**
 * Plans rounds.
 *
 * @throws {UsageError} For options that cannot work.
 */
export function planRounds(
  engine: OpenEngine,
  dataset: LoadedDataset,
  options: RoundsOptions & Pick<StageContext, "stage">,
): RoundsPlan {
  const { concurrency: levels = [1], rounds = 2, lang = "en", stage } = options;
  checkLevels(levels);
  const samples = samplesPerLevel(levels, options.numSamples);
  const canReset = findCacheReset(engine, options.resetCacheUrl) !== null;
  const { resetCacheBetweenConcurrency: coldLevels = canReset, resetCacheBetweenRounds: coldRounds = false } =
    options;
  if ((coldLevels || coldRounds) && !canReset) {
    throw new UsageError(
      `Cannot empty the prefix cache as ${engine.profile.label} has no route for it: name one with --reset-cache-url, ` +
        "or leave out --reset-cache-between-rounds and --reset-cache-between-concurrency",
    );
  }
  const cells = levels.flatMap((concurrency, i) => {
    const rows = drawRows(dataset, { samples: samples[i], seed: options.seed });
    return Array.from({ length: rounds }, (_, before) => ({
      ...{ concurrency, round: before + 1, rows },
      label: (stage === null ? "" : `${stage}: `) + labelOf({ concurrency, round: before + 1 }, lang),
      parameters: { ...(stage === null ? {} : { stage }), concurrency, round: before + 1 },
      resetsCache: before === 0 ? coldLevels : coldRounds,
    }));
  });
  return {
    ...{ levels, rounds, cells },
    notes: [...(coldLevels ? [] : [describeWarmth(levels)]), ...describeIdlePlaces(cells)],
  };
}

function labelOf(place: { readonly concurrency: number; readonly round: number }, lang: Lang): string {
  return lang === "zh"
    ? labels.zh.csv.column(place)
    : `concurrency ${place.concurrency}, round ${place.round}`;
}

function describeIdlePlaces(cells: readonly Round[]): string[] {
  const idle = cells.find(({ concurrency, rows }) => rows.length < concurrency);
  return idle === undefined ? [] : [
    `Concurrency ${idle.concurrency} has ${idle.rows.length} rows to ask: no more than that are in flight.`,
  ];
}

function describeWarmth(levels: readonly number[]): string {
  const first =
    "The cache is not emptied before round 1: it is cold only if nothing like its prompts was asked since the engine started.";
  return levels.length === 1
    ? first
    : `${first} From the second concurrency on, round 1 meets the prompts of the one before.`;
}

function checkLevels(levels: readonly number[]): void {
  if (levels.length === 0) throw new UsageError("Cannot run rounds as there is no --concurrency");
  for (const [i, level] of levels.entries()) {
    if (!Number.isSafeInteger(level) || level < 1) {
      throw new UsageError(
        `Cannot run rounds as concurrency must be a whole number of at least 1: current value is ${level}`,
      );
    }
    if (levels.indexOf(level) !== i) {
      throw new UsageError(`Cannot run rounds as concurrency ${level} stands twice in --concurrency`);
    }
  }
}

function samplesPerLevel(
  levels: readonly number[],
  samples: readonly number[] | undefined,
): readonly (number | undefined)[] {
  if (samples === undefined) return levels.map(() => undefined);
  if (samples.length === 1) return levels.map(() => samples[0]);
  if (samples.length === levels.length) return samples;
  throw new UsageError(
    `Cannot take samples as --num-samples must have one number, or one for each of the ${levels.length} levels of ` +
      `--concurrency: it has ${samples.length}`,
  );
}

/** Rows in the order in which a round asks them. */
export function orderRows(
  rows: readonly number[],
  { round, shuffleRound2 = false, seed = DEFAULT_SEED }: Pick<RoundsOptions, "shuffleRound2" | "seed"> & {
    readonly round: number;
  },
): readonly number[] {
  if (!shuffleRound2 || round === 1) return rows;
  return createRandom(seed).fork(`round ${round}`).shuffle(rows);
}

/** Says where answers end that nothing limits. @param outputTokens Longest answers, 0 where the server decides. */
export function describeOpenAnswers(
  { profile }: Pick<OpenEngine, "profile">,
  outputTokens: readonly number[],
): string[] {
  const open = outputTokens.filter((tokens) => tokens === 0).length;
  const limit = profile.defaultAnswerTokens;
  if (open === 0) return [];
  return [
    `${open} of ${outputTokens.length} requests do not say how long their answer may be: ${profile.label} ` +
    `${
      limit === null ? "ends it where the model does" : `stops after ${limit} tokens`
    } (--max-output-tokens).`,
  ];
}

/** What an unlimited prefix cache has of prompts as they come. It forgets only when it is emptied. */
export class TheoreticalCache {
  readonly #pageTokens: number;
  #counter: PrefixCounter;

  constructor(pageTokens: number) {
    this.#pageTokens = pageTokens;
    this.#counter = new PrefixCounter({ pageTokens });
  }

  /** Forgets everything. */
  empty(): void {
    this.#counter = new PrefixCounter({ pageTokens: this.#pageTokens });
  }

  /** Takes in what an engine has computed, without asking for it. */
  keep(tokens: Pick<List<number>, "length" | "at">): void {
    this.#counter.add([{ role: "user", tokens }]);
  }

  /** Asks for prompts, one after the other. @returns `undefined` when there was more than is remembered. */
  ask(prompts: Iterable<Pick<List<number>, "length" | "at">>): CacheCounts | undefined {
    let promptTokens = 0;
    let cachedTokens = 0;
    for (const tokens of prompts) {
      promptTokens += tokens.length;
      cachedTokens += this.#counter.add([{ role: "user", tokens }]);
    }
    return this.#counter.isFull ? undefined : { promptTokens, cachedTokens };
  }
}

/** "asked twice", "asked 3 times". */
export function describeRounds(rounds: number): string {
  return rounds === 1 ? "asked once" : rounds === 2 ? "asked twice" : `asked ${rounds} times`;
}

/** "concurrency 1, 4, 16". */
export function describeLevels(levels: readonly number[]): string {
  return `concurrency ${levels.join(", ")}`;
}
