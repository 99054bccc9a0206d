import assert from "node:assert/strict";

import { drive, openaiChat } from "../../lib/client/mod.ts";
import { virtualClock } from "../../lib/clock.ts";
import { simulated } from "../../lib/engines/mod.ts";
import { e2e, itl, sampleMetric, sendLag, tpot, ttft } from "../../lib/metrics/mod.ts";
import { inProcessTransport } from "../../lib/simulator/in_process.ts";
import type { RequestRecord } from "../../lib/types.ts";
import { makeRequests } from "../testdata/target.ts";

Deno.test("64 streams of a simulated engine with TTFT 50 ms and ITL 5 ms are measured as exactly that in virtual time", async () => {
  const clock = virtualClock();
  await using transport = inProcessTransport({ fixed: { ttftMs: 50, itlMs: 5 } }, clock);
  const records: RequestRecord[] = [];
  const done = drive(makeRequests(64, 20), {
    kind: "open",
    arrivalsMs: Array.from({ length: 64 }, (_, i) => i * 5),
  }, {
    target: {
      ...{ baseUrl: "http://simulated/v1", model: "any", protocol: openaiChat, quirks: simulated.quirks },
      ...{ headers: {}, timeoutMs: 10_000, secrets: [] },
    },
    clock,
    transport,
    onRecord: (record) => records.push(record),
  });
  clock.run();
  await done;
  assert.equal(records.length, 64);
  assert.deepEqual(new Set(sampleMetric(ttft, records)), new Set([50]));
  assert.deepEqual(new Set(sampleMetric(itl, records)), new Set([5]));
  assert.deepEqual(new Set(sampleMetric(tpot, records)), new Set([5]));
  assert.deepEqual(new Set(sampleMetric(e2e, records)), new Set([145])); // 50 + 19 × 5
  assert.deepEqual(new Set(sampleMetric(sendLag, records)), new Set([0]));
});
