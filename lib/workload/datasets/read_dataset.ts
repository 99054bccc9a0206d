/**
 * Bytes of a dataset's file to conversations, one row at a time.
 *
 * @module
 */
import type { DatasetEntry, DatasetRow } from "./dataset.ts";
import { datasetForms, invalid } from "./forms.ts";
import { type JsonRow, readJsonRows } from "./json_rows.ts";
import type { SplitRowsOptions } from "./split_rows.ts";

/**
 * Reads a dataset from JSONL, from one JSON list, or from the list `data` of one JSON object, as its bytes come in.
 *
 * A row holds its conversation in one of {@linkcode datasetForms}, and may have an `id` (or `session_id`) and `max_tokens`
 * or `output_tokens`; other fields are ignored, and rows may differ in form. A row that cannot be used is handed over as such,
 * in its place. Byte order marks, `\r\n` and blank lines are fine.
 *
 * @param chunks The file's bytes, cut anywhere.
 * @returns Rows in order, good and bad. None for an empty file.
 * @throws {RangeError} If an option is out of its domain.
 *
 * @example
 * ```ts
 * import { readDatasetRows } from "./read_dataset.ts";
 * import assert from "node:assert/strict";
 *
 * const file = new Blob(['{"text": "How are you?", "max_tokens": 16}\n{"text": ""}\n']);
 * assert.deepEqual(await Array.fromAsync(readDatasetRows(file.stream())), [
 *   {
 *     kind: "entry",
 *     entry: { id: "1", turns: [{ role: "user", content: "How are you?" }], maxTokens: 16, form: "text", line: 1 },
 *   },
 *   { kind: "bad", line: 2, reason: `'text' must be a text that is not empty: current value is ""` },
 * ]);
 * ```
 */
export async function* readDatasetRows(
  chunks: AsyncIterable<Uint8Array>,
  options: SplitRowsOptions = {},
): AsyncGenerator<DatasetRow> {
  for await (const read of readJsonRows(chunks, options)) yield read.kind === "bad" ? read : readEntry(read);
}

interface Place {
  readonly line: number;
  readonly position: number;
}

function readEntry({ row, ...place }: Place & { readonly row: JsonRow }): DatasetRow {
  try {
    return { kind: "entry", entry: toEntry(row, place) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "bad", line: place.line, reason: error.message };
  }
}

function toEntry(row: JsonRow, { line, position }: Place): DatasetEntry {
  // Tables that were exported have every column in every row, most of them null.
  const form = datasetForms.find(({ name }) => (row[name] ?? null) !== null) ??
    datasetForms.find(({ name }) => name in row);
  if (form === undefined) {
    const known = datasetForms.map(({ name }) => name).join(", ");
    throw new SyntaxError(`the row has none of the fields ${known}: its fields are ${fieldsOf(row)}`);
  }
  return {
    id: idOf(row, position),
    turns: form.turns(row[form.name]),
    maxTokens: tokensOf(row, "max_tokens") ?? tokensOf(row, "output_tokens"),
    form: form.name,
    line,
  };
}

const MOST_FIELDS_SHOWN = 8;

function fieldsOf(row: JsonRow): string {
  const names = Object.keys(row);
  const more = names.length > MOST_FIELDS_SHOWN ? ", …" : "";
  return (names.slice(0, MOST_FIELDS_SHOWN).map((name) => name.slice(0, 40)).join(", ") || "none") + more;
}

/** `id`, else `session_id`, else the position. */
function idOf(row: JsonRow, position: number): string {
  const name = ["id", "session_id"].find((name) => (row[name] ?? "") !== "");
  if (name === undefined) return String(position);
  const id = row[name];
  if (typeof id !== "string" && typeof id !== "number") throw invalid(name, "a text or a number", id);
  return String(id);
}

function tokensOf(row: JsonRow, name: string): number | null {
  const value = row[name] ?? null;
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw invalid(name, "an integer >= 1", value);
  }
  return value;
}
