/**
 * Intervals and p-values from a bootstrap distribution: BCa, bias-corrected and accelerated.
 *
 * @module
 */
import { quantileSorted } from "../quantile.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import type { Pivot } from "./pivot.ts";
import { studentQuantile, studentTail } from "./student_t.ts";

/** What {@linkcode bootstrapPivot} is made from. */
export interface PivotParts {
  /** Of the whole data. */
  readonly estimate: number;
  /** Of each resample; at least 2, finite. Sorted in place. */
  readonly replicates: Float64Array;
  /** Of the data without one block, block after block; `null` asks for percentiles. */
  readonly jackknife: readonly number[] | null;
  /** Share of the replicates' variance that comes from the blocks of the jackknife; the rest is symmetric. @default {1} */
  readonly blockShare?: number;
  /** Degrees of freedom of the spread of the replicates. @default {Infinity} */
  readonly df?: number;
  /** What the spread of the replicates is multiplied by. @default {1} */
  readonly widening?: number;
}

/** Resamples at either end beyond which the distribution is continued as a normal one. */
const EDGE_RESAMPLES = 10;

/**
 * Makes the BCa pivot of a bootstrap distribution.
 *
 * With z₀ = Φ⁻¹(share of replicates below the estimate, half of those equal) and a = Σd³/(6·(Σd²)^1.5), where d are the
 * differences mean − value of the jackknife, times blockShare^1.5, the bound at z is the replicates' quantile at
 * Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))).
 *
 * Three things are added to that.
 * z comes from Student's t, times `widening`, since the spread of a few blocks or repeats is itself not known well
 * (Hesterberg's expanded percentiles). Beyond the outermost 10 resamples the distribution is continued as a normal one, so
 * that a corrected α, smaller than any share of the resamples, has a bound too. Where a(z₀ + z) leaves ±½ the
 * denominator stays what it is there, so that bounds stay in order.
 *
 * @throws {RangeError} When there are fewer than 2 replicates.
 * @see https://doi.org/10.1080/01621459.1987.10478410
 * @see https://doi.org/10.1080/00031305.2015.1089789
 * @example
 * ```ts
 * import { bootstrapPivot } from "./bca.ts";
 * import assert from "node:assert/strict";
 *
 * const replicates = Float64Array.from({ length: 1001 }, (_, i) => i / 1000);
 * const pivot = bootstrapPivot({ estimate: 0.5, replicates, jackknife: [0.4, 0.5, 0.6] });
 * const { low, high } = pivot.interval(0.1);
 * assert.ok(Math.abs(low - 0.05) < 1e-12 && Math.abs(high - 0.95) < 1e-12); // no bias and no skew: percentiles
 * assert.ok(Math.abs(pivot.pValue(0.95) - 0.1) < 1e-12);
 * ```
 */
export function bootstrapPivot(
  { estimate, replicates, jackknife, blockShare = 1, df = Infinity, widening = 1 }: PivotParts,
): Pivot {
  if (replicates.length < 2) {
    throw new RangeError(
      `Cannot take interval as there must be at least 2 resamples: current value is ${replicates.length}`,
    );
  }
  const curve = quantileCurve(replicates.sort());
  const share = (countBelow(replicates, estimate) + countUpTo(replicates, estimate)) / 2 / replicates.length;
  const bias = normalQuantile(share);
  const acceleration = jackknife === null ? null : accelerationOf(jackknife);
  const isBca = Number.isFinite(bias) && acceleration !== null;
  const [z0, a] = isBca ? [bias, acceleration * blockShare ** 1.5] : [0, 0];
  const shifted = (z: number) => z0 + accelerate(z0 + z, a);
  const unshifted = (z: number) => accelerateBack(z - z0, a) - z0;
  const tail = (z: number) => z <= 0 ? 0.5 : df === Infinity ? normalCdf(-z) : studentTail(z, df);
  return {
    method: isBca ? "bca" : "percentile",
    interval(alpha) {
      const t = df === Infinity ? -normalQuantile(alpha / 2) : studentQuantile(alpha / 2, df);
      return { low: curve.valueAt(shifted(-t * widening)), high: curve.valueAt(shifted(t * widening)) };
    },
    pValue(value) {
      const fromBelow = -unshifted(curve.highestZ(value)) / widening;
      const fromAbove = unshifted(curve.lowestZ(value)) / widening;
      return 2 * tail(Math.max(fromBelow, fromAbove));
    },
  };
}

