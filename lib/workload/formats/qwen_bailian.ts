/**
 * The Qwen-Bailian format: times in seconds, 16 tokens per block, chats linked by their parents.
 *
 * @see {@link https://github.com/alibaba-edu/qwen-bailian-usagetraces-anon}
 * @module
 */
import type { TraceEntry } from "../../types.ts";
import { hashIdsField, integerField, numberField, type Row } from "./fields.ts";
import { readTraceLines, type ReadTraceOptions, type TraceFormat } from "./trace_format.ts";

/** One row as it stands in the file. */
export type QwenRow = {
  readonly chat_id: number;
  /** `chat_id` of the turn before this one; −1 for the first. */
  readonly parent_chat_id: number;
  /** Seconds from the start of the trace. */
  readonly timestamp: number;
  /** Tokens of the prompt, history included. */
  readonly input_length: number;
  readonly output_length: number;
  /** "text", "search", "image" or "file". */
  readonly type: string;
  /** From 1. */
  readonly turn: number;
  readonly hash_ids: readonly number[];
};

/** The Qwen-Bailian format. */
export const qwenBailian: TraceFormat = {
  name: "qwen-bailian",
  blockTokens: 16,
  recognizes: (row) => "chat_id" in row,
  rowReader() {
    const rootOfChat = new Map<number, number>();
    return (row) => toEntry(row, rootOfChat);
  },
};

/**
 * Reads a trace in the Qwen-Bailian format.
 *
 * All turns of a conversation get the `chat_id` of its first turn as `sessionId`, or that of the earliest ancestor
 * named where the file begins in the middle of a conversation. `type` is not kept.
 *
 * @param lines Lines of the file, without their ends.
 * @returns Entries in order, as they are read.
 * @throws {SyntaxError} With `file:line:` in front, for the first thing that is wrong.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { readQwenLines } from "./qwen_bailian.ts";
 *
 * const lines = ReadableStream.from([
 *   '{"chat_id": 7, "parent_chat_id": -1, "timestamp": 1.5, "input_length": 20, "output_length": 3, ' +
 *   '"type": "text", "turn": 1, "hash_ids": [0, 1]}',
 * ]);
 * assert.deepEqual(await Array.fromAsync(readQwenLines(lines)), [
 *   { arrivalMs: 1500, inputTokens: 20, outputTokens: 3, hashIds: [0, 1], sessionId: "7", turn: 1 },
 * ]);
 * ```
 */
export function readQwenLines(
  lines: AsyncIterable<string>,
  options: ReadTraceOptions = {},
): AsyncGenerator<TraceEntry> {
  return readTraceLines(lines, { ...options, format: qwenBailian });
}

/** Writes rows in the Qwen-Bailian format, one line each, line end included. */
export function* writeQwenTrace(rows: Iterable<QwenRow>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}

function toEntry(row: Row, rootOfChat: Map<number, number>): TraceEntry {
  const chat = integerField(row, "chat_id", 0);
  const parent = integerField(row, "parent_chat_id", -1);
  const root = parent === -1 ? chat : rootOfChat.get(parent) ?? parent;
  rootOfChat.set(chat, root);
  const inputTokens = integerField(row, "input_length", 1);
  return {
    arrivalMs: secondsToMs(numberField(row, "timestamp", 0)),
    inputTokens,
    outputTokens: integerField(row, "output_length", 1),
    hashIds: hashIdsField(row, inputTokens, qwenBailian.blockTokens),
    sessionId: String(root),
    turn: integerField(row, "turn", 1),
  };
}

/** Rounded to 1 µs, because 1.001 × 1,000 is 1,000.9999999999999 in binary. */
function secondsToMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}
