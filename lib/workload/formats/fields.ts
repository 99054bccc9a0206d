/**
 * Checks of a row's fields. All throw a `SyntaxError` that names field and value; the reader adds file and line.
 *
 * @module
 */

import type { List } from "../../types.ts";
import { packIds } from "../block_ids.ts";

/** A JSON object whose fields are not checked yet. */
export type Row = Readonly<Record<string, unknown>>;

/** Parses one line; it must hold a JSON object. */
export function parseRow(line: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(`Cannot read trace row as it is not JSON: ${reason}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(
      `Cannot read trace row as it must be a JSON object: current value is ${show(value)}`,
    );
  }
  return { ...value };
}

/** A finite number ≥ `min`. */
export function numberField(row: Row, name: string, min: number): number {
  const value = row[name];
  if (typeof value !== "number" || !Number.isFinite(value) || value < min) {
    throw invalidField(row, name, `a number >= ${min}`);
  }
  return value;
}

/** An integer ≥ `min`. */
export function integerField(row: Row, name: string, min: number): number {
  const value = row[name];
  if (!isInteger(value) || value < min) throw invalidField(row, name, `an integer >= ${min}`);
  return value;
}

/** One integer for each block of the prompt, the last block possibly partial: `ceil(inputTokens / blockTokens)`. */
export function hashIdsField(row: Row, inputTokens: number, blockTokens: number): List<number> {
  const ids = row["hash_ids"];
  if (!Array.isArray(ids) || !ids.every((id) => isInteger(id) && id >= 0)) {
    throw invalidField(row, "hash_ids", "a list of integers >= 0");
  }
  const blocks = Math.ceil(inputTokens / blockTokens);
  if (ids.length !== blocks) {
    throw new SyntaxError(
      `Cannot read trace row as 'hash_ids' must have ${blocks} ids for ${inputTokens} tokens in blocks of ` +
        `${blockTokens}: current count is ${ids.length}`,
    );
  }
  return packIds(ids);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function invalidField(row: Row, name: string, rule: string): SyntaxError {
  const state = name in row ? `current value is ${show(row[name])}` : "the field is missing";
  return new SyntaxError(`Cannot read trace row as '${name}' must be ${rule}: ${state}`);
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
