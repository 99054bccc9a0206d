/**
 * Whether a cell measured what it claims to have measured.
 *
 * @module
 */
import type { Cell } from "../types.ts";
import type { Distribution } from "./distribution.ts";
import { SEND_LAG_LIMIT_MS } from "./send_lag.ts";

/** `valid` is about the measurement, not about the engine: a slow engine measured well is valid. */
export interface Verdict {
  readonly valid: boolean;
  /** Why not; empty when valid. */
  readonly reasons: readonly string[];
}

/** Above this share of failed requests, latencies are those of the survivors. */
export const FAILURE_LIMIT_RATIO = 0.05;

/** Above this p99, in ms, a simulated engine's times are its host's more than its model's. */
export const ENGINE_LAG_LIMIT_MS = 5;

/**
 * Whether more than {@linkcode FAILURE_LIMIT_RATIO} of the requests got no answer: those that failed, and turns of a
 * conversation that were never asked as an earlier one had failed.
 */
export function failedTooOften(
  { failed, unrecorded, offered }: {
    readonly failed: number;
    readonly unrecorded: number;
    readonly offered: number;
  },
): boolean {
  return failed > 0 && failed + unrecorded > FAILURE_LIMIT_RATIO * offered;
}

/**
 * Judges one cell.
 *
 * Invalid are: a cell that did not run to its end, one without a successful request or with a larger share of failed
 * ones than {@linkcode FAILURE_LIMIT_RATIO}, an open loop whose p99 send lag is above {@linkcode SEND_LAG_LIMIT_MS},
 * and one whose simulated engine had a p99 lag above {@linkcode ENGINE_LAG_LIMIT_MS}.
 */
export function judgeCell(
  cell: Cell,
  facts: { sendLag: Distribution | null; succeeded: number; failed: number; unrecorded: number },
): Verdict {
  const reasons: string[] = [];
  if (cell.status !== "complete") reasons.push(`the cell is ${cell.status}, not complete`);
  if (facts.succeeded === 0) reasons.push("no request succeeded");
  else if (failedTooOften({ ...facts, offered: cell.requestCount })) {
    const unasked = facts.unrecorded > 0 ? `, and ${facts.unrecorded} were not asked` : "";
    reasons.push(
      `${facts.failed} of ${cell.requestCount} requests failed${unasked}: the latencies are those of the others`,
    );
  }
  if (cell.schedule === "open" && facts.sendLag !== null && facts.sendLag.p99 > SEND_LAG_LIMIT_MS) {
    reasons.push(
      `the client fell behind its schedule: p99 send lag ${
        facts.sendLag.p99.toFixed(1)
      } ms is over ${SEND_LAG_LIMIT_MS} ms`,
    );
  }
  if (cell.engineLag && cell.engineLag.p99Ms > ENGINE_LAG_LIMIT_MS) {
    reasons.push(
      `the simulated engine could not keep up: p99 engine lag ${
        cell.engineLag.p99Ms.toFixed(1)
      } ms is over ${ENGINE_LAG_LIMIT_MS} ms; measure less load at once, on a less busy machine or in virtual time`,
    );
  }
  return { valid: reasons.length === 0, reasons };
}
