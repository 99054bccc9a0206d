import assert from "node:assert/strict";

import { cellSetOf } from "../../../lib/metrics/compare/cell_set.ts";
import type { Run } from "../../../lib/types.ts";
import { makeRun } from "../../testdata/runs/make_run.ts";

const labels = (runs: readonly Run[]) =>
  cellSetOf(runs).map(({ label, repeats }) => `${label}: ${repeats.map(({ length }) => length).join()}`);

Deno.test("cellSetOf() takes runs as repeats of their cells", () => {
  const runs = [
    makeRun({ requests: 8, scales: [0.5, 1] }),
    makeRun({ requests: 8, scales: [0.5, 1], seed: 2 }),
  ];
  assert.deepEqual(labels(runs), ["0.5×: 8,8", "1×: 8,8"]);
});

Deno.test("cellSetOf() leaves out cells that did not end, and those that a run has not", () => {
  const whole = makeRun({ requests: 8, scales: [0.5, 1] });
  const cells = whole.manifest.cells.map((cell, i) =>
    i === 0 ? { ...cell, status: "interrupted" as const } : cell
  );
  const broken: Run = { ...whole, manifest: { ...whole.manifest, cells } };
  assert.deepEqual(labels([whole, broken]), ["1×: 8,8"]);
  assert.deepEqual(labels([whole, makeRun({ requests: 8, scales: [0.5] })]), ["0.5×: 8,8"]);
});
