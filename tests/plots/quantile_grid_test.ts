import assert from "node:assert/strict";
import { quantileCurve, quantileGrid, tailAxis, tailPosition } from "../../lib/plots/quantile_grid.ts";

Deno.test("quantileGrid rises from 0 to 0.9999 and holds the marked shares exactly", () => {
  for (const [i, q] of quantileGrid.entries()) assert.ok(i === 0 || q > (quantileGrid[i - 1] ?? 1));
  for (const q of [0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999]) assert.ok(quantileGrid.includes(q), `no ${q}`);
});

Deno.test("quantileCurve() goes as far as the sample reaches", () => {
  const rows: [count: number, lastShare: number][] = [
    [1, 0.5], // a single value is its own median
    [4, 0.75], // 1 − 1/4
    [100, 0.99],
    [1000, 0.999],
    [1_000_000, 0.9999], // the grid's end
  ];
  for (const [count, lastShare] of rows) {
    const curve = quantileCurve(Array.from({ length: count }, (_, i) => i));
    assert.equal(curve?.count, count);
    assert.equal(quantileGrid[(curve?.values.length ?? 0) - 1], lastShare);
    assert.equal(curve?.max, Number((count - 1).toPrecision(6)));
  }
});

Deno.test("quantileCurve() interpolates like every other percentile here", () => {
  // h = (5 − 1)·0.9 = 3.6 → 40 + 0.6·(50 − 40) = 46, but 0.9 is beyond 1 − 1/5
  const curve = quantileCurve([50, 10, 30, 20, 40]);
  assert.equal(curve?.values[80], 42); // h = 3.2 → 40 + 0.2·10
  assert.equal(curve?.values.length, 81);
});

Deno.test("quantileCurve() of nothing is null", () => assert.equal(quantileCurve([]), null));

Deno.test("tailPosition() gives every nine the same length", () => {
  for (const [q, position] of [[0, 0], [0.9, 1], [0.99, 2], [0.999, 3]] as const) {
    assert.ok(Math.abs(tailPosition(q) - position) < 1e-9);
  }
});

Deno.test("tailAxis() labels shares in percent", () => {
  const { ticks, tickFormat } = tailAxis(1000);
  assert.deepEqual(ticks.map(tickFormat), ["0", "50", "90", "99", "99.9"]);
});
