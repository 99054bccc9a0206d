import assert from "node:assert/strict";

import { drawFigure, telemetrySeriesFigure } from "../../lib/plots/mod.ts";
import { makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeTelemetryRun } from "../testdata/runs/telemetry_run.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

const run = makeTelemetryRun();
const figure = telemetrySeriesFigure(run);

Deno.test("telemetrySeriesFigure() has a panel per metric and a line per cell, from the cell's start", () => {
  assert.deepEqual(figure.data.panels.map(({ name, quantity }) => [name, quantity]), [
    ["sglang:token_usage", "value"],
    ["sglang:prompt_tokens_total", "rate"],
    ["sglang:queue_time_seconds", "mean"],
  ]);
  const [usage, tokens, queue] = figure.data.panels;
  assert.deepEqual(usage?.lines.map(({ cell }) => cell.label), ["round 1", "round 2"]);
  assert.deepEqual(usage?.lines[1]?.atS, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  assert.deepEqual(usage?.lines[1]?.values.slice(3, 6), [0.4, null, 0.6]);
  assert.deepEqual(tokens?.lines[0]?.values, Array(9).fill(1000)); // 100 tokens in 100 ms
  assert.deepEqual(queue?.lines[0]?.values, Array(9).fill(0.5)); // 1 s over 2 requests
  assert.equal(figure.data.endS, 1);
  assert.match(
    figure.caption,
    /^sglang:token_usage is at most 0\.900; sglang:prompt_tokens_total per s is at most 1,000;/,
  );
});

Deno.test("telemetrySeriesFigure() shows eight metrics, those that changed first, in the order of recording", () => {
  const names = Array.from({ length: 10 }, (_, i) => `m${i}`);
  const values = (atMs: number) => Object.fromEntries(names.map((name, i) => [name, i < 3 ? 7 : atMs + i]));
  const many = makeSmallRun(run.manifest.cells, [], {
    telemetry: [
      {
        ...{ kind: "source", url: "http://h/metrics", via: "page", intervalMs: 1 },
        families: names.map((name) => ({ name, type: "gauge", help: "" })),
      },
      ...[0, 1].map((atMs) => ({
        kind: "sample" as const,
        cell: 0,
        atMs: 10_000 + atMs,
        values: values(atMs),
      })),
    ],
  });
  const { data, caption } = telemetrySeriesFigure(many);
  assert.deepEqual(data.panels.map(({ name }) => name), ["m0", ...names.slice(3)]);
  assert.match(caption, /8 of 10 metrics are shown/);
});

Deno.test("telemetrySeriesFigure() keeps about 400 points a line", () => {
  const long = makeSmallRun(run.manifest.cells, [], {
    telemetry: [
      {
        ...{ kind: "source", url: "http://h/metrics", via: "page", intervalMs: 1 },
        families: [{ name: "load", type: "gauge", help: "" }],
      },
      ...Array.from({ length: 1001 }, (_, i) => (
        { kind: "sample" as const, cell: 0, atMs: 10_000 + i, values: { load: i } }
      )),
    ],
  });
  const line = telemetrySeriesFigure(long).data.panels[0]?.lines[0];
  assert.equal(line?.atS.length, 334); // of three each
  assert.deepEqual([line?.values[0], line?.atS[0], line?.values.at(-1)], [3, 0.003, 1000]);
});

Deno.test("drawTelemetrySeries() draws every panel with its text alternative, the same after a round trip through JSON", () => {
  const draw = (one: typeof figure) => drawFigure(one, makeDrawOptions());
  const drawing = draw(figure);
  const svgs = [...drawing.querySelectorAll("svg")];
  assert.equal(svgs.length, 3);
  for (const svg of svgs) assert.equal(svg.getAttribute("aria-description"), figure.caption);
  assert.ok(!drawing.outerHTML.includes("NaN"));
  assert.ok(textsOf(drawing).includes("round 2"));
  const withoutIds = (element: Element) => element.outerHTML.replaceAll(/plot-clip-\d+/g, "");
  assert.equal(withoutIds(draw(JSON.parse(JSON.stringify(figure)))), withoutIds(drawing));
});

Deno.test("drawTelemetrySeries() breaks lines at outages, and shows chosen cells and times only", () => {
  const pathsOf = (options: Parameters<typeof makeDrawOptions>[0]) =>
    [...drawFigure(figure, makeDrawOptions(options)).querySelectorAll('g[aria-label="line"] path')]
      .map((path) => path.getAttribute("d") ?? "");
  assert.equal(pathsOf({}).length, 6);
  const [usage = ""] = pathsOf({ cells: [1] });
  assert.equal(usage.match(/M/g)?.length, 2);
  assert.equal(pathsOf({ cells: [0] })[0]?.match(/M/g)?.length, 1);
  assert.notEqual(pathsOf({ cells: [0], domainS: [0.2, 0.4] })[0], pathsOf({ cells: [0] })[0]);
  const empty = drawFigure(telemetrySeriesFigure(makeSmallRun([], [])), makeDrawOptions());
  assert.deepEqual(textsOf(empty), ["no metric was recorded"]);
});
