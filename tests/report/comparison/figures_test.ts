import assert from "node:assert/strict";

import { judgeStored } from "../../../lib/metrics/compare/judge_comparison.ts";
import { comparisonFigures, differenceSection } from "../../../lib/report/comparison/figures.ts";
import { type MadeComparison, makeComparison } from "../../testdata/runs/make_comparison.ts";

function sectionsOf(made: MadeComparison) {
  const { comparison, result } = judgeStored(makeComparison(made));
  return [...differenceSection(comparison, result), ...comparisonFigures(comparison, result)].map((
    { id, blocks },
  ) => ({
    id,
    figures: blocks.flatMap((block) =>
      block.kind === "figure" ? [`${block.figure.name} ${block.onlyFor ?? ""}`] : []
    ),
  }));
}

Deno.test("differenceSection() and comparisonFigures() go from what differs to single requests, a figure per metric where one is chosen", () => {
  const perMetric = (name: string) => ["ttft", "tpot", "itl", "e2e"].map((metric) => `${name} ${metric}`);
  assert.deepEqual(sectionsOf({}), [
    { id: "differences", figures: ["engine_ratio "] },
    { id: "distributions", figures: perMetric("engine_cdf") },
    { id: "capacity", figures: perMetric("engine_frontier") },
    { id: "requests", figures: ["engine_scatter "] },
  ]);
});

Deno.test("differenceSection() and comparisonFigures() have ratios and requests of every pair, and goodput where requests have limits", () => {
  const limits = [{ metric: "ttft", percentile: null, sign: "<", value: 60 }];
  const manifest = () => ({ options: { slo: { name: null, attainment: 1, limits } } });
  const sections = sectionsOf({ engines: ["a", "b", "c"], manifest });
  assert.deepEqual(sections[0]?.figures, ["engine_ratio ", "engine_ratio "]);
  assert.equal(sections[2]?.figures.at(-1), "engine_goodput ");
  assert.deepEqual(sections[3]?.figures, ["engine_scatter ", "engine_scatter "]);
});

Deno.test("differenceSection() and comparisonFigures() have none before anything was measured", () => {
  assert.deepEqual(sectionsOf({ scales: [] }), []);
});
