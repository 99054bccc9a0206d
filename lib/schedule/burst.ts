/**
 * Load shape: everything at once.
 *
 * @module
 */
import type { Schedule } from "../types.ts";

/**
 * Sends all requests at 0.
 *
 * @param count Requests; an integer ≥ 1.
 * @throws {RangeError} If `count` is out of its domain.
 */
export function burstSchedule(count: number): Schedule {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(
      `Cannot schedule burst as 'count' must be an integer >= 1: current value is ${count}`,
    );
  }
  return { kind: "open", arrivalsMs: new Array<number>(count).fill(0) };
}
