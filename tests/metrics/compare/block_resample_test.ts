import assert from "node:assert/strict";

import { blockLength } from "../../../lib/metrics/compare/block_length.ts";
import {
  blockDrawer,
  countRequests,
  leaveOutBlocks,
  repeatDrawer,
  wholeRun,
} from "../../../lib/metrics/compare/block_resample.ts";
import { createRandom } from "../../../lib/random.ts";
import { isNear, readScipy } from "../../testdata/compare/scipy.ts";

for (const { name, length, values } of readScipy().blockLength) {
  Deno.test(`blockLength() is that of the package arch: ${name}`, () => {
    assert.ok(isNear(blockLength(values), length, 1e-9), `${blockLength(values)}, not ${length}`);
  });
}

Deno.test("blockLength() is 1 where there is nothing to go by", () => {
  assert.deepEqual([[], [4], [4, 4, 4], [1, 2]].map(blockLength), [1, 1, 1, 1]);
});

function counted(requests: number, stretches: Parameters<typeof countRequests>[0]): number[] {
  const counts = new Int32Array(requests);
  countRequests(stretches, counts);
  return [...counts];
}

Deno.test("blockDrawer() draws as many requests as there are, evenly, round the end", () => {
  const requests = 11;
  const draw = blockDrawer(createRandom("draw"), { requests, blockRequests: 4 });
  const totals = new Array<number>(requests).fill(0);
  const draws = 4000;
  for (let i = 0; i < draws; i++) {
    const counts = counted(requests, draw());
    assert.equal(counts.reduce((sum, count) => sum + count, 0), requests);
    for (const [place, count] of counts.entries()) totals[place] = (totals[place] ?? 0) + count;
  }
  // Each is drawn once on the average; the standard error of 4,000 draws is below 0.02
  for (const total of totals) assert.ok(Math.abs(total / draws - 1) < 0.08, String(total / draws));
});

Deno.test("leaveOutBlocks() leaves out each request once", () => {
  const left = [...leaveOutBlocks(11, 4)].map((stretches) => counted(11, stretches).join(""));
  assert.deepEqual(left, ["00001111111", "11110000000"]);
  assert.deepEqual([...leaveOutBlocks(3, 1)].map((one) => counted(3, one).join("")), ["011", "101", "110"]);
  assert.deepEqual(counted(3, wholeRun(3)), [1, 1, 1]);
});

Deno.test("repeatDrawer(): a mean with drawn weights varies as the mean of the repeats does", () => {
  const values = [3, 5, 10];
  const draw = repeatDrawer(createRandom("repeats"), values.length);
  const means = Array.from({ length: 40_000 }, () => {
    const weights = [...draw()];
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-12);
    return weights.reduce((sum, weight, i) => sum + weight * (values[i] ?? 0), 0);
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / means.length;
  // s² = ((3 − 6)² + (5 − 6)² + (10 − 6)²)/2 = 13, s²/3 = 4.333; its standard error is 4.333·√(2/40,000) = 0.03
  assert.ok(Math.abs(mean - 6) < 0.05, String(mean));
  assert.ok(Math.abs(variance - 13 / 3) < 0.15, String(variance));
  assert.deepEqual([...repeatDrawer(createRandom(1), 1)()], [1]);
});
