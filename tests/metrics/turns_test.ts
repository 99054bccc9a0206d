import assert from "node:assert/strict";

import { summarizeTurns } from "../../lib/metrics/turns.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const usage = (promptTokens: number, cachedTokens: number) => ({
  promptTokens,
  completionTokens: 1,
  cachedTokens,
});

Deno.test("summarizeTurns() has each turn's own latencies, prompts and cached share", () => {
  const run = makeSmallRun([makeCell(), makeCell({ index: 1 })], [
    makeRecord([100], { id: 0, turn: { session: 0, turn: 1 }, usage: usage(100, 0) }),
    makeRecord([200], { id: 2, turn: { session: 1, turn: 1 }, usage: usage(300, 0) }),
    makeRecord([50], { id: 1, turn: { session: 0, turn: 2 }, usage: usage(400, 300) }),
    makeFailure([], { id: 3, turn: { session: 1, turn: 2 } }),
    makeRecord([9], { id: 0, cell: 1 }), // of no conversation
  ]);
  assert.deepEqual([...summarizeTurns(run)], [[0, [
    { turn: 1, count: 2, failed: 0, ttftP50Ms: 150, ttftP90Ms: 190, promptTokensP50: 200, cachedShare: 0 },
    { turn: 2, count: 1, failed: 1, ttftP50Ms: 50, ttftP90Ms: 50, promptTokensP50: 400, cachedShare: 0.75 },
  ]]]);
});

Deno.test("summarizeTurns() of a turn that nobody answered has no values", () => {
  const run = makeSmallRun([makeCell()], [makeFailure([], { turn: { session: 0, turn: 1 } })]);
  assert.deepEqual(summarizeTurns(run).get(0), [
    {
      turn: 1,
      count: 0,
      failed: 1,
      ttftP50Ms: null,
      ttftP90Ms: null,
      promptTokensP50: null,
      cachedShare: null,
    },
  ]);
});
