import assert from "node:assert/strict";

import type { Display } from "../../lib/notebook/display.ts";
import { engineFigures, figures } from "../../lib/notebook/figures.ts";
import { reportHeader, reportSection } from "../../lib/notebook/report_parts.ts";
import { cellRows, ratioRows, requestRows } from "../../lib/notebook/rows.ts";
import { table } from "../../lib/notebook/table.ts";
import { Plot, plot } from "../../lib/notebook/plot.ts";
import { quantileSorted, sampleMetric, ttft } from "../../lib/metrics/mod.ts";
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import type { Run } from "../../lib/types.ts";
import { makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeRoundsRun } from "../testdata/runs/make_rounds_run.ts";

const judged = judgeStored(makeComparison());

Deno.test("every figure of a run shows itself, whatever the run", async (t) => {
  const run = makeRun({ requests: 20 });
  const runs: [string, Run][] = [
    ["a sweep", run],
    ["rounds", makeRoundsRun()],
    ["nothing recorded", { ...run, records: [], incomplete: true }],
    ["one request", makeRun({ requests: 1, scales: [1] })],
    ["only failures", makeRun({ requests: 5, scales: [0.4], failureRatio: 1 })],
  ];
  for (const [name, figure] of Object.entries(figures)) {
    for (const [kind, run] of runs) {
      await t.step(`${name}: ${kind}`, () => checkHtml(figure(run)));
    }
  }
});

Deno.test("every figure of a comparison shows itself", async (t) => {
  for (const [name, figure] of Object.entries(engineFigures)) {
    await t.step(name, () => checkHtml(figure(judged)));
  }
});

async function checkHtml(display: Display): Promise<void> {
  const html = await display.html();
  assert.match(html, /<svg|<p>/);
  assert.doesNotMatch(html, /NaN|undefined|Infinity/);
  assert.notEqual(String(display), "");
}

Deno.test("figures follow their options", async () => {
  const run = makeRun({ requests: 20 });
  assert.match(await figures.latencyCdf(run, { metric: "e2e" }).html(), /<h3>E2E<\/h3>/);
  assert.match(await figures.latencyCdf(run, { width: 500 }).html(), /<svg[^>]*width="500"/);
  const all = await figures.latencyCdf(run).html();
  assert.match(all, />0\.4×</);
  assert.doesNotMatch(await figures.latencyCdf(run, { cells: [1] }).html(), />0\.4×</);
});

Deno.test("engineFigures refuse a pair that is not there", () => {
  assert.throws(() => engineFigures.ratio(judged, { pair: 7 }), {
    name: "RangeError",
    message: "Cannot draw pair as 'pair' must be below 1: current value is 7",
  });
});

Deno.test("reportHeader says what is simulated and gives the key numbers", async () => {
  const run = makeRun({ requests: 20 });
  const simulated: Run = {
    ...run,
    manifest: { ...run.manifest, engine: { ...run.manifest.engine, simulated: true } },
  };
  const html = await reportHeader(simulated).html();
  assert.match(html, /<strong>Simulated<\/strong>/);
  assert.match(html, /TTFT, median/);
  assert.match(String(reportHeader(simulated)), /^Simulated: /m);
  assert.match(await reportHeader(judged).html(), /Checks of fairness/);
});

Deno.test("reportSection draws the section's figures, those of the metric asked for", async () => {
  const run = makeRun({ requests: 20 });
  const html = await reportSection(run, "scaling", { metric: "tpot" }).html();
  assert.match(html, /<svg/);
  assert.doesNotMatch(html, /data-figure="\d+"><\/div>/); // none is left empty
  assert.match(html, /<h3>TPOT/);
  assert.doesNotMatch(html, /<h3>TTFT/);
});

Deno.test("reportSection of a section that is not there says which there are", async () => {
  const missing = reportSection(makeRun({ requests: 5 }), "rounds");
  assert.match(String(missing), /has no section "rounds"; it has scaling, .*trust/);
  assert.match(await missing.html(), /<p>This report has no section/);
});

Deno.test("requestRows has a row per request with its cell's parameters; what failed has no latency", () => {
  const run = makeRun({ requests: 40, failureRatio: 0.5 });
  const rows = requestRows(run);
  assert.equal(rows.length, run.records.length);
  assert.ok(rows.every((row) => typeof row.scale === "number"));
  const failed = rows.filter(({ outcome }) => outcome === "failed");
  assert.ok(failed.length > 0 && failed.every(({ ttftMs, e2eMs }) => ttftMs === null && e2eMs === null));
  const [record] = run.records;
  assert.ok(record !== undefined && record.sentMs !== null);
  const start = run.manifest.cells[0]?.startMs ?? 0;
  assert.equal(rows[0]?.sentMs, Math.round((record.sentMs - start) * 1000) / 1000);
});

Deno.test("cellRows has the percentiles of each cell, and no p99 of few values", () => {
  const run = makeRun({ requests: 60, scales: [0.5] });
  const [row] = cellRows(run);
  const sorted = sampleMetric(ttft, run.records).sort((a, b) => a - b);
  assert.equal(row?.ttftP50Ms, quantileSorted(sorted, 0.5));
  assert.equal(row?.ttftP99Ms, null);
  assert.equal(typeof row?.itlP99Ms, "number"); // there are thousands of gaps
});

Deno.test("ratioRows has the ratios with their intervals and words", () => {
  const rows = ratioRows(judged);
  const overall = judged.result.pairs[0]?.statistics?.overall ?? [];
  assert.equal(rows.length, overall.length);
  assert.deepEqual(rows.map(({ ratio }) => ratio), overall.map(({ estimate }) => estimate?.ratio ?? null));
});

Deno.test("table shows three digits, a dash for what is missing, and how many rows it leaves out", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ name: `row ${i}`, ms: i === 0 ? null : i + 0.12345 }));
  const html = await table(rows, { caption: "Rows", columns: ["name", "ms"] }).html();
  assert.match(html, /Rows: the first 50 of 60 rows/);
  assert.match(html, /row 0<\/th><td>–/);
  assert.match(html, /<td>49\.1/);
  assert.doesNotMatch(html, /row 50/);
});

Deno.test("table of nothing is a table without rows", async () => {
  assert.match(await table([], { caption: "None" }).html(), /None/);
});

Deno.test("plot draws the reader's own marks in the common frame", async () => {
  const html = await plot({ title: "A & B", marks: [Plot.dot([{ x: 1, y: 2 }], { x: "x", y: "y" })] }).html();
  assert.match(html, /<h3>A &amp; B<\/h3>/);
  assert.match(html, /<circle/);
});
