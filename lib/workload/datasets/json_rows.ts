/**
 * Bytes of a file to JSON objects, one row at a time, whatever their fields mean.
 *
 * @module
 */
import type { BadRow } from "./dataset.ts";
import { show } from "./forms.ts";
import { splitRows, type SplitRowsOptions } from "./split_rows.ts";

/** Fields of a row. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** A row as it was read, or why it could not be. */
export type ReadRow =
  | {
    readonly kind: "row";
    readonly row: JsonRow;
    /** Line of the file where the row begins, from 1. */
    readonly line: number;
    /** Among the file's rows, good and bad, from 1. */
    readonly position: number;
  }
  | BadRow;

/**
 * Reads rows from JSONL, from one JSON list, or from the list `data` of one JSON object, as the bytes come in.
 *
 * @param chunks The file's bytes, cut anywhere.
 * @returns Rows in order, good and bad; blank lines are none.
 * @throws {RangeError} If an option is out of its domain.
 */
export async function* readJsonRows(
  chunks: AsyncIterable<Uint8Array>,
  options: SplitRowsOptions = {},
): AsyncGenerator<ReadRow> {
  let position = 0;
  for await (const raw of splitRows(chunks, options)) {
    const row = raw.kind === "bad" ? raw : readRow(raw.bytes, { line: raw.line, position: position + 1 });
    if (row === null) continue;
    position++;
    yield row;
  }
}

/** @returns `null` for a blank line. */
function readRow(
  bytes: Uint8Array,
  place: { readonly line: number; readonly position: number },
): ReadRow | null {
  try {
    const text = decode(bytes);
    return text.trim() === "" ? null : { kind: "row", row: parseObject(text), ...place };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "bad", line: place.line, reason: error.message };
  }
}

/** Takes a byte order mark off. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new SyntaxError("the row is not valid UTF-8", { cause });
  }
}

function parseObject(text: string): JsonRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`the row is not JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`the row must be a JSON object: current value is ${show(value)}`);
  }
  return { ...value };
}