/** w/(1 − aw). */
function accelerate(w: number, a: number): number {
  return w / (1 - Math.max(-0.5, Math.min(0.5, a * w)));
}

/** The w of which {@linkcode accelerate} makes the value. */
function accelerateBack(value: number, a: number): number {
  if (!Number.isFinite(value)) return value;
  const slope = a * value;
  return slope > 1 ? value / 2 : slope < -1 / 3 ? value * 1.5 : value / (1 + slope);
}

function accelerationOf(jackknife: readonly number[]): number | null {
  const mean = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const value of jackknife) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  const acceleration = cubes / (6 * squares ** 1.5);
  return Number.isFinite(acceleration) ? acceleration : null;
}

/** Quantiles by their normal deviate, without an end. */
interface QuantileCurve {
  valueAt(z: number): number;
  /** Highest z whose value is at most the given one. */
  highestZ(value: number): number;
  /** Lowest z whose value is at least the given one. */
  lowestZ(value: number): number;
}

function quantileCurve(sorted: Float64Array): QuantileCurve {
  const edgeShare = Math.min(0.25, EDGE_RESAMPLES / sorted.length);
  const edge = -normalQuantile(edgeShare);
  const [low, middle, high] = [edgeShare, 0.5, 1 - edgeShare].map((q) => quantileSorted(sorted, q));
  const bounds = { low: low ?? NaN, middle: middle ?? NaN, high: high ?? NaN };
  // Replicates that are often equal may have no slope between middle and edge.
  const deviation = deviationOf(sorted);
  const below = Math.max(deviation, (bounds.middle - bounds.low) / edge);
  const above = Math.max(deviation, (bounds.high - bounds.middle) / edge);
  return {
    valueAt(z) {
      if (z < -edge) return bounds.low + times(z + edge, below);
      if (z > edge) return bounds.high + times(z - edge, above);
      return quantileSorted(sorted, normalCdf(z));
    },
    highestZ(value) {
      if (value < bounds.low) return -edge - (bounds.low - value) / below;
      if (value >= bounds.high) return edge + over(value - bounds.high, above);
      return normalQuantile(shareUpTo(sorted, value));
    },
    lowestZ(value) {
      if (value > bounds.high) return edge + (value - bounds.high) / above;
      if (value <= bounds.low) return -edge - over(bounds.low - value, below);
      return -normalQuantile(shareUpTo(sorted.map((one) => -one).reverse(), -value));
    },
  };
}

/** 0 · Infinity is 0 here: a distribution without spread has its bounds at its one value. */
function times(z: number, slope: number): number {
  return slope === 0 ? 0 : z * slope;
}

/** 0 / 0 is endless here: every bound of a distribution without spread is at its one value. */
function over(distance: number, slope: number): number {
  return slope === 0 ? Infinity : distance / slope;
}

/** Highest q whose quantile is at most the value, which lies between the ends. */
function shareUpTo(sorted: Float64Array, value: number): number {
  const place = countUpTo(sorted, value) - 1;
  const [at, next] = [sorted[place] ?? NaN, sorted[place + 1]];
  if (next === undefined) return 1;
  return (place + (value - at) / (next - at)) / (sorted.length - 1);
}

function deviationOf(values: Float64Array): number {
  if (values[0] === values.at(-1)) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Values below the given one. */
function countBelow(sorted: Float64Array, value: number): number {
  return countWhile(sorted, (one) => one < value);
}

/** Values at most the given one. */
function countUpTo(sorted: Float64Array, value: number): number {
  return countWhile(sorted, (one) => one <= value);
}

/** How many values at the front hold, of values of which first some hold and then none. */
function countWhile(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] ?? NaN)) low = middle + 1;
    else high = middle;
  }
  return low;
}
