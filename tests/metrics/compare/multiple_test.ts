import assert from "node:assert/strict";

import { differenceWord } from "../../../lib/metrics/compare/verdict_words.ts";
import { holm } from "../../../lib/metrics/compare/multiple.ts";

Deno.test("holm() multiplies by what is left and never goes down", () => {
  // Sorted: 0.005·4 = 0.02, 0.011·3 = 0.033, 0.02·2 = 0.04, 0.035·1 = 0.035 → 0.04
  const corrected = holm([0.02, 0.005, 0.035, 0.011], 0.05).map(({ correctedPValue }) => correctedPValue);
  assert.deepEqual(corrected.map((p) => Number(p.toFixed(6))), [0.04, 0.02, 0.04, 0.033]);
  assert.deepEqual(holm([0.6, 0.9], 0.05).map(({ correctedPValue }) => correctedPValue), [1, 1]);
});

Deno.test("holm(): a p-value is below its share of α exactly where the corrected one is below α", () => {
  const pValues = [0.001, 0.2, 0.012, 0.0166, 0.04];
  const shares = holm(pValues, 0.05).map(({ alphaRatio }) => alphaRatio);
  // 0.001 < α/5 and 0.012 < α/4; 0.0166 < α/3 = 0.01667; 0.04 > α/2, and there it ends
  assert.deepEqual(shares, [1 / 5, 1 / 2, 1 / 4, 1 / 3, 1 / 2]);
  for (const [i, { correctedPValue, alphaRatio }] of holm(pValues, 0.05).entries()) {
    assert.equal(correctedPValue <= 0.05, (pValues[i] ?? 1) <= 0.05 * alphaRatio, String(i));
  }
});

Deno.test("holm() of no p-values is none, and others than probabilities are refused", () => {
  assert.deepEqual(holm([], 0.05), []);
  assert.throws(() => holm([NaN], 0.05), /must be in \[0, 1\]: current value is NaN/);
  assert.throws(() => holm([0.1], 1), /must be in \(0, 1\): current value is 1/);
});

Deno.test("differenceWord() calls no difference what is nearer to 1 than instants can tell", () => {
  const sure = { correctedPValue: 0, alpha: 0.05, better: "lower" } as const;
  assert.equal(differenceWord({ ...sure, ratio: 1.00009 }), "no difference shown");
  assert.equal(differenceWord({ ...sure, ratio: 1.00011 }), "slower");
  assert.equal(differenceWord({ ...sure, ratio: 0.99989 }), "faster");
});
