/**
 * What other tools would print of the same tics.
 *
 * @module
 */
import { describeTools, type RunDialects, type ToolNumbers } from "../metrics/dialects/mod.ts";
import { explainCompared, sideBySide, type SideBySideRow } from "../metrics/dialects/side_by_side.ts";
import type { CellSummary, RunSummary } from "../metrics/mod.ts";
import { formatNumber, layOutCells } from "../plots/mod.ts";
import type { Block, Section, Table } from "./blocks.ts";

/**
 * Makes the section: a table per cell, ours and the tools' side by side, and why they differ.
 *
 * @returns Nothing where no cell has a number to compare.
 */
export function dialectsSection(summary: RunSummary, dialects: RunDialects): Section[] {
  const tables = layOutCells(summary.cells).cells.flatMap(({ index }) => {
    const cell = summary.cells.find((one) => one.index === index);
    const tools = dialects.get(index);
    return cell === undefined || tools === undefined ? [] : sideBySideTable(cell, tools);
  });
  if (tables.length === 0) return [];
  return [{
    id: "dialects",
    title: "What other tools would print",
    folded: true,
    blocks: [
      {
        kind: "text",
        text:
          "Other tools mean other things by the same words. These are the numbers that they would compute from this run's tics by their own definitions; nobody ran them. Equal things stand in a row, whatever a tool calls them; below stand its names, and why it differs.",
      },
      ...tables,
      ...describeTools(dialects).map(differencesOf),
    ],
  }];
}

function sideBySideTable(cell: CellSummary, tools: readonly ToolNumbers[]): Table[] {
  const rows = sideBySide(cell, tools);
  if (rows.length === 0) return [];
  return [{
    kind: "table",
    caption: cell.label,
    columns: [
      { label: "Here", numeric: false },
      ...["Ours", ...tools.map(({ label }) => label)].map((label) => ({ label, numeric: true })),
    ],
    rows: rows.map((row) => ({ values: valuesOf(row) })),
  }];
}

function valuesOf({ label, ours, tools }: SideBySideRow): string[] {
  return [label, formatNumber(ours), ...tools.map((tool) => formatNumber(tool?.value ?? null))];
}

function differencesOf(tool: ToolNumbers): Block {
  return {
    kind: "list",
    title: `Why ${tool.label} differs`,
    items: [
      ...explainCompared(tool).map(({ ours, subject, differs }) =>
        `${ours === null ? "" : `${ours}, printed as `}“${subject}”: ${differs}`
      ),
      `Definitions: ${tool.source}`,
    ],
  };
}
