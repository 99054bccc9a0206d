import assert from "node:assert/strict";

import { describe } from "../../lib/metrics/distribution.ts";
import { quantileSorted } from "../../lib/metrics/quantile.ts";

Deno.test("quantileSorted() interpolates as numpy.quantile does", () => {
  // numpy.quantile([1, 2, 4, 8], q): h = 3q
  const sorted = [1, 2, 4, 8];
  const table: [number, number][] = [
    [0, 1],
    [0.25, 1.75], // h = 0.75: 1 + 0.75 × 1
    [0.5, 3], // h = 1.5: 2 + 0.5 × 2
    [0.9, 6.8], // h = 2.7: 4 + 0.7 × 4
    [1, 8],
  ];
  for (const [q, expected] of table) {
    assert.ok(Math.abs(quantileSorted(sorted, q) - expected) < 1e-12, `q = ${q}`);
  }
});

Deno.test("quantileSorted() refuses no values and shares outside [0, 1]", () => {
  assert.throws(() => quantileSorted([], 0.5), RangeError);
  assert.throws(() => quantileSorted([1], 1.1), /current value is 1.1/);
  assert.throws(() => quantileSorted([1], NaN), RangeError);
});

Deno.test("describe() gives numpy's numbers", () => {
  // mean = 15 / 4; variance = Σx²/n − mean² = 85/4 − 14.0625 = 7.1875
  const d = describe([8, 1, 4, 2]);
  assert.deepEqual(d && { ...d, p90: +d.p90.toFixed(9), p95: +d.p95.toFixed(9), p99: +d.p99.toFixed(9) }, {
    count: 4,
    mean: 3.75,
    stddev: Math.sqrt(7.1875),
    min: 1,
    p50: 3,
    p90: 6.8, // 4 + 0.7 × 4
    p95: 7.4, // 4 + 0.85 × 4
    p99: 7.88, // 4 + 0.97 × 4
    max: 8,
  });
});

Deno.test("describe() says null for nothing, and refuses what is not a number", () => {
  assert.equal(describe([]), null);
  assert.throws(() => describe([1, NaN]), RangeError);
});
