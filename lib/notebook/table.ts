/**
 * Rows as a table.
 *
 * @module
 */
import { formatCount, formatNumber, MISSING } from "../plots/mod.ts";
import { renderBlock } from "../report/section_html.ts";
import { Display } from "./display.ts";

/** A row: name of the column → value; `null` is missing. */
export type TableRow = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** How a table is shown. */
export interface TableOptions {
  /** @default {""} */
  readonly caption?: string;
  /** Which columns, in which order. @default all, as the first row that has them names them */
  readonly columns?: readonly string[];
  /** Most rows shown; the table says how many there are. @default {50} */
  readonly rows?: number;
}

const MOST_ROWS = 50;

/**
 * Shows rows as a table: whole numbers whole, others to three digits, what is missing as a dash.
 *
 * @example
 * ```ts
 * import { table } from "./table.ts";
 * import assert from "node:assert/strict";
 *
 * const shown = table([{ load: "1×", ttftP50Ms: 20.123 }, { load: "2×", ttftP50Ms: null }]);
 * assert.equal(String(shown), "load\tttftP50Ms\n1×\t20.1\n2×\t–");
 * ```
 */
export function table(
  rows: readonly TableRow[],
  { caption = "", columns = columnsOf(rows), rows: most = MOST_ROWS }: TableOptions = {},
): Display {
  const shown = rows.slice(0, most);
  const numeric = (column: string) =>
    rows.every((row) => typeof row[column] === "number" || row[column] === null || row[column] === undefined);
  const values = shown.map((row) => columns.map((column) => formatValue(row[column])));
  const cut = rows.length > shown.length ? `the first ${shown.length} of ${rows.length} rows` : "";
  return new Display(
    () =>
      renderBlock({
        kind: "table",
        caption: [caption, cut].filter((part) => part !== "").join(": "),
        columns: columns.map((label) => ({ label, numeric: numeric(label) })),
        rows: values.map((values) => ({ values })),
      }, []),
    [columns, ...values].map((line) => line.join("\t")).join("\n"),
  );
}

function columnsOf(rows: readonly TableRow[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function formatValue(value: TableRow[string]): string {
  if (value === null || value === undefined) return MISSING;
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? formatCount(value) : formatNumber(value);
}
