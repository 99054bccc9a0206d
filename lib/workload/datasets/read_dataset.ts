/**
 * Bytes of a dataset's file to conversations, one row at a time.
 *
 * @module
 */
import type { DatasetEntry, DatasetRow } from "./dataset.ts";
import { datasetForms, invalid, show } from "./forms.ts";
import { splitRows, type SplitRowsOptions } from "./split_rows.ts";

/**
 * Reads a dataset from JSONL or from one JSON list, as its bytes come in.
 *
 * A row holds its conversation in one of {@linkcode datasetForms}, and may have an `id` and `max_tokens` or
 * `output_tokens`; other fields are ignored, and rows may differ in form. A row that cannot be used is handed over as such,
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
  let position = 0;
  for await (const raw of splitRows(chunks, options)) {
    const row = raw.kind === "bad" ? raw : readRow(raw.bytes, { line: raw.line, position: position + 1 });
    if (row === null) continue;
    position++;
    yield row;
  }
}

interface Place {
  readonly line: number;
  readonly position: number;
}

/** @returns `null` for a blank line. */
function readRow(bytes: Uint8Array, place: Place): DatasetRow | null {
  try {
    const text = decode(bytes);
    return text.trim() === "" ? null : { kind: "entry", entry: toEntry(parseObject(text), place) };
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

type Row = Readonly<Record<string, unknown>>;

function parseObject(text: string): Row {
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

function toEntry(row: Row, { line, position }: Place): DatasetEntry {
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

function fieldsOf(row: Row): string {
  const names = Object.keys(row);
  const more = names.length > MOST_FIELDS_SHOWN ? ", …" : "";
  return (names.slice(0, MOST_FIELDS_SHOWN).map((name) => name.slice(0, 40)).join(", ") || "none") + more;
}

function idOf({ id }: Row, position: number): string {
  if (id === undefined || id === null || id === "") return String(position);
  if (typeof id !== "string" && typeof id !== "number") throw invalid("id", "a text or a number", id);
  return String(id);
}

function tokensOf(row: Row, name: string): number | null {
  const value = row[name] ?? null;
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw invalid(name, "an integer >= 1", value);
  }
  return value;
}
