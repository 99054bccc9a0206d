import assert from "node:assert/strict";

import { comparedMetrics } from "../../../lib/metrics/compare/mod.ts";

import {
  type CellSet,
  type ComparedRequest,
  type CompareOptions,
  compareRuns,
  type RatioRow,
} from "../../../lib/metrics/compare/mod.ts";
import { quantileSorted } from "../../../lib/metrics/quantile.ts";
import { correlatedWorkload } from "../../testdata/compare/correlated_run.ts";
import { isNear } from "../../testdata/compare/scipy.ts";

const few = { resamples: 400 } satisfies CompareOptions;
const drawn = { requests: 120, correlationRatio: 0.5 };

function draw({ seed = "x", repeats = 1, cells = 1, factor = 1 } = {}): { a: CellSet; b: CellSet } {
  const workloads = Array.from({ length: cells }, (_, i) => correlatedWorkload(`${seed}/${i}`, drawn));
  const side = (name: string, times: number) =>
    workloads.map((workload, i) => ({
      label: `×${i}`,
      repeats: Array.from({ length: repeats }, (_, repeat) => workload.run(`${name}${repeat}`, times)),
    }));
  return { a: side("a", 1), b: side("b", factor) };
}

function change(set: CellSet, of: (request: ComparedRequest) => Partial<ComparedRequest>): CellSet {
  return set.map(({ label, repeats }) => ({
    label,
    repeats: repeats.map((requests) => requests.map((request) => ({ ...request, ...of(request) }))),
  }));
}

function find(rows: readonly RatioRow[], metric: string, statistic = "mean"): RatioRow {
  const row = rows.find((row) => row.metric === metric && row.statistic === statistic);
  assert.ok(row, `${metric} ${statistic}`);
  return row;
}

Deno.test("compareRuns(): an engine against itself is no difference, in every ratio exactly", () => {
  const { a } = draw({ repeats: 2, cells: 2 });
  const { word, overall, cells } = compareRuns({ a, b: a }, few);
  assert.equal(word, "no difference shown");
  for (const { metric, statistic, estimate } of [...overall, ...cells.flatMap(({ rows }) => rows)]) {
    if (estimate === null) continue;
    const { ratio, low, high, pValue, word } = estimate;
    assert.deepEqual(
      [ratio, low, high, pValue, word],
      [1, 1, 1, 1, "no difference shown"],
      `${metric} ${statistic}`,
    );
  }
  for (const { cliffsDelta } of cells.flatMap(({ shifts }) => shifts)) {
    assert.ok(Math.abs(cliffsDelta?.value ?? 1) < 1e-12);
  }
});

Deno.test("compareRuns(): statistics are those of the requests, and their ratio is what it is", () => {
  const { a, b } = draw({ factor: 1.3 });
  const { overall, cells } = compareRuns({ a, b }, few);
  const values = [a, b].map(([cell]) =>
    (cell?.repeats[0] ?? []).map(({ ttftMs }) => ttftMs ?? NaN).sort((x, y) => x - y)
  );
  for (const rows of [overall, cells[0]?.rows ?? []]) {
    for (const [statistic, share] of [["p50", 0.5], ["p90", 0.9]] as const) {
      const row = find(rows, "ttft", statistic);
      const [inA, inB] = values.map((sorted) => quantileSorted(sorted, share));
      assert.ok(isNear(row.a ?? NaN, inA ?? 0) && isNear(row.b ?? NaN, inB ?? 0), statistic);
      assert.ok(isNear(row.estimate?.ratio ?? NaN, (inB ?? 0) / (inA ?? 1)), statistic);
    }
    const runs = [a, b].map(([cell]) => cell?.repeats[0] ?? []);
    const [perSA, perSB] = runs.map((requests) =>
      requests.length / Math.max(...requests.map(({ lastMs }) => lastMs ?? 0)) * 1000
    );
    const rate = find(rows, "requestsPerS", "rate");
    assert.ok(isNear(rate.a ?? NaN, perSA ?? 0) && isNear(rate.b ?? NaN, perSB ?? 0));
  }
});

