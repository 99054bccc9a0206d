/**
 * Load shape: the arrivals of a trace, faster or slower.
 *
 * @module
 */
import type { Schedule, Trace } from "../types.ts";
import { scaleTrace } from "../workload/trace.ts";

/**
 * Sends each request of a trace when the trace says, with intervals multiplied by `factor`, the first one at 0.
 *
 * @param factor Finite and > 0; 0.4 is faster than the trace.
 * @returns An open loop with one arrival per entry, in the order of the entries.
 * @throws {RangeError} If `factor` is out of its domain or the arrivals are not in order.
 */
export function replaySchedule(trace: Trace, factor: number): Schedule {
  return { kind: "open", arrivalsMs: scaleTrace(trace, factor).entries.map((entry) => entry.arrivalMs) };
}
