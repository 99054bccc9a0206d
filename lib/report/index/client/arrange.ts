/**
 * Which rows a reader sees, and in which order.
 *
 * @module
 */
import type { IndexState } from "./state.ts";

/** A row as the script reads it from the table. */
export interface IndexRow {
  readonly kind: string;
  /** All of its text, in lower case. */
  readonly text: string;
  /** What its columns are sorted by; "" where there is nothing. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Picks and orders rows. What has no value in the sorted column comes last in both directions; rows that are equal there
 * stay as they were.
 *
 * @param numeric Columns that hold numbers.
 * @example
 * ```ts
 * import { arrangeRows } from "./arrange.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = ["9", "", "10"].map((ttft) => ({ kind: "run", text: `run of ${ttft} ms`, values: { ttft } }));
 * const state = { query: "", kind: null, sort: "ttft", direction: "ascending" } as const;
 * assert.deepEqual(arrangeRows(rows, { state, numeric: ["ttft"] }).map(({ values }) => values.ttft), ["9", "10", ""]);
 * ```
 */
export function arrangeRows<Row extends IndexRow>(
  rows: readonly Row[],
  { state, numeric }: { readonly state: IndexState; readonly numeric: readonly string[] },
): Row[] {
  const words = state.query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const sign = state.direction === "ascending" ? 1 : -1;
  const isNumeric = numeric.includes(state.sort);
  return rows
    .filter(({ kind, text }) =>
      (state.kind === null || kind === state.kind) && words.every((word) => text.includes(word))
    )
    .toSorted((a, b) => {
      const [x, y] = [a.values[state.sort] ?? "", b.values[state.sort] ?? ""];
      if (x === "" || y === "") return x === y ? 0 : x === "" ? 1 : -1;
      return sign * (isNumeric ? Number(x) - Number(y) : compare(x, y));
    });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
