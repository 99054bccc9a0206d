/**
 * The trace formats that can be read.
 *
 * @module
 */
import { parseRow } from "./fields.ts";
import { mooncake } from "./mooncake.ts";
import { qwenBailian } from "./qwen_bailian.ts";
import { atLine, type TraceFormat } from "./trace_format.ts";

/** All formats. A new one is a line here. */
export const traceFormats: readonly TraceFormat[] = [qwenBailian, mooncake];

/**
 * Finds the format of a file from its first row.
 *
 * @param firstLine First line of the file.
 * @param file What errors call the file.
 * @throws {SyntaxError} With `file:1:` in front, if no format recognizes the row.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { detectTraceFormat } from "./mod.ts";
 *
 * const format = detectTraceFormat('{"timestamp": 0, "input_length": 6758, "output_length": 500, "hash_ids": []}');
 * assert.equal(format.name, "mooncake");
 * ```
 */
export function detectTraceFormat(firstLine: string, file = "trace"): TraceFormat {
  return atLine(`${file}:1`, () => {
    if (firstLine.trim() === "") {
      throw new SyntaxError("Cannot read trace as it is empty or begins with an empty line");
    }
    const row = parseRow(firstLine);
    const format = traceFormats.find((format) => format.recognizes(row));
    if (format === undefined) {
      const known = traceFormats.map(({ name }) => name).join(", ");
      const fields = Object.keys(row).join(", ") || "none";
      throw new SyntaxError(`Cannot tell trace format as no known one (${known}) has such fields: ${fields}`);
    }
    return format;
  });
}