Deno.test("compareRuns() finds a slower engine slower and a faster one faster, with the true ratio in the interval", () => {
  for (const [factor, word] of [[1.25, "slower"], [0.8, "faster"]] as const) {
    const { overall, ...comparison } = compareRuns(draw({ factor, repeats: 3, cells: 2 }), {
      ...few,
      metrics: ["ttft", "goodShare"],
    });
    assert.equal(comparison.word, word);
    const { estimate } = find(overall, "ttft");
    assert.ok(estimate && estimate.low < factor && factor < estimate.high, JSON.stringify(estimate));
    assert.equal(find(overall, "ttft").better, "lower");
    // More requests are good with the faster one, and more is better.
    assert.equal(find(overall, "goodShare", "rate").estimate?.word, word);
  }
});

Deno.test("compareRuns(): a word is given exactly where the corrected interval leaves 1 out", () => {
  const words = new Set<string>();
  for (const factor of [1, 1.02, 1.05, 1.1]) {
    const { overall, cells } = compareRuns(draw({ factor, cells: 2, seed: "words" }), few);
    for (const row of [...overall, ...cells.flatMap(({ rows }) => rows)]) {
      if (row.estimate === null) continue;
      const { ratio, correctedLow, correctedHigh, correctedPValue, pValue, word, smallestShown, low, high } =
        row.estimate;
      const isShown = correctedLow > 1 || correctedHigh < 1;
      assert.equal(word !== "no difference shown", isShown, JSON.stringify(row));
      assert.equal(correctedPValue <= 0.05, isShown);
      assert.ok(correctedPValue >= pValue && correctedLow <= low && high <= correctedHigh);
      // An estimate at the smallest difference shown has its bound at 1.
      assert.ok(
        isNear(smallestShown.above / ratio * correctedLow, 1) &&
          isNear(smallestShown.below / ratio * correctedHigh, 1),
      );
      words.add(word);
    }
  }
  assert.ok(words.has("slower") && words.has("no difference shown"));
});

Deno.test("compareRuns(): B against A is the reverse of A against B", () => {
  const { a, b } = draw({ factor: 1.05, repeats: 2 });
  const metrics = ["ttft", "outputTokensPerS"];
  const forth = compareRuns({ a, b }, { ...few, metrics });
  const back = compareRuns({ a: b, b: a }, { ...few, metrics });
  for (const [i, { estimate }] of forth.overall.entries()) {
    const other = back.overall[i]?.estimate;
    if (!estimate || !other) continue;
    assert.ok(isNear(estimate.ratio, 1 / other.ratio));
    assert.ok(isNear(estimate.low, 1 / other.high, 1e-6) && isNear(estimate.high, 1 / other.low, 1e-6));
    assert.ok(isNear(estimate.pValue, other.pValue, 1e-6));
  }
});

Deno.test("compareRuns() is the same for the same seed, and near it for another", () => {
  const sets = draw({ factor: 1.1 });
  const ask = (seed: number) => compareRuns(sets, { resamples: 2000, metrics: ["ttft"], seed });
  assert.deepEqual(ask(1), ask(1));
  const [one, other] = [1, 2].map((seed) => find(ask(seed).overall, "ttft").estimate);
  assert.ok(one && other && one.low !== other.low && isNear(one.low, other.low, 0.01));
});

Deno.test("compareRuns(): one repeat that differs from the others widens the interval", () => {
  const { a, b } = draw({ repeats: 3 });
  const slowed = b.map(({ label, repeats }) => ({
    label,
    repeats: repeats.map((requests, repeat) =>
      requests.map((request) => ({ ...request, ttftMs: (request.ttftMs ?? 0) * (repeat === 2 ? 1.3 : 1) }))
    ),
  }));
  const options = { ...few, metrics: ["ttft"], statistics: ["mean"] } satisfies CompareOptions;
  const [even, uneven] = [b, slowed].map((set) =>
    find(compareRuns({ a, b: set }, options).overall, "ttft").estimate
  );
  assert.ok(even && uneven);
  assert.ok(Math.log(uneven.high / uneven.low) > 3 * Math.log(even.high / even.low));
  assert.ok(uneven.df < 4 && uneven.word === "no difference shown", JSON.stringify(uneven));
});

