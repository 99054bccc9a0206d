/**
 * Conversations that keep their history: every answer goes back into the next prompt.
 *
 * @module
 */
import type { Session, TurnAnswer } from "../client/mod.ts";
import { closedLoopSchedule } from "../schedule/closed_loop.ts";
import type { ChatMessage } from "../types.ts";
import { ChatHistory, cutPrompt, type Encode, promptTokens } from "../workload/datasets/mod.ts";
import { hashPrompts } from "../workload/requests.ts";
import { loadDataset, type LoadedDataset } from "./load_dataset.ts";
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

/** Everything a run of conversations can be told. */
export interface MultiTurnOptions extends RoundsOptions {
  /** Longest prompt in tokens; the oldest turns are left out of a longer one. @default the engine's context, as far as it is known */
  readonly maxContextTokens?: number;
  /** From the end of an answer to the next question of its conversation, in ms. @default 0 */
  readonly thinkMs?: number;
}

/**
 * Plans rounds of conversations.
 *
 * Of each row the user's turns are asked, one after the other, with the engine's own answers between them; what the row has of
 * answers is not used. `concurrency` conversations go on at a time: a place is taken by the next when a conversation has
 * ended, and is idle while one thinks. A turn that fails ends its conversation.
 *
 * @throws {UsageError} For options or a dataset that cannot work.
 */
export async function planMultiTurn(
  engine: OpenEngine,
  options: MultiTurnOptions,
  { stage, cache }: StageContext,
): Promise<StagePlan> {
  const dataset = await loadDataset(engine, options);
  const { levels, rounds, cells, notes } = planRounds(engine, dataset, { ...options, stage });
  const encode = remember(dataset.encode);
  const { conversations, cut } = readConversations(dataset, { ...options, encode });
  const contextTokens = options.contextTokens ?? engine.contextTokens ?? Infinity;
  const context: SessionContext = {
    ...options,
    encode,
    // A count that may be wrong is not held against the server's own.
    saysLength: dataset.countsAsServer || !engine.profile.quirks.asksUsage,
    maxContextTokens: Math.min(options.maxContextTokens ?? Infinity, contextTokens),
    contextTokens,
  };
  const thinkMs = options.thinkMs ?? 0;
  return {
    cells: cells.map((cell) => planCell(cell, { conversations, cache, context, thinkMs })),
    ...{ levels, rounds, skipped: [] },
    dataset: { ...dataset.info, rows: new Set(cells.flatMap(({ rows }) => rows)).size },
    prompts: {
      sha256: hashPrompts(conversations.map(({ system, questions }) => ({
        messages: [...system, ...questions.map((content) => ({ role: "user", content }) as const)],
      }))),
      lengthCheck: dataset.lengthCheck,
    },
    notes: [
      ...dataset.notes,
      ...describeOpenAnswers(engine, conversations.map((one) => longestAnswer(one, context))),
      ...(cut === 0 ? [] : [`${cut} turns were cut to ${options.maxInputTokens} tokens.`]),
      ...notes,
      "The hash of the prompts is that of the user's turns: what is sent holds the engine's answers too.",
    ],
  };
}

/** A row as it will be had. */
interface Conversation {
  /** Position of the row. */
  readonly session: number;
  readonly system: readonly ChatMessage[];
  readonly questions: readonly string[];
  /** Id of its first request; those of its further turns follow. */
  readonly firstId: number;
  /** Longest answer that the row asks for. */
  readonly maxTokens: number | null;
}

interface SessionContext extends MultiTurnOptions {
  readonly encode: Encode;
  readonly saysLength: boolean;
  readonly maxContextTokens: number;
  readonly contextTokens: number;
}

function readConversations(
  { entries }: LoadedDataset,
  { maxInputTokens = Infinity, encode }: Pick<SessionContext, "maxInputTokens" | "encode">,
): { readonly conversations: readonly Conversation[]; readonly cut: number } {
  let firstId = 0;
  let cut = 0;
  const cutQuestion = (question: ChatMessage): string => {
    const [short = question] = cutPrompt([question], { maxTokens: maxInputTokens, encode }) ?? [];
    if (short !== question) cut++;
    return short.content;
  };
  const conversations = entries.map(({ turns, maxTokens }, session) => {
    const firstQuestion = turns.findIndex(({ role }) => role === "user");
    const system = turns.slice(0, firstQuestion).filter(({ role }) => role === "system");
    const questions = turns.filter(({ role }) => role === "user").map(cutQuestion);
    const conversation = { session, system, questions, firstId, maxTokens };
    firstId += questions.length;
    return conversation;
  });
  return { conversations, cut };
}

