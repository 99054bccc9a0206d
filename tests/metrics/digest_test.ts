import assert from "node:assert/strict";

import {
  concurrencySteps,
  digestCell,
  digestRun,
  keepDigest,
  metrics,
  sampleMetric,
  summarizeRun,
  TOKEN_BIN_MS,
  tokensPerSSeries,
} from "../../lib/metrics/mod.ts";
import type { List, RequestRecord } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const run = makeRun({ requests: 60, scales: [0.4, 1.6], failureRatio: 0.1 });
const records = [...run.records];

Deno.test("a digest has the values of every metric, whatever the order of the records", () => {
  for (const order of [records, records.toReversed()]) {
    const digests = digestRun({ ...run, records: order });
    for (const [index, digest] of digests) {
      const ofCell = records.filter(({ cell }) => cell === index);
      for (const metric of metrics) {
        const values = sampleMetric(metric, ofCell).sort((a, b) => a - b);
        assert.deepEqual([...digest.sample(metric).sorted()], values, metric.name);
      }
    }
  }
});

Deno.test("a digest's load and tokens are those of the records", () => {
  for (const [index, digest] of digestRun(run)) {
    const ofCell = records.filter(({ cell }) => cell === index);
    const steps = Array.from(
      digest.loadSpans(),
      ({ atMs, inFlight, queued }) => ({ atMs, inFlight, queued }),
    );
    assert.deepEqual(steps, concurrencySteps(ofCell));
    const shifted = ofCell.map((record) => ({
      ...record,
      ticsMs: record.ticsMs.map((ms) => ms - digest.zeroMs),
    }));
    const series = new Map(
      tokensPerSSeries(shifted, TOKEN_BIN_MS).map(({ startMs, tokensPerS }) => [startMs, tokensPerS]),
    );
    for (const [bin, tokens] of digest.tokensPerBin().entries()) {
      assert.equal(tokens / TOKEN_BIN_MS * 1000, series.get(bin * TOKEN_BIN_MS) ?? 0);
    }
  }
});

Deno.test("a digest gives requests in the order of sending, without those never sent", () => {
  const digest = digestCell(makeCell());
  const usage = { promptTokens: 12, completionTokens: 2, cachedTokens: 8 };
  const turn = { session: 0, turn: 3 };
  digest.add(makeRecord([30, 40], { id: 1, sentMs: 20, headersMs: 25, doneMs: 41, usage, turn }));
  digest.add(makeFailure([15], { id: 0, sentMs: 10, headersMs: null, doneMs: 90 }));
  digest.add(makeRecord([], { id: 2, sentMs: null, outcome: { kind: "cancelled" } }));
  assert.deepEqual([...digest.points()], [
    {
      ...{ id: 0, outcome: "failed", sentMs: 10, headersMs: 10, firstMs: 15, lastMs: 90 },
      ...{
        doneMs: 90,
        inputTokens: 10,
        outputTokens: 1,
        ttftMs: undefined,
        tpotMs: undefined,
        e2eMs: undefined,
      },
      ...{ isCounted: false, cachedTokens: undefined, turn: undefined, sendLagMs: 10 },
    },
    {
      ...{ id: 1, outcome: "ok", sentMs: 20, headersMs: 25, firstMs: 30, lastMs: 40 },
      ...{ doneMs: 41, inputTokens: 12, outputTokens: 2, ttftMs: 10, tpotMs: 10, e2eMs: 20 },
      ...{ isCounted: true, cachedTokens: 8, turn: 3, sendLagMs: 20 },
    },
  ]);
  assert.deepEqual(digest.ended, { ok: 1, failed: 1, cancelled: 1 });
});

Deno.test("a digest has the gaps of successful requests over time, and none where there is no common zero", () => {
  const most = { mostColumns: 60, mostRows: 40 };
  const digest = digestCell(makeCell({ startMs: 100 }));
  assert.equal(digest.coarseGaps(most), null);
  digest.add(makeRecord([110, 115, 125]));
  digest.add(makeFailure([110, 140], { id: 1 }));
  digest.add(makeRecord([110, 150], { id: 2, unknown: ["gaps"] }));
  const columns = digest.coarseGaps(most)?.columns ?? [];
  assert.deepEqual(columns.map((counts) => counts.reduce((a, b) => a + b, 0)), [0, 1, 1]); // 5 ms and 10 ms
  digest.add(makeRecord([10, 20], { id: 3, unknown: ["clock"] }));
  assert.equal(digest.coarseGaps(most), null);
});

Deno.test("a run's records are read once, whatever is said of them, and not at all where the digest is kept", () => {
  let passes = 0;
  const counted: List<RequestRecord> = {
    length: 1,
    at: () => makeRecord([1]),
    *[Symbol.iterator]() {
      passes++;
      yield makeRecord([1]);
    },
  };
  const once = { ...makeSmallRun([makeCell()], []), records: counted };
  summarizeRun(once);
  summarizeRun(once);
  digestRun(once);
  assert.equal(passes, 1);
  const known = { ...once };
  keepDigest(known, digestRun(once));
  assert.equal(summarizeRun(known).cells[0]?.requests.succeeded, 1);
  assert.equal(passes, 1);
});

Deno.test("a digest refuses a metric that it was made without", () => {
  const [metric] = metrics;
  assert.ok(metric);
  assert.throws(() => digestCell(makeCell()).sample({ ...metric, name: "other" }), /sample of other/);
});
