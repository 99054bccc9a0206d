import assert from "node:assert/strict";
import { pickEvenly, placeLabels } from "../../lib/plots/labels.ts";

const bounds = [0, 200] as const;

Deno.test("placeLabels() leaves labels alone that do not touch", () => {
  const apart = [
    { left: 0, width: 30, middle: 50 },
    { left: 0, width: 30, middle: 64 }, // one line lower
    { left: 30, width: 30, middle: 50 }, // beside the first
  ];
  assert.deepEqual(placeLabels(apart, bounds), [50, 64, 50]);
});

Deno.test("placeLabels() spreads a crowd around its mean and keeps its order", () => {
  const crowd = [101, 100, 102].map((middle) => ({ left: 0, width: 30, middle }));
  // around 101, 14 px apart: 87, 101, 115
  assert.deepEqual(placeLabels(crowd, bounds), [101, 87, 115]);
});

Deno.test("placeLabels() stays within its bounds", () => {
  const low = [199, 200].map((middle) => ({ left: 0, width: 30, middle }));
  assert.deepEqual(placeLabels(low, bounds), [186, 200]);
  const high = [-5, 2].map((middle) => ({ left: 0, width: 30, middle }));
  assert.deepEqual(placeLabels(high, bounds), [0, 14]);
  assert.deepEqual(placeLabels([{ left: 0, width: 30, middle: 215 }], bounds), [200]);
});

Deno.test("placeLabels() drops from a crowd what has no room, but neither end", () => {
  const crowd = Array.from({ length: 40 }, (_, i) => ({ left: 0, width: 30, middle: i * 5 }));
  const placed = placeLabels(crowd, bounds);
  const kept = placed.filter((middle) => middle !== null);
  assert.equal(kept.length, 14); // ⌊200 / 14⌋
  assert.ok(placed.at(0) !== null && placed.at(-1) !== null);
  for (let i = 1; i < kept.length; i++) assert.ok((kept[i] ?? 0) - (kept[i - 1] ?? 0) >= 14 - 1e-9);
  assert.ok(kept.every((middle) => middle >= 0 && middle <= 200));
});

Deno.test("pickEvenly() keeps both ends", () => {
  assert.deepEqual(pickEvenly([0, 1, 2, 3, 4, 5, 6, 7, 8], 3), [0, 4, 8]);
  assert.deepEqual(pickEvenly([1, 2], 3), [1, 2]);
});
