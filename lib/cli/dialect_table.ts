/**
 * Other tools' numbers on the terminal.
 *
 * @module
 */
import {
  describeTools,
  dialects,
  measureDialects,
  type RunDialects,
  type ToolNumbers,
} from "../metrics/dialects/mod.ts";
import {
  type Difference,
  explainCompared,
  explainRows,
  sideBySide,
} from "../metrics/dialects/side_by_side.ts";
import type { CellSummary } from "../metrics/mod.ts";
import { formatNumber, MISSING } from "../plots/format.ts";
import type { Run } from "../types.ts";
import { newTable } from "./tables.ts";

/** What `--dialect` takes: one tool, or all side by side. */
export const dialectChoices: readonly string[] = [...dialects.map(({ name }) => name), "all"];

/**
 * What one tool would print of a cell: its own names and number formats.
 *
 * A row whose number our records do not tell is there without one.
 */
export function dialectTable(tool: ToolNumbers): string {
  const table = newTable([`as ${tool.label} prints it`, ""]);
  for (const { name, printed } of tool.rows) table.push([name, printed ?? MISSING]);
  return table.toString();
}

/** Ours and every tool's number, quantity by quantity. */
export function sideBySideText(cell: CellSummary, tools: readonly ToolNumbers[]): string {
  const table = newTable(["", "ours", ...tools.map(({ label }) => label)]);
  for (const { label, ours, tools: values } of sideBySide(cell, tools)) {
    table.push([label, formatNumber(ours), ...values.map((tool) => formatNumber(tool?.value ?? null))]);
  }
  return table.toString();
}

/**
 * What `--dialect` prints of a run: cell by cell, then why it differs from ours.
 *
 * @param dialect One of {@linkcode dialectChoices}.
 */
export function describeInDialect(
  dialect: string,
  { run, cells }: { readonly run: Run; readonly cells: readonly CellSummary[] },
): string[] {
  const numbers = measureDialects(run);
  return [
    ...cells.map((cell) => `\n${cell.label}\n${dialectText(dialect, { cell, numbers })}`),
    `\n${explainDialect(dialect, numbers)}`,
  ];
}

/**
 * What `report --dialect` prints of a cell.
 *
 * @param dialect One of {@linkcode dialectChoices}.
 */
export function dialectText(
  dialect: string,
  { cell, numbers }: { readonly cell: CellSummary; readonly numbers: RunDialects },
): string {
  const tools = numbers.get(cell.index) ?? [];
  if (dialect === "all") return sideBySideText(cell, tools);
  return tools.filter(({ name }) => name === dialect).map(dialectTable).join("\n");
}

/**
 * Why what {@linkcode dialectText} prints differs from ours, once for all cells.
 *
 * @param dialect One of {@linkcode dialectChoices}.
 */
export function explainDialect(dialect: string, numbers: RunDialects): string {
  const tools = describeTools(numbers);
  const differences = dialect === "all"
    ? tools.flatMap(explainCompared)
    : tools.filter(({ name }) => name === dialect).flatMap(explainRows);
  return differences.map(spell).join("\n");
}

function spell({ tool, subject, differs }: Difference): string {
  return `${tool}, ${subject}: ${differs}`;
}
