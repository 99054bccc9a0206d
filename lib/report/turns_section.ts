/**
 * Conversations, turn by turn.
 *
 * @module
 */
import { summarizeTurns } from "../metrics/turns.ts";
import {
  formatCount,
  formatMs,
  formatShare,
  hitRatesFigure,
  layOutCells,
  MISSING,
  turnsFigure,
} from "../plots/mod.ts";
import { roundOf } from "../metrics/paired_rounds.ts";
import type { Run } from "../types.ts";
import type { Block, Row, Section } from "./blocks.ts";

/** A longer table is not read; the figure has all of it. */
const MOST_ROWS = 100;

/**
 * Makes the section.
 *
 * @returns Nothing for a run without turns.
 */
export function turnsSection(run: Run): Section[] {
  const rows = turnRows(run);
  if (rows.length === 0) return [];
  const hasRounds = run.manifest.cells.some((cell) => (roundOf(cell) ?? 1) > 1);
  return [{
    id: "turns",
    title: "Conversations, turn by turn",
    blocks: [
      { kind: "figure", figure: turnsFigure(run), width: "full" },
      // A run of several rounds shows them beside its rounds.
      ...(hasRounds ? [] : [{ kind: "figure", figure: hitRatesFigure(run), width: "full" } as const]),
      turnTable(rows),
    ],
  }];
}

function turnTable(rows: readonly Row[]): Block {
  const shown = rows.slice(0, MOST_ROWS);
  const rest = rows.length > shown.length
    ? `; the first ${formatCount(MOST_ROWS)} of ${formatCount(rows.length)} rows`
    : "";
  const columns = [
    "Turn",
    "Succeeded",
    "Failed",
    "TTFT p50",
    "TTFT p90",
    "Prompt tokens p50",
    "Prompt tokens cached",
  ];
  return {
    kind: "table",
    caption: `Turns${rest}`,
    columns: [{ label: "Cell", numeric: false }, ...columns.map((label) => ({ label, numeric: true }))],
    rows: shown,
  };
}

function turnRows(run: Run): Row[] {
  const turns = summarizeTurns(run);
  return layOutCells(run.manifest.cells).cells.flatMap(({ index, label, level, tone }) =>
    (turns.get(index) ?? []).map((turn): Row => ({
      values: [
        label,
        formatCount(turn.turn),
        formatCount(turn.count),
        formatCount(turn.failed),
        formatMs(turn.ttftP50Ms),
        formatMs(turn.ttftP90Ms),
        formatCount(turn.promptTokensP50),
        turn.cachedShare === null ? MISSING : formatShare(turn.cachedShare),
      ],
      ...{ level, tone },
      failed: turn.failed > 0,
    }))
  );
}