Deno.test("compareRuns(): cells with as many requests share their blocks, so that two equal cells know no more than one", () => {
  const { a, b } = draw({ factor: 1.1 });
  const twice = (set: CellSet) => ["one", "two"].flatMap((label) => set.map((cell) => ({ ...cell, label })));
  const options = { ...few, metrics: ["ttft", "requestsPerS"] };
  const one = compareRuns({ a, b }, options).overall;
  for (const [i, { estimate }] of compareRuns({ a: twice(a), b: twice(b) }, options).overall.entries()) {
    const expected = one[i]?.estimate;
    if (!estimate || !expected) continue;
    assert.ok(isNear(estimate.low, expected.low, 1e-9) && isNear(estimate.high, expected.high, 1e-9));
  }
});

Deno.test("compareRuns() takes BCa intervals of means and rates and percentiles of quantiles", () => {
  const { overall } = compareRuns(draw({ factor: 1.1 }), few);
  const methods = overall.flatMap(({ statistic, estimate }) =>
    estimate === null ? [] : [`${statistic}: ${estimate.method}`]
  );
  assert.deepEqual([...new Set(methods)].sort(), [
    "mean: bca",
    "p50: percentile",
    "p90: percentile",
    "rate: bca", // the share of good requests
  ]);
});

Deno.test("compareRuns() says why there is no ratio", () => {
  const { a, b } = draw();
  const unmeasured = change(b, () => ({ itlMs: null, isGood: false }));
  const rows = compareRuns({ a, b: unmeasured }, few).overall;
  assert.deepEqual([find(rows, "itl").b, find(rows, "itl").estimate], [null, null]);
  assert.equal(find(rows, "itl").whyNot, "not measured of B");
  assert.equal(find(rows, "goodShare", "rate").whyNot, "0 of B: there is no ratio");
  assert.match(
    find(rows, "ttft", "p99").whyNot ?? "",
    /^120 values are too few for this quantile: 1000 would do$/,
  );
  const short = [a, b].map(([cell]) => [{ label: "x", repeats: [(cell?.repeats[0] ?? []).slice(0, 9)] }]);
  const [shortA = [], shortB = []] = short;
  const [row] = compareRuns({ a: shortA, b: shortB }, few).overall;
  assert.equal(row?.whyNot, "9 requests are fewer than 10");
});

Deno.test("compareRuns(): requests that failed in one have no latency there", () => {
  const { a, b } = draw({ factor: 1 });
  const failing = change(b, ({ id }) => id % 4 === 0 ? { ttftMs: null, lastMs: null, outputTokens: 0 } : {});
  const { cells, overall } = compareRuns({ a, b: failing }, few);
  assert.equal(cells[0]?.requests, 120);
  const kept = (failing[0]?.repeats[0] ?? []).flatMap(({ ttftMs }) => ttftMs ?? []);
  assert.ok(isNear(find(overall, "ttft").b ?? NaN, kept.reduce((sum, ms) => sum + ms, 0) / 90));
});

Deno.test("compareRuns(): a rate's interval is the paired t interval over repeats, whatever its runs' blocks say", () => {
  // One long request decides how long a run lasts: 1,000, 1,010 and 990 ms against 1,100, 1,105 and 1,095 ms.
  const run = (lastMs: number) =>
    Array.from({ length: 50 }, (_, id) => ({
      ...{ id, sentMs: 10 * id, lastMs: id === 3 ? lastMs : 10 * id + 20, outputTokens: 2, isGood: true },
      ...{ ttftMs: 5, tpotMs: 15, itlMs: 15, e2eMs: 20 },
    }));
  const cell = (...ends: number[]) => [{ label: "x", repeats: ends.map(run) }];
  const sets = { a: cell(1000, 1010, 990), b: cell(1100, 1105, 1095) };
  const { overall } = compareRuns(sets, { ...few, metrics: ["requestsPerS"] });
  const logs = [1000 / 1100, 1010 / 1105, 990 / 1095].map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / 3;
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2 / 3);
  const { estimate } = find(overall, "requestsPerS", "rate");
  assert.equal(estimate?.method, "student");
  assert.equal(estimate?.word, "slower");
  // t of 2 degrees of freedom at 95 %
  assert.ok(isNear(estimate?.low ?? NaN, Math.exp(mean - 4.302652729749464 * deviation), 1e-9));
  assert.ok(isNear(estimate?.high ?? NaN, Math.exp(mean + 4.302652729749464 * deviation), 1e-9));
});

