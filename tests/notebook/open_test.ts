import assert from "node:assert/strict";

import { openComparison, openRun, runRows } from "../../lib/notebook/open.ts";

Deno.test("openRun opens a committed run, and a folder", async () => {
  const run = await openRun("sample/qwen-sweep");
  assert.equal(run.manifest.cells.length, 6);
  assert.equal(run.incomplete, false);
  assert.equal(run.manifest.engine.simulated, true);
  const folder = await openRun("data/samples/runs/dual-round");
  assert.equal(folder.manifest.runId, "dual-round");
});

Deno.test("openRun says what is wrong with a name", async () => {
  await assert.rejects(openRun("sample/none"), {
    name: "UsageError",
    message:
      "Cannot open sample/none as there is no such sample; there are sample/dual-round, sample/engine-comparison, sample/qwen-sweep",
  });
  await assert.rejects(openRun("sample/engine-comparison"), /as it is a comparison: use openComparison/);
  await assert.rejects(openRun("no-such-run-anywhere"), {
    name: "UsageError",
    message: /^Cannot (find run|open) no-such-run-anywhere /,
  });
});

Deno.test("openComparison opens the committed comparison, and refuses a run", async () => {
  const { comparison, result } = await openComparison("sample/engine-comparison");
  assert.deepEqual(comparison.manifest.engines.map(({ name }) => name), ["overlap", "no-overlap"]);
  assert.equal(result.pairs.length, 1);
  await assert.rejects(openComparison("sample/qwen-sweep"), /no comparison\.json in .*: use openRun/);
});

Deno.test("runRows has a row per run, or none", async () => {
  for (const row of await runRows()) {
    assert.equal(typeof row.id, "string");
    assert.ok(["run", "comparison", "what-if", "unreadable"].includes(String(row.kind)));
  }
});
