/**
 * What may be said of a difference.
 *
 * @module
 */
import type { ComparedMetric } from "./compared_metrics.ts";

/** What a comparison says of B against A. */
export type DifferenceWord = "faster" | "slower" | "no difference shown";

/** What a whole comparison says: "mixed" where B is faster by one measure and slower by another. */
export type ComparisonWord = DifferenceWord | "mixed";

/** What {@linkcode differenceWord} goes by. */
export interface Decision {
  /** B / A. */
  readonly ratio: number;
  /** Corrected for the number of questions. */
  readonly correctedPValue: number;
  readonly alpha: number;
  readonly better: ComparedMetric["better"];
}

/**
 * The word for one ratio: from its corrected p-value and its direction, from nothing else.
 *
 * @example
 * ```ts
 * import { differenceWord } from "./verdict_words.ts";
 * import assert from "node:assert/strict";
 *
 * const one = { ratio: 1.05, correctedPValue: 0.01, alpha: 0.05 };
 * assert.equal(differenceWord({ ...one, better: "lower" }), "slower");
 * assert.equal(differenceWord({ ...one, better: "higher" }), "faster");
 * assert.equal(differenceWord({ ...one, correctedPValue: 0.2, better: "lower" }), "no difference shown");
 * ```
 */
export function differenceWord({ ratio, correctedPValue, alpha, better }: Decision): DifferenceWord {
  if (correctedPValue > alpha || ratio === 1) return "no difference shown";
  return (ratio < 1) === (better === "lower") ? "faster" : "slower";
}

/** The word for several ratios together. */
export function comparisonWord(words: readonly DifferenceWord[]): ComparisonWord {
  const [faster, slower] = [words.includes("faster"), words.includes("slower")];
  if (faster && slower) return "mixed";
  return faster ? "faster" : slower ? "slower" : "no difference shown";
}

/** What {@linkcode describeDifference} puts into words. */
export interface DescribedDifference {
  /** "TTFT p99". */
  readonly label: string;
  readonly word: DifferenceWord;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly smallestShown: { readonly below: number; readonly above: number };
}

/**
 * One ratio in a sentence.
 *
 * @example
 * ```ts
 * import { describeDifference } from "./verdict_words.ts";
 * import assert from "node:assert/strict";
 *
 * const shown = { label: "TPOT p50", ratio: 1.0512, low: 1.04, high: 1.0631, confidence: 0.95 };
 * const smallestShown = { below: 0.988, above: 1.012 };
 * assert.equal(
 *   describeDifference({ ...shown, word: "slower", smallestShown }),
 *   "TPOT p50: slower, B/A = 1.051 (95 % interval 1.040 to 1.063)",
 * );
 * assert.equal(
 *   describeDifference({ ...shown, ratio: 1.001, low: 0.99, high: 1.012, word: "no difference shown", smallestShown }),
 *   "TPOT p50: no difference shown, B/A = 1.001 (95 % interval 0.990 to 1.012); " +
 *     "below 0.988 or above 1.012 it would have been",
 * );
 * ```
 */
export function describeDifference(
  { label, word, ratio, low, high, confidence, smallestShown }: DescribedDifference,
): string {
  const percent = Number((100 * confidence).toPrecision(6));
  const interval = `${percent} % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  const measured = `${label}: ${word}, B/A = ${ratio.toFixed(3)} (${interval})`;
  if (word !== "no difference shown") return measured;
  const { below, above } = smallestShown;
  return `${measured}; below ${below.toFixed(3)} or above ${above.toFixed(3)} it would have been`;
}
