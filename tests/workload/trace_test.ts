import assert from "node:assert/strict";
import fc from "fast-check";

import {
  assertArrivalOrder,
  offeredRequestsPerS,
  pickEntries,
  scaleTrace,
  sliceTrace,
  traceSpanMs,
} from "../../lib/workload/trace.ts";
import { arrivalsMs, traceOf } from "./trace_of.ts";

const arrivals = fc.array(fc.integer({ min: 0, max: 7_200_000 }), { maxLength: 50 })
  .map((times) => times.sort((a, b) => a - b));
const factor = fc.double({ min: 0.01, max: 100, noNaN: true });

Deno.test("scaleTrace multiplies the time since the first arrival", () => {
  // (1000 − 1000) × 0.4, (1500 − 1000) × 0.4, (4000 − 1000) × 0.4
  assert.deepEqual(arrivalsMs(scaleTrace(traceOf([1000, 1500, 4000]), 0.4)), [0, 200, 1200]);
  assert.deepEqual(arrivalsMs(scaleTrace(traceOf([1000, 1500, 4000]), 2)), [0, 1000, 6000]);
  assert.deepEqual(arrivalsMs(scaleTrace(traceOf([]), 2)), []);
});

Deno.test("scaleTrace changes nothing but the arrivals", () => {
  const entry = { arrivalMs: 5, inputTokens: 20, outputTokens: 3, hashIds: [1, 2], sessionId: "7", turn: 2 };
  const trace = traceOf([entry]);
  assert.deepEqual(scaleTrace(trace, 3), { ...trace, entries: [{ ...entry, arrivalMs: 0 }] });
  assert.equal(trace.entries[0], entry);
});

Deno.test("scaleTrace by a and then by b is scaleTrace by ab, within rounding", () => {
  fc.assert(fc.property(arrivals, factor, factor, (times, a, b) => {
    const twice = arrivalsMs(scaleTrace(scaleTrace(traceOf(times), a), b));
    const once = arrivalsMs(scaleTrace(traceOf(times), a * b));
    for (const [i, ms] of once.entries()) {
      assert.ok(Math.abs((twice[i] ?? NaN) - ms) <= 1e-12 * ms, `${twice[i]} is not ${ms}`);
    }
  }));
});

Deno.test("scaleTrace keeps the order and the span's proportion", () => {
  fc.assert(fc.property(arrivals, factor, (times, by) => {
    const trace = traceOf(times);
    const scaled = scaleTrace(trace, by);
    assertArrivalOrder(scaled);
    assert.equal(traceSpanMs(scaled), traceSpanMs(trace) * by);
  }));
});

Deno.test("scaleTrace rejects factors that are not finite and > 0", () => {
  for (const bad of [0, -1, NaN, Infinity, -Infinity]) {
    assert.throws(() => scaleTrace(traceOf([0]), bad), {
      name: "RangeError",
      message: `Cannot scale trace as 'factor' must be finite and > 0: current value is ${bad}`,
    });
  }
});

Deno.test("assertArrivalOrder names the first entry out of order", () => {
  assert.doesNotThrow(() => assertArrivalOrder(traceOf([0, 0, 3])));
  const cases: [number[], string][] = [
    [[0, 3, 2, 1], "entry 2 must arrive at or after 3 ms: current value is 2"],
    [[-1], "entry 0 must arrive at or after 0 ms: current value is -1"],
    [[0, NaN], "entry 1 must arrive at or after 0 ms: current value is NaN"],
    [[0, Infinity], "entry 1 must arrive at or after 0 ms: current value is Infinity"],
  ];
  for (const [times, reason] of cases) {
    assert.throws(() => assertArrivalOrder(traceOf(times)), {
      name: "RangeError",
      message: `Cannot use trace as ${reason}`,
    });
    assert.throws(() => scaleTrace(traceOf(times), 1), RangeError);
  }
});

Deno.test("sliceTrace keeps the first entries", () => {
  const trace = traceOf([1, 2, 3]);
  assert.deepEqual(arrivalsMs(sliceTrace(trace, 2)), [1, 2]);
  assert.deepEqual(arrivalsMs(sliceTrace(trace, 0)), []);
  assert.deepEqual(arrivalsMs(sliceTrace(trace, 9)), [1, 2, 3]);
  for (const bad of [-1, 1.5, NaN]) assert.throws(() => sliceTrace(trace, bad), RangeError);
});

Deno.test("pickEntries keeps the entries at the positions", () => {
  assert.deepEqual(arrivalsMs(pickEntries(traceOf([10, 20, 30]), [0, 2])), [10, 30]);
  assert.throws(() => pickEntries(traceOf([10]), [1]), {
    name: "RangeError",
    message: "Cannot pick entry as the trace has 1 entries: position is 1",
  });
});

Deno.test("traceSpanMs and offeredRequestsPerS count intervals", () => {
  const cases: [number[], number, number | undefined][] = [
    [[], 0, undefined],
    [[5], 0, undefined],
    [[5, 5], 0, undefined], // no time in which to offer them
    [[1000, 1500, 3000], 2000, 1], // 2 intervals in 2 s
    [[0, 250], 250, 4], // 1 interval in 0.25 s
  ];
  for (const [times, spanMs, requestsPerS] of cases) {
    assert.equal(traceSpanMs(traceOf(times)), spanMs);
    assert.equal(offeredRequestsPerS(traceOf(times)), requestsPerS);
  }
});
