import assert from "node:assert/strict";

import { ENGINE_LAG_LIMIT_MS, judgeCell } from "../../lib/metrics/mod.ts";
import { makeCell } from "../testdata/runs/small_run.ts";

Deno.test("judgeCell() does not trust a simulated engine that could not keep up", () => {
  const judge = (p99Ms: number | null) =>
    judgeCell(
      makeCell({ engineLag: p99Ms === null ? null : { count: 100, p50Ms: 0.1, p99Ms, maxMs: 90 } }),
      { sendLag: null, succeeded: 1, failed: 0, unrecorded: 0 },
    );
  assert.equal(judge(null).valid, true);
  assert.equal(judge(ENGINE_LAG_LIMIT_MS).valid, true);
  assert.deepEqual(judge(7.25).reasons, [
    "the simulated engine could not keep up: p99 engine lag 7.3 ms is over 5 ms; measure less load at once, on a less busy machine or in virtual time",
  ]);
});

Deno.test("turns that were never asked, as an earlier one had failed, count with the failures", () => {
  const judge = (facts: { succeeded: number; failed: number; unrecorded: number }) =>
    judgeCell({ ...makeCell(), requestCount: 200 }, { sendLag: null, ...facts });
  assert.deepEqual(judge({ succeeded: 20, failed: 9, unrecorded: 171 }), {
    valid: false,
    reasons: ["9 of 200 requests failed, and 171 were not asked: the latencies are those of the others"],
  });
  assert.equal(judge({ succeeded: 198, failed: 1, unrecorded: 1 }).valid, true);
});
