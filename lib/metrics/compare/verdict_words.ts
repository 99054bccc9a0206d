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
  /** How near to 1 is no difference. @default {NEGLIGIBLE} */
  readonly negligible?: number;
}

/**
 * A ratio nearer to 1 is called no difference, however sure it is: instants are whole microseconds, so that two engines
 * that do the same in virtual time can differ by one in every request.
 */
export const NEGLIGIBLE = 1e-4;

/**
 * The same of rates over time. In an open loop they follow what is offered, and what differs is when the last request ends:
 * sure, and nothing that anybody would call faster.
 */
export const NEGLIGIBLE_RATE = 0.005;

/**
 * The word for one ratio: from its corrected p-value, its direction and what is negligible, from nothing else.
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
export function differenceWord(
  { ratio, correctedPValue, alpha, better, negligible = NEGLIGIBLE }: Decision,
): DifferenceWord {
  if (correctedPValue > alpha || Math.abs(ratio - 1) < negligible) return "no difference shown";
  return (ratio < 1) === (better === "lower") ? "faster" : "slower";
}

/** The word for several ratios together. */
export function comparisonWord(words: readonly DifferenceWord[]): ComparisonWord {
  const [faster, slower] = [words.includes("faster"), words.includes("slower")];
  if (faster && slower) return "mixed";
  return faster ? "faster" : slower ? "slower" : "no difference shown";
}
