import assert from "node:assert/strict";

import { cellRows, jupyterDisplay, openRun, quantileSorted, requestRows } from "../mod.ts";
import { frameRows, frameTable, quantilesBy, sortFrame, toDataFrame } from "./data_frame.ts";

const rows = [
  { engine: "b", ms: 30, note: null },
  { engine: "a", ms: 10, note: "x" },
  { engine: "a", ms: 20, note: null },
];

Deno.test("toDataFrame of a run has its cells, without columns that lack values", async () => {
  const run = await openRun("sample/dual-round"); // 32 requests per cell: no p99 of a request's latency
  const frame = toDataFrame(run);
  assert.equal(frame.shape[0], run.manifest.cells.length);
  assert.ok(frame.columns.includes("ttftP50Ms") && !frame.columns.includes("ttftP99Ms"));
  assert.deepEqual(frame["ttftP50Ms"].values, cellRows(run).map(({ ttftP50Ms }) => ttftP50Ms));
});

Deno.test("toDataFrame refuses no rows, and a column that lacks a value", () => {
  assert.throws(() => toDataFrame([]), /no rows: did every request fail\?/);
  assert.throws(() => toDataFrame(rows, { columns: ["note"] }), {
    message: 'Cannot make data frame as "note" is missing in 2 of 3 rows: filter the rows first',
  });
  assert.throws(() => toDataFrame([{ ms: NaN }], { columns: ["ms"] }), /"ms" is missing in 1 of 1 rows/);
});

Deno.test("frameRows gives back what toDataFrame took", () => {
  const whole = rows.map(({ engine, ms }) => ({ engine, ms }));
  assert.deepEqual(frameRows(toDataFrame(rows)), whole);
});

Deno.test("sortFrame sorts numbers as numbers, keeps the order of equals, and names an unknown column", () => {
  const frame = toDataFrame([...rows, { engine: "c", ms: 9, note: "" }]);
  assert.deepEqual(frameRows(sortFrame(frame, "ms")).map(({ ms }) => ms), [9, 10, 20, 30]);
  const byEngine = sortFrame(frame, "engine", { descending: true });
  assert.deepEqual(frameRows(byEngine).map(({ ms }) => ms), [9, 30, 10, 20]);
  assert.throws(() => sortFrame(frame, "none"), /Cannot use column "none" as the frame has engine, ms/);
});

Deno.test("quantilesBy interpolates as numpy does", async () => {
  const run = await openRun("sample/qwen-sweep");
  const all = requestRows(run);
  const found = frameRows(
    quantilesBy(toDataFrame(all), { by: "cell", of: "ttftMs", quantiles: [0.5, 0.999] }),
  );
  const first = all.filter(({ cell }) => cell === "scale 0.4").map(({ ttftMs }) => ttftMs ?? NaN)
    .sort((a, b) => a - b);
  assert.deepEqual(found[0], {
    cell: "scale 0.4",
    count: 100,
    p50: quantileSorted(first, 0.5),
    "p99.9": quantileSorted(first, 0.999),
  });
});

Deno.test("frames, and frames that danfo makes of them, show themselves as tables", async () => {
  const frame = toDataFrame(rows);
  const few = frame.query(frame["ms"].gt(15));
  for (const shown of [frame, few]) {
    assert.ok(jupyterDisplay in shown && typeof shown[jupyterDisplay] === "function");
    const bundle = await shown[jupyterDisplay]();
    assert.match(bundle["text/html"], /<th scope="row">b<\/th><td[^>]*>30<\/td>/);
  }
  assert.equal(String(frameTable(few)), "engine\tms\nb\t30\na\t20");
});
