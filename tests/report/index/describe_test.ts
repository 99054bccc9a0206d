import assert from "node:assert/strict";

import { judgeStored } from "../../../lib/metrics/compare/judge_comparison.ts";
import { summarizeRun } from "../../../lib/metrics/mod.ts";
import { describeComparisonEntry, describeRunEntry } from "../../../lib/report/index/describe.ts";
import type { IndexEntry } from "../../../lib/report/index/entry.ts";
import type { Run } from "../../../lib/types.ts";
import { makeRecord } from "../../testdata/record.ts";
import { makeComparison } from "../../testdata/runs/make_comparison.ts";
import { makeRoundsRun } from "../../testdata/runs/make_rounds_run.ts";
import { makeRun } from "../../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../../testdata/runs/small_run.ts";

function describe(run: Run): IndexEntry {
  return describeRunEntry(run, summarizeRun(run));
}

Deno.test("describeRunEntry() shows the highest load whose measurement is valid", () => {
  const run = makeRun();
  const summary = summarizeRun(run);
  const highest = summary.cells.find(({ label }) => label === "0.4×");
  const second = summary.cells.find(({ label }) => label === "0.5×");
  const entry = describeRunEntry(run, summary);
  assert.equal(entry.ttftP50Ms, highest?.ttft?.p50);
  assert.equal(entry.ttftP99Ms, highest?.ttft?.p99);
  assert.equal(entry.outputTokensPerS, highest?.outputTokensPerS);
  assert.equal(entry.requests, 720); // 6 cells of 120
  assert.match(entry.finding, /^at \d+\.\d+ requests\/s, the highest valid of 6 loads$/);
  assert.deepEqual([entry.valid, entry.problems], [true, []]);

  const cells = run.manifest.cells.map((cell) =>
    cell.label === "0.4×" ? { ...cell, status: "failed" as const } : cell
  );
  const broken = describe({ ...run, manifest: { ...run.manifest, cells } });
  assert.equal(broken.ttftP50Ms, second?.ttft?.p50);
  assert.equal(broken.valid, false);
  assert.match(broken.problems[0] ?? "", /^0\.4×: the cell is failed/);
});

Deno.test("describeRunEntry() has no p99 of fewer than 100 requests", () => {
  const entry = describe(makeRun({ requests: 99, failureRatio: 0 }));
  assert.equal(entry.ttftP99Ms, null);
  assert.ok(entry.ttftP50Ms !== null);
});

Deno.test("describeRunEntry() says that no request succeeded, and has no number", () => {
  const failed = makeRecord([], {
    outcome: { kind: "failed", failure: "http", message: "503", status: 503 },
  });
  const entry = describe(makeSmallRun([makeCell()], [failed]));
  assert.deepEqual([entry.ttftP50Ms, entry.ttftP99Ms, entry.outputTokensPerS], [null, null, null]);
  assert.equal(entry.finding, "no request succeeded");
  assert.equal(entry.valid, false);
});

Deno.test("describeRunEntry() takes one request, no tokens, and no cell at all", () => {
  const one = describe(makeSmallRun([makeCell()], [makeRecord([50, 60])]));
  assert.equal(one.ttftP50Ms, 50);
  const none = describe(
    makeSmallRun([makeCell()], [makeRecord([], { outcome: { kind: "ok", finishReason: "stop" } })]),
  );
  assert.equal(none.ttftP50Ms, null);
  const empty = describe(makeSmallRun([], []));
  assert.equal(empty.finding, "nothing was asked");
  assert.equal(empty.requests, 0);
  assert.equal(empty.valid, false);
});

Deno.test("describeRunEntry() says what a warm cache gave the same requests", () => {
  const { finding } = describe(makeRoundsRun());
  assert.match(
    finding,
    /^round 2 against 1: TTFT −\d+(\.\d+)?\sms of the same request \(95\s% interval −.* to −.*\), at concurrency 20$/,
  );
});

Deno.test("describeRunEntry() names a simulated engine by what it stands for, and its GPUs", () => {
  const details = { engineLabel: "SGLang", gpu: "H200", tp: 4 };
  const engine = { ...makeRun().manifest.engine, details };
  const run = makeRun({ manifest: { engine } });
  assert.deepEqual(describe(run).engines, ["SGLang"]);
  assert.equal(describe(run).gpu, "H200 × 4");
  assert.equal(describe(makeRun()).gpu, null);
});

Deno.test("describeComparisonEntry() gives the verdict in words", () => {
  // b waits 60 ms longer before each first token.
  const stored = makeComparison({ ttftMs: ({ engine, id }) => 50 + id + 60 * engine, requests: 120 });
  const { comparison, result } = judgeStored(stored);
  const entry = describeComparisonEntry(comparison, result);
  assert.match(entry.finding, /^b is slower than a \(TTFT \w+ \+\d+\.\d\s%, /);
  assert.equal(entry.requests, 720); // 2 engines × 3 repeats × 120
  assert.deepEqual(entry.engines, ["a", "b"]);
  assert.equal(entry.valid, true);
});

Deno.test("describeComparisonEntry() calls nothing valid that was not compared", () => {
  const stored = makeComparison({ requests: 4 });
  const { comparison, result } = judgeStored({ ...stored, runs: new Map() });
  const entry = describeComparisonEntry(comparison, result);
  assert.equal(entry.valid, false);
  assert.ok(entry.problems.includes("b and a were not compared"));
  assert.equal(entry.model, null);
});
