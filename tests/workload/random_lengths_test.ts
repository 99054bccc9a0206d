import assert from "node:assert/strict";

import { randomLengths, type RandomLengthsOptions } from "../../lib/workload/random_lengths.ts";

const ranges: RandomLengthsOptions = {
  inputTokens: { min: 1, max: 8192 },
  outputTokens: { min: 16, max: 1024 },
};

Deno.test("randomLengths() gives fewer requests the lengths that the first of more have", () => {
  const many = randomLengths(300, ranges);
  assert.equal(many.length, 300);
  assert.deepEqual(randomLengths(64, ranges), many.slice(0, 64));
  assert.notDeepEqual(randomLengths(64, { ...ranges, seed: 43 }), many.slice(0, 64));
  assert.deepEqual(randomLengths(0, ranges), []);
});

Deno.test("randomLengths() draws from both ends of a range and everything between, evenly", () => {
  const entries = randomLengths(4000, {
    inputTokens: { min: 3, max: 6 },
    outputTokens: { min: 7, max: 7 },
  });
  const counts = Map.groupBy(entries, ({ inputTokens }) => inputTokens);
  assert.deepEqual([...counts.keys()].sort(), [3, 4, 5, 6]);
  // 1,000 expected each; standard deviation √(4000 · ¼ · ¾) = 27
  for (const [length, { length: count }] of counts) {
    assert.ok(Math.abs(count - 1000) < 140, `${length}: ${count}`);
  }
  assert.ok(entries.every(({ outputTokens, arrivalMs }) => outputTokens === 7 && arrivalMs === 0));
});

Deno.test("randomLengths() keeps prompts when the range of answers changes", () => {
  const other = randomLengths(20, { ...ranges, outputTokens: { min: 1, max: 2 } });
  assert.deepEqual(
    other.map(({ inputTokens }) => inputTokens),
    randomLengths(20, ranges).map(({ inputTokens }) => inputTokens),
  );
});

Deno.test("randomLengths() refuses ranges that are none", () => {
  for (
    const inputTokens of [{ min: 0, max: 5 }, { min: 5, max: 4 }, { min: 1, max: Infinity }, {
      min: 1.5,
      max: 3,
    }]
  ) {
    assert.throws(() => randomLengths(1, { ...ranges, inputTokens }), {
      name: "RangeError",
      message: /'inputTokens' must be a range of integers >= 1/,
    });
  }
});
