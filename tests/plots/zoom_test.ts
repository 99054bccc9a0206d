import assert from "node:assert/strict";
import { e2e, summarizeRun, ttft } from "../../lib/metrics/mod.ts";
import {
  type AnyFigure,
  drawFigure,
  type FigureState,
  latencyCdfFigure,
  perRequestFigure,
  scalingLatencyFigure,
  zoomFrame,
} from "../../lib/plots/mod.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeDrawOptions } from "./dom.ts";

const run = makeRun({ requests: 120 });
const cdf = latencyCdfFigure(run, e2e);

function draw(figure: AnyFigure, state: Partial<FigureState> = {}): Element {
  const drawing = drawFigure(figure, makeDrawOptions(state));
  return drawing.tagName.toLowerCase() === "svg" ? drawing : drawing.querySelector("svg") ?? drawing;
}

function zoom(drawing: Element, domain: readonly [number, number]): Element {
  const zoomed = zoomFrame(drawing, domain);
  assert.ok(zoomed);
  return zoomed;
}

function ticks(drawing: Element): number[] {
  return [...drawing.querySelectorAll('[aria-label="x-axis tick label"] text')]
    .map((text) => Number((text.textContent ?? "").replaceAll(",", "")));
}

Deno.test("zoomFrame() has ticks within the part chosen, on a linear and a logarithmic axis", () => {
  for (const log of [true, false]) {
    const found = ticks(zoom(draw(cdf, { log }), [500, 900]));
    assert.ok(found.length >= 2, `${found}`);
    assert.ok(found.every((tick) => tick >= 500 && tick <= 900), `${found}`);
  }
});

Deno.test("zoomFrame() finds ticks where a logarithmic axis had them fixed for all of it", () => {
  const [panel] = [draw(perRequestFigure(run))];
  const all = ticks(panel);
  const [low = 1, high = 2] = [all.at(0), all.at(1)];
  const part = [low * 1.05, Math.min(high, low * 1.9) * 0.98] as const;
  const found = ticks(zoom(panel, part));
  assert.ok(found.length >= 2, `${found} within ${part}`);
  assert.equal(new Set(found).size, found.length);
});

Deno.test("zoomFrame() takes out labels and ticks beyond the frame, and cuts off marks", () => {
  const figure = scalingLatencyFigure(summarizeRun(run), { name: "ttft", label: "TTFT" });
  const drawing = draw(figure);
  const zoomed = zoom(drawing, [9, 14]);
  assert.equal(drawing.querySelectorAll("svg").length, 0);
  assert.ok(zoomed.querySelectorAll("svg[overflow=hidden]").length > 0);
  const above = (one: Element) => one.querySelectorAll('[aria-label="x-axis tick label"]').length;
  assert.equal(above(zoomed), above(drawing));
  const width = Number(zoomed.getAttribute("width"));
  for (const text of zoomed.querySelectorAll('[aria-label="x-axis tick label"] text')) {
    const x = Number(/translate\(([-\d.]+)/.exec(text.getAttribute("transform") ?? "")?.[1]);
    assert.ok(x > 0 && x < width, `${text.textContent} at ${x}`);
  }
});

Deno.test("zoomFrame() zooms what is zoomed already, and nothing that was not drawn in a frame", () => {
  const twice = zoom(zoom(draw(cdf), [200, 2000]), [500, 900]);
  assert.deepEqual(ticks(twice), ticks(zoom(draw(cdf), [500, 900])));
  assert.equal(zoomFrame(makeDrawOptions().document.createElement("div"), [0, 1]), null);
});

Deno.test("lines, dots and labels of a cell say which", () => {
  const drawing = draw(latencyCdfFigure(run, ttft));
  for (const cell of [0, 5]) {
    const names = [...drawing.querySelectorAll(`[data-cell="${cell}"]`)].map(({ tagName }) =>
      tagName.toLowerCase()
    );
    assert.deepEqual(names.sort(), ["circle", "circle", "circle", "path", "text"]); // p50, p90, p99
  }
});

Deno.test("a line through several cells is of none", () => {
  const drawing = draw(scalingLatencyFigure(summarizeRun(run), { name: "ttft", label: "TTFT" }));
  assert.equal(drawing.querySelectorAll("path[data-cell]").length, 0);
  assert.equal(drawing.querySelectorAll("circle[data-cell]").length, 6 * 3);
});

Deno.test("drawFigure() draws the one percentile chosen", () => {
  const figure = scalingLatencyFigure(summarizeRun(run), { name: "ttft", label: "TTFT" });
  const lines = (percentile: FigureState["percentile"]) =>
    draw(figure, { percentile }).querySelectorAll("[aria-label=line] path").length;
  assert.deepEqual([lines("all"), lines("p90")], [3, 1]);
});
