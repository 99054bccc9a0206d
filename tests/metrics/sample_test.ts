import assert from "node:assert/strict";
import fc from "fast-check";

import { describe, quantileSorted, Sample, sampleOf } from "../../lib/metrics/mod.ts";

/** Gaps in whole µs, below and above what is counted in place, and values that are no whole µs. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 200_000 }).map((us) => us / 1000),
  fc.integer({ min: 0, max: 20 }).map((us) => us / 1000),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((ms) => ms + 0), // −0 and 0 are one value
);

Deno.test("Sample.sorted() is what sorting all values gives", () => {
  fc.assert(fc.property(fc.array(value, { maxLength: 200 }), (values) => {
    const expected = values.toSorted((a, b) => a - b);
    const sorted = sampleOf(values).sorted();
    assert.deepEqual([...sorted], expected);
    assert.deepEqual(values.map((_, i) => sorted.at(i)), expected);
    assert.deepEqual([sorted.length, sorted.at(values.length), sorted.at(-1)], [
      values.length,
      undefined,
      undefined,
    ]);
  }));
});

Deno.test("Sample takes more values than it gathers, and goes on after it was looked at", () => {
  const sample = new Sample();
  for (let i = 0; i < 10_000; i++) sample.add(100 + i % 7 / 3); // not whole µs, seven of them
  assert.equal(sample.sorted().length, 10_000);
  sample.add(1);
  assert.equal(sample.sorted().at(0), 1);
  assert.equal(sample.count, 10_001);
  assert.deepEqual([...sample.sorted().distinct()].map(([, times]) => times), [
    ...[1, 1429, 1429, 1429, 1429, 1428, 1428, 1428], // 10,000 = 7 × 1,428 + 4
  ]);
});

Deno.test("describe() of a sample gives the numbers of the sorted values", () => {
  fc.assert(fc.property(fc.array(value, { minLength: 1, maxLength: 100 }), (values) => {
    const sorted = Float64Array.from(values).sort();
    const mean = sorted.reduce((sum, v) => sum + v, 0) / sorted.length;
    const variance = sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / sorted.length;
    const described = describe(sampleOf(values));
    const isNear = (a: number | undefined, b: number) =>
      Math.abs((a ?? NaN) - b) <= 1e-9 * Math.max(1, Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0));
    assert.ok(isNear(described?.mean, mean));
    assert.ok(isNear(described?.stddev, Math.sqrt(variance)));
    for (
      const [q, of] of [[0, "min"], [0.5, "p50"], [0.9, "p90"], [0.95, "p95"], [0.99, "p99"], [
        1,
        "max",
      ]] as const
    ) {
      assert.equal(described?.[of], quantileSorted(sorted, q), of);
    }
  }));
});

Deno.test("Sample refuses what is not finite", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    assert.throws(() => new Sample().add(bad), /must be finite: current value is/);
  }
});
