import assert from "node:assert/strict";

import { replaySchedule } from "../../lib/schedule/replay.ts";
import { traceOf } from "../workload/trace_of.ts";

Deno.test("replaySchedule starts at 0 and scales the intervals", () => {
  // (2500 − 500) × 0.6 = 1200
  assert.deepEqual(replaySchedule(traceOf([500, 500, 2500]), 0.6), {
    kind: "open",
    arrivalsMs: [0, 0, 1200],
  });
});

Deno.test("replaySchedule rejects a factor of NaN", () => {
  assert.throws(() => replaySchedule(traceOf([0]), NaN), RangeError);
});
