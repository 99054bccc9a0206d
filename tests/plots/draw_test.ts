import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { itl, summarizeRun, ttft } from "../../lib/metrics/mod.ts";
import {
  type AnyFigure,
  cacheDeltaFigure,
  drawFigure,
  drawings,
  engineCdfFigure,
  engineFrontierFigure,
  engineGoodputFigure,
  engineRatioFigure,
  engineScatterFigure,
  frontierFigure,
  goodputFigure,
  hitRatesFigure,
  itlHeatmapFigure,
  itlHistogramFigure,
  latencyCdfFigure,
  loadOverTimeFigure,
  perRequestFigure,
  scalingLatencyFigure,
  scalingThroughputFigure,
  sendLagFigure,
  sparklineFigure,
  telemetrySeriesFigure,
  throughputLatencyFigure,
  timelineFigure,
  trustStripFigure,
  turnsFigure,
} from "../../lib/plots/mod.ts";
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import type { Run } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeRoundsRun } from "../testdata/runs/make_rounds_run.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeTelemetryRun } from "../testdata/runs/telemetry_run.ts";
import { makeWhatIf } from "../testdata/what_if.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

function figuresOf(run: Run): AnyFigure[] {
  const summary = summarizeRun(run);
  const scaling = scalingLatencyFigure(summary, { name: "ttft", label: "TTFT" });
  const sparkline = sparklineFigure(
    "TTFT",
    scaling.data.points.map(({ cell, p50 }) => ({ cell, value: p50 })),
  );
  return [
    scaling,
    scalingThroughputFigure(summary),
    throughputLatencyFigure(summary, { name: "ttft", label: "TTFT" }),
    goodputFigure(summary),
    latencyCdfFigure(run, ttft),
    latencyCdfFigure(run, itl),
    itlHistogramFigure(run),
    itlHeatmapFigure(run),
    loadOverTimeFigure(run),
    timelineFigure(run),
    perRequestFigure(run),
    sendLagFigure(run),
    trustStripFigure(run),
    telemetrySeriesFigure(run),
    cacheDeltaFigure(run),
    hitRatesFigure(run),
    turnsFigure(run),
    ...(sparkline === null ? [] : [sparkline]),
  ];
}

const run = makeRun({ requests: 20 });
const frontier = frontierFigure(makeWhatIf(), { name: "ttft", label: "TTFT" });
const conversations = makeRoundsRun({ turns: true, requests: 24 });
const figures = [
  ...figuresOf(run).filter(({ name }) =>
    !["cache_delta", "hit_rates", "turns", "goodput", "telemetry_series"].includes(name)
  ),
  ...[cacheDeltaFigure, hitRatesFigure, turnsFigure].map((make) => make(conversations)),
  goodputFigure(summarizeRun(withSlo(run))),
  telemetrySeriesFigure(makeTelemetryRun()),
  frontier,
  ...engineFigures(),
];

function engineFigures(): AnyFigure[] {
  const manifest = () => ({ options: withSlo(run).manifest.options });
  const ttftMs = ({ engine, id }: { engine: number; id: number }) => 50 + id % 7 + 9 * engine;
  const { comparison, result } = judgeStored(makeComparison({ scales: [0.5, 1], ttftMs, manifest }));
  return [
    engineCdfFigure(comparison, ttft),
    engineFrontierFigure(comparison, { name: "ttft", label: "TTFT" }),
    engineGoodputFigure(comparison),
    ...result.pairs.map((pair) => engineRatioFigure(comparison, pair)),
    engineScatterFigure(comparison, { a: 0, b: 1 }),
  ].filter((figure) => figure !== null);
}

function withSlo(run: Run): Run {
  const limits = [{ metric: "ttft", percentile: null, sign: "<", value: 100 }];
  return { ...run, manifest: { ...run.manifest, options: { slo: { name: null, attainment: 1, limits } } } };
}

Deno.test("drawings holds every figure that exists", () => {
  assert.deepEqual([...new Set(figures.map(({ name }) => name))].sort(), Object.keys(drawings).sort());
});

for (const figure of figures) {
  Deno.test(`drawFigure() draws ${figure.name} (${figure.title}) with marks, a text alternative and no style sheet`, () => {
    const drawing = drawFigure(figure, makeDrawOptions());
    assert.ok(drawing.querySelectorAll("path, circle, rect").length > 1);
    assert.equal(drawing.querySelectorAll("style").length, 0);
    const svg = drawing.matches("svg") ? drawing : drawing.querySelector("svg");
    assert.equal(svg?.getAttribute("aria-label"), figure.title);
    assert.equal(svg?.getAttribute("aria-description"), figure.caption);
    assert.ok(!drawing.outerHTML.includes("NaN"), "a mark has no place");
  });

  Deno.test(`drawFigure() draws ${figure.name} (${figure.title}) the same after a round trip through JSON`, () => {
    const copy: AnyFigure = JSON.parse(JSON.stringify(figure));
    const draw = (one: AnyFigure) => drawFigure(one, makeDrawOptions({ log: false, tail: true })).outerHTML;
    const withoutIds = (markup: string) => markup.replaceAll(/plot-clip-\d+/g, "");
    assert.ok(withoutIds(draw(copy)) === withoutIds(draw(figure)));
  });
}

