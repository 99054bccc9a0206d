import assert from "node:assert/strict";

import { closedLoopSchedule } from "../../lib/schedule/closed_loop.ts";

Deno.test("closedLoopSchedule keeps a number of requests in flight", () => {
  assert.deepEqual(closedLoopSchedule(8), { kind: "closed", concurrency: 8 });
});

Deno.test("closedLoopSchedule rejects concurrencies that are not integers >= 1", () => {
  for (const bad of [0, -1, 1.5, NaN]) assert.throws(() => closedLoopSchedule(bad), RangeError);
});
