/**
 * What other tools would print, as a file for scripts.
 *
 * @module
 */
import type { Cell, Json } from "../../types.ts";
import { describeTools, type RunDialects } from "./mod.ts";

/** Version written today. */
const SCHEMA_VERSION = 1;

/** What of a run is in the file beside the numbers. */
export interface DialectsFileOptions {
  readonly runId: string;
  readonly cells: readonly Pick<Cell, "index" | "label">[];
}

/**
 * Makes the content of `dialects.json`: what the rows of each tool are, once, and their values cell by cell, under the
 * tools' own names.
 *
 * @example
 * ```ts
 * import { dialectsJson } from "./dialects_json.ts";
 * import assert from "node:assert/strict";
 *
 * const row = { name: "TTFT avg", value: 8, unit: "ms", printed: "8.0000", ours: "ttft.mean", differs: "…" } as const;
 * const numbers = new Map([[0, [{ name: "mini-sglang", label: "mini-sglang", source: "…", rows: [row] } as const]]]);
 * const { cells } = dialectsJson(numbers, { runId: "r", cells: [{ index: 0, label: "1×" }] });
 * assert.deepEqual(cells, [{ index: 0, label: "1×", tools: { "mini-sglang": { "TTFT avg": 8 } } }]);
 * ```
 */
export function dialectsJson(
  numbers: RunDialects,
  { runId, cells }: DialectsFileOptions,
): { readonly [key: string]: Json } {
  return {
    schemaVersion: SCHEMA_VERSION,
    runId,
    tools: describeTools(numbers).map(({ rows, ...tool }) => ({
      ...tool,
      rows: rows.map(({ name, unit, ours, differs }) => ({ name, unit, ours, differs })),
    })),
    cells: cells.map(({ index, label }) => ({
      ...{ index, label },
      tools: Object.fromEntries(
        (numbers.get(index) ?? []).map(({ name, rows }) => [
          name,
          Object.fromEntries(rows.map((row) => [row.name, rounded(row.value)])),
        ]),
      ),
    })),
  };
}

/** To six decimals: what is beyond them is noise of binary fractions. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
