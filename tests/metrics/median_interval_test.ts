import assert from "node:assert/strict";

import { medianInterval } from "../../lib/metrics/median_interval.ts";
import { createRandom } from "../../lib/random.ts";

/** 1 … n: a rank is its own value. */
function ranks(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1);
}

/**
 * Ranks and coverage as in tables of the binomial distribution, 1 − 2·P(B ≤ k − 1):
 * n = 10: 1 − 2·(1 + 10)/1024; n = 20: P(B ≤ 5) = 21700/2²⁰; n = 100: P(B ≤ 39) = 0.017600
 */
const table: readonly (readonly [n: number, low: number, high: number, coverageRatio: number])[] = [
  [6, 1, 6, 0.96875],
  [7, 1, 7, 0.984375],
  [8, 1, 8, 0.9921875],
  [9, 2, 8, 0.9609375],
  [10, 2, 9, 1 - 22 / 1024],
  [20, 6, 15, 1 - 2 * 21700 / 2 ** 20],
  [100, 40, 61, 0.9647998],
];

for (const [n, low, high, coverageRatio] of table) {
  Deno.test(`medianInterval() of ${n} values goes from rank ${low} to ${high}`, () => {
    const found = medianInterval(ranks(n).reverse());
    assert.deepEqual([found?.interval?.low, found?.interval?.high], [low, high]);
    assert.ok(Math.abs((found?.interval?.coverageRatio ?? 0) - coverageRatio) < 1e-6);
    assert.deepEqual([found?.count, found?.median], [n, (n + 1) / 2]);
  });
}

Deno.test("medianInterval() has no interval below 6 values, and nothing of none", () => {
  for (const n of [1, 2, 3, 4, 5]) assert.equal(medianInterval(ranks(n))?.interval, null, String(n));
  assert.equal(medianInterval([]), null);
  assert.deepEqual(medianInterval([7]), { count: 1, median: 7, interval: null });
});

Deno.test("medianInterval() takes another confidence", () => {
  // Of 5 values, 1 − 2/2⁵ = 0.9375 is enough for 0.9; of 7, 1 − 2/2⁷ = 0.984 is not for 0.99
  assert.deepEqual(medianInterval(ranks(5), { confidence: 0.9 })?.interval, {
    low: 1,
    high: 5,
    coverageRatio: 0.9375,
  });
  assert.equal(medianInterval(ranks(7), { confidence: 0.99 })?.interval, null);
});

Deno.test("medianInterval() of 100,000 values is the normal approximation's, to a rank or two", () => {
  const n = 100_000;
  const interval = medianInterval(ranks(n))?.interval;
  assert.ok(interval);
  const half = 1.959964 * Math.sqrt(n) / 2;
  assert.ok(Math.abs(interval.low - (n / 2 - half)) < 2, String(interval.low));
  assert.ok(Math.abs(interval.high - (n / 2 + half)) < 2, String(interval.high));
  assert.ok(interval.coverageRatio >= 0.95 && interval.coverageRatio < 0.951);
});

Deno.test("medianInterval() holds the median as often as it says, of a skewed distribution", () => {
  const random = createRandom("coverage");
  const medianOfExponential = Math.LN2;
  let held = 0;
  const trials = 4000;
  for (let trial = 0; trial < trials; trial++) {
    const { interval } = medianInterval(Array.from({ length: 25 }, () => random.exponential(1))) ?? {};
    assert.ok(interval);
    if (interval.low <= medianOfExponential && medianOfExponential <= interval.high) held++;
  }
  // n = 25: ranks 8 and 18 cover 0.9567; 4,000 trials have a standard error of 0.0032
  assert.ok(held / trials >= 0.95 && held / trials < 0.968, String(held / trials));
});

Deno.test("medianInterval() refuses what it cannot do", () => {
  for (const confidence of [0, 1, NaN]) {
    assert.throws(() => medianInterval([1], { confidence }), /must be in \(0, 1\): current value is/);
  }
  assert.throws(() => medianInterval([1, NaN]), /must be finite: current value is NaN/);
});
