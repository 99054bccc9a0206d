import assert from "node:assert/strict";

import type { Comparison } from "../../lib/metrics/compare/group_comparison.ts";
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import { itl, ttft } from "../../lib/metrics/mod.ts";
import { fitText } from "../../lib/plots/engine_marks.ts";
import { textWidth } from "../../lib/plots/labels.ts";
import {
  type AnyFigure,
  drawFigure,
  engineCdfFigure,
  engineFrontierFigure,
  engineGoodputFigure,
  engineRatioFigure,
  engineScatterFigure,
} from "../../lib/plots/mod.ts";
import { type MadeComparison, makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeDrawOptions, textsOf } from "./dom.ts";

const named = { name: "ttft", label: "TTFT" } as const;

/** Every request of engine b takes 10 ms longer, and every repeat 1 ms longer than the one before. */
const slower: MadeComparison = {
  scales: [0.5, 1],
  requests: 120,
  ttftMs: ({ engine, repeat, id }) => 50 + id % 7 + repeat + 10 * engine,
  cell: ({ load }) => ({ offeredRequestsPerS: load === 0 ? 20 : 10 }),
};

function judge(made: MadeComparison) {
  return judgeStored(makeComparison(made));
}

/** As if the second load of the second engine had been interrupted in every repeat. */
function withoutSecondLoad(comparison: Comparison): Comparison {
  return {
    ...comparison,
    loads: comparison.loads.map((load) => ({
      ...load,
      engines: load.engines.map((cells, engine) => engine === 1 && load.index === 1 ? [] : cells),
    })),
  };
}

Deno.test("engineCdfFigure() pools the repeats, and has a band from the lowest to the highest", () => {
  const { data, caption } = engineCdfFigure(judge(slower).comparison, ttft);
  assert.deepEqual(data.loads.map(({ cell }) => cell.label), ["scale 1", "scale 0.5"]); // least load first
  const [a, b] = data.loads[0]?.curves ?? [];
  assert.equal(a?.curve.count, 3 * 120);
  assert.deepEqual([a?.band?.low[0], a?.band?.high[0]], [51, 53]); // 50 and 1 to 3 for the repeat
  assert.deepEqual([b?.band?.low[0], b?.band?.high[0]], [61, 63]);
  assert.match(caption, /^Median TTFT: 55\.0\sms on a, 65\.0\sms on b at scale 1; .* at scale 0\.5\./);
  assert.match(caption, /all repeats \(3\) together/);
});

Deno.test("engineCdfFigure() has no band with one repeat, and says what is missing", () => {
  const { data, caption } = engineCdfFigure(
    withoutSecondLoad(judge({ ...slower, repeats: 1 }).comparison),
    ttft,
  );
  assert.deepEqual(data.loads.map(({ curves }) => curves.map(({ band }) => band)), [[null], [null, null]]);
  assert.match(caption, /there is one repeat, so no band/);
  assert.match(caption, /1 curve missing/);
  const drawn = drawFigure(
    engineCdfFigure(withoutSecondLoad(judge(slower).comparison), ttft),
    makeDrawOptions(),
  );
  assert.ok(textsOf(drawn).includes("b: not measured"));
});

Deno.test("engineRatioFigure() has what the table has, rates in a group of their own", () => {
  const { comparison, result: { pairs: [pair] } } = judge(slower);
  assert.ok(pair);
  const figure = engineRatioFigure(comparison, pair);
  assert.deepEqual(
    figure?.data.groups.map(({ title, rows }) => [title, rows.map(({ label }) => label)]),
    [
      ...["TTFT", "TPOT", "E2E"].map((name) => [`${name}: lower is better`, ["mean", "p50", "p90", "p99"]]),
      ["Rates: higher is better", ["output tokens/s", "requests/s"]],
    ],
  );
  const mean = figure?.data.groups[0]?.rows[0];
  const expected = pair.statistics?.overall[0]?.estimate;
  assert.equal(mean?.overall.ratio?.ratio, Number(expected?.ratio.toPrecision(9)));
  assert.equal(mean?.overall.ratio?.word, "slower");
  assert.deepEqual(mean?.loads.map(({ cell }) => cell.label), ["scale 1", "scale 0.5"]);
  assert.match(figure?.caption ?? "", /^b \/ a over 2 loads, 3 repeats each: of \d+ ratios \d+ slower, /);
});

