import { deriveFiles } from "../../../lib/modes/derive.ts";
import { createRandom } from "../../../lib/random.ts";
import type { Cell, Outcome, RequestRecord, Run, TelemetryLine } from "../../../lib/types.ts";
import { makeCell, makeSmallRun } from "./small_run.ts";

/** What {@linkcode makeDualRoundRun} makes. */
export interface DualRoundRunOptions {
  /** @default {[2, 5]} */
  readonly levels?: readonly number[];
  /** Requests per round. @default 12 */
  readonly requests?: number;
  /** Whether a request fails. @default the third of every round */
  readonly fails?: (id: number) => boolean;
  readonly lang?: "en" | "zh";
  /** Whether the run has an objective: TTFT < 150 ms. @default true */
  readonly hasSlo?: boolean;
  /** Stage that every cell belongs to. */
  readonly stage?: string;
}

/** A run of two rounds per level, by a random generator, with failures, an answer without usage, and telemetry. */
export function makeDualRoundRun(options: DualRoundRunOptions = {}): Run {
  const { levels = [2, 5], requests = 12, fails = (id) => id === 2, lang = "en", hasSlo = true, stage } = options;
  const rounds = levels.flatMap((concurrency) => [1, 2].map((round) => ({ concurrency, round })));
  const cells = rounds.map((parameters, index) => makeRoundCell(parameters, { index, requests, stage }));
  const records = cells.flatMap((cell) => makeRecords(cell, { requests, fails }));
  const run = makeSmallRun(cells, records, { telemetry: cells.flatMap(makeTelemetry) });
  const dataset = { name: "tales.jsonl", path: "data/tales.jsonl", sha256: "1".repeat(64), rows: requests };
  const limits = [{ metric: "ttft", percentile: null, sign: "<", value: 150 }];
  return {
    ...run,
    manifest: {
      ...run.manifest,
      mode: "dual-round",
      options: {
        ...{ concurrency: levels, rounds: 2, lang, timeoutMs: 300_000, maxOutputTokens: 128 },
        ...{ sampling: { temperature: 0.7, topP: 0.9 } },
        ...(hasSlo ? { slo: { name: null, attainment: 1, limits } } : {}),
      },
      workload: {
        ...{ trace: null, dataset, skipped: [], notes: [] },
        prompts: { kind: "dataset", sha256: "0".repeat(64), templateTokens: 0, lengthCheck: "tokenizer" },
      },
    },
  };
}

/** The text of a derived file. @throws {RangeError} When it is not among them. */
export function textOf(run: Run, name: string): string {
  const file = deriveFiles(run).find((one) => one.name === name);
  if (file === undefined) throw new RangeError(`no file ${name}`);
  return [...file.pieces].join("");
}

function makeRoundCell(
  { concurrency, round }: { concurrency: number; round: number },
  { index, requests, stage }: { index: number; requests: number; stage?: string },
): Cell {
  return makeCell({
    index,
    label: `concurrency ${concurrency}, round ${round}`,
    parameters: { ...(stage === undefined ? {} : { stage }), concurrency, round },
    schedule: "closed",
    requestCount: requests,
    offeredRequestsPerS: null,
    startMs: index * 10_000,
    endMs: index * 10_000 + 9000,
    ...(round === 1 ? { cacheReset: { url: "http://127.0.0.1:1919/flush_cache", done: true, status: 200, message: "" } } : {}),
  });
}

function makeRecords(
  { index, startMs, parameters: { round } }: Cell,
  { requests, fails }: { requests: number; fails: (id: number) => boolean },
): RequestRecord[] {
  const random = createRandom(index + 1);
  const ofRun = createRandom(99); // lengths are the same in every round
  return Array.from({ length: requests }, (_, id) => {
    const inputTokens = ofRun.int(100, 4000);
    const outputTokens = ofRun.int(1, 128);
    const sentMs = us((startMs ?? 0) + id * 200 + random.float());
    const firstMs = sentMs + (round === 1 ? 120 : 30) + random.float() * 60;
    const ticsMs = Array.from({ length: outputTokens }, (_, i) => us(firstMs + i * 9 + random.float() * 4));
    const doneMs = us((ticsMs.at(-1) ?? firstMs) + 0.7 + random.float());
    const failed: Outcome = { kind: "failed", failure: "http", message: "HTTP 503, \"busy\"", status: 503 };
    const record: RequestRecord = {
      ...{ cell: index, id, scheduledMs: sentMs, sentMs, connectMs: null, freshConnection: null },
      ...{ headersMs: us(sentMs + 1), ticsMs, controlMs: [], doneMs, inputTokens: 0, outputTokens: 0 },
      outcome: { kind: "ok", finishReason: "stop" },
    };
    if (fails(id)) return { ...record, ticsMs: [], doneMs: us(sentMs + 5), outcome: failed };
    if (id === 4) return record; // its length is not known
    const cachedTokens = round === 1 ? 0 : inputTokens - 1;
    return { ...record, usage: { promptTokens: inputTokens, completionTokens: outputTokens, cachedTokens } };
  });
}

function makeTelemetry({ index, startMs }: Cell): TelemetryLine[] {
  return [0.25, 0.000034, 0.5].map((usage, i) => ({
    ...{ kind: "sample", cell: index, atMs: (startMs ?? 0) + i * 1000 },
    values: {
      'sglang:token_usage{tp_rank="0"}': usage,
      "sglang:prompt_tokens_total": 1_234_567 + i * 100 + index,
      'sglang:time_to_first_token_seconds_bucket{le="0.1"}': i,
      // Seen in the last rounds only.
      ...(index < 2 ? {} : { DCGM_FI_DEV_GPU_UTIL: 90 + i }),
    },
  }));
}

function us(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
