import assert from "node:assert/strict";

import { summarizeRun } from "../../lib/metrics/mod.ts";
import {
  drawFigure,
  type FigureState,
  itlHeatmapFigure,
  itlHistogramFigure,
  throughputLatencyFigure,
  tidyItlHeatmap,
  tidyItlHistogram,
  tidyTrustStrip,
  trustStripFigure,
} from "../../lib/plots/mod.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

/** 300 gaps of 10 ms, and one of 400 ms that ended 3.5 s after the start. */
const stalled = makeSmallRun([makeCell({ label: "a" })], [
  makeRecord(Array.from({ length: 301 }, (_, i) => 100 + 10 * i)),
  makeRecord([3100, 3500], { id: 1, scheduledMs: 2000, sentMs: 2025 }),
  makeFailure([], { id: 2, scheduledMs: 1000, sentMs: 1001, doneMs: 1500 }),
]);

Deno.test("itlHistogramFigure() counts each gap once, the failed request's left out", () => {
  const { data: { binsPerDecade, rows: [row] }, caption } = itlHistogramFigure(stalled);
  assert.equal(row?.count, 301);
  const [first, last] = [row?.ratios.at(0), row?.ratios.at(-1)];
  assert.deepEqual([first, last], [0.9967, 0.003322]); // 300 / 301 and 1 / 301
  const lowMs = 10 ** ((row?.firstBin ?? 0) / binsPerDecade);
  assert.ok(lowMs <= 10 && 10 < lowMs * 10 ** (1 / binsPerDecade), `${lowMs} ms`);
  assert.match(caption, /^At a the median gap is 10\.0\sms, p99 10\.0\sms, the longest 400\sms\. 301 gaps;/);
});

Deno.test("itlHistogramFigure() has shares that add up to 1, those of 0 ms among them", () => {
  const tics = [0, 0, 0, 7, 21, 500, 500.3, 9000];
  const { data: { rows: [row] }, caption } = itlHistogramFigure(
    makeSmallRun([makeCell()], [makeRecord(tics)]),
  );
  const total = (row?.belowRatio ?? 0) + (row?.ratios ?? []).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(total - 1) < 1e-3, String(total));
  // Two gaps of 0 ms, and one of 0.3 ms, which is more than four decades below 8.5 s.
  assert.equal(row?.belowRatio, 0.4286);
  assert.match(caption, /42\.9% of the gaps are shorter than the axis shows/);
});

Deno.test("the data of packed figures as rows: limits in ms and s, and every gap once", () => {
  const bins = tidyItlHistogram(itlHistogramFigure(stalled).data);
  const whole = bins.filter(({ share_percent }) => share_percent !== 0);
  assert.deepEqual(whole.map(({ cell, share_percent }) => [cell, share_percent]), [["a", 99.67], [
    "a",
    0.3322,
  ]]);
  assert.ok(Number(whole[0]?.low_ms) <= 10 && 10 < Number(whole[0]?.high_ms));
  const tiles = tidyItlHeatmap(itlHeatmapFigure(stalled).data);
  assert.equal(tiles.reduce((sum, { gaps }) => sum + Number(gaps), 0), 301);
  const stall = tiles.find(({ low_ms, high_ms }) => Number(low_ms) <= 400 && 400 <= Number(high_ms));
  assert.ok(Number(stall?.from_s) <= 3.5 && 3.5 <= Number(stall?.to_s), JSON.stringify(stall));
  const strip = tidyTrustStrip(trustStripFigure(stalled).data);
  assert.equal(strip.reduce((sum, { failed }) => sum + Number(failed), 0), 1);
  assert.equal(strip.find(({ largest_send_lag_ms }) => largest_send_lag_ms === 25)?.cell, "a");
});

Deno.test("drawFigure() has a stall of just above ten medians in orange, as its caption says", () => {
  // 300 gaps of 10 ms, and one of 100.3 ms
  const run = makeSmallRun([makeCell()], [
    makeRecord(Array.from({ length: 301 }, (_, i) => 100 + 10 * i)),
    makeRecord([3100, 3200.3], { id: 1 }),
  ]);
  const figure = itlHeatmapFigure(run);
  assert.match(figure.caption, /1 \(.*\) is longer than ten medians/);
  assert.match(drawFigure(figure, makeDrawOptions()).outerHTML, /<g[^>]*fill="[^"]*prefill[^"]*"[^>]*><rect/);
});

