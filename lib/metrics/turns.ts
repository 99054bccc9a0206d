/**
 * How conversations go, turn by turn.
 *
 * @module
 */
import type { Run } from "../types.ts";
import type { RequestPoint } from "./digest.ts";
import { saysCached } from "./hit_rates.ts";
import { digestRun } from "./mod.ts";
import { quantileSorted } from "./quantile.ts";

/** The requests of one turn in one cell. */
export type TurnSummary = {
  /** From 1. */
  readonly turn: number;
  /** Successful ones; the values below are theirs. */
  readonly count: number;
  readonly failed: number;
  readonly ttftP50Ms: number | null;
  readonly ttftP90Ms: number | null;
  readonly promptTokensP50: number | null;
  /** Of the turn's prompt tokens, by the server's usage; `null` where it does not say. */
  readonly cachedShare: number | null;
};

/**
 * Summarises each turn of each cell.
 *
 * @returns By index of the cell, first turn first; cells without turns are left out.
 */
export function summarizeTurns(run: Run): ReadonlyMap<number, readonly TurnSummary[]> {
  const says = saysCached(run);
  const cells = new Map<number, readonly TurnSummary[]>();
  for (const [index, digest] of digestRun(run)) {
    const turns = new Map<number, RequestPoint[]>();
    for (const point of digest.points()) {
      if (point.turn === undefined) continue;
      const points = turns.get(point.turn) ?? [];
      turns.set(point.turn, points);
      points.push(point);
    }
    if (turns.size === 0) continue;
    const ordered = [...turns].sort(([a], [b]) => a - b);
    cells.set(index, ordered.map(([turn, points]) => summarizeTurn(turn, { points, says })));
  }
  return cells;
}

function summarizeTurn(
  turn: number,
  { points, says }: { readonly points: readonly RequestPoint[]; readonly says: boolean },
): TurnSummary {
  const ok = points.filter(({ outcome }) => outcome === "ok");
  const ttftsMs = ok.flatMap(({ ttftMs }) => ttftMs ?? []).sort((a, b) => a - b);
  const prompts = ok.map(({ inputTokens }) => inputTokens).sort((a, b) => a - b);
  const promptTokens = prompts.reduce((sum, tokens) => sum + tokens, 0);
  const cachedTokens = ok.reduce((sum, { cachedTokens }) => sum + (cachedTokens ?? 0), 0);
  const quantile = (sorted: readonly number[], q: number) =>
    sorted.length === 0 ? null : quantileSorted(sorted, q);
  return {
    turn,
    count: ok.length,
    failed: points.filter(({ outcome }) => outcome === "failed").length,
    ttftP50Ms: quantile(ttftsMs, 0.5),
    ttftP90Ms: quantile(ttftsMs, 0.9),
    promptTokensP50: quantile(prompts, 0.5),
    cachedShare: says && promptTokens > 0 ? cachedTokens / promptTokens : null,
  };
}
