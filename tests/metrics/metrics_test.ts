import assert from "node:assert/strict";

import {
  e2e,
  itl,
  metrics,
  sampleMetric,
  sendLag,
  tpot,
  ttft,
  ttftFromSchedule,
} from "../../lib/metrics/mod.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";

// Scheduled at 90, sent at 100, tokens at 150, 160, 180.
const record = makeRecord([150, 160, 180], { scheduledMs: 90, sentMs: 100, headersMs: 101, doneMs: 181 });

Deno.test("request metrics follow their definitions", () => {
  assert.equal(ttft.ofRequest(record), 50); // 150 − 100
  assert.equal(ttftFromSchedule.ofRequest(record), 60); // 150 − 90
  assert.equal(tpot.ofRequest(record), 15); // (180 − 150) / 2
  assert.deepEqual(itl.ofTokens(record), [10, 20]);
  assert.equal(e2e.ofRequest(record), 80); // 180 − 100, not 181: the finish chunk is no token
  assert.equal(sendLag.ofRequest(record), 10);
});

Deno.test("TPOT divides by the server's token count where chunks carry several tokens", () => {
  const usage = { promptTokens: 10, completionTokens: 7 };
  assert.equal(tpot.ofRequest({ ...record, usage }), 5); // 30 / 6
  assert.equal(tpot.ofRequest({ ...record, tokensPerTic: [1, 2, 3] }), 6); // 30 / 5
});

Deno.test("TPOT is undefined below two tokens", () => {
  assert.equal(tpot.ofRequest(makeRecord([5])), undefined);
});

Deno.test("a failed request has no latency, but it has a send lag", () => {
  const failed = makeFailure([150, 160], { scheduledMs: 0, sentMs: 3 });
  for (const metric of metrics) {
    assert.deepEqual(sampleMetric(metric, [failed]), metric === sendLag ? [3] : [], metric.name);
  }
});

Deno.test("a request that was never sent has no value in any metric", () => {
  const unsent = makeRecord([], { sentMs: null, outcome: { kind: "cancelled" } });
  for (const metric of metrics) assert.deepEqual(sampleMetric(metric, [unsent]), [], metric.name);
});

Deno.test("the gaps of a request sum to its last tic − first", () => {
  const tics = [1, 2.5, 7, 7, 30.25];
  assert.equal(itl.ofTokens(makeRecord(tics)).reduce((a, b) => a + b, 0), 29.25);
});
