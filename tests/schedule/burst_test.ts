import assert from "node:assert/strict";

import { burstSchedule } from "../../lib/schedule/burst.ts";

Deno.test("burstSchedule sends everything at 0", () => {
  assert.deepEqual(burstSchedule(3), { kind: "open", arrivalsMs: [0, 0, 0] });
});

Deno.test("burstSchedule rejects counts that are not integers >= 1", () => {
  for (const bad of [0, -1, 1.5, NaN]) assert.throws(() => burstSchedule(bad), RangeError);
});