Deno.test("drawFigure() draws ratios of rates on an axis that runs from high to low", () => {
  const { comparison, result: { pairs } } = judge({
    ...slower,
    itlMs: ({ engine, id }) => engine === 1 ? 400 + id % 5 : 5,
  });
  const figure = pairs[0] === undefined ? null : engineRatioFigure(comparison, pairs[0]);
  assert.ok(figure);
  const svgs = [
    ...drawFigure(figure, { ...makeDrawOptions(), width: 400 }).querySelectorAll("svg[role=img]"),
  ];
  const ticks = (svg: Element | undefined) =>
    [...svg?.querySelectorAll("[aria-label='x-axis tick label'] text") ?? []].map((text) =>
      Number(text.textContent)
    );
  const places = svgs.map((svg) => ticks(svg).length);
  assert.ok(places.every((count) => count >= 2), places.join());
  const isRising = (svg: Element | undefined) => {
    const xs = [...svg?.querySelectorAll("[aria-label='x-axis tick label'] text") ?? []]
      .map((text) => Number(/translate\(([\d.]+)/.exec(text.getAttribute("transform") ?? "")?.[1]));
    const values = ticks(svg);
    return ((xs[1] ?? 0) - (xs[0] ?? 0)) * ((values[1] ?? 0) - (values[0] ?? 0)) > 0;
  };
  assert.deepEqual(svgs.map(isRising), [true, true, true, false]);
});

Deno.test("engineRatioFigure() says why there is no ratio", () => {
  const { comparison, result: { pairs: [pair] } } = judge({ requests: 20 });
  assert.ok(pair);
  const figure = engineRatioFigure(comparison, pair);
  const p99 = figure?.data.groups[0]?.rows.find(({ label }) => label === "p99");
  assert.equal(p99?.overall.ratio, null);
  assert.match(p99?.overall.whyNot ?? "", /too few/);
  assert.ok(figure && textsOf(drawFigure(figure, makeDrawOptions())).join(" ").includes("too few"));
  assert.equal(engineRatioFigure(comparison, { ...pair, statistics: null }), null);
});

Deno.test("engineFrontierFigure() has means over repeats, and every repeat", () => {
  const { data } = engineFrontierFigure(judge(slower).comparison, named);
  const p99 = (engine: number) =>
    data.points.filter((point) => point.engine.index === engine).map(({ latencyMs }) => latencyMs);
  assert.equal(data.percentile, "p99");
  assert.deepEqual([p99(0), p99(1)], [[58, 58], [68, 68]]); // 50 + 6, and 2 on the mean of the repeats
  assert.deepEqual(data.points[0]?.repeats.map(({ latencyMs }) => latencyMs), [57, 58, 59]);
});

Deno.test("drawFigure() breaks an engine's line where a load was not measured", () => {
  const { comparison } = judge({
    ...slower,
    scales: [0.5, 1, 2],
    cell: ({ load }) => ({ offeredRequestsPerS: [20, 10, 5][load] ?? null }),
  });
  const paths = (one: Comparison) =>
    [
      ...drawFigure(engineFrontierFigure(one, named), makeDrawOptions()).querySelectorAll(
        "[aria-label=line] path",
      ),
    ]
      .length;
  // Two lines and their swatches in the legend; the broken line has two ends without a line between.
  assert.equal(paths(withoutSecondLoad(comparison)) - paths(comparison), 1);
});

Deno.test("engineGoodputFigure() is there only where requests have limits", () => {
  assert.equal(engineGoodputFigure(judge(slower).comparison), null);
  const limits = [{ metric: "ttft", percentile: null, sign: "<", value: 60 }];
  const manifest = () => ({ options: { slo: { name: null, attainment: 1, limits } } });
  const figure = engineGoodputFigure(judge({ ...slower, manifest }).comparison);
  assert.equal(figure?.data.axis.kind, "offered");
  const [good, none] = [figure?.data.points[0], figure?.data.points.at(-1)];
  assert.ok((good?.low ?? 0) > 0 && (good?.high ?? 0) >= (good?.mean ?? 0));
  assert.deepEqual([none?.engine.name, none?.mean], ["b", 0]); // 61 ms and more
  assert.match(figure?.caption ?? "", /On the dashed line every request offered is good\./);
});

Deno.test("engineScatterFigure() pairs the same request of the same repeat, and bounds the dots", () => {
  const record: MadeComparison["record"] = (one, { engine, repeat }) =>
    engine === 1 && repeat === 2 && one.id === 3 ? null : one;
  const { comparison } = judge({ ...slower, record });
  const { data, caption } = engineScatterFigure(comparison, { a: 0, b: 1 });
  assert.equal(data.every, 1);
  assert.equal(data.loads[0]?.id.length, 3 * 120 - 1);
  assert.deepEqual([data.loads[0]?.a.ttft[0], data.loads[0]?.b.ttft[0]], [51, 61]);
  assert.match(caption, /TTFT 0%, TPOT 0% \(the same: 100%\), E2E 0%\. Every one is a dot\./);
  const few = engineScatterFigure(comparison, { a: 0, b: 1, mostDots: 100 });
  assert.ok(few.data.loads.reduce((sum, { id }) => sum + id.length, 0) <= 100);
  assert.match(few.caption, /One id in 8 is drawn\./); // 2 loads · 3 repeats · 15 ids, where 7 would leave 18
});

Deno.test("drawFigure() says that no request has an ITL", () => {
  const { comparison } = judge(slower);
  const drawn = drawFigure(
    engineScatterFigure(comparison, { a: 0, b: 1 }),
    makeDrawOptions({ metric: "itl" }),
  );
  assert.deepEqual(textsOf(drawn), ["a request has many gaps, but no ITL"]);
});

const long = [
  "a-mini-sglang-with-a-long-name",
  "b",
  "no-prefix-cache",
  "four",
  "five-with-a-name-nobody-can-read",
];
const edges: Readonly<Record<string, () => ReturnType<typeof judge>>> = {
  "five engines with long names": () =>
    judge({ ...slower, engines: long, scales: [0.4, 0.6, 0.8, 1, 1.5, 2] }),
  "one repeat of one load": () => judge({ repeats: 1, scales: [1] }),
  "one request": () => judge({ requests: 1, repeats: 1 }),
  "only failures": () =>
    judge({
      record: (one) => ({
        ...one,
        ticsMs: [],
        outcome: { kind: "failed", failure: "timeout", message: "too late" },
      }),
    }),
  "a load that one lacks": () => {
    const { comparison, result } = judge(slower);
    return { comparison: withoutSecondLoad(comparison), result };
  },
};

function figuresOf({ comparison, result }: ReturnType<typeof judge>): AnyFigure[] {
  return [
    engineCdfFigure(comparison, ttft),
    engineCdfFigure(comparison, itl),
    engineFrontierFigure(comparison, named),
    engineGoodputFigure(comparison),
    ...result.pairs.flatMap((pair) => [
      engineRatioFigure(comparison, pair),
      engineScatterFigure(comparison, pair),
    ]),
  ].filter((figure) => figure !== null);
}

for (const [name, make] of Object.entries(edges)) {
  Deno.test(`drawFigure() draws every figure of engines with ${name}, without a label that is cut off`, () => {
    for (const figure of figuresOf(make())) {
      for (const width of [340, 600, 1200]) {
        for (const state of [{}, { log: false, tail: true }, { cells: [0] }, { cells: [99] }]) {
          const drawing = drawFigure(figure, { ...makeDrawOptions(state), width });
          assert.ok(!drawing.outerHTML.includes("NaN"), `${figure.name} has a mark without a place`);
          assert.deepEqual(textsOutside(drawing), [], `${figure.name} at ${width} px`);
        }
      }
    }
  });
}

/** Texts of which a part is more than 4 px left or right of the drawing, as wide as they are about. */
function textsOutside(drawing: Element): string[] {
  const svgs = [...(drawing.matches("svg") ? [drawing] : drawing.querySelectorAll("svg"))];
  return svgs.flatMap((svg) =>
    [...svg.querySelectorAll("text")].filter((text) => {
      const font = Number(inherited(text, "font-size") ?? 12);
      const own = textWidth(text.textContent ?? "") * font / 12;
      const before = { start: 0, middle: 0.5, end: 1 }[inherited(text, "text-anchor") ?? "middle"] ?? 0;
      const left = shift(text) + shift(text.parentElement) - before * own;
      // On these axes numbers are narrower than the mean character.
      const slack = 4 + 0.1 * own;
      return left < -slack || left + own > Number(svg.getAttribute("width")) + slack;
    }).map((text) => text.textContent ?? "")
  );
}

function inherited(element: Element, name: string): string | null {
  return element.getAttribute(name) ?? element.parentElement?.getAttribute(name) ?? null;
}

function shift(element: Element | null): number {
  return Number(/translate\((-?[\d.]+)/.exec(element?.getAttribute("transform") ?? "")?.[1] ?? 0);
}

Deno.test("fitText() keeps both ends, and whole characters", () => {
  assert.equal(fitText("模型".repeat(20), 60).includes("…"), true);
  assert.equal(fitText("abcdef", 10), "a…f");
});
