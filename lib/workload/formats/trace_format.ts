/**
 * What a trace format is, and the one reader of line-by-line JSON that serves all of them.
 *
 * @module
 */
import type { TraceEntry, TraceFormatName } from "../../types.ts";
import { parseRow, type Row } from "./fields.ts";

/** How to read one format. A new format is one file with such an object, and one line in `mod.ts`. */
export interface TraceFormat {
  readonly name: TraceFormatName;
  /** Tokens per hash id. */
  readonly blockTokens: number;
  /** Whether the first row of a file of unknown format belongs to this one. */
  recognizes(row: Row): boolean;
  /** Makes a function that turns the rows of one file, in order, into entries; a row may refer to earlier ones. */
  rowReader(): (row: Row) => TraceEntry;
}

/** Options of the readers. */
export interface ReadTraceOptions {
  /** What errors call the file. @default {"trace"} */
  file?: string;
  /** Stops reading after this many entries; an integer ≥ 1. @default {Infinity} */
  limit?: number;
}

/**
 * Reads the entries of a trace, one per line, as the lines come in.
 *
 * Blank lines are fine at the end only: in the middle they mean that something is lost.
 *
 * @throws {SyntaxError} With `file:line:` in front, for anything that is not a valid row in order of arrival.
 * @throws {RangeError} If `limit` is out of its domain.
 */
export async function* readTraceLines(
  lines: AsyncIterable<string>,
  options: ReadTraceOptions & { format: TraceFormat },
): AsyncGenerator<TraceEntry> {
  const { format, file = "trace", limit = Infinity } = options;
  if (!(limit >= 1) || (limit !== Infinity && !Number.isSafeInteger(limit))) {
    throw new RangeError(`Cannot read trace as 'limit' must be an integer >= 1: current value is ${limit}`);
  }
  const toEntry = format.rowReader();
  let lineNumber = 0;
  let blankLineNumber: number | undefined;
  let count = 0;
  let previousMs = 0;
  for await (const line of lines) {
    lineNumber++;
    if (line.trim() === "") {
      blankLineNumber ??= lineNumber;
      continue;
    }
    if (blankLineNumber !== undefined) {
      throw new SyntaxError(`${file}:${blankLineNumber}: Cannot read trace row as the line is empty`);
    }
    const entry = atLine(`${file}:${lineNumber}`, () => {
      const entry = toEntry(parseRow(line));
      assertNotBefore(previousMs, entry);
      return entry;
    });
    previousMs = entry.arrivalMs;
    yield entry;
    if (++count === limit) return;
  }
  if (count === 0) throw new SyntaxError(`${file}:1: Cannot read trace as it has no rows`);
}

/** Runs `read` and puts the position in front of the message of a `SyntaxError`. */
export function atLine<T>(position: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`${position}: ${cause.message}`, { cause });
  }
}

function assertNotBefore(previousMs: number, { arrivalMs }: TraceEntry): void {
  if (arrivalMs < previousMs) {
    throw new SyntaxError(
      `Cannot read trace row as it must not arrive before the row above it, at ${previousMs} ms: ` +
        `current value is ${arrivalMs} ms`,
    );
  }
}
