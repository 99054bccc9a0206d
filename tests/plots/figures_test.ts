import assert from "node:assert/strict";
import { summarizeRun, ttft } from "../../lib/metrics/mod.ts";
import {
  latencyCdfFigure,
  loadOverTimeFigure,
  perRequestFigure,
  scalingLatencyFigure,
  scalingThroughputFigure,
  sendLagFigure,
  sparklineFigure,
  timelineFigure,
} from "../../lib/plots/mod.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

/** Two cells: at 2 requests/s tokens come at 100, 200, 300 ms; at 4 requests/s twice as late, and one request fails. */
const run = makeSmallRun([
  makeCell({ index: 0, label: "slow", parameters: { scale: 2 }, requestCount: 2, offeredRequestsPerS: 2 }),
  makeCell({
    index: 1,
    label: "fast",
    parameters: { scale: 1 },
    requestCount: 3,
    offeredRequestsPerS: 4,
    startMs: 5000,
  }),
], [
  makeRecord([100, 200, 300], { id: 0, cell: 0 }),
  makeRecord([600, 700, 800], { id: 1, cell: 0, scheduledMs: 498, sentMs: 500, headersMs: 510 }),
  makeRecord([5200, 5400, 5600], { id: 0, cell: 1, scheduledMs: 5000, sentMs: 5000, headersMs: 5010 }),
  makeRecord([5450, 5650, 5850], { id: 1, cell: 1, scheduledMs: 5250, sentMs: 5250, headersMs: 5260 }),
  makeFailure([], { id: 2, cell: 1, scheduledMs: 5500, sentMs: 5503, headersMs: null, doneMs: 5903 }),
]);
const summary = summarizeRun(run);

Deno.test("latencyCdfFigure() has one curve per cell, least load first", () => {
  const { data, caption } = latencyCdfFigure(run, ttft);
  assert.deepEqual(data.curves.map(({ cell }) => cell.label), ["slow", "fast"]);
  assert.deepEqual(data.curves.map(({ curve }) => curve.count), [2, 2]); // the failure has no TTFT
  assert.deepEqual(data.curves.map(({ curve }) => curve.values[50]), [100, 200]);
  assert.match(
    caption,
    /^Median 100\sms at slow, 200\sms at fast; .*; 2 requests per curve\. p99 is left out/,
  );
});

Deno.test("scalingLatencyFigure() leaves p99 out below 100 values", () => {
  const { data, caption } = scalingLatencyFigure(summary, { name: "ttft", label: "TTFT" });
  assert.deepEqual(
    data.points.map(({ cell, p50, p90, p99, count, failed }) => [cell.x, p50, p90, p99, count, failed]),
    [
      [2, 100, 100, null, 2, 0],
      [4, 200, 200, null, 2, 1],
    ],
  );
  assert.match(
    caption,
    /^p50 TTFT rises from 100\sms at 2\.00 requests\/s to 200\sms at 4\.00 requests\/s\./,
  );
  assert.match(caption, /1 failed request left out/);
});

Deno.test("scalingLatencyFigure() has p99 from 100 values on", () => {
  const records = Array.from({ length: 100 }, (_, i) => makeRecord([i + 1], { id: i }));
  const { data } = scalingLatencyFigure(summarizeRun(makeSmallRun([makeCell()], records)), {
    name: "ttft",
    label: "TTFT",
  });
  assert.equal(data.points[0]?.p99, 99.01); // h = 99·0.99 = 98.01 → 99 + 0.01·(100 − 99)
});

Deno.test("scalingThroughputFigure() compares what was completed with what was offered", () => {
  const { data, caption } = scalingThroughputFigure(summary);
  // slow: 2 requests and 6 tokens in 800 ms; fast: 2 of 3 requests and 6 tokens in 850 ms
  assert.deepEqual(data.points.map((point) => [point.requestsPerS, point.outputTokensPerS]), [
    [2.5, 7.5],
    [2 / 850 * 1000, 6 / 850 * 1000],
  ]);
  // 3 tokens per request, times 2 and 4 requests/s
  assert.deepEqual(data.points.map(({ offeredTokensPerS }) => offeredTokensPerS), [6, 12]);
  assert.match(caption, /^At the highest load 2\.35 of 4\.00 requests\/s offered complete \(58\.8%\)\./);
});

