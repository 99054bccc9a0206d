/**
 * Synthetic runs in rounds: a toy engine with a prefix cache, in closed form. Nothing here was measured.
 *
 * @module
 */
import { createRandom, type Random } from "../../../lib/random.ts";
import type { Cell, RequestRecord, Run, RunManifest } from "../../../lib/types.ts";
import { makeRun } from "./make_run.ts";

/** What {@linkcode makeRoundsRun} makes. */
export interface MakeRoundsRunOptions {
  /** @default {[5, 10, 20]} */
  readonly concurrency?: readonly number[];
  /** @default {2} */
  readonly rounds?: number;
  /** Names of stages. @default none */
  readonly stages?: readonly string[];
  /** Requests per cell; of a multi-turn run a multiple of 4, which is the number of turns. @default {120} */
  readonly requests?: number;
  /** Share of a prompt that a warm cache has. @default {0.95} */
  readonly warmRatio?: number;
  /** Share of requests that fail. @default {0} */
  readonly failureRatio?: number;
  readonly turns?: boolean;
  readonly lang?: "en" | "zh";
  /** Laid over every cell. */
  readonly cell?: (cell: Cell) => Partial<Cell>;
  readonly manifest?: Partial<RunManifest>;
}

const PAGE_TOKENS = 16;
const TURNS = 4;

/** Makes a run whose later rounds ask the same prompts again. */
export function makeRoundsRun(options: MakeRoundsRunOptions = {}): Run {
  const { concurrency = [5, 10, 20], rounds = 2, stages = [null], requests = 120, lang = "en" } = options;
  const { turns = false, cell: change = () => ({}) } = options;
  const lengths = drawLengths(createRandom("lengths"), { requests, turns });
  const cells: Cell[] = [];
  const records: RequestRecord[] = [];
  let startMs = 500;
  for (const stage of stages) {
    for (const level of concurrency) {
      for (let round = 1; round <= rounds; round++) {
        const index = cells.length;
        const own = playCell(lengths, createRandom(`cell ${index}`), { ...options, index, level, round, startMs });
        const endMs = own.reduce((end, { doneMs }) => Math.max(end, doneMs), startMs);
        records.push(...own);
        const made = makeCell({ index, stage, level, round, lang, startMs, endMs, lengths });
        cells.push({ ...made, ...sumCache(own), ...change(made) });
        startMs = endMs + 200;
      }
    }
  }
  const { manifest } = makeRun({ scales: [] });
  return {
    manifest: {
      ...manifest,
      runId: "2026-01-02-synthetic-rounds",
      mode: turns ? "multi-turn" : "dual-round",
      title: "chat.jsonl, asked twice",
      command: ["deno", "task", "bench:dual-round", "--dataset", "chat.jsonl"],
      options: { concurrency, rounds, lang },
      workload: {
        trace: null,
        dataset: { name: "chat.jsonl", path: "chat.jsonl", sha256: "0".repeat(64), rows: requests },
        prompts: { kind: "dataset", sha256: "0".repeat(64), templateTokens: 0, lengthCheck: "tokenizer" },
        skipped: [],
        notes: [],
      },
      cells,
      ...options.manifest,
    },
    records,
    telemetry: [],
    incomplete: false,
    problems: [],
  };
}

interface Question {
  readonly inputTokens: number;
  readonly turn?: { readonly session: number; readonly turn: number };
}

function drawLengths(random: Random, { requests, turns }: { requests: number; turns: boolean }): Question[] {
  return Array.from({ length: requests }, (_, id) => {
    const inputTokens = Math.ceil(Math.min(8000, 64 + random.lognormal(1200, 1)));
    if (!turns) return { inputTokens };
    const turn = id % TURNS + 1;
    return { inputTokens: 300 * turn + random.int(0, 60), turn: { session: Math.floor(id / TURNS), turn } };
  });
}

/** `level` slots, each taking the next request when it is free. */
function playCell(
  questions: readonly Question[],
  random: Random,
  { index, level, round, startMs, warmRatio = 0.95, failureRatio = 0 }: MakeRoundsRunOptions & {
    readonly index: number;
    readonly level: number;
    readonly round: number;
    readonly startMs: number;
  },
): RequestRecord[] {
  const freeMs = new Array<number>(level).fill(startMs);
  return questions.map(({ inputTokens, turn }, id): RequestRecord => {
    const slot = freeMs.indexOf(Math.min(...freeMs));
    const sentMs = (freeMs[slot] ?? startMs) + 0.02;
    const share = round > 1 ? warmRatio : turn === undefined ? 0 : (turn.turn - 1) / turn.turn;
    const cachedTokens = Math.floor(inputTokens * share / PAGE_TOKENS) * PAGE_TOKENS;
    const ttftMs = (9 + 0.04 * (inputTokens - cachedTokens) * (1 + level / 20)) * random.lognormal(1, 0.12) + level / 4;
    const ticsMs = Array.from({ length: 24 }, (_, i) => toUs(sentMs + ttftMs + i * (8 + level / 10)));
    const failed = random.float() < failureRatio;
    const doneMs = failed ? toUs(sentMs + 40) : (ticsMs.at(-1) ?? sentMs);
    freeMs[slot] = doneMs;
    const record = {
      ...{ cell: index, id, scheduledMs: toUs(sentMs - 0.02), sentMs: toUs(sentMs) },
      ...{ connectMs: 0, freshConnection: false, headersMs: toUs(sentMs + 1), controlMs: [] },
      ...{ doneMs, inputTokens, outputTokens: 24, ...(turn && { turn }) },
    };
    if (failed) {
      return { ...record, ticsMs: [], outcome: { kind: "failed", failure: "http", message: "HTTP 503", status: 503 } };
    }
    const usage = { promptTokens: inputTokens, completionTokens: 24, ...(cachedTokens > 0 && { cachedTokens }) };
    return { ...record, ticsMs, usage, outcome: { kind: "ok", finishReason: "length" } };
  });
}

/** Theory and counters as they are when everything goes well. */
function sumCache(records: readonly RequestRecord[]): Pick<Cell, "theoreticalCache" | "metricsCache"> {
  const ok = records.filter(({ outcome }) => outcome.kind === "ok");
  const counts = {
    promptTokens: ok.reduce((sum, { usage }) => sum + (usage?.promptTokens ?? 0), 0),
    cachedTokens: ok.reduce((sum, { usage }) => sum + (usage?.cachedTokens ?? 0), 0),
  };
  return { theoreticalCache: counts, metricsCache: counts };
}

function makeCell({ index, stage, level, round, lang, startMs, endMs, lengths }: {
  readonly index: number;
  readonly stage: string | null;
  readonly level: number;
  readonly round: number;
  readonly lang: "en" | "zh";
  readonly startMs: number;
  readonly endMs: number;
  readonly lengths: readonly Question[];
}): Cell {
  const name = lang === "zh" ? `并发${level}-第${round}轮` : `concurrency ${level}, round ${round}`;
  return {
    index,
    label: stage === null ? name : `${stage}: ${name}`,
    parameters: { ...(stage === null ? {} : { stage }), concurrency: level, round },
    schedule: "closed",
    requestCount: lengths.length,
    offeredRequestsPerS: null,
    ...{ startMs, endMs, status: "complete" },
  };
}

function toUs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
