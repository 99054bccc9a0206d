import assert from "node:assert/strict";

import { summarizeRun, ttft } from "../../lib/metrics/mod.ts";
import {
  cacheDeltaFigure,
  drawFigure,
  hitRatesFigure,
  latencyCdfFigure,
  scalingLatencyFigure,
  scalingThroughputFigure,
  turnsFigure,
} from "../../lib/plots/mod.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeRoundsRun } from "../testdata/runs/make_rounds_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

const run = makeRoundsRun({ requests: 30 });
const ttftName = { name: "ttft", label: "TTFT" } as const;

/** Two rounds of eight requests: TTFT 100 ms, then 60 ms and for the last 110 ms. */
const small = makeSmallRun(
  [1, 2].map((round, index) =>
    makeCell({
      index,
      label: `round ${round}`,
      parameters: { concurrency: 1, round },
      offeredRequestsPerS: null,
    })
  ),
  [0, 1].flatMap((cell) =>
    Array.from(
      { length: 8 },
      (_, id) => makeRecord([cell === 0 ? 100 : id === 7 ? 110 : 60], { cell, id, inputTokens: 50 }),
    )
  ),
);

Deno.test("cacheDeltaFigure() has the differences, their median and its interval", () => {
  const { data: { comparisons: [only] }, caption } = cacheDeltaFigure(small);
  assert.equal(only?.medianMs, -40);
  // 8 values: ranks 1 and 8, −40 and +10
  assert.deepEqual(only?.interval, { lowMs: -40, highMs: 10 });
  assert.equal(only?.fasterRatio, 7 / 8);
  assert.deepEqual(only?.groups, [{ label: "50 tokens", pairs: 8, firstMs: 100, laterMs: 60 }]);
  assert.match(
    caption,
    /^At round 2 the median difference to round 1 is -40\.0\sms \(95 % interval -40\.0\sms to 10\.0\sms, which does not tell it from 0\); 87\.5% of 8 requests got faster\./,
  );
});

Deno.test("cacheDeltaFigure() shows six comparisons of more, and says so", () => {
  const many = makeRoundsRun({ requests: 8, concurrency: [1, 2, 3, 4, 5, 6, 7, 8] });
  const { data, caption } = cacheDeltaFigure(many);
  assert.equal(data.comparisons.length, 6);
  assert.deepEqual([data.comparisons[0]?.later.x, data.comparisons[5]?.later.x], [1, 8]);
  assert.match(caption, /6 of 8 comparisons are shown, evenly from least load to most\./);
});

Deno.test("cacheDeltaFigure() draws the comparisons whose later round is shown", () => {
  const headings = (cells: readonly number[] | null) =>
    textsOf(drawFigure(cacheDeltaFigure(run), makeDrawOptions({ cells }))).filter((text) =>
      /against/.test(text)
    );
  assert.equal(headings(null).length, 3);
  assert.deepEqual(headings([2, 3]), ["concurrency 10, round 2, against round 1"]);
  assert.deepEqual(headings([0]), []);
});

Deno.test("hitRatesFigure() writes what is not available as that, not as 0", () => {
  const without = makeRoundsRun({ requests: 8, cell: () => ({ metricsCache: undefined }) });
  const texts = textsOf(drawFigure(hitRatesFigure(without), makeDrawOptions()));
  assert.equal(texts.filter((text) => text === "not available").length, 6);
  assert.match(hitRatesFigure(without).caption, /\/metrics not available/);
});

Deno.test("turnsFigure() says how the first turn and the last one went", () => {
  const { data, caption } = turnsFigure(makeRoundsRun({ turns: true, requests: 40, concurrency: [2] }));
  assert.deepEqual(data.cells.map(({ turns }) => turns.map(({ turn, count }) => [turn, count])), [
    [[1, 10], [2, 10], [3, 10], [4, 10]],
    [[1, 10], [2, 10], [3, 10], [4, 10]],
  ]);
  assert.match(
    caption,
    /^At concurrency 2, round 2 turn 1 has a median TTFT of .* tokens, of which .*%.*, turn 4 /,
  );
});

Deno.test("a cold cell is dashed and hollow, a warm one solid and filled", () => {
  const drawing = drawFigure(latencyCdfFigure(run, ttft), makeDrawOptions());
  const dashed = [...drawing.querySelectorAll("[aria-label=line]")].map((line) => [
    line.getAttribute("stroke-dasharray"),
    line.querySelectorAll("path").length,
  ]);
  assert.deepEqual(dashed, [["5 3", 3], [null, 3]]);
  const fills = new Set(
    [...drawing.querySelectorAll("circle")].map((dot) => dot.getAttribute("fill")?.slice(0, 18)),
  );
  assert.deepEqual([...fills].sort(), ["var(--benchbook-pa", "var(--benchbook-wa"]);
});

Deno.test("scaling figures have a labelled line per round", () => {
  const summary = summarizeRun(run);
  const latency = scalingLatencyFigure(summary, ttftName);
  const texts = textsOf(drawFigure(latency, makeDrawOptions()));
  for (const text of ["p50 round 1", "p90 round 1", "p50 round 2", "p90 round 2"]) {
    assert.ok(texts.includes(text), text);
  }
  assert.match(
    latency.caption,
    /^In round 1, p50 TTFT .* at concurrency 5 to .* at concurrency 20\. In round 2, p50 TTFT .* at concurrency 5 /,
  );
  const throughput = scalingThroughputFigure(summary);
  assert.equal(
    textsOf(drawFigure(throughput, makeDrawOptions())).filter((text) => text === "round 2").length,
    2,
  );
  assert.match(throughput.caption, /^Output peaks at .* tokens\/s, at concurrency 20, round 2\.$/);
});

Deno.test("scalingLatencyFigure() draws the medians alone of many series, and says so", () => {
  const many = makeRoundsRun({ requests: 8, stages: ["a", "b"], concurrency: [2, 4] });
  const figure = scalingLatencyFigure(summarizeRun(many), ttftName);
  const texts = textsOf(drawFigure(figure, makeDrawOptions()));
  assert.ok(texts.includes("p50 a, round 1") && !texts.some((text) => text.startsWith("p90")));
  assert.match(figure.caption, /Only medians are drawn of so many series\./);
});

Deno.test("labels stay within the figure, Chinese ones too", () => {
  const chinese = makeRoundsRun({ requests: 30, lang: "zh" });
  for (const made of [run, chinese]) {
    const drawing = drawFigure(latencyCdfFigure(made, ttft), makeDrawOptions());
    const labels = [...drawing.querySelectorAll("text[data-cell]")];
    assert.equal(labels.length, 6);
    for (const label of labels) {
      const x = Number(label.getAttribute("transform")?.match(/translate\(([-\d.]+)/)?.[1]);
      const text = label.textContent ?? "";
      const half = [...text].reduce((sum, letter) => sum + (letter > "⺀" ? 12.5 : 6.8), 0) / 2;
      assert.ok(x - half >= -0.01 && x + half <= 600.01, `${text} at ${x}`);
    }
  }
});
