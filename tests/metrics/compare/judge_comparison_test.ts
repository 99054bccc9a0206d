import assert from "node:assert/strict";

import { groupComparison } from "../../../lib/metrics/compare/group_comparison.ts";
import { declareComparison, judgeStored } from "../../../lib/metrics/compare/judge_comparison.ts";
import { makeComparison } from "../../testdata/runs/make_comparison.ts";

Deno.test("groupComparison() puts cells side by side by their parameters, engine by engine and repeat by repeat", () => {
  const { loads } = groupComparison(makeComparison({ scales: [0.5, 1], repeats: 2 }));
  assert.deepEqual(loads.map(({ index, label }) => [index, label]), [[0, "scale 0.5"], [1, "scale 1"]]);
  for (const { engines, parameters } of loads) {
    assert.deepEqual(engines.map((cells) => cells.map(({ repeat }) => repeat)), [[1, 2], [1, 2]]);
    for (const { cell } of engines.flat()) assert.deepEqual(cell.parameters, parameters);
  }
});

Deno.test("groupComparison() takes a load that was begun twice as it was measured whole", () => {
  const whole = makeComparison({ repeats: 1 });
  const broken = makeComparison({ repeats: 1, cell: () => ({ status: "interrupted" }) });
  const [a1, b1] = [whole.runs.get("a-1"), whole.runs.get("b-1")];
  const cut = broken.runs.get("a-1");
  assert.ok(a1 && b1 && cut);
  const stored = {
    manifest: {
      ...whole.manifest,
      steps: whole.manifest.steps.map((step) =>
        step.engine === 0 ? { ...step, runs: ["a-1", "a-1.2"] } : step
      ),
    },
    runs: new Map([["a-1", cut], ["a-1.2", a1], ["b-1", b1]]),
  };
  const [load] = groupComparison(stored).loads;
  assert.equal(load?.engines[0]?.[0]?.run, a1);
  const without = { ...stored, runs: new Map([["a-1", cut], ["b-1", b1]]) };
  assert.deepEqual(groupComparison(without).loads[0]?.engines.map(({ length }) => length), [0, 1]);
});

Deno.test("judgeStored() shows a difference that is in every request, and none where there is none", () => {
  const ttftMs = ({ engine, repeat, id }: { engine: number; repeat: number; id: number }) =>
    50 + id % 7 + repeat * 0.01 + (engine === 1 ? 5 : 0);
  const { result: { pairs: [pair, ...others] } } = judgeStored(makeComparison({ ttftMs, requests: 60 }));
  assert.deepEqual(others, []);
  assert.ok(pair?.statistics);
  assert.deepEqual(pair.fairness.filter(({ status }) => status === "error"), []);
  const row = (metric: string, statistic: string) =>
    pair.statistics?.overall.find((one) => one.metric === metric && one.statistic === statistic);
  const mean = row("ttft", "mean");
  assert.equal(mean?.estimate?.word, "slower");
  // Σ id % 7 over 60 ids is 8 · 21 + 0 + 1 + 2 + 3 = 174: means 52.9 and 57.9, and 0.02 for the repeats.
  assert.ok(Math.abs((mean.estimate?.ratio ?? 0) - 57.92 / 52.92) < 1e-4);
  assert.equal(row("tpot", "mean")?.estimate?.word, "no difference shown"); // 5 ms everywhere
  assert.equal(row("tpot", "mean")?.estimate?.ratio, 1);
  assert.equal(pair.statistics.word, "slower");
  assert.ok(pair.isFair);
});

Deno.test("judgeStored() compares every engine with the first, and shares the confidence among the pairs", () => {
  const { result } = judgeStored(makeComparison({ engines: ["a", "b", "c"] }));
  assert.deepEqual(result.pairs.map(({ a, b }) => [a, b]), [[0, 1], [0, 2]]);
  for (const { statistics } of result.pairs) assert.equal(statistics?.confidence, 1 - 0.05 / 2);
});

Deno.test("judgeStored() leaves out a load that one engine does not have, says so, and calls it unfair", () => {
  const { result: { pairs: [pair] } } = judgeStored(
    makeComparison({
      scales: [0.5, 1],
      cell: ({ engine, repeat, load }) =>
        engine === 1 && repeat === 2 && load === 0 ? { status: "failed" } : {},
    }),
  );
  assert.deepEqual(pair?.leftOut, [
    "scale 0.5: measured whole 3 × on a and 2 × on b, and it takes 3 on both",
  ]);
  assert.deepEqual(pair?.statistics?.cells.map(({ label }) => label), ["scale 1"]);
  assert.equal(pair?.isFair, false);
});

Deno.test("judgeStored() has no statistics where nothing was measured on both", () => {
  const { result: { pairs: [pair] } } = judgeStored(
    makeComparison({ cell: ({ engine }) => engine === 1 ? { status: "interrupted" } : {} }),
  );
  assert.equal(pair?.statistics, null);
  assert.deepEqual(pair?.fairness.map(({ status }) => status), ["error"]);
});

Deno.test("declareComparison() looks at goodput only where requests have limits", () => {
  const limit = { metric: "ttft", sign: "<", value: 100 } as const;
  const slo = (percentile: "p99" | null) => ({
    name: null,
    attainment: 1,
    limits: [{ ...limit, percentile }],
  });
  const isGoodput = (name: string) => name.startsWith("good");
  assert.ok(!declareComparison(undefined).metrics.some(isGoodput));
  assert.ok(!declareComparison(slo("p99")).metrics.some(isGoodput));
  assert.deepEqual(declareComparison(slo(null)).metrics.filter(isGoodput), ["goodRequestsPerS", "goodShare"]);
});

Deno.test("judgeStored() measures goodput by the objective of the runs", () => {
  const slo = {
    name: null,
    attainment: 1,
    limits: [{ metric: "ttft", percentile: null, sign: "<", value: 60 }],
  };
  const stored = makeComparison({
    manifest: () => ({ options: { slo } }),
    // On b every second request takes too long.
    ttftMs: ({ engine, id }) => engine === 1 && id % 2 === 1 ? 80 : 50,
  });
  const declared = { ...stored.manifest.declared, metrics: ["goodShare"] };
  const { result: { pairs: [pair] } } = judgeStored({
    ...stored,
    manifest: { ...stored.manifest, declared },
  });
  const [row] = pair?.statistics?.overall ?? [];
  assert.deepEqual([row?.a, row?.b, row?.estimate?.ratio], [1, 0.5, 0.5]);
});
