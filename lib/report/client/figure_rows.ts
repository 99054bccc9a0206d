/**
 * The data of a figure as a table: the same for the reader who cannot see it and for the one who saves it.
 *
 * @module
 */

import {
  type AnyFigure,
  quantileGrid,
  tidyItlHeatmap,
  tidyItlHistogram,
  tidyTrustStrip,
} from "../../plots/mod.ts";

/** A value in a table. */
export type CellValue = string | number | boolean | null;

/** Columns by name. */
export type DataRow = Readonly<Record<string, CellValue>>;

/**
 * Makes rows of a figure's data, whatever its shape: objects become columns, names joined by "_"; a list of objects becomes a
 * row for each, with what stands beside the list repeated; lists of values of one length become columns side by side.
 *
 * @param data Plain JSON.
 * @example
 * ```ts
 * import { figureRows } from "./figure_rows.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(figureRows({ series: [{ label: "a", ms: [5, 7] }] }), [
 *   { label: "a", place: 0, ms: 5 },
 *   { label: "a", place: 1, ms: 7 },
 * ]);
 * ```
 */
export function figureRows(data: object): DataRow[] {
  return rowsOf(data);
}

/** The rows of a figure: those that pack their data say what is in it, the others as {@linkcode figureRows}. */
export function rowsOfFigure(figure: AnyFigure): readonly DataRow[] {
  switch (figure.name) {
    case "itl_heatmap":
      return tidyItlHeatmap(figure.data);
    case "itl_histogram":
      return tidyItlHistogram(figure.data);
    case "trust_strip":
      return tidyTrustStrip(figure.data);
    default:
      return figureRows(figure.data);
  }
}

/** What only matters to the drawing, or stands in the rows anyway. */
const leftOut: ReadonlySet<string> = new Set(["axis", "engines", "level", "tone"]);

function rowsOf(value: object): DataRow[] {
  const scalars: Record<string, CellValue> = {};
  const columns: [string, readonly CellValue[]][] = [];
  const nested: DataRow[] = [];
  for (const [name, part] of fieldsOf(value, "")) {
    if (isValue(part)) scalars[name] = part;
    else if (isColumn(part)) columns.push([name, part]);
    else if (Array.isArray(part)) nested.push(...part.flatMap((item, at) => rowsOfItem(item, { name, at })));
  }
  const rows = [...nested, ...zip(columns)];
  if (rows.length === 0) return Object.keys(scalars).length === 0 ? [] : [scalars];
  return rows.map((row) => ({ ...scalars, ...row }));
}

/** Fields with those of objects within, names joined by "_". A cell is its label and its place on the axis. */
function fieldsOf(value: object, prefix: string): [string, unknown][] {
  return Object.entries(value).filter(([key]) => !leftOut.has(key)).flatMap(([key, part]) => {
    const name = `${prefix}${key}`;
    if (isLabelled(part)) return [[name, part.label], [`${name}_x`, part.x]];
    return isObject(part) && !Array.isArray(part) ? fieldsOf(part, `${name}_`) : [[name, part]];
  });
}

function rowsOfItem(item: unknown, { name, at }: { name: string; at: number }): DataRow[] {
  if (isValue(item)) return [{ [name]: item }];
  if (isColumn(item)) return item.map((value, place) => ({ row: at, place, [name]: value }));
  return isObject(item) ? rowsOf(item) : [];
}

/** A cell: all else that a figure knows of it is how it looks. */
function isLabelled(part: unknown): part is { readonly label: string; readonly x: number } {
  return isObject(part) && "label" in part && "x" in part && "level" in part;
}

/** Columns of one length side by side; those of another length below them. */
function zip(columns: readonly [string, readonly CellValue[]][]): DataRow[] {
  const byLength = Map.groupBy(columns, ([, values]) => values.length);
  return [...byLength].flatMap(([length, alike]) =>
    Array.from({ length }, (_, place) => ({
      ...placeOf(place, alike),
      ...Object.fromEntries(alike.map(([name, values]) => [name, values[place] ?? null])),
    }))
  );
}

/** Values of a curve belong to the quantiles of the grid, from its beginning on. */
function placeOf(place: number, columns: readonly [string, readonly CellValue[]][]): DataRow {
  const isCurve = columns.some(([name, { length }]) =>
    name.endsWith("curve_values") && length <= quantileGrid.length
  );
  return isCurve ? { quantile: quantileGrid[place] ?? null } : { place };
}

function isValue(value: unknown): value is CellValue {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function isColumn(value: unknown): value is readonly CellValue[] {
  return Array.isArray(value) && value.length > 0 && value.every(isValue);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Names of all columns, in the order in which they first come. */
export function columnsOf(rows: readonly DataRow[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/**
 * Writes rows as CSV. A text that a spreadsheet would run gets an apostrophe in front.
 *
 * @example
 * ```ts
 * import { formatCsv } from "./figure_rows.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatCsv([{ a: 1, b: 'x,"y"' }, { a: null, b: "=1" }]), 'a,b\n1,"x,""y"""\n,\'=1\n');
 * ```
 */
export function formatCsv(rows: readonly DataRow[]): string {
  const columns = columnsOf(rows);
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name] ?? null))];
  return lines.map((line) => `${line.map(formatValue).join(",")}\n`).join("");
}

function formatValue(value: CellValue): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
