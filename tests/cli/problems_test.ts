import assert from "node:assert/strict";

import { problemsOf } from "../../lib/cli/bench_qwen.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import type { Run } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

/** What a run of 100 requests, the first `failed` of them failed, says. */
function problems(failed: number, change: Partial<Run> = {}): string[] {
  const records = Array.from(
    { length: 100 },
    (_, id) => (id < failed ? makeFailure : makeRecord)([1, 2], { id }),
  );
  const run = makeSmallRun([makeCell({ requestCount: 100, label: "scale 1" })], records, change);
  return problemsOf(run, summarizeRun(run));
}

Deno.test("problemsOf() names what keeps the exit code from 0: an end that is none, and over 5 % of failures", () => {
  assert.deepEqual(problems(0), []);
  assert.deepEqual(problems(5), []);
  assert.deepEqual(problems(6), ["6 of 100 requests failed at scale 1"]);
  const ending = ["the run was interrupted before its end"];
  assert.deepEqual(problems(0, { incomplete: true, problems: ending }), ending);
});
