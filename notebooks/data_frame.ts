/**
 * Runs as Danfo.js frames. In a file of its own, to be imported with `await import("./data_frame.ts")` where it is wanted:
 * danfojs takes some 400 MB.
 *
 * Danfo.js 1.1.2 is for small tables without missing values: with them its means are not numbers and its sorting is wrong,
 * and it has no quantiles. {@linkcode toDataFrame} therefore lets no missing value in, and {@linkcode sortFrame} and
 * {@linkcode quantilesBy} are ours.
 *
 * @module
 */
import { DataFrame } from "danfojs";

import {
  cellRows,
  type Display,
  jupyterDisplay,
  quantileSorted,
  type Run,
  table,
  type TableRow,
} from "../mod.ts";

export { DataFrame };

/** How rows become a frame. */
export interface DataFrameOptions {
  /** Which columns, in which order. @default all that no row lacks */
  readonly columns?: readonly string[];
}

/**
 * Makes a frame of a run's cells, or of any rows.
 *
 * @param of A run: a row per cell, as `cellRows` makes them.
 * @returns Columns in which a value is missing are left out, unless they were asked for.
 * @throws {TypeError} When there are no rows, or a column that was asked for lacks a value.
 */
export function toDataFrame(of: Run | readonly TableRow[], { columns }: DataFrameOptions = {}): DataFrame {
  const rows = isRun(of) ? cellRows(of) : of;
  const [first] = rows;
  if (first === undefined) {
    throw new TypeError("Cannot make data frame as there are no rows: did every request fail?");
  }
  const isWhole = (column: string) => rows.every((row) => isThere(row[column]));
  const missing = columns?.find((column) => !isWhole(column));
  if (missing !== undefined) {
    const count = rows.filter((row) => !isThere(row[missing])).length;
    throw new TypeError(
      `Cannot make data frame as "${missing}" is missing in ${count} of ${rows.length} rows: filter the rows first`,
    );
  }
  const kept = columns ?? Object.keys(first).filter(isWhole);
  return new DataFrame(rows.map((row) => kept.map((column) => row[column])), { columns: [...kept] });
}

function isRun(of: Run | readonly TableRow[]): of is Run {
  return "manifest" in of;
}

function isThere(value: TableRow[string]): boolean {
  return value !== null && value !== undefined && !Number.isNaN(value);
}

/** The rows of a frame. */
export function frameRows(frame: DataFrame): TableRow[] {
  const columns: string[] = frame.columns;
  const values = frame.values as TableRow[string][][];
  return values.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place]])));
}

/** A frame as a table, for `show`. As the last value of a cell a frame shows itself so. */
export function frameTable(frame: DataFrame, { caption = "" }: { readonly caption?: string } = {}): Display {
  return table(frameRows(frame), { caption, columns: frame.columns });
}

/** Sorts by a column, smallest first; equal rows keep their order. Danfo's own sort is slow, and wrong with missing values. */
export function sortFrame(
  frame: DataFrame,
  column: string,
  { descending = false }: { readonly descending?: boolean } = {},
): DataFrame {
  checkColumns(frame, [column]);
  const sign = descending ? -1 : 1;
  const order = (a: TableRow, b: TableRow) => {
    const [left, right] = [a[column] ?? 0, b[column] ?? 0];
    return left === right ? 0 : left < right ? -sign : sign;
  };
  return toDataFrame(frameRows(frame).sort(order), { columns: frame.columns });
}

/** What {@linkcode quantilesBy} takes. */
export interface QuantilesByOptions {
  /** Column whose values make the groups. */
  readonly by: string;
  /** Column of numbers. */
  readonly of: string;
  /** Each in [0, 1]. @default {[0.5, 0.9, 0.99]} */
  readonly quantiles?: readonly number[];
}

/** Quantiles of a column, group by group, with numpy's interpolation: columns `count`, `p50`, `p90`, … */
export function quantilesBy(
  frame: DataFrame,
  { by, of, quantiles = [0.5, 0.9, 0.99] }: QuantilesByOptions,
): DataFrame {
  checkColumns(frame, [by, of]);
  if (by === "count") {
    throw new RangeError('Cannot group by "count" as the result has a column of that name: rename it');
  }
  const groups = Map.groupBy(frameRows(frame), (row) => row[by]);
  return toDataFrame([...groups].map(([group, rows]): TableRow => {
    const sorted = rows.map((row) => Number(row[of])).sort((a, b) => a - b);
    const values = quantiles.map((q) => [`p${Number((q * 100).toPrecision(6))}`, quantileSorted(sorted, q)]);
    return { [by]: group, count: sorted.length, ...Object.fromEntries(values) };
  }));
}

function checkColumns(frame: DataFrame, wanted: readonly string[]): void {
  const columns: string[] = frame.columns;
  const unknown = wanted.find((column) => !columns.includes(column));
  if (unknown === undefined) return;
  throw new RangeError(`Cannot use column "${unknown}" as the frame has ${columns.join(", ")}`);
}

/** Frames that danfo makes of frames are of the class that the exported one extends; they show themselves too. */
Object.defineProperty(Object.getPrototypeOf(DataFrame.prototype), jupyterDisplay, {
  configurable: true,
  value(this: DataFrame) {
    return frameTable(this)[jupyterDisplay]();
  },
});