const edges: Readonly<Record<string, Run>> = {
  "one request": makeSmallRun([makeCell()], [makeRecord([100, 110])]),
  "one token": makeSmallRun([makeCell()], [makeRecord([100])]),
  "no record": makeSmallRun([makeCell()], []),
  "no cell": makeSmallRun([], []),
  "only failures": makeSmallRun([makeCell()], [makeFailure([]), makeFailure([50], { id: 1, sentMs: null })]),
  "all at the same instant": makeSmallRun([makeCell()], [
    makeRecord([0, 0, 0]),
    makeRecord([0, 0, 0], { id: 1 }),
  ]),
  "one-token answers": withSlo(makeSmallRun(
    [makeCell(), makeCell({ index: 1, label: "2×", offeredRequestsPerS: 2 })],
    [makeRecord([100]), makeRecord([100], { id: 1 }), makeRecord([90], { cell: 1 })],
  )),
  "requests of another tool that wrote no clock": makeSmallRun([makeCell()], [
    makeRecord([100, 110, 150], { unknown: ["schedule", "clock"] }),
    makeRecord([100, 110], { id: 1, unknown: ["schedule", "clock", "gaps"] }),
  ]),
  "requests of another tool that wrote neither gaps nor ends": makeSmallRun([makeCell()], [
    makeRecord([100], { unknown: ["schedule", "clock", "gaps", "last"] }),
  ]),
  "answers of an hour": makeSmallRun([makeCell({ endMs: 3_600_000 })], [
    makeRecord([100, 1_800_000, 3_600_000]),
  ]),
  "24 cells": makeRun({ requests: 3, scales: Array.from({ length: 24 }, (_, i) => 0.4 + i / 20) }),
  "closed loop": makeSmallRun(
    [1, 64].map((concurrency, index) =>
      makeCell({ index, parameters: { concurrency }, schedule: "closed", offeredRequestsPerS: null })
    ),
    [makeRecord([100, 110]), makeRecord([200, 220], { cell: 1 })],
  ),
  rounds: makeRoundsRun({ requests: 30, failureRatio: 0.2, cell: () => ({ theoreticalCache: undefined }) }),
  "rounds of one load": makeRoundsRun({ requests: 8, concurrency: [4] }),
  "three rounds in stages": makeRoundsRun({ requests: 8, rounds: 3, stages: ["short", "long"], lang: "zh" }),
  "rounds without an answer": makeRoundsRun({ requests: 8, failureRatio: 1 }),
  conversations,
  "cells without numbers": makeSmallRun(
    ["a", "b"].map((engine, index) =>
      makeCell({ index, label: engine, parameters: { engine }, offeredRequestsPerS: null })
    ),
    [makeRecord([100, 110]), makeRecord([200, 220], { cell: 1 })],
  ),
};

for (const [name, edge] of Object.entries(edges)) {
  Deno.test(`drawFigure() draws every figure of a run with ${name}`, () => {
    for (const figure of figuresOf(edge)) {
      assert.ok(!/NaN|undefined|Infinity|null/.test(`${figure.title} ${figure.caption}`), figure.caption);
      for (
        const state of [{}, { log: false, tail: true }, { domainS: [0.05, 0.2] as const }, { cells: [99] }]
      ) {
        const drawing = drawFigure(figure, makeDrawOptions(state));
        assert.ok(!drawing.outerHTML.includes("NaN"), `${figure.name} has a mark without a place`);
        const marks = drawing.querySelectorAll("text, path, rect, circle").length;
        assert.ok(marks > 0, `${figure.name} draws nothing, and does not say why`);
      }
    }
  });
}

Deno.test("drawFigure() leaves out the cells the reader does not want", () => {
  const curves = (cells: number[] | null) => {
    const drawing = drawFigure(latencyCdfFigure(run, ttft), makeDrawOptions({ cells }));
    return [...drawing.querySelectorAll("text[data-cell]")].map((label) => label.textContent);
  };
  assert.deepEqual(curves([0, 5]).sort(), ["0.4×", "1.6×"]);
  assert.equal(curves(null).length, 6);
});

Deno.test("drawFigure() shows the part of the time axis that was chosen", () => {
  const ticks = (domainS: readonly [number, number] | null) =>
    textsOf(drawFigure(loadOverTimeFigure(run), makeDrawOptions({ domainS })));
  assert.ok(ticks([0.2, 0.8]).includes("0.5"));
  assert.ok(!ticks(null).includes("0.5"));
});

Deno.test("drawFigure() shows the one cell chosen in the timeline, else the most loaded", () => {
  const timeline = timelineFigure(run);
  assert.ok(textsOf(drawFigure(timeline, makeDrawOptions())).includes("0.4×"));
  assert.ok(textsOf(drawFigure(timeline, makeDrawOptions({ cells: [5] }))).includes("1.6×"));
});

Deno.test("drawFigure() ends a CDF at the maximum", () => {
  const drawing = drawFigure(latencyCdfFigure(edges["one request"] ?? run, ttft), makeDrawOptions());
  const ends = [...drawing.querySelectorAll("[aria-label=line] path")].map((path) => path.getAttribute("d"));
  assert.match(ends.join(), /,28$/); // the frame's upper edge, below a margin of 28 px, is 100 %
});

Deno.test("drawFigure() leaves out scale factors that would collide, least load first", () => {
  const [scaling] = figuresOf(edges["24 cells"] ?? run);
  assert.ok(scaling);
  const scales = Array.from({ length: 24 }, (_, i) => String(0.4 + i / 20));
  const drawing = drawFigure(scaling, makeDrawOptions());
  const shown = textsOf(drawing).filter((text) => scales.includes(text));
  assert.ok(shown.includes("0.4") && shown.length > 3 && shown.length < 24, shown.join());
});

Deno.test("drawFigure() writes hostile labels as text", () => {
  const label = `</text><script>alert(1)</script>`;
  const hostile = makeSmallRun([makeCell({ label, parameters: { [label]: 1 } })], [makeRecord([100, 110])]);
  for (const figure of figuresOf(hostile)) {
    const { document } = parseHTML(`<body>${drawFigure(figure, makeDrawOptions()).outerHTML}</body>`);
    assert.equal(document.querySelectorAll("script").length, 0, figure.name);
  }
});
