/**
 * Looking for the largest load that still meets an objective.
 *
 * @module
 */
import { drive } from "../client/mod.ts";
import { type CellSummary, digestCell, summarizeDigest } from "../metrics/mod.ts";
import type { Line } from "./connect.ts";
import type { CellPlan } from "./run_cells.ts";

/** The search ends when the smallest scale that meets the objective is this close to one that misses it. */
const TOLERANCE_RATIO = 1.05;

/**
 * Brackets the smallest scale factor, which is the largest load, that meets an objective, by halving in the logarithm.
 *
 * @param bounds Scale factors: `fast` is the largest load tried, `slow` the smallest; 0 < fast ≤ slow.
 * @param meets Whether the objective is met at a scale factor; `null` when that cannot be told, which ends the search.
 * @returns The scale factors that decide it: one that meets the objective and one that misses it, less than 5 % apart; a
 * bound alone, when it decides already.
 * @example
 * ```ts
 * import { bracketScale } from "./find_load.ts";
 * import assert from "node:assert/strict";
 *
 * const [missed = 0, met = 0] = await bracketScale({ fast: 0.1, slow: 10 }, (scale) => Promise.resolve(scale >= 1));
 * assert.ok(missed < 1 && met >= 1 && met / missed <= 1.05);
 * ```
 */
export async function bracketScale(
  { fast, slow }: { readonly fast: number; readonly slow: number },
  meets: (scale: number) => Promise<boolean | null>,
): Promise<number[]> {
  const atFast = await meets(fast);
  if (atFast !== false) return [fast];
  const atSlow = fast === slow ? atFast : await meets(slow);
  if (atSlow !== true) return [slow];
  let [missed, met] = [fast, slow];
  while (met / missed > TOLERANCE_RATIO) {
    const middle = roundScale(Math.sqrt(missed * met));
    if (middle <= missed || middle >= met) break;
    const atMiddle = await meets(middle);
    if (atMiddle === null) break;
    if (atMiddle) met = middle;
    else missed = middle;
  }
  return [missed, met];
}

/** Three digits: finer than the tolerance, and short enough for a label. */
function roundScale(scale: number): number {
  return Number(scale.toPrecision(3));
}

/** Drives a cell and keeps nothing but its summary. */
export async function tryCell(plan: CellPlan, line: Line): Promise<CellSummary> {
  let digest = digestCell({ startMs: null });
  const { startMs, endMs } = await line.clock.settle(drive(plan.requests, plan.schedule, {
    ...line,
    onStart: (startMs) => digest = digestCell({ startMs }),
    onRecord: (record) => digest.add(record),
  }));
  const { label, parameters, offeredRequestsPerS, requests, schedule } = plan;
  return summarizeDigest({
    ...{ index: 0, label, parameters, offeredRequestsPerS, startMs, endMs },
    ...{ schedule: schedule.kind, requestCount: requests.length },
    status: line.signal?.aborted ? "interrupted" : "complete",
  }, digest);
}
