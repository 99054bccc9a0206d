/**
 * Rows to CSV files and back.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";

import { formatCsv } from "../csv.ts";
import { rootMessage, UsageError } from "../errors.ts";
import { replaceFile } from "../replace_file.ts";
import type { TableRow } from "./table.ts";

/** A row of a CSV file: numbers and booleans as such, an empty field as `null`. */
export type CsvRow = Record<string, string | number | boolean | null>;

/**
 * Reads a CSV file with a line of names at its top.
 *
 * @throws {UsageError} When there is no such file.
 * @throws {SyntaxError} With the number of the row that has more or fewer fields than names, or whose quote does not end.
 */
export async function readCsv(path: string): Promise<CsvRow[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : rootMessage(cause);
    throw new UsageError(`Cannot read ${path}: ${why}`, { cause });
  }
  const { data, errors } = Papa.parse<CsvRow>(text.replace(/^\uFEFF/, ""), {
    header: true,
    transform: readField,
    skipEmptyLines: true,
  });
  // A file of one column has no delimiter that could be found.
  const error = errors.find(({ code }) => code !== "UndetectableDelimiter");
  if (error !== undefined) {
    const row = error.row === undefined ? "" : `, row ${error.row + 1}`;
    throw new SyntaxError(`Cannot read ${path}${row} as CSV: ${error.message}`);
  }
  return data;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Text that could be a number or not, as digits with zeros in front, is a number; one that would lose digits is text. */
function readField(text: string): CsvRow[string] {
  if (text === "") return null;
  if (text === "true" || text === "false") return text === "true";
  const value = NUMBER.test(text) ? Number(text) : NaN;
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? value : text;
}

/**
 * Writes rows as a CSV file, which appears whole or not at all. What is missing is an empty field; text that a spreadsheet
 * would run as a formula is escaped.
 *
 * @throws {RunError} When it cannot be written.
 */
export function writeCsv(path: string, rows: readonly TableRow[]): void {
  replaceFile(path, formatCsv(rows));
}
