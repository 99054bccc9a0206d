/**
 * The same requests in several rounds, at several levels of concurrency: a cold cache against a warm one.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { closedLoopSchedule } from "../schedule/closed_loop.ts";
import type { RequestSpec } from "../types.ts";
import { askableTurns, cutPrompt, promptTokens } from "../workload/datasets/mod.ts";
import { hashPrompts } from "../workload/requests.ts";
import { type DatasetOptions, loadDataset, type LoadedDataset } from "./load_dataset.ts";
import type { OpenEngine } from "./open_engine.ts";
import {
  describeOpenAnswers,
  orderRows,
  planRounds,
  type Round,
  type RoundsOptions,
  type StageContext,
  type StagePlan,
  type TheoreticalCache,
} from "./rounds.ts";
import type { CellPlan } from "./run_cells.ts";

/**
 * Plans rounds of single requests.
 *
 * At each concurrency the same rows are asked `rounds` times, in closed loop; request i of one round is request i of every
 * other. A conversation is asked up to its last question, and no further than to a question whose answer the row does not
 * have.
 *
 * @throws {UsageError} For options or a dataset that cannot work.
 */
export async function planDualRound(
  engine: OpenEngine,
  options: RoundsOptions,
  { stage, cache }: StageContext,
): Promise<StagePlan> {
  const dataset = await loadDataset(engine, options);
  const { levels, rounds, cells, notes } = planRounds(engine, dataset, { ...options, stage });
  const { questions, skipped, cut } = makeQuestions(dataset, {
    ...options,
    rows: [...new Set(cells.flatMap(({ rows }) => rows))].sort((a, b) => a - b),
    contextTokens: options.contextTokens ?? engine.contextTokens,
    asksUsage: engine.profile.quirks.asksUsage,
  });
  const plans = cells.map((cell) => planCell(cell, { questions, cache, ...options }));
  if (plans.some(({ requests }) => requests.length === 0)) {
    throw new UsageError(`Cannot ask ${dataset.info.name} as no row of it fits: ${skipped[0]?.reason}`);
  }
  return {
    ...{ cells: plans, levels, rounds, skipped },
    dataset: { ...dataset.info, rows: questions.size },
    prompts: {
      sha256: hashPrompts([...questions.values()].map(({ request }) => request)),
      lengthCheck: dataset.lengthCheck,
    },
    notes: [
      ...dataset.notes,
      ...describeOpenAnswers(engine, [...questions.values()].map(({ request }) => request.outputTokens)),
      ...(cut === 0 ? [] : [`${cut} prompts were cut to ${options.maxInputTokens} tokens.`]),
      ...notes,
    ],
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
  { questions, cache, ...options }:
    & RoundsOptions
    & Pick<Questions, "questions">
    & {
      readonly cache: TheoreticalCache;
    },
): CellPlan {
  const asked = orderRows(rows, { ...options, round: cell.round }).flatMap((row) => questions.get(row) ?? []);
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
