import assert from "node:assert/strict";

import { pairRounds } from "../../lib/metrics/paired_rounds.ts";
import type { RequestRecord } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeRoundsRun } from "../testdata/runs/make_rounds_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const cells = [1, 2].map((round, index) =>
  makeCell({
    index,
    label: `round ${round}`,
    parameters: { concurrency: 4, round },
    offeredRequestsPerS: null,
  })
);

/** A record whose first token came after `ttftMs` and whose second 10 ms later. */
function answer(
  cell: number,
  id: number,
  ttftMs: number,
  change: Partial<RequestRecord> = {},
): RequestRecord {
  return makeRecord([ttftMs, ttftMs + 10], { cell, id, ...change });
}

function usage(promptTokens: number, cachedTokens?: number): Pick<RequestRecord, "usage"> {
  return {
    usage: { promptTokens, completionTokens: 2, ...(cachedTokens !== undefined && { cachedTokens }) },
  };
}

Deno.test("pairRounds() takes differences per request, whatever the order they came in", () => {
  const first = [100, 200, 300, 400, 500, 600];
  const later = [90, 150, 300, 410, 450, 300];
  const run = makeSmallRun(cells, [
    ...first.map((ms, id) => answer(0, id, ms)),
    ...later.map((ms, id) => answer(1, id, ms)).reverse(),
  ]);
  const [comparison, ...others] = pairRounds(run);
  assert.ok(comparison?.ttft);
  assert.deepEqual(others, []);
  assert.deepEqual(comparison.ttft.sortedMs, [-300, -50, -50, -10, 0, 10]);
  // Median between −50 and −10; of 6 values the interval is all of them; p10 at h = 0.5, p90 at h = 4.5
  assert.deepEqual(comparison.ttft.medianMs, {
    count: 6,
    median: -30,
    interval: { low: -300, high: 10, coverageRatio: 0.96875 },
  });
  assert.deepEqual([comparison.ttft.p10Ms, comparison.ttft.p90Ms], [-175, 5]);
  assert.equal(comparison.ttft.meanMs, -400 / 6);
  assert.deepEqual([comparison.ttft.faster, comparison.ttft.slower, comparison.ttft.tied], [4, 1, 1]);
  // 0.9, 0.75, 1, 1.025, 0.9, 0.5
  assert.equal(comparison.ttft.medianRatio, 0.9);
  assert.equal(comparison.e2e?.medianMs.median, -30);
  assert.deepEqual([comparison.tpot?.tied, comparison.tpot?.medianMs.median], [6, 0]); // 10 ms everywhere
  assert.deepEqual([comparison.concurrency, comparison.round, comparison.stage], [4, 2, null]);
});

Deno.test("pairRounds() pairs only what succeeded in both rounds and counts the rest", () => {
  const run = makeSmallRun(cells, [
    ...[0, 1, 2].map((id) => answer(0, id, 100)),
    makeFailure([], { cell: 0, id: 3 }),
    answer(1, 0, 50),
    makeFailure([], { cell: 1, id: 1 }), // without a partner: 1
    answer(1, 3, 50), // without a partner: 3; and 2, which was not asked again
  ]);
  const [comparison] = pairRounds(run);
  assert.deepEqual([comparison?.pairs, comparison?.unpaired], [1, 3]);
  assert.deepEqual(comparison?.ttft?.sortedMs, [-50]);
  assert.equal(comparison?.ttft?.medianMs.interval, null);
});

Deno.test("pairRounds() counts tokens saved, and takes silence for 0 where the server says something elsewhere", () => {
  const run = makeSmallRun(cells, [
    answer(0, 0, 100, usage(100)),
    answer(0, 1, 100, usage(200, 16)),
    answer(1, 0, 50, usage(100, 96)),
    answer(1, 1, 50, usage(208, 192)),
  ]);
  const [comparison] = pairRounds(run);
  assert.deepEqual(comparison?.cachedTokens, { first: 16, later: 288, saved: 272 });
  assert.deepEqual(comparison?.promptTokens, { first: 300, later: 308 });
  assert.equal(comparison?.otherPrompts, 1); // 200 against 208
});

Deno.test("pairRounds() does not know what was cached where no server says so", () => {
  const run = makeSmallRun(cells, [answer(0, 0, 100, usage(100)), answer(1, 0, 50, usage(100))]);
  assert.equal(pairRounds(run)[0]?.cachedTokens, null);
});

Deno.test("pairRounds() groups prompts by length, equal lengths together", () => {
  // Ten pairs make two groups of five; 20 tokens stand on both sides of the middle and stay in the first
  const lengths = [10, 10, 10, 20, 20, 20, 30, 30, 30, 40];
  const run = makeSmallRun(cells, [
    ...lengths.map((inputTokens, id) => answer(0, id, 10 * (id + 1), { inputTokens })),
    ...lengths.map((inputTokens, id) => answer(1, id, id + 1, { inputTokens })),
  ]);
  assert.deepEqual(pairRounds(run)[0]?.groups, [
    { fromTokens: 10, toTokens: 20, pairs: 6, firstMs: 35, laterMs: 3.5 },
    { fromTokens: 30, toTokens: 40, pairs: 4, firstMs: 85, laterMs: 8.5 },
  ]);
});

Deno.test("pairRounds() has at most six groups that hold every pair once", () => {
  const groups = pairRounds(makeRoundsRun({ concurrency: [4] }))[0]?.groups ?? [];
  assert.equal(groups.length, 6);
  assert.equal(groups.reduce((sum, { pairs }) => sum + pairs, 0), 120);
  for (const [i, { fromTokens }] of groups.entries()) assert.ok(fromTokens > (groups[i - 1]?.toTokens ?? 0));
});

Deno.test("pairRounds() compares each later round with the first of its own load and stage", () => {
  const run = makeRoundsRun({ stages: ["a", "b"], rounds: 3, concurrency: [2, 4], requests: 10 });
  assert.deepEqual(
    pairRounds(run).map(({ stage, concurrency, round, firstCell, laterCell, pairs }) => [
      ...[stage, concurrency, round, firstCell, laterCell, pairs],
    ]),
    [
      ["a", 2, 2, 0, 1, 10],
      ["a", 2, 3, 0, 2, 10],
      ["a", 4, 2, 3, 4, 10],
      ["a", 4, 3, 3, 5, 10],
      ["b", 2, 2, 6, 7, 10],
      ["b", 2, 3, 6, 8, 10],
      ["b", 4, 2, 9, 10, 10],
      ["b", 4, 3, 9, 11, 10],
    ],
  );
});

Deno.test("pairRounds() has nothing to compare in a run of one round, or without a first one", () => {
  assert.deepEqual(pairRounds(makeRoundsRun({ rounds: 1 })), []);
  assert.deepEqual(pairRounds(makeSmallRun(cells.slice(1), [answer(1, 0, 10)])), []);
  assert.deepEqual(pairRounds(makeSmallRun([makeCell()], [answer(0, 0, 10)])), []);
});

Deno.test("pairRounds() of rounds without an answer has no latencies", () => {
  const [comparison] = pairRounds(makeSmallRun(cells, []));
  assert.deepEqual([comparison?.pairs, comparison?.ttft, comparison?.groups], [0, null, []]);
});
