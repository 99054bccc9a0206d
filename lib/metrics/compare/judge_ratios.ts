/**
 * From resampled quantities to ratios with intervals, and the words that they allow.
 *
 * @module
 */
import { bootstrapPivot } from "./bca.ts";
import type { ComparedMetric, ComparedStatistic } from "./compared_metrics.ts";
import { holm } from "./multiple.ts";
import type { Pivot } from "./pivot.ts";
import type { Quantity } from "./resample_cell.ts";
import { studentPivot } from "./student_pivot.ts";
import { type DifferenceWord, differenceWord, NEGLIGIBLE, NEGLIGIBLE_RATE } from "./verdict_words.ts";

/** A ratio B/A and how well it is known. */
export interface RatioEstimate {
  readonly ratio: number;
  /** Interval of the confidence asked for, of this ratio alone. */
  readonly low: number;
  readonly high: number;
  /** Of "the ratio is 1", two-sided; of this ratio alone. */
  readonly pValue: number;
  /** By Holm's correction over the family. */
  readonly correctedPValue: number;
  /** Interval at the share of α that the correction left to this ratio: it excludes 1 exactly where a difference is shown. */
  readonly correctedLow: number;
  readonly correctedHigh: number;
  readonly word: DifferenceWord;
  /** Ratios at which a difference would just have been shown, with a corrected interval as wide as this one. */
  readonly smallestShown: { readonly below: number; readonly above: number };
  readonly method: Pivot["method"];
  /** Degrees of freedom behind the interval. */
  readonly df: number;
}

/** One line of a comparison. */
export interface RatioRow {
  readonly metric: string;
  readonly statistic: ComparedStatistic;
  readonly better: ComparedMetric["better"];
  /** Geometric mean over repeats (and cells); `null` where it is not defined. */
  readonly a: number | null;
  readonly b: number | null;
  /** `null` where it cannot be told. */
  readonly estimate: RatioEstimate | null;
  /** Why there is no estimate. */
  readonly whyNot: string | null;
}

/** A line before it is judged. */
export interface RatioQuestion extends Omit<RatioRow, "estimate"> {
  /** `null` where `whyNot` says why. */
  readonly quantity: Quantity | null;
}

/** Share of resamples that may have no value, such as a ratio of goodput when none was good. */
const MOST_UNDEFINED_SHARE = 0.01;

/**
 * Judges a family of ratios together.
 *
 * @param options `confidence` in (0, 1); α is 1 − confidence.
 */
export function judgeRatios(
  family: readonly RatioQuestion[],
  { confidence }: { readonly confidence: number },
): RatioRow[] {
  const alpha = 1 - confidence;
  const judged = family.map(({ quantity, ...row }) => {
    const known = quantity === null ? null : pivotOf(quantity);
    const whyNot = row.whyNot ??
      (known !== null
        ? null
        : quantity?.isOfRun === true
        ? "the repeats do not differ in the last digit: how runs vary is not known"
        : "too many resamples have no ratio");
    return { row: { ...row, whyNot }, quantity, known, pValue: known?.pivot.pValue(0) ?? null };
  });
  const pValues = judged.map(({ pValue }) => pValue).filter((pValue) => pValue !== null);
  const steps = holm(pValues, alpha).values();
  return judged.map(({ row, quantity, known, pValue }) => {
    const step = pValue === null ? undefined : steps.next().value;
    if (quantity === null || known === null || pValue === null || step === undefined) {
      return { ...row, estimate: null };
    }
    const { pivot, df } = known;
    const { correctedPValue, alphaRatio } = step;
    const [own, corrected] = [pivot.interval(alpha), pivot.interval(alpha * alphaRatio)];
    const { estimate } = quantity;
    const ratio = Math.exp(estimate);
    const negligible = quantity.isOfRun ? NEGLIGIBLE_RATE : NEGLIGIBLE;
    const made: RatioEstimate = {
      ...{ ratio, low: Math.exp(own.low), high: Math.exp(own.high), pValue, correctedPValue },
      ...{ correctedLow: Math.exp(corrected.low), correctedHigh: Math.exp(corrected.high) },
      word: differenceWord({ ratio, correctedPValue, alpha, better: row.better, negligible }),
      smallestShown: {
        below: Math.min(Math.exp(estimate - corrected.high), 1 - negligible),
        above: Math.max(Math.exp(estimate - corrected.low), 1 + negligible),
      },
      ...{ method: pivot.method, df },
    };
    return { ...row, estimate: made };
  });
}

/**
 * The pivot of a quantity. Its degrees of freedom are Satterthwaite's: of the variance over blocks, with one fewer than there
 * are blocks, and of that over repeats, with one fewer than there are repeats. The spread is widened by √(K/(K − 1)) for K
 * blocks. BCa for what is smooth, percentiles for ratios of quantiles. What a run has one of has the paired t interval over
 * repeats.
 *
 * @returns `null` where too many resamples have no value.
 */
export function pivotOf(
  { estimate, perRepeat, isOfRun, isSmooth, jackknife, overBlocks, overBoth }: Quantity,
): { readonly pivot: Pivot; readonly df: number } | null {
  if (isOfRun) return pivotOfRuns({ estimate, perRepeat });
  const isKnown = (values: ArrayLike<number>) => Array.from(values).every(Number.isFinite);
  const replicates = overBoth.filter(Number.isFinite);
  if (replicates.length < (1 - MOST_UNDEFINED_SHARE) * overBoth.length || !Number.isFinite(estimate)) {
    return null;
  }
  const [blocks, repeats] = [jackknife.length, perRepeat.length];
  const overRepeats = repeats === 1 ? 0 : varianceOf(perRepeat) / repeats;
  const within = varianceOf(overBlocks.filter(Number.isFinite));
  const uncertainty = within ** 2 / (blocks - 1) + (repeats === 1 ? 0 : overRepeats ** 2 / (repeats - 1));
  const df = uncertainty === 0 ? Infinity : (within + overRepeats) ** 2 / uncertainty;
  const widening = Math.sqrt(blocks / (blocks - 1));
  const pivot = bootstrapPivot({
    ...{ estimate, replicates, df, widening },
    blockShare: within === 0 ? 0 : within / (within + overRepeats),
    jackknife: isSmooth && isKnown(jackknife) ? jackknife : null,
  });
  return { pivot, df };
}

function pivotOfRuns({ estimate, perRepeat }: Pick<Quantity, "estimate" | "perRepeat">) {
  if (perRepeat.length < 2 || !Number.isFinite(estimate)) return null;
  const df = perRepeat.length - 1;
  const deviation = Math.sqrt(varianceOf(perRepeat) / perRepeat.length);
  if (deviation === 0) return null;
  return { pivot: studentPivot({ estimate, deviation, df }), df };
}

/** Σ(x − x̄)²/(n − 1); exactly 0 where all are equal. */
function varianceOf(values: ArrayLike<number>): number {
  const list = Float64Array.from(values);
  if (list.every((value) => value === list[0])) return 0;
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (list.length - 1);
}