Deno.test("comparedMetrics: more is better of rates, less of latencies", () => {
  for (const { name, kind, better } of comparedMetrics) {
    assert.equal(better, kind === "rate" ? "higher" : "lower", name);
  }
});

Deno.test("compareRuns(): rates that differ by less than half a percent are not called faster or slower", () => {
  const run = (lastMs: number) =>
    Array.from({ length: 20 }, (_, id) => ({
      ...{ id, sentMs: 10 * id, lastMs: id === 3 ? lastMs : 10 * id + 20, outputTokens: 2, isGood: true },
      ...{ ttftMs: 5, tpotMs: 15, itlMs: 15, e2eMs: 20 },
    }));
  const cell = (...ends: number[]) => [{ label: "x", repeats: ends.map(run) }];
  const rateOf = (a: number[], b: number[]) =>
    find(
      compareRuns({ a: cell(...a), b: cell(...b) }, { ...few, metrics: ["requestsPerS"] }).overall,
      "requestsPerS",
      "rate",
    );
  const near = rateOf([1000, 1000.1, 1000.2], [1004, 1004.2, 1004.1]);
  assert.ok((near.estimate?.correctedPValue ?? 1) < 0.01);
  assert.equal(near.estimate?.word, "no difference shown");
  assert.equal(rateOf([1000, 1000.1, 1000.2], [1010, 1010.2, 1010.1]).estimate?.word, "slower");
  // Copies of one run tell nothing of how runs vary.
  const copies = rateOf([1000, 1000, 1000], [1100, 1100, 1100]);
  assert.equal(copies.estimate, null);
  assert.equal(copies.whyNot, "the repeats do not differ in the last digit: how runs vary is not known");
});

Deno.test("compareRuns(): a rate that was measured once is shown without an interval", () => {
  const { overall, cells } = compareRuns(draw({ factor: 1.3 }), few);
  for (const rows of [overall, cells[0]?.rows ?? []]) {
    const rate = find(rows, "outputTokensPerS", "rate");
    assert.ok((rate.a ?? 0) > 0 && (rate.b ?? 0) > 0);
    assert.equal(rate.estimate, null);
    assert.equal(rate.whyNot, "measured once: nobody knows how it varies from run to run");
  }
});

Deno.test("compareRuns(): intervals hold the true ratio about as often as they say, of correlated requests", () => {
  const trials = 150;
  const held = { mean: 0, p50: 0 };
  let quiet = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { word, overall } = compareRuns(draw({ seed: `coverage ${trial}`, factor: 1 }), {
      ...{ metrics: ["ttft"], statistics: ["mean", "p50"], resamples: 300, seed: trial },
    });
    if (word === "no difference shown") quiet++;
    for (const statistic of ["mean", "p50"] as const) {
      const { estimate } = find(overall, "ttft", statistic);
      if (estimate && estimate.low <= 1 && 1 <= estimate.high) held[statistic]++;
    }
  }
  // Of 150 at 0.95 two standard errors are 5; of single requests, unpaired, far fewer or all would hold.
  for (const [name, count] of Object.entries({ ...held, quiet })) {
    assert.ok(count / trials > 0.89, `${name}: ${count} of ${trials}`);
  }
  assert.ok(held.mean < trials, "too wide");
});

Deno.test("compareRuns() refuses options out of their domain", () => {
  const sets = draw();
  assert.throws(
    () => compareRuns(sets, { resamples: 99 }),
    /must be a whole number ≥ 100: current value is 99/,
  );
  assert.throws(() => compareRuns(sets, { confidence: 1 }), /must be in \(0, 1\): current value is 1/);
  assert.throws(
    () => compareRuns(sets, { metrics: ["tfft"] }),
    /there is no metric "tfft".*did you mean "ttft"/,
  );
});
