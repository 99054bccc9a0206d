/**
 * Our numbers beside those of other tools.
 *
 * @module
 */
import { MIN_COUNT_FOR_P99 } from "../distribution.ts";
import type { CellSummary } from "../summary.ts";
import { comparedLatencies, type DialectName, type DialectRow, ourValue, type Quantity } from "./dialect.ts";

/** A tool's rows, as a run's dialects have them. */
export interface ToolRows {
  readonly name: DialectName;
  readonly label: string;
  readonly rows: readonly DialectRow[];
}

/** A tool's number for something that we measure, in our unit. */
export interface ToolValue {
  readonly value: number | null;
  /** The tool's name of the row. */
  readonly name: string;
}

/** One quantity, ours first. */
export interface SideBySideRow {
  readonly label: string;
  readonly ours: number | null;
  /** In the order of the tools; `null` where a tool has no such row. */
  readonly tools: readonly (ToolValue | null)[];
}

const labels = { ttft: "TTFT", tpot: "TPOT", itl: "ITL", e2e: "E2E" } as const;

const quantities: readonly { readonly label: string; readonly quantity: Quantity }[] = [
  ...comparedLatencies.flatMap((metric) =>
    ([["mean", "mean"], ["median", "p50"], ["p99", "p99"]] as const).map(([word, statistic]) => ({
      label: `${labels[metric]} ${word} (ms)`,
      quantity: `${metric}.${statistic}` as const,
    }))
  ),
  { label: "Output tokens/s", quantity: "outputTokensPerS" },
  { label: "Requests/s", quantity: "requestsPerS" },
  { label: "Duration (s)", quantity: "durationS" },
  { label: "Goodput (requests/s)", quantity: "goodRequestsPerS" },
];

/**
 * Puts the tools' numbers for a cell beside ours, quantity by quantity. Equal things stand in a row whatever a tool calls
 * them: AIPerf's ITL beside our TPOT.
 *
 * @returns Rows of which anybody has a number.
 * @example
 * ```ts
 * import { sideBySide } from "./side_by_side.ts";
 * import { summarizeCell } from "../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const cell = { index: 0, label: "1×", parameters: {}, schedule: "open", requestCount: 0 } as const;
 * const summary = summarizeCell({ ...cell, offeredRequestsPerS: 1, startMs: 0, endMs: 1, status: "complete" }, []);
 * const row = { name: "E2E avg", value: 1.5, unit: "s", printed: "1.5", ours: "e2e.mean", differs: "" } as const;
 * const tool = { name: "mini-sglang", label: "mini-sglang", rows: [row] } as const;
 * assert.deepEqual(sideBySide(summary, [tool]), [
 *   { label: "E2E mean (ms)", ours: null, tools: [{ value: 1500, name: "E2E avg" }] },
 * ]);
 * ```
 */
export function sideBySide(cell: CellSummary, tools: readonly ToolRows[]): SideBySideRow[] {
  return quantities
    .map(({ label, quantity }) => ({
      label,
      ours: isKnown(quantity, cell) ? ourValue(quantity, cell) : null,
      tools: tools.map(({ rows }) => {
        const row = rows.find(({ ours }) => ours === quantity);
        return row === undefined ? null : { value: inOurUnit(row), name: row.name };
      }),
    }))
    .filter(({ ours, tools }) => ours !== null || tools.some((tool) => (tool?.value ?? null) !== null));
}

/** A p99 of fewer values is mostly the maximum; we do not show it, other tools do. */
function isKnown(quantity: Quantity, cell: CellSummary): boolean {
  const metric = comparedLatencies.find((one) => quantity === `${one}.p99`);
  return metric === undefined || (cell[metric]?.count ?? 0) >= MIN_COUNT_FOR_P99;
}

/** Latencies are in ms here; durations are in s everywhere. */
function inOurUnit({ value, unit, ours }: DialectRow): number | null {
  return value === null || unit !== "s" || ours === "durationS" ? value : value * 1000;
}

/** Why something that a tool prints differs from ours. */
export interface Difference {
  /** Label of the tool. */
  readonly tool: string;
  /** Our name for the same thing; `null` where we have none. */
  readonly ours: string | null;
  /** In the tool's own words, "…" where more rows are meant. */
  readonly subject: string;
  readonly differs: string;
}

/** Why all that a tool prints differs from ours, or why it is missing; each sentence once. */
export function explainRows({ label, rows }: ToolRows): Difference[] {
  return [...Map.groupBy(rows, ({ differs }) => differs)].map(([differs, some]) => ({
    tool: label,
    ours: ourName(some[0]?.ours ?? null),
    subject: `${some[0]?.name ?? ""}${some.length > 1 ? " …" : ""}`,
    differs,
  }));
}

/** "TTFT" of the mean TTFT. */
function ourName(quantity: Quantity | null): string | null {
  const metric = comparedLatencies.find((one) => quantity?.startsWith(`${one}.`));
  if (metric !== undefined) return labels[metric];
  return quantities.find((one) => one.quantity === quantity)?.label ?? null;
}

/** The same for what {@linkcode sideBySide} shows, and for what only this tool measures. */
export function explainCompared(tool: ToolRows): Difference[] {
  const isShown = ({ ours, value }: DialectRow) =>
    ours === null ? value !== null : quantities.some(({ quantity }) => quantity === ours);
  return explainRows({ ...tool, rows: tool.rows.filter(isShown) });
}
