/**
 * What other tools would print of the same tics.
 *
 * @module
 */
import type { RunDialects, ToolNumbers } from "../metrics/dialects/mod.ts";
import {
  explainCompared,
  sideBySide,
  type SideBySideRow,
  type ToolValue,
} from "../metrics/dialects/side_by_side.ts";
import type { CellSummary, RunSummary } from "../metrics/mod.ts";
import { formatNumber, layOutCells, MISSING } from "../plots/mod.ts";
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
  const tools = dialects.values().next().value ?? [];
  if (tables.length === 0) return [];
  return [{
    id: "dialects",
    title: "As other tools would print it",
    blocks: [
      {
        kind: "text",
        text:
          "Other tools mean other things by the same words. These are the numbers that they would compute from this run's tics by their own definitions, in ms and s; in brackets stands the name under which a tool prints one. Nobody ran them.",
      },
      ...tables,
      ...tools.map(differencesOf),
    ],
  }];
}

function sideBySideTable(cell: CellSummary, tools: readonly ToolNumbers[]): Table[] {
  const rows = sideBySide(cell, tools);
  if (rows.length === 0) return [];
  return [{
    kind: "table",
    caption: `${cell.label}: the same tics in the words of other tools`,
    columns: [
      { label: "Here", numeric: false },
      ...["Ours", ...tools.map(({ label }) => label)].map((label) => ({ label, numeric: true })),
    ],
    rows: rows.map((row) => ({ values: valuesOf(row) })),
  }];
}

function valuesOf({ label, ours, tools }: SideBySideRow): string[] {
  return [label, formatNumber(ours), ...tools.map(spellValue)];
}

/** "40.0 (Mean TTFT)": the value is in our unit, so the tool's own is left out of the name. */
function spellValue(tool: ToolValue | null): string {
  if (tool === null || tool.value === null) return MISSING;
  return `${formatNumber(tool.value)} (${tool.name.replace(/ \([a-z/]+\)/, "")})`;
}

function differencesOf(tool: ToolNumbers): Block {
  return {
    kind: "list",
    title: `Why ${tool.label} differs`,
    items: [
      ...explainCompared(tool).map(({ subject, differs }) => `${subject}: ${differs}`),
      `Definitions: ${tool.source}`,
    ],
  };
}