Deno.test("itlHeatmapFigure() says how many gaps are stalls, and where", () => {
  const { data: { cells: [grid] }, caption } = itlHeatmapFigure(stalled);
  assert.deepEqual([grid?.count, grid?.stalls, grid?.medianMs], [301, 1, 10]);
  const stall = grid?.columns.findIndex(([first = 0, ...counts]) =>
    counts.some((count, i) => count > 0 && (grid.edgesMs[first + i] ?? 0) > 300)
  );
  assert.equal(stall, Math.floor(3500 / (grid?.columnMs ?? 1)));
  assert.match(caption, /1 \(0\.3%\) is longer than ten medians, 100\sms \(orange\)\.$/);
  const drawing = drawFigure(itlHeatmapFigure(stalled), makeDrawOptions());
  assert.ok(textsOf(drawing).includes("ten medians"));
});

Deno.test("itlHeatmapFigure() gives gaps far below the median one row, and says so", () => {
  const tics = Array.from({ length: 40 }, (_, i) => 10 * (i - i % 2)); // pairs, 20 ms from each other
  const run = makeSmallRun([makeCell()], [makeRecord([...tics, 400, 420])]);
  const { data: { cells: [grid] }, caption } = itlHeatmapFigure(run);
  assert.equal(grid?.medianMs, 20); // 21 gaps of 20 ms, 20 of 0 ms
  const [low = 0, high = 0] = grid?.edgesMs ?? [];
  assert.ok(low <= 2 && 2 < high, `${low} to ${high}`); // a tenth of the median
  assert.match(caption, /The lowest row has all gaps below 2\.\d\d\sms\./);
});

Deno.test("itlHeatmapFigure() calls nothing a stall where most gaps are 0 ms", () => {
  const { data: { cells: [grid] }, caption } = itlHeatmapFigure(
    makeSmallRun([makeCell()], [makeRecord([10, 10, 10, 10, 90])]),
  );
  assert.deepEqual([grid?.medianMs, grid?.stalls], [0, 0]);
  assert.match(caption, /The median is 0\sms: most chunks were read together with the one before\./);
});

Deno.test("itlHeatmapFigure() stays small with many cells and long runs", () => {
  const cells = Array.from({ length: 24 }, (_, index) => makeCell({ index, label: `cell ${index}` }));
  const tics = Array.from({ length: 4000 }, (_, i) => i * (20 + i % 7) + (i % 50) ** 2);
  const run = makeSmallRun(
    cells,
    cells.map(({ index }) => makeRecord(tics.toSorted((a, b) => a - b), { cell: index })),
  );
  const { data } = itlHeatmapFigure(run);
  assert.ok(data.cells.every(({ columns, edgesMs }) => columns.length <= 40 && edgesMs.length <= 21));
  assert.ok(JSON.stringify(data).length < 80_000, String(JSON.stringify(data).length));
});

Deno.test("trustStripFigure() has the largest lag per column, and failures when they happened", () => {
  const { data: { strips: [strip] }, caption } = trustStripFigure(stalled);
  assert.equal(strip?.columnMs, 100); // 3.5 s in at most 120 columns
  const lags = [...(strip?.lagMs ?? []).entries()].filter(([, ms]) => ms !== null);
  assert.deepEqual(lags, [[0, 0], [10, 1], [20, 25]]);
  assert.deepEqual(strip?.failed, [[15, 1]]);
  assert.match(
    caption,
    /^Requests were sent more than 10\.0\sms late in 1 cell; at a in 1 column of 36, by up to 25\.0\sms around 2\.05 s\. 1 request failed at a, marked red\./,
  );
});

Deno.test("trustStripFigure() says nothing of a run whose schedule is not known", () => {
  const run = makeSmallRun([makeCell()], [makeRecord([100, 110], { unknown: ["schedule"] })]);
  assert.deepEqual(trustStripFigure(run).data.strips, []);
  assert.deepEqual(textsOf(drawFigure(trustStripFigure(run), makeDrawOptions())), [
    "not known when requests were sent",
  ]);
});

