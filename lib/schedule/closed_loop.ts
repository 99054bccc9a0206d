/**
 * Load shape: a fixed number of requests in flight.
 *
 * @module
 */
import type { Schedule } from "../types.ts";

/**
 * Sends the next request as soon as one ends, so that `concurrency` of them are always in flight.
 *
 * @param concurrency An integer ≥ 1.
 * @throws {RangeError} If `concurrency` is out of its domain.
 */
export function closedLoopSchedule(concurrency: number): Schedule {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new RangeError(
      `Cannot schedule closed loop as 'concurrency' must be an integer >= 1: current value is ${concurrency}`,
    );
  }
  return { kind: "closed", concurrency };
}
