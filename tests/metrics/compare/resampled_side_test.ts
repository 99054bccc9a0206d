import assert from "node:assert/strict";

import type { Column } from "../../../lib/metrics/compare/align.ts";
import { blockDrawer, countRequests, wholeRun } from "../../../lib/metrics/compare/block_resample.ts";
import { cliffsDelta } from "../../../lib/metrics/compare/cliffs_delta.ts";
import { comparedMetrics } from "../../../lib/metrics/compare/compared_metrics.ts";
import { prepareShift, resampledShift } from "../../../lib/metrics/compare/resampled_shift.ts";
import { answerSide, prepareSide, type Question } from "../../../lib/metrics/compare/resampled_side.ts";
import { quantileSorted } from "../../../lib/metrics/quantile.ts";
import { createRandom } from "../../../lib/random.ts";
import { isNear } from "../../testdata/compare/scipy.ts";

const REQUESTS = 53;

function metricOf(name: string) {
  const metric = comparedMetrics.find((one) => one.name === name);
  assert.ok(metric);
  return metric;
}

/** A latency with ties and gaps. */
function latency(seed: string): Column {
  const random = createRandom(seed);
  const values = Float64Array.from(
    { length: REQUESTS },
    () => random.float() < 0.2 ? NaN : Math.round(random.lognormal(9, 0.8)),
  );
  return { metric: metricOf("ttft"), values, base: values.map((value) => Number.isNaN(value) ? 0 : 1) };
}

function rate(seed: string): Column {
  const random = createRandom(seed);
  const draw = () => Float64Array.from({ length: REQUESTS }, () => random.float());
  return { metric: metricOf("outputTokensPerS"), values: draw(), base: draw() };
}

const questions: readonly Question[] = [
  ...(["p99", "mean", "p50", "p90"] as const).map((statistic) => ({ metric: "ttft", statistic })),
  { metric: "outputTokensPerS", statistic: "rate" },
];

/** Values as often as they were drawn. */
function writeOut(values: Float64Array, counts: Int32Array): number[] {
  return [...values.entries()].flatMap(([place, value]) =>
    Number.isNaN(value) ? [] : new Array<number>(counts[place] ?? 0).fill(value)
  );
}

Deno.test("answerSide() and resampledShift() give what the resample written out gives", () => {
  const [a, b, tokens] = [latency("a"), latency("b"), rate("tokens")];
  const side = prepareSide([a, tokens], questions);
  const shift = prepareShift({ a, b });
  const answers = new Float64Array(questions.length);
  const counts = new Int32Array(REQUESTS);
  const draw = blockDrawer(createRandom("draw"), { requests: REQUESTS, blockRequests: 7 });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  for (let i = 0; i < 300; i++) {
    const stretches = i === 0 ? wholeRun(REQUESTS) : draw();
    countRequests(stretches, counts);
    answerSide(side, { counts, stretches, answers });
    const drawn = writeOut(a.values, counts).sort((x, y) => x - y);
    const expected = [
      quantileSorted(drawn, 0.99),
      sum(drawn) / drawn.length,
      quantileSorted(drawn, 0.5),
      quantileSorted(drawn, 0.9),
      sum(writeOut(tokens.values, counts)) / sum(writeOut(tokens.base, counts)),
    ];
    for (const [q, value] of expected.entries()) {
      assert.ok(
        isNear(answers[q] ?? NaN, value, 1e-10),
        `${i}, ${questions[q]?.statistic}: ${answers[q]}, not ${value}`,
      );
    }
    const delta = cliffsDelta(drawn, writeOut(b.values, counts));
    assert.ok(Math.abs(resampledShift(shift, counts) - (delta ?? NaN)) < 1e-12);
  }
});

Deno.test("answerSide() has no answer where no request with a value was drawn", () => {
  const values = new Float64Array(4).fill(NaN);
  values[3] = 8;
  const column = { metric: metricOf("ttft"), values, base: Float64Array.of(0, 0, 0, 1) };
  const answers = new Float64Array(4);
  const stretches = { starts: Int32Array.of(0, 0), lengths: Int32Array.of(2, 2) };
  answerSide(prepareSide([column], questions.slice(0, 4)), {
    counts: Int32Array.of(2, 2, 0, 0),
    stretches,
    answers,
  });
  assert.ok(answers.every(Number.isNaN));
});
