/**
 * When long gaps between tokens came: how many gaps of which length ended when, in bins whose number has a bound.
 *
 * @module
 */

/** Rows are equally high on a logarithmic scale from here. Shorter gaps, 0 among them, are in the first row. */
const LOWEST_MS = 0.1;
const ROWS_PER_DECADE = 32;
/** Six decades: up to 100 s. Longer gaps are in the last row. */
const ROWS = 6 * ROWS_PER_DECADE;
/** When time does not fit any more, columns get twice as wide. */
const MOST_COLUMNS = 120;
const FIRST_COLUMN_MS = 10;
/** Whole µs below this have their row looked up. */
const LOOKED_UP_US = 65_536;

/** How fine a grid is wanted. */
export interface CoarsenOptions {
  readonly mostColumns: number;
  readonly mostRows: number;
  /** Gaps shorter than the row that this is in are counted in that row. @default {0} */
  readonly lowMs?: number;
}

/** A grid with as many rows and columns as a figure can show. */
export interface CoarseGaps {
  readonly columnMs: number;
  /** Limits of the rows in ms, ascending; one more than there are rows. */
  readonly edgesMs: readonly number[];
  /** Column after column from the cell's start, each with a count per row. */
  readonly columns: readonly (readonly number[])[];
}

/**
 * Counts of gaps by the instant at which they ended and by their length, at most 96 kB whatever comes.
 *
 * @example
 * ```ts
 * import { GapGrid } from "./gap_grid.ts";
 * import assert from "node:assert/strict";
 *
 * const grid = new GapGrid(1000);
 * grid.add([1005, 1012, 1032]); // gaps of 7 ms and of 20 ms, ended 12 ms and 32 ms after the zero
 * const coarse = grid.coarsen({ mostColumns: 60, mostRows: 40 });
 * assert.equal(coarse?.columnMs, 10);
 * assert.deepEqual(coarse?.columns.map((counts) => counts.reduce((a, b) => a + b)), [0, 1, 0, 1]);
 * ```
 */
export class GapGrid {
  readonly #zeroMs: number;
  #columnMs = FIRST_COLUMN_MS;
  #columns = 0;
  /** Column after column. */
  #counts = new Uint32Array(0);

  /** @param zeroMs Instant at which the first column begins. */
  constructor(zeroMs: number) {
    this.#zeroMs = zeroMs;
  }

  /**
   * Takes in the gaps of one request. Gaps that ended before the zero are in no column.
   *
   * @param ticsMs Never decreasing.
   */
  add(ticsMs: readonly number[]): void {
    if (ticsMs.length < 2) return;
    this.#makeRoom((ticsMs.at(-1) ?? 0) - this.#zeroMs);
    const [counts, rows, zeroMs, columnMs] = [this.#counts, rowsByUs(), this.#zeroMs, this.#columnMs];
    let lastMs = ticsMs[0] ?? 0;
    let [columnEndMs, base] = [-Infinity, 0];
    for (let i = 1; i < ticsMs.length; i++) {
      const endMs = ticsMs[i] ?? 0;
      if (endMs >= columnEndMs) {
        const column = Math.floor((endMs - zeroMs) / columnMs);
        base = column * ROWS;
        columnEndMs = zeroMs + (column + 1) * columnMs;
      }
      // Half a µs is added, as the difference of two instants in ms is no whole number of µs.
      const gapUs = Math.floor((endMs - lastMs) * 1000 + 0.5);
      lastMs = endMs;
      const place = base + (rows[gapUs] ?? rowOf(gapUs));
      if (base >= 0) counts[place] = (counts[place] ?? 0) + 1;
    }
  }

  /**
   * Merges neighbours until there are as few rows and columns as asked for; rows without gaps at either end are left out.
   *
   * @returns `null` without gaps.
   */
  coarsen({ mostColumns, mostRows, lowMs = 0 }: CoarsenOptions): CoarseGaps | null {
    const all = this.#usedRows();
    if (all === null) return null;
    const used = { first: Math.min(all.last, Math.max(all.first, rowOf(1000 * lowMs))), last: all.last };
    const columnsPerBin = Math.ceil(this.#columns / mostColumns);
    const rowsPerBin = Math.ceil((used.last - used.first + 1) / mostRows);
    const rows = Math.ceil((used.last - used.first + 1) / rowsPerBin);
    const columns = Array.from(
      { length: Math.ceil(this.#columns / columnsPerBin) },
      () => new Array<number>(rows).fill(0),
    );
    for (let column = 0; column < this.#columns; column++) {
      const counts = columns[Math.floor(column / columnsPerBin)] ?? [];
      for (let row = all.first; row <= used.last; row++) {
        const bin = Math.max(0, Math.floor((row - used.first) / rowsPerBin));
        counts[bin] = (counts[bin] ?? 0) + (this.#counts[column * ROWS + row] ?? 0);
      }
    }
    const edgesMs = Array.from({ length: rows + 1 }, (_, bin) => lowEdgeMs(used.first + bin * rowsPerBin));
    return { columnMs: this.#columnMs * columnsPerBin, edgesMs, columns };
  }

  /** Until an instant after the zero has a column. */
  #makeRoom(atMs: number): void {
    if (this.#counts.length === 0) this.#counts = new Uint32Array(MOST_COLUMNS * ROWS);
    while (atMs >= MOST_COLUMNS * this.#columnMs) this.#widenColumns();
    this.#columns = Math.max(this.#columns, Math.floor(atMs / this.#columnMs) + 1);
  }

  #widenColumns(): void {
    this.#columnMs *= 2;
    const wide = new Uint32Array(this.#counts.length);
    for (let column = 0; column < this.#columns; column++) {
      const [from, to] = [column * ROWS, Math.floor(column / 2) * ROWS];
      for (let row = 0; row < ROWS; row++) {
        wide[to + row] = (wide[to + row] ?? 0) + (this.#counts[from + row] ?? 0);
      }
    }
    this.#counts = wide;
    this.#columns = Math.ceil(this.#columns / 2);
  }

  #usedRows(): { readonly first: number; readonly last: number } | null {
    let [first, last] = [ROWS, -1];
    for (let place = 0; place < this.#columns * ROWS; place++) {
      if (this.#counts[place] === 0) continue;
      first = Math.min(first, place % ROWS);
      last = Math.max(last, place % ROWS);
    }
    return last < 0 ? null : { first, last };
  }
}

/** Lower limit of a row, in ms. */
function lowEdgeMs(row: number): number {
  return Number((LOWEST_MS * 10 ** (row / ROWS_PER_DECADE)).toPrecision(6));
}

function rowOf(gapUs: number): number {
  const row = Math.floor(ROWS_PER_DECADE * Math.log10(Math.max(0, gapUs) / 1000 / LOWEST_MS) + 1e-9);
  return Math.max(0, Math.min(ROWS - 1, row));
}

let lookedUp: Uint8Array | null = null;

/** Millions of gaps come, and a table is several times as fast as a logarithm. */
function rowsByUs(): Uint8Array {
  return lookedUp ??= Uint8Array.from({ length: LOOKED_UP_US }, (_, us) => rowOf(us));
}
