/**
 * Many questions asked of the same data.
 *
 * @module
 */

/** One p-value among the others of its family. */
export interface HolmStep {
  /** Comparable with α as if it had been the only one; at most 1. */
  readonly correctedPValue: number;
  /** Share of α that the question was given: what its own p-value had to keep. */
  readonly alphaRatio: number;
}

/**
 * Holm's correction: the chance that any of the differences shown is none is at most α, however the questions depend on
 * each other.
 *
 * Of m p-values in ascending order the k-th is compared with α/(m − k + 1), and the first that fails ends it. The corrected
 * one is max over j ≤ k of min(1, (m − j + 1)·p₍ⱼ₎).
 *
 * @param pValues Each in [0, 1].
 * @param alpha In (0, 1); {@linkcode HolmStep.alphaRatio} depends on where the sequence ends.
 * @returns One step per p-value, in the order given.
 * @throws {RangeError} When a value is outside its domain.
 * @see https://www.jstor.org/stable/4615733
 * @example
 * ```ts
 * import { holm } from "./multiple.ts";
 * import assert from "node:assert/strict";
 *
 * const corrected = holm([0.04, 0.01, 0.03], 0.05).map(({ correctedPValue }) => correctedPValue);
 * assert.deepEqual(corrected, [0.06, 0.03, 0.06]); // 3 · 0.01, 2 · 0.03, and 1 · 0.04 is not below that
 * ```
 */
export function holm(pValues: readonly number[], alpha: number): HolmStep[] {
  if (!(alpha > 0 && alpha < 1)) {
    throw new RangeError(`Cannot correct as 'alpha' must be in (0, 1): current value is ${alpha}`);
  }
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) {
    throw new RangeError(`Cannot correct as every p-value must be in [0, 1]: current value is ${wrong}`);
  }
  const count = pValues.length;
  const steps = new Map<number, HolmStep>();
  const ascending = pValues.map((p, place) => ({ p, place })).sort((x, y) => x.p - y.p);
  let correctedPValue = 0;
  let alphaRatio = 1;
  for (const [k, { p, place }] of ascending.entries()) {
    // Once one has failed, its share of α stays that of all after it.
    if (correctedPValue <= alpha) alphaRatio = 1 / (count - k);
    correctedPValue = Math.max(correctedPValue, Math.min(1, (count - k) * p));
    steps.set(place, { correctedPValue, alphaRatio });
  }
  return pValues.map((_, place) => steps.get(place) ?? { correctedPValue: 1, alphaRatio: 1 });
}