Deno.test("throughputLatencyFigure() says which load brings most, and which only waits longer", () => {
  const cells = [1, 2, 4].map((rate, index) =>
    makeCell({ index, label: `${rate}/s`, parameters: { rate }, offeredRequestsPerS: rate })
  );
  // Of 2 tokens each: over 100 ms, over 50 ms, and over 80 ms.
  const records = [[60, 100], [30, 50], [70, 80]].map((tics, cell) => makeRecord(tics, { cell }));
  const { data, caption } = throughputLatencyFigure(summarizeRun(makeSmallRun(cells, records)), {
    name: "ttft",
    label: "TTFT",
  });
  assert.equal(data.percentile, "p50"); // one value is too few for a p99
  assert.deepEqual(data.points.map(({ p50, p99, outputTokensPerS }) => [p50, p99, outputTokensPerS]), [
    [60, null, 20],
    [30, null, 40],
    [70, null, 25],
  ]);
  assert.match(
    caption,
    /The most is 40\.0 tokens\/s at a p50 TTFT of 30\.0\sms \(2\/s\), the least loaded cell 20\.0/,
  );
  assert.match(caption, /2 other cells have a higher latency for no more tokens\/s\./);
});

Deno.test("drawFigure() draws throughput over the percentile chosen", () => {
  const cells = [0, 1].map((index) => makeCell({ index, label: `${index}`, offeredRequestsPerS: 1 + index }));
  const records = cells.flatMap(({ index }) =>
    Array.from({ length: 11 }, (_, id) => makeRecord([10 + id, 100], { id, cell: index }))
  );
  const figure = throughputLatencyFigure(summarizeRun(makeSmallRun(cells, records)), {
    name: "ttft",
    label: "TTFT",
  });
  const axis = (percentile: FigureState["percentile"]) =>
    textsOf(drawFigure(figure, makeDrawOptions({ percentile }))).filter((text) => text.includes("TTFT"));
  assert.deepEqual([axis("all"), axis("p90")], [["p50 TTFT (ms)"], ["p90 TTFT (ms)"]]);
  assert.deepEqual(textsOf(drawFigure(figure, makeDrawOptions({ percentile: "p99" }))), ["no values"]); // 11 are too few
});

Deno.test("drawFigure() crosses out cells of a figure of throughput that are no valid measurement", () => {
  const cells = [0, 1].map((index) =>
    makeCell({
      index,
      label: `${index}`,
      offeredRequestsPerS: 1 + index,
      status: index === 0 ? "complete" : "interrupted",
    })
  );
  const run = makeSmallRun(cells, cells.map(({ index }) => makeRecord([10, 20 + index], { cell: index })));
  const figure = throughputLatencyFigure(summarizeRun(run), { name: "e2e", label: "E2E" });
  assert.deepEqual(figure.data.points.map(({ valid }) => valid), [true, false]);
  assert.match(figure.caption, /1 cell without a valid measurement is crossed out\.$/);
  const dots = drawFigure(figure, makeDrawOptions()).querySelectorAll("[aria-label=dot]");
  assert.deepEqual([...dots].map(({ children }) => children.length), [2, 1]);
});

Deno.test("drawFigure() names the cells of rows", () => {
  const run = makeSmallRun([0, 1].map((index) => makeCell({ index, label: `cell ${index}` })), [
    makeRecord([10, 20, 35]),
    makeRecord([10, 20, 36], { cell: 1 }),
  ]);
  for (const figure of [itlHistogramFigure(run), trustStripFigure(run)]) {
    const named = [...drawFigure(figure, makeDrawOptions()).querySelectorAll("[data-cell]")];
    assert.deepEqual([...new Set(named.map((mark) => mark.getAttribute("data-cell")))].sort(), ["0", "1"]);
    const heads = named.filter((mark) => mark.matches("text")).map(({ textContent }) => textContent);
    assert.deepEqual(heads, ["cell 0", "cell 1"]);
  }
});