function planCell(
  { rows, ...cell }: Round & Pick<CellPlan, "label" | "parameters" | "resetsCache">,
  { conversations, cache, context, thinkMs }: {
    readonly conversations: readonly Conversation[];
    readonly cache: TheoreticalCache;
    readonly context: SessionContext;
    readonly thinkMs: number;
  },
): CellPlan {
  const asked = orderRows(rows, { ...context, round: cell.round }).flatMap((row) => conversations[row] ?? []);
  const sent: SentTurn[] = [];
  const longest = asked.flatMap(({ questions, maxTokens }) =>
    questions.map(() => longestAnswer({ maxTokens }, context))
  );
  return {
    label: cell.label,
    parameters: cell.parameters,
    resetsCache: cell.resetsCache,
    requests: [],
    sessions: {
      sessions: asked.map((conversation) => startSession(conversation, { context, sent })),
      thinkMs,
    },
    outputTokens: longest.includes(0) ? 0 : longest.reduce((sum, tokens) => sum + tokens, 0),
    schedule: closedLoopSchedule(cell.concurrency),
    offeredRequestsPerS: null,
    theoreticalCache(wasReset) {
      if (wasReset) cache.empty();
      return cache.ask(withAnswers(sent.splice(0), { cache, encode: context.encode }));
    },
  };
}

/** A prompt as it was sent, and how the answer before it ended. */
interface SentTurn {
  readonly messages: readonly ChatMessage[];
  readonly answer: TurnAnswer | null;
}

/** Each prompt, after the cache was told of the answer that it goes on from: the engine has computed that too. */
function* withAnswers(
  sent: readonly SentTurn[],
  { cache, encode }: { readonly cache: TheoreticalCache; readonly encode: Encode },
): Generator<Int32Array> {
  for (const { messages, answer } of sent) {
    if (answer !== null) {
      const prompt = promptTokens(messages.slice(0, -2), encode);
      const tokens = encode(answer.text);
      // Of an answer that was cut, nothing is computed from the last token; of another, that is its end mark.
      const kept = tokens.length - (answer.finishReason === "length" ? 1 : 0);
      cache.keep([...prompt, ...Array.from({ length: kept }, (_, i) => tokens.at(i) ?? 0)]);
    }
    yield promptTokens(messages, encode);
  }
}

function startSession(
  { session, system, questions, firstId, maxTokens }: Conversation,
  { context, sent }: {
    readonly context: SessionContext;
    readonly sent: SentTurn[];
  },
): Session {
  const { encode, saysLength, contextTokens, sampling, extraBody, ignoreEos = false } = context;
  const outputTokens = longestAnswer({ maxTokens }, context);
  const history = new ChatHistory({
    system,
    encode,
    maxTokens: Math.min(context.maxContextTokens, contextTokens - Math.max(outputTokens, 1)),
  });
  let turn = 0;
  return {
    turns: questions.length,
    next(answer) {
      if (answer !== null) history.answer(answer.text);
      const { messages, tokens, droppedMessages } = history.ask(questions[turn] ?? "");
      sent.push({ messages, answer });
      turn++;
      return {
        id: firstId + turn - 1,
        messages,
        inputTokens: saysLength ? tokens : 0,
        outputTokens,
        ignoreEos,
        ...(sampling && { sampling }),
        ...(extraBody && { extraBody }),
        turn: { session, turn, ...(droppedMessages === 0 ? {} : { droppedMessages }) },
      };
    },
  };
}

/** 0 leaves it to the server. */
function longestAnswer(
  { maxTokens }: Pick<Conversation, "maxTokens">,
  { maxOutputTokens = Infinity }: Pick<SessionContext, "maxOutputTokens">,
): number {
  const tokens = Math.min(maxTokens ?? Infinity, maxOutputTokens);
  return tokens === Infinity ? 0 : tokens;
}

/** Texts come again, turn after turn and round after round: each is encoded once. */
function remember(encode: Encode): Encode {
  const known = new Map<string, ReturnType<Encode>>();
  return (text) => {
    const ids = known.get(text) ?? encode(text);
    known.set(text, ids);
    return ids;
  };
}
