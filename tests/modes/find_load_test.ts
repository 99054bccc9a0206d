import assert from "node:assert/strict";
import { bracketScale } from "../../lib/modes/find_load.ts";

/** Meets the objective from a scale on; counts the questions. */
function oracle(fromScale: number) {
  const asked: number[] = [];
  return {
    asked,
    meets(scale: number) {
      asked.push(scale);
      return Promise.resolve(scale >= fromScale);
    },
  };
}

Deno.test("bracketScale() ends within 5 % around the smallest scale that meets the objective", async () => {
  for (const from of [0.11, 0.5, 1, 3.33, 9.99]) {
    const { asked, meets } = oracle(from);
    const [missed = NaN, met = NaN] = await bracketScale({ fast: 0.1, slow: 10 }, meets);
    assert.ok(missed < from && met >= from && met / missed <= 1.05, `${from}: ${missed} to ${met}`);
    assert.ok(asked.length <= 10, `${asked.length} loads were tried`); // 100 = 1.05^94, and 2^7 > 94
  }
});

Deno.test("bracketScale() asks once when the largest load meets the objective", async () => {
  const { asked, meets } = oracle(0);
  assert.deepEqual(await bracketScale({ fast: 0.1, slow: 10 }, meets), [0.1]);
  assert.deepEqual(asked, [0.1]);
});

Deno.test("bracketScale() gives the smallest load when even that misses", async () => {
  assert.deepEqual(await bracketScale({ fast: 0.1, slow: 10 }, oracle(11).meets), [10]);
  assert.deepEqual(await bracketScale({ fast: 1, slow: 1 }, oracle(11).meets), [1]);
});

Deno.test("bracketScale() stops where nothing can be told", async () => {
  assert.deepEqual(await bracketScale({ fast: 0.1, slow: 10 }, () => Promise.resolve(null)), [0.1]);
  const meets = (scale: number) => Promise.resolve(scale === 0.1 ? false : scale === 10 ? true : null);
  assert.deepEqual(await bracketScale({ fast: 0.1, slow: 10 }, meets), [0.1, 10]);
});
