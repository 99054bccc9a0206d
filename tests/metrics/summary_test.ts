import assert from "node:assert/strict";

import { concurrencySteps, summarizeCell, tokensPerSSeries } from "../../lib/metrics/mod.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell } from "../testdata/runs/small_run.ts";

const cell = makeCell({
  label: "scale 1",
  parameters: { scale: 1 },
  requestCount: 3,
  offeredRequestsPerS: 2,
});

Deno.test("summarizeCell() counts tokens, time and failures", () => {
  const summary = summarizeCell(cell, [
    makeRecord([100, 200, 300], { id: 0, sentMs: 0, doneMs: 300 }),
    makeRecord([600, 1000], { id: 1, scheduledMs: 498, sentMs: 500, doneMs: 1000, freshConnection: true }),
    makeFailure([700], { id: 2, scheduledMs: 600, sentMs: 600, doneMs: 9000 }),
  ]);
  assert.deepEqual(summary.requests, { offered: 3, succeeded: 2, failed: 1, cancelled: 0, unrecorded: 0 });
  assert.deepEqual(summary.failures, [{ kind: "http", message: "HTTP 503", count: 1 }]);
  assert.equal(summary.outputTokens, 5); // 3 + 2; the failed one's token is not counted
  assert.equal(summary.inputTokens, 20);
  assert.equal(summary.durationMs, 1000); // 0 → 1000, not → 9000
  assert.equal(summary.outputTokensPerS, 5);
  assert.equal(summary.totalTokensPerS, 25);
  assert.equal(summary.requestsPerS, 2);
  assert.equal(summary.meanConcurrency, 1.2); // (300 + 500 + 400 of the failed one until the end at 1000) / 1000
  assert.equal(summary.peakInFlight, 2); // request 1 and the failed one
  assert.equal(summary.freshConnections, 1);
  assert.deepEqual(summary.tokenSources, { chunks: 2 });
  assert.deepEqual(summary.ttft && [summary.ttft.count, summary.ttft.mean], [2, 100]);
  assert.equal(summary.itl?.count, 3); // 2 + 1
  assert.equal(summary.sendLag?.count, 3);
  assert.equal(summary.answersOfOtherLength, 0);
  assert.equal(summary.promptsOfOtherLength, null); // nobody counted
  assert.deepEqual(summary.verdict.reasons, [
    "1 of 3 requests failed: the latencies are those of the others", // over 5 %
  ]);
});

Deno.test("summarizeCell() of nothing is nulls, never zeros, and not valid", () => {
  const summary = summarizeCell({ ...cell, status: "failed" }, []);
  assert.deepEqual([summary.ttft, summary.durationMs, summary.outputTokensPerS, summary.requestsPerS], [
    null,
    null,
    null,
    null,
  ]);
  assert.equal(summary.verdict.valid, false);
  assert.equal(summary.verdict.reasons.length, 2);
});

Deno.test("summarizeCell() counts prompts and answers that were not as long as asked", () => {
  const usage = { promptTokens: 11, completionTokens: 2 }; // 10 and 2 were asked for
  const summary = summarizeCell(cell, [
    makeRecord([1, 2], { usage }),
    makeRecord([1, 2], { usage: { ...usage, promptTokens: 10 }, outputTokens: 3 }),
    makeRecord([1, 2], { usage, inputTokens: 0 }), // not known what was asked
  ]);
  assert.deepEqual([summary.promptsOfOtherLength, summary.answersOfOtherLength], [1, 1]);
});

Deno.test("a cell is valid with 5 % of failures and not with more", () => {
  const verdict = (failed: number) => {
    const records = Array.from(
      { length: 100 },
      (_, id) => (id < failed ? makeFailure : makeRecord)([1, 2], { id }),
    );
    return summarizeCell({ ...cell, requestCount: 100 }, records).verdict.valid;
  };
  assert.deepEqual([verdict(0), verdict(5), verdict(6)], [true, true, false]);
});

Deno.test("a cell whose client fell behind is not valid", () => {
  const late = makeRecord([50, 60], { scheduledMs: 0, sentMs: 20 });
  const { verdict } = summarizeCell(cell, [late]);
  assert.equal(verdict.valid, false);
  assert.match(verdict.reasons.join(), /p99 send lag 20\.0 ms is over 10 ms/);
  assert.equal(summarizeCell({ ...cell, schedule: "closed" }, [late]).verdict.valid, true);
});

Deno.test("concurrencySteps() goes up when sent, down when done, and waits until the first token", () => {
  assert.deepEqual(
    concurrencySteps([
      makeRecord([10, 30], { sentMs: 0, doneMs: 30 }),
      makeFailure([], { sentMs: 10, doneMs: 20 }),
    ]),
    [
      { atMs: 0, inFlight: 1, queued: 1 },
      { atMs: 10, inFlight: 2, queued: 1 },
      { atMs: 20, inFlight: 1, queued: 0 },
      { atMs: 30, inFlight: 0, queued: 0 },
    ],
  );
});

Deno.test("tokensPerSSeries() bins tokens and keeps empty bins", () => {
  assert.deepEqual(tokensPerSSeries([makeRecord([100, 190, 450], { tokensPerTic: [1, 2, 1] })], 100), [
    { startMs: 100, tokensPerS: 30 }, // 3 tokens in 0.1 s
    { startMs: 200, tokensPerS: 0 },
    { startMs: 300, tokensPerS: 0 },
    { startMs: 400, tokensPerS: 10 },
  ]);
  assert.deepEqual(tokensPerSSeries([], 100), []);
});

Deno.test("what the prefix cache had is known where the server says so of any request", () => {
  const usage = (promptTokens: number, cachedTokens?: number) => ({
    usage: { promptTokens, completionTokens: 2, ...(cachedTokens === undefined ? {} : { cachedTokens }) },
  });
  const hitAndMiss = [makeRecord([1, 2], usage(30, 24)), makeRecord([1, 2], usage(10)), makeRecord([1, 2])];
  assert.equal(summarizeCell(cell, hitAndMiss).cachedShare, 24 / 40);
  assert.equal(summarizeCell(cell, [makeRecord([1, 2], usage(30)), makeRecord([1, 2])]).cachedShare, null);
});
