/**
 * The Mooncake format: times in milliseconds, 512 tokens per block.
 *
 * @see {@link https://github.com/kvcache-ai/Mooncake/tree/main/FAST25-release/traces}
 * @module
 */
import type { TraceEntry } from "../../types.ts";
import { hashIdsField, integerField, numberField } from "./fields.ts";
import { readTraceLines, type ReadTraceOptions, type TraceFormat } from "./trace_format.ts";

/** The Mooncake format. */
export const mooncake: TraceFormat = {
  name: "mooncake",
  blockTokens: 512,
  recognizes: (row) => "timestamp" in row && "hash_ids" in row && !("chat_id" in row),
  rowReader: () => (row) => {
    const inputTokens = integerField(row, "input_length", 1);
    return {
      arrivalMs: numberField(row, "timestamp", 0),
      inputTokens,
      outputTokens: integerField(row, "output_length", 1),
      hashIds: hashIdsField(row, inputTokens, mooncake.blockTokens),
    };
  },
};

/**
 * Reads a trace in the Mooncake format.
 *
 * @param lines Lines of the file, without their ends.
 * @returns Entries in order, as they are read.
 * @throws {SyntaxError} With `file:line:` in front, for the first thing that is wrong.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { readMooncakeLines } from "./mooncake.ts";
 *
 * const lines = ReadableStream.from(['{"timestamp": 3000, "input_length": 513, "output_length": 9, "hash_ids": [0, 1]}']);
 * assert.deepEqual(await Array.fromAsync(readMooncakeLines(lines)), [
 *   { arrivalMs: 3000, inputTokens: 513, outputTokens: 9, hashIds: [0, 1] },
 * ]);
 * ```
 */
export function readMooncakeLines(
  lines: AsyncIterable<string>,
  options: ReadTraceOptions = {},
): AsyncGenerator<TraceEntry> {
  return readTraceLines(lines, { ...options, format: mooncake });
}