Deno.test("timelineFigure() splits a request into its phases, from the cell's start", () => {
  const { data, caption } = timelineFigure(run);
  const fast = data.cells[1];
  assert.deepEqual(fast?.startMs, [0, 250, 503]);
  assert.deepEqual(fast?.headersMs, [10, 10, 0]); // the failure saw no headers
  assert.deepEqual(fast?.prefillMs, [190, 190, 400]); // and waited until it failed
  assert.deepEqual(fast?.decodeMs, [400, 400, 0]);
  assert.deepEqual(fast?.failed, [0, 0, 1]);
  assert.deepEqual(fast?.slowest, { id: 0, ttftMs: 200 }); // a failure is not the slowest answer
  assert.match(caption, /^3 requests at fast; .* 200\sms, is that of request 0\./);
});

Deno.test("timelineFigure() draws one request in k beyond 2,000 and says so", () => {
  const records = Array.from(
    { length: 4001 },
    (_, i) => makeRecord([i + 10], { id: i, sentMs: i, headersMs: i }),
  );
  const { data, caption } = timelineFigure(makeSmallRun([makeCell()], records));
  assert.equal(data.cells[0]?.every, 3); // 4,001 / 2,000, rounded up
  assert.deepEqual(data.cells[0]?.id.slice(0, 3), [0, 3, 6]);
  assert.match(caption, /^4,001 requests .* One request in 3 is drawn\./);
});

Deno.test("loadOverTimeFigure() keeps the peak of every bin", () => {
  const [slow, fast] = loadOverTimeFigure(run).data.series;
  assert.deepEqual([slow?.binMs, slow?.inFlight.length], [100, 9]); // 0 … 800 ms
  // request 0 is in flight during 0–300 ms, request 1 during 500–800 ms
  assert.deepEqual(slow?.inFlight, [1, 1, 1, 0, 0, 1, 1, 1, 0]);
  assert.deepEqual(slow?.queued, [1, 0, 0, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual(slow?.tokensPerS, [0, 10, 10, 10, 0, 0, 10, 10, 10]); // one token in 100 ms
  assert.equal(Math.max(...fast?.inFlight ?? []), 3); // 5,503–5,600 ms, the failing one among them
  // 200; 400 and 450; 600 and 650; 850 ms from the cell's start; the failure ends at 903 ms
  assert.deepEqual(fast?.tokensPerS, [0, 0, 10, 0, 20, 0, 20, 0, 10, 0]);
});

Deno.test("perRequestFigure() counts the others in flight when a request was sent", () => {
  const { data } = perRequestFigure(run);
  assert.deepEqual(data.cells.map(({ inFlight }) => inFlight), [[0, 0], [0, 1]]);
  assert.deepEqual(data.cells[1]?.ttftMs, [200, 200]);
  assert.deepEqual(data.cells[1]?.tpotMs, [200, 200]); // (5600 − 5200) / 2
});

Deno.test("sendLagFigure() takes failed requests in and names the latest", () => {
  const { data, caption } = sendLagFigure(run);
  assert.deepEqual(data.curves.map(({ curve }) => [curve.count, curve.max]), [[2, 2], [3, 3]]);
  assert.match(caption, /sent 3\.00\sms after its scheduled instant, at fast\./);
});

Deno.test("sparklineFigure() needs two values", () => {
  const points = latencyCdfFigure(run, ttft).data.curves.map(({ cell }, value) => ({ cell, value }));
  assert.deepEqual(sparklineFigure("TTFT", points)?.data.points, points);
  assert.equal(
    sparklineFigure("TTFT", points.map((point, i) => i === 0 ? point : { ...point, value: null })),
    null,
  );
});
