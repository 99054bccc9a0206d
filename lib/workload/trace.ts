/**
 * What can be asked of a trace and done to its times.
 *
 * @module
 */
import type { Trace } from "../types.ts";

/**
 * Multiplies the intervals between arrivals.
 *
 * An entry that arrived `t` ms after the first one now arrives at `t × factor`; the first one arrives at 0. So 0.4 is
 * faster than the trace was and 1.6 slower. Order and everything but the arrivals stay as they are.
 *
 * @param trace Entries in order of arrival.
 * @param factor Finite and > 0.
 * @returns A new trace; `source` still names what was read.
 * @throws {RangeError} If `factor` is out of its domain or the arrivals are not in order.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import type { Trace } from "../types.ts";
 * import { scaleTrace } from "./trace.ts";
 *
 * const trace: Trace = {
 *   name: "two requests",
 *   format: "mooncake",
 *   blockTokens: 512,
 *   entries: [
 *     { arrivalMs: 1_000, inputTokens: 10, outputTokens: 1 },
 *     { arrivalMs: 1_500, inputTokens: 20, outputTokens: 1 },
 *   ],
 *   source: { kind: "synthetic", note: "written by hand", seed: 0, sha256: "" },
 * };
 * assert.deepEqual(scaleTrace(trace, 0.4).entries.map((entry) => entry.arrivalMs), [0, 200]);
 * ```
 */
export function scaleTrace(trace: Trace, factor: number): Trace {
  if (!(factor > 0 && factor < Infinity)) {
    throw new RangeError(`Cannot scale trace as 'factor' must be finite and > 0: current value is ${factor}`);
  }
  assertArrivalOrder(trace);
  const firstMs = trace.entries[0]?.arrivalMs ?? 0;
  return {
    ...trace,
    entries: trace.entries.map((entry) => ({ ...entry, arrivalMs: (entry.arrivalMs - firstMs) * factor })),
  };
}

/**
 * Keeps the first entries of a trace.
 *
 * @param count How many; an integer ≥ 0. More than there are means all.
 * @throws {RangeError} If `count` is out of its domain.
 */
export function sliceTrace(trace: Trace, count: number): Trace {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`Cannot slice trace as 'count' must be an integer >= 0: current value is ${count}`);
  }
  return { ...trace, entries: trace.entries.slice(0, count) };
}

/**
 * Keeps the entries at the given positions, in the given order.
 *
 * The arrivals of the requests that `buildRequests` kept are those of
 * `pickEntries(trace, asked.map(({ id }) => id))`.
 *
 * @param positions Positions in `trace.entries`, from 0.
 * @throws {RangeError} If there is no entry at a position.
 */
export function pickEntries(trace: Trace, positions: readonly number[]): Trace {
  const entries = positions.map((position) => {
    const entry = trace.entries[position];
    if (entry === undefined) {
      throw new RangeError(
        `Cannot pick entry as the trace has ${trace.entries.length} entries: position is ${position}`,
      );
    }
    return entry;
  });
  return { ...trace, entries };
}

/** Time from the first arrival to the last, in ms; 0 for fewer than two entries. */
export function traceSpanMs(trace: Pick<Trace, "entries">): number {
  return (trace.entries.at(-1)?.arrivalMs ?? 0) - (trace.entries[0]?.arrivalMs ?? 0);
}

/**
 * Requests per second that a trace asks for: `(n − 1) / span`, as n arrivals bound n − 1 intervals.
 *
 * @returns `undefined` for fewer than two entries and for a span of 0.
 */
export function offeredRequestsPerS(trace: Pick<Trace, "entries">): number | undefined {
  const spanMs = traceSpanMs(trace);
  return spanMs > 0 ? (trace.entries.length - 1) / (spanMs / 1_000) : undefined;
}

/**
 * Checks that arrivals are finite, not negative and never decrease.
 *
 * @throws {RangeError} Naming the first entry that breaks the rule, by its position from 0.
 */
export function assertArrivalOrder(trace: Trace): void {
  let previousMs = 0;
  for (const [position, { arrivalMs }] of trace.entries.entries()) {
    if (!(arrivalMs >= previousMs && arrivalMs < Infinity)) {
      throw new RangeError(
        `Cannot use trace as entry ${position} must arrive at or after ${previousMs} ms: current value is ${arrivalMs}`,
      );
    }
    previousMs = arrivalMs;
  }
}
