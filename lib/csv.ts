/**
 * Rows as CSV.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";

/** What a field can hold; `null` and what is absent are empty fields. */
export type CsvValue = string | number | boolean | null | undefined;

/**
 * Writes rows with a line of names at the top: every name that any row has, in the order in which they come.
 *
 * Text that a spreadsheet would run as a formula is escaped.
 *
 * @example
 * ```ts
 * import { formatCsv } from "./csv.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatCsv([{ a: 1 }, { a: 2, b: "x, y" }]), 'a,b\n1,\n2,"x, y"\n');
 * ```
 */
export function formatCsv(rows: readonly Readonly<Record<string, CsvValue>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // papaparse takes an empty list of columns for none at all.
  const options = { newline: "\n", escapeFormulae: true };
  return Papa.unparse([...rows], columns.length === 0 ? options : { ...options, columns }) + "\n";
}
