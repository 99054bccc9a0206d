/**
 * The same requests in several rounds, at several levels of concurrency: a cold cache against a warm one.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { createRandom } from "../random.ts";
import { closedLoopSchedule } from "../schedule/closed_loop.ts";
import type { RequestSpec, Run } from "../types.ts";
import { askableTurns, cutPrompt, promptTokens } from "../workload/datasets/mod.ts";
import { hashPrompts } from "../workload/requests.ts";
import { type DatasetOptions, loadDataset, type LoadedDataset } from "./load_dataset.ts";
import { DEFAULT_SEED, type ModePlan, runOnline } from "./online_run.ts";
import type { OpenEngine } from "./open_engine.ts";
import {
  describeLevels,
  describeRounds,
  planRounds,
  type Round,
  type RoundsOptions,
  TheoreticalCache,
} from "./rounds.ts";
import type { CellPlan } from "./run_cells.ts";

/**
 * Asks a dataset in rounds.
 *
 * At each concurrency the same rows are asked `rounds` times, in closed loop; request i of one round is request i of every
 * other. Before the first round the engine's prefix cache is emptied, where it can be. A conversation is asked up to its
 * last question, and no further than to a question whose answer the row does not have.
 *
 * @returns The run and its folder; a run in which nothing succeeded says so in its status.
 * @throws {UsageError} For options or a dataset that cannot work.
 * @throws {RunError} When the engine cannot be had.
 * @throws The signal's reason, when it was aborted before the run began.
 */
export async function runDualRound(options: RoundsOptions): Promise<{ run: Run; folder: string }> {
  return await runOnline(options, (engine) => planDualRound(engine, options));
}

async function planDualRound(engine: OpenEngine, options: RoundsOptions): Promise<ModePlan> {
  const dataset = await loadDataset(engine, options);
  const { levels, rounds, cells, notes } = planRounds(engine, dataset, options);
  const { questions, skipped, cut } = makeQuestions(dataset, {
    ...options,
    rows: [...new Set(cells.flatMap(({ rows }) => rows))].sort((a, b) => a - b),
    contextTokens: options.contextTokens ?? engine.contextTokens,
    asksUsage: engine.profile.quirks.asksUsage,
  });
  const cache = new TheoreticalCache(options.cachePageTokens ?? engine.profile.cachePageTokens);
  const plans = cells.map((cell) => planCell(cell, { questions, cache, ...options }));
  if (plans.some(({ requests }) => requests.length === 0)) {
    throw new UsageError(`Cannot ask ${dataset.info.name} as no row of it fits: ${skipped[0]?.reason}`);
  }
  return {
    shortName: "dual-round",
    mode: "dual-round",
    title: `${dataset.info.name} ${describeRounds(rounds)} at ${describeLevels(levels)}`,
    options: {
      ...{ concurrency: levels, rounds, dataset: dataset.info.path, lang: options.lang ?? "en" },
      resetCacheBetweenConcurrency: cells[0]?.resetsCache ?? false,
    },
    workload: {
      trace: null,
      dataset: { ...dataset.info, rows: questions.size },
      prompts: {
        kind: "dataset",
        sha256: hashPrompts([...questions.values()].map(({ request }) => request)),
        templateTokens: 0,
        lengthCheck: dataset.lengthCheck,
      },
      skipped,
      notes: [
        ...dataset.notes,
        ...(cut === 0 ? [] : [`${cut} prompts were cut to ${options.maxInputTokens} tokens.`]),
        ...notes,
      ],
    },
    cells: plans,
    onCellFailure: "go-on",
  };
}

/** A row as it is asked. */
interface Question {
  readonly request: RequestSpec;
  readonly tokens: Int32Array<ArrayBuffer>;
}

interface Questions {
  /** By position of the row. */
  readonly questions: ReadonlyMap<number, Question>;
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
  /** Prompts that were cut. */
  readonly cut: number;
}

interface QuestionOptions extends DatasetOptions {
  readonly rows: readonly number[];
  readonly contextTokens: number | null;
  readonly asksUsage: boolean;
}

function makeQuestions(
  { entries, encode, countsAsServer }: LoadedDataset,
  options: QuestionOptions,
): Questions {
  const { maxInputTokens = Infinity, maxOutputTokens = Infinity, contextTokens, asksUsage } = options;
  const questions = new Map<number, Question>();
  const skipped: { id: number; reason: string }[] = [];
  let cut = 0;
  for (const id of options.rows) {
    const entry = entries[id];
    if (entry === undefined) continue;
    const turns = askableTurns(entry.turns);
    const messages = cutPrompt(turns, { maxTokens: maxInputTokens, encode });
    if (messages === null) {
      skipped.push({
        id,
        reason: `what comes before its last question is longer than ${maxInputTokens} tokens`,
      });
      continue;
    }
    const tokens = promptTokens(messages, encode);
    const mostTokens = Math.min(entry.maxTokens ?? Infinity, maxOutputTokens);
    const outputTokens = mostTokens === Infinity ? 0 : mostTokens;
    if (contextTokens !== null && tokens.length + Math.max(outputTokens, 1) > contextTokens) {
      const answer = outputTokens === 0 ? "" : ` and ${outputTokens} answer`;
      skipped.push({
        id,
        reason: `${tokens.length} prompt${answer} tokens are more than the context of ${contextTokens}`,
      });
      continue;
    }
    if (messages !== turns) cut++;
    questions.set(id, {
      tokens,
      request: {
        id,
        messages,
        // A count that may be wrong is not held against the server's own.
        inputTokens: countsAsServer || !asksUsage ? tokens.length : 0,
        outputTokens,
        ignoreEos: options.ignoreEos ?? false,
        ...(options.sampling && { sampling: options.sampling }),
        ...(options.extraBody && { extraBody: options.extraBody }),
      },
    });
  }
  return { questions, skipped, cut };
}

function planCell(
  { rows, ...cell }: Round & Pick<CellPlan, "label" | "parameters" | "resetsCache">,
  { questions, cache, shuffleRound2 = false, seed = DEFAULT_SEED }:
    & RoundsOptions
    & Pick<Questions, "questions">
    & {
      readonly cache: TheoreticalCache;
    },
): CellPlan {
  const asked = rows.flatMap((row) => questions.get(row) ?? []);
  if (shuffleRound2 && cell.round > 1) shuffle(asked, `${seed}/round ${cell.round}`);
  const lengths = asked.map(({ request }) => request.outputTokens);
  return {
    label: cell.label,
    parameters: cell.parameters,
    resetsCache: cell.resetsCache,
    requests: asked.map(({ request }) => request),
    outputTokens: lengths.includes(0) ? 0 : lengths.reduce((sum, tokens) => sum + tokens, 0),
    schedule: closedLoopSchedule(cell.concurrency),
    offeredRequestsPerS: null,
    theoreticalCache(wasReset) {
      if (wasReset) cache.empty();
      return cache.ask(asked.map(({ tokens }) => tokens));
    },
  };
}

function shuffle<T>(items: T[], seed: string): void {
  const random = createRandom(seed);
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    const [a, b] = [items[i], items[j]];
    if (a === undefined || b === undefined) continue;
    items[i] = b;
    items[j] = a;
  }
}
