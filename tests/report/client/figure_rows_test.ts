import assert from "node:assert/strict";
import Papa from "papaparse";
import { e2e } from "../../../lib/metrics/mod.ts";
import { latencyCdfFigure, perRequestFigure, quantileGrid, timelineFigure } from "../../../lib/plots/mod.ts";
import { columnsOf, type DataRow, figureRows, formatCsv } from "../../../lib/report/client/figure_rows.ts";
import { makeRun } from "../../testdata/runs/make_run.ts";

const run = makeRun({ requests: 120 });

Deno.test("figureRows() has a row per value of each curve, with its quantile", () => {
  const figure = latencyCdfFigure(run, e2e);
  const rows = figureRows(figure.data);
  const values = figure.data.curves.flatMap(({ curve }) => curve.values);
  assert.deepEqual(rows.map((row) => row.curve_values), values);
  assert.deepEqual(rows[3], {
    ...{ metric_name: "e2e", metric_label: "E2E", cell: "1.6×", cell_x: figure.data.curves[0]?.cell.x },
    ...{ curve_count: figure.data.curves[0]?.curve.count, curve_max: figure.data.curves[0]?.curve.max },
    ...{ quantile: quantileGrid[3], curve_values: values[3] },
  });
});

Deno.test("figureRows() has a row per request, missing values included", () => {
  const { data } = timelineFigure(run);
  const rows = figureRows(data);
  assert.equal(rows.length, data.cells.reduce((sum, { id }) => sum + id.length, 0));
  const dots = perRequestFigure(run).data;
  const places = dots.cells.flatMap(({ ttftMs }) => ttftMs);
  assert.deepEqual(figureRows(dots).map(({ ttftMs }) => ttftMs), places);
});

Deno.test("figureRows() puts columns of objects side by side and numbers those of a matrix", () => {
  assert.deepEqual(figureRows({ names: { a: "x" }, a: { ms: [1, 2] }, b: { ms: [3, null] } }), [
    { names_a: "x", place: 0, a_ms: 1, b_ms: 3 },
    { names_a: "x", place: 1, a_ms: 2, b_ms: null },
  ]);
  assert.deepEqual(figureRows({ counts: [[5], [7]] }), [
    { row: 0, place: 0, counts: 5 },
    { row: 1, place: 0, counts: 7 },
  ]);
  assert.deepEqual(figureRows({}), []);
});

Deno.test("formatCsv() is read back by papaparse as it was", () => {
  const rows: DataRow[] = [{ a: 'he said "no",\nthen left', b: 1.5 }, { a: "", b: null }, {
    a: "–",
    c: true,
  }];
  const { data, errors } = Papa.parse(formatCsv(rows).trimEnd(), { header: true });
  assert.deepEqual(errors, []);
  assert.deepEqual(data, [
    { a: 'he said "no",\nthen left', b: "1.5", c: "" },
    { a: "", b: "", c: "" },
    { a: "–", b: "", c: "true" },
  ]);
  assert.deepEqual(columnsOf(rows), ["a", "b", "c"]);
});

Deno.test("formatCsv() keeps spreadsheets from running a text", () => {
  assert.equal(formatCsv([{ name: "=1+1" }]), "name\n'=1+1\n");
  assert.equal(formatCsv([{ value: -1 }]), "value\n-1\n");
});
