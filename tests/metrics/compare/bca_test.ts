import assert from "node:assert/strict";

import { bootstrapPivot } from "../../../lib/metrics/compare/bca.ts";
import { normalCdf, normalQuantile } from "../../../lib/metrics/compare/normal.ts";
import { studentTail } from "../../../lib/metrics/compare/student_t.ts";
import { createRandom } from "../../../lib/random.ts";
import { isNear, readScipy } from "../../testdata/compare/scipy.ts";

for (const { name, confidence, estimate, jackknife, replicates, ...expected } of readScipy().bca) {
  for (const method of ["bca", "percentile"] as const) {
    Deno.test(`bootstrapPivot() has scipy's ${method} interval: ${name}`, () => {
      const pivot = bootstrapPivot({
        ...{ estimate, replicates: Float64Array.from(replicates) },
        jackknife: method === "bca" ? jackknife : null,
      });
      assert.equal(pivot.method, method);
      const { low, high } = pivot.interval(1 - confidence);
      const [expectedLow, expectedHigh] = expected[method];
      assert.ok(isNear(low, expectedLow, 1e-9), `${low}, not ${expectedLow}`);
      assert.ok(isNear(high, expectedHigh, 1e-9), `${high}, not ${expectedHigh}`);
    });
  }
}

function skewed(count: number, seed: string): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, () => random.lognormal(1, 0.5) - 0.7);
}

Deno.test("bootstrapPivot(): an interval excludes a value exactly where its p-value is below α", () => {
  const jackknife = [0.3, 0.29, 0.33, 0.27, 0.3, 0.45];
  const coarse = skewed(500, "coarse").map((value) => Math.round(value * 5) / 5);
  for (const replicates of [skewed(500, "fine"), coarse]) {
    const pivot = bootstrapPivot({ estimate: 0.2, replicates, jackknife, df: 7, widening: 1.05 });
    assert.equal(pivot.method, "bca");
    let excluded = 0;
    for (let value = -4; value < 8; value += 0.09) {
      for (const alpha of [1e-6, 0.001, 0.05, 0.3]) {
        const { low, high } = pivot.interval(alpha);
        const isOutside = value < low - 1e-9 || value > high + 1e-9;
        const isInside = value > low + 1e-9 && value < high - 1e-9;
        const pValue = pivot.pValue(value);
        if (isOutside) {
          assert.ok(
            pValue <= alpha * 1.000001,
            `${value} outside of ${low} … ${high}: p ${pValue}, α ${alpha}`,
          );
        }
        if (isInside) {
          assert.ok(
            pValue >= alpha * 0.999999,
            `${value} inside of ${low} … ${high}: p ${pValue}, α ${alpha}`,
          );
        }
        if (isOutside) excluded++;
      }
    }
    assert.ok(excluded > 50);
  }
});

Deno.test("bootstrapPivot() goes on beyond the outermost resamples as a normal distribution does", () => {
  // Replicates that are normal quantiles themselves: every bound is the normal one, and so is p.
  const count = 4000;
  const replicates = Float64Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count));
  const pivot = bootstrapPivot({ estimate: 0, replicates, jackknife: null });
  assert.ok(Math.abs(pivot.interval(1e-8).low - normalQuantile(0.5e-8)) < 0.02);
  assert.ok(isNear(pivot.pValue(6), 2 * normalCdf(-6), 0.1), String(pivot.pValue(6)));
  const few = bootstrapPivot({ estimate: 0, replicates, jackknife: null, df: 4, widening: 1.2 });
  assert.ok(isNear(few.pValue(3), 2 * studentTail(3 / 1.2, 4), 0.03), String(few.pValue(3)));
});

Deno.test("bootstrapPivot() without any spread is sure", () => {
  const pivot = bootstrapPivot({
    estimate: 2,
    replicates: new Float64Array(100).fill(2),
    jackknife: [2, 2, 2],
  });
  assert.equal(pivot.method, "percentile");
  assert.deepEqual(pivot.interval(0.05), { low: 2, high: 2 });
  assert.deepEqual([1, 2, 3].map(pivot.pValue), [0, 1, 0]);
});

Deno.test("bootstrapPivot() takes percentiles where every replicate is on one side", () => {
  const replicates = Float64Array.from({ length: 101 }, (_, i) => i);
  const pivot = bootstrapPivot({ estimate: -5, replicates, jackknife: [1, 2, 4] });
  assert.equal(pivot.method, "percentile");
  assert.ok(Math.abs(pivot.interval(0.5).low - 25) < 1e-9);
});

Deno.test("bootstrapPivot() refuses fewer than 2 resamples", () => {
  assert.throws(
    () => bootstrapPivot({ estimate: 1, replicates: Float64Array.of(1), jackknife: null }),
    /must be at least 2 resamples: current value is 1/,
  );
});
