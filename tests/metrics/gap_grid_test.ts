import assert from "node:assert/strict";
import fc from "fast-check";

import { GapGrid } from "../../lib/metrics/gap_grid.ts";

const all = { mostColumns: 120, mostRows: 192 };
const sum = (columns: readonly (readonly number[])[]) => columns.flat().reduce((a, b) => a + b, 0);

Deno.test("GapGrid puts a gap where it ended, into the row of its length", () => {
  const grid = new GapGrid(100);
  grid.add([100, 125]); // 25 ms, ended 25 ms after the zero: the third column of 10 ms
  const coarse = grid.coarsen(all);
  assert.deepEqual(coarse?.columns, [[0], [0], [1]]);
  const [low = 0, high = 0] = coarse?.edgesMs ?? [];
  assert.ok(low <= 25 && 25 < high && high / low < 1.08, `${low} to ${high}`); // 10^(1/32) = 1.075
});

Deno.test("GapGrid keeps gaps of 0 ms, of 1 h and such as no table has", () => {
  const grid = new GapGrid(0);
  grid.add([10, 10, 3_600_010, 3_600_110]); // 0 ms, 1 h, 100 ms
  const coarse = grid.coarsen(all);
  assert.equal(sum(coarse?.columns ?? []), 3);
  assert.equal(coarse?.columnMs, 40_960); // 10 ms · 2^12, the first of which 120 reach over an hour
  assert.deepEqual([coarse?.edgesMs.at(0), coarse?.edgesMs.at(-1)], [0.1, 100_000]);
});

Deno.test("GapGrid.coarsen() counts short gaps in the lowest row that was asked for", () => {
  const grid = new GapGrid(0);
  grid.add([0, 0, 2, 12, 32]); // 0, 2, 10 and 20 ms
  const coarse = grid.coarsen({ ...all, lowMs: 10 });
  assert.deepEqual(coarse?.edgesMs[0], 10);
  assert.deepEqual(coarse?.columns.map((counts) => counts[0]), [2, 1, 0, 0]); // 0 and 2 ms, then 10 ms
  const above = grid.coarsen({ ...all, lowMs: 5000 });
  assert.deepEqual(above?.columns, [[2], [1], [0], [1]]); // all in the row of the longest
});

Deno.test("GapGrid.coarsen() is null without gaps, and leaves out those before the zero", () => {
  const grid = new GapGrid(1000);
  assert.equal(grid.coarsen(all), null);
  grid.add([5]);
  grid.add([]);
  assert.equal(grid.coarsen(all), null);
  grid.add([980, 990, 1005]);
  assert.equal(sum(grid.coarsen(all)?.columns ?? []), 1);
});

Deno.test("GapGrid.coarsen() loses no gap however few bins there are, and has no more than asked for", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 60 });
  const size = { mostColumns: fc.integer({ min: 1, max: 60 }), mostRows: fc.integer({ min: 1, max: 40 }) };
  fc.assert(fc.property(fc.array(gaps, { minLength: 1, maxLength: 4 }), fc.record(size), (requests, most) => {
    const grid = new GapGrid(0);
    for (const gapsMs of requests) {
      let atMs = 0;
      grid.add([0, ...gapsMs.map((ms) => atMs += ms)]);
    }
    const coarse = grid.coarsen(most);
    assert.equal(sum(coarse?.columns ?? []), requests.flat().length);
    assert.ok((coarse?.columns.length ?? Infinity) <= most.mostColumns);
    assert.ok(coarse?.columns.every((counts) => counts.length <= most.mostRows));
    assert.equal(coarse?.edgesMs.length, (coarse?.columns[0]?.length ?? 0) + 1);
  }));
});

Deno.test("GapGrid gives the same whether its columns were widened before or after a request came", () => {
  const long = [0, 50_000];
  const short = Array.from({ length: 500 }, (_, i) => i * 7.25);
  const [first, last] = [new GapGrid(0), new GapGrid(0)];
  for (const tics of [long, short]) first.add(tics);
  for (const tics of [short, long]) last.add(tics);
  assert.deepEqual(first.coarsen(all), last.coarsen(all));
});
