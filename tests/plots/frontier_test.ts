import assert from "node:assert/strict";
import { drawFigure, frontierFigure } from "../../lib/plots/mod.ts";
import { makeConfiguration, makePoint, makeWhatIf } from "../testdata/what_if.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

const ttft = { name: "ttft", label: "TTFT" } as const;

Deno.test("frontierFigure() tells efficient points from those that another beats", () => {
  const { data, caption, title } = frontierFigure(makeWhatIf(), ttft);
  // p99: TP 1 at 300 and 2,700 ms with 500 and 600 tokens/s; TP 2 at 150 and 270 ms with 550 and 1,000
  assert.deepEqual(
    data.lines.map(({ points }) => points.map(({ latencyMs, efficient }) => [latencyMs, efficient])),
    [
      [[300, false], [2700, false]],
      [[150, true], [270, true]],
    ],
  );
  assert.equal(title, "Output tokens/s against p99 TTFT");
  assert.match(caption, /Of 4 points 2 are efficient .* from TP 2 at scale 1 .* to TP 2 at scale 0\.5 /);
});

Deno.test("frontierFigure() takes medians where one point has too few values for a p99", () => {
  const few = makePoint(2, { ms: 40, tokensPerS: 100 });
  const latencies = { ...few.latencies, ttft: { count: 9, p50Ms: 40, p99Ms: null } };
  const { data } = frontierFigure(
    makeWhatIf({ configurations: [makeConfiguration(0, [{ ...few, latencies }])] }),
    ttft,
  );
  assert.deepEqual([data.percentile, data.lines[0]?.points[0]?.latencyMs], ["p50", 40]);
});

Deno.test("frontierFigure() calls nothing efficient that gets no verdict, and leaves out what is not valid", () => {
  const points = [
    makePoint(1, { ms: 1, tokensPerS: 9 }),
    makePoint(2, { ms: 1, tokensPerS: 9, valid: false }),
  ];
  const configurations = [makeConfiguration(0, points, { noVerdict: "not its scheduler" })];
  const { data, caption } = frontierFigure(makeWhatIf({ configurations }), ttft);
  assert.deepEqual(data.lines[0]?.points.map(({ scale, efficient }) => [scale, efficient]), [[1, false]]);
  assert.equal(caption, "There is no valid point.");
});

Deno.test("frontierFigure() knows the limits on what it shows", () => {
  const slo = [
    { metric: "ttft", percentile: "p99", limitMs: 1000 },
    { metric: "ttft", percentile: "p50", limitMs: 1 },
    { metric: "tpot", percentile: "p99", limitMs: 2 },
  ] as const;
  const figure = frontierFigure(makeWhatIf({ slo }), ttft);
  assert.deepEqual(figure.data.limitsMs, [1000]);
  assert.ok(textsOf(drawFigure(figure, makeDrawOptions())).some((text) => /^SLO 1,000\sms$/.test(text)));
});

Deno.test("drawFigure() draws a line per configuration that is shown, with its name and scales", () => {
  const figure = frontierFigure(makeWhatIf(), ttft);
  const texts = textsOf(drawFigure(figure, makeDrawOptions({ cells: [1] })));
  assert.ok(texts.includes("TP 2") && !texts.includes("TP 1"));
  assert.ok(texts.includes("0.5") && texts.includes("1"));
});

const edges = {
  "no configuration": makeWhatIf({ configurations: [] }),
  "no point": makeWhatIf({ configurations: [makeConfiguration(0, [])] }),
  "one point": makeWhatIf({
    configurations: [makeConfiguration(0, [makePoint(1, { ms: 5, tokensPerS: 1 })])],
  }),
  "no throughput": makeWhatIf({
    configurations: [makeConfiguration(0, [makePoint(1, { ms: 0, tokensPerS: 0 })])],
  }),
  "40 points": makeWhatIf({
    configurations: [1, 2, 3, 4].map((gpus) =>
      makeConfiguration(
        gpus - 1,
        Array.from(
          { length: 10 },
          (_, i) => makePoint(2 - i / 10, { ms: gpus * i + 1, tokensPerS: gpus * i }),
        ),
      )
    ),
  }),
};

for (const [name, whatIf] of Object.entries(edges)) {
  Deno.test(`drawFigure() draws a frontier of ${name}`, () => {
    for (const state of [{}, { log: false }, { cells: [99] }]) {
      const drawing = drawFigure(frontierFigure(whatIf, ttft), makeDrawOptions(state));
      assert.ok(!drawing.outerHTML.includes("NaN"), "a mark has no place");
    }
  });
}

Deno.test("drawFigure() leaves out scale factors that would cover each other, but those of efficient points", () => {
  const crowd = Array.from(
    { length: 9 },
    (_, i) => makePoint(1 + i, { ms: 100 + i / 100, tokensPerS: 100 - i / 100 }),
  );
  const figure = frontierFigure(makeWhatIf({ configurations: [makeConfiguration(0, crowd)] }), ttft);
  const scales = textsOf(drawFigure(figure, makeDrawOptions())).filter((text) => /^[1-9]$/.test(text));
  assert.deepEqual(scales, ["1"]); // the first has the lowest latency and the most tokens/s
});
