/**
 * Distributions as a few quantiles, dense where readers look: a curve of 130 numbers instead of 100,000 values.
 *
 * @module
 */
import { quantileSorted, Sample, sampleOf } from "../metrics/mod.ts";

/** A sample as quantiles at the first `values.length` shares of {@linkcode quantileGrid}, and its maximum. */
export type QuantileCurve = {
  readonly count: number;
  readonly values: readonly number[];
  readonly max: number;
};

/** Shares from 0 to 0.9999: steps of 1 % up to 0.99, then nine per decade of the tail. */
export const quantileGrid: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => i / 100),
  ...Array.from({ length: 10 }, (_, i) => (990 + i) / 1000),
  ...Array.from({ length: 9 }, (_, i) => (9991 + i) / 10000),
];

/**
 * Takes the quantiles of a sample, up to the share that still leaves one value beyond it.
 *
 * @param values A sample, or values in any order; not changed.
 * @returns `null` without values.
 * @example
 * ```ts
 * import { quantileCurve } from "./quantile_grid.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(quantileCurve([3, 1, 2])?.values[50], 2); // the grid's 50th step is the median
 * ```
 */
export function quantileCurve(values: Iterable<number> | Sample): QuantileCurve | null {
  const sorted = (values instanceof Sample ? values : sampleOf(values)).sorted();
  const max = sorted.at(sorted.length - 1);
  if (max === undefined) return null;
  const kept = quantileGrid.filter((q) => q <= lastShare(sorted.length));
  return {
    count: sorted.length,
    values: kept.map((q) => roundTo(quantileSorted(sorted, q))),
    max: roundTo(max),
  };
}

/**
 * Position of a share on an axis that gives every further nine the same length: 0 → 0, 0.9 → 1, 0.99 → 2.
 *
 * @param q Share in [0, 1).
 */
export function tailPosition(q: number): number {
  return -Math.log10(1 - q);
}

/**
 * The tail axis, as options of a scale.
 *
 * @param count Values in the largest sample; it decides how far the axis goes.
 */
export function tailAxis(
  count: number,
): { label: string; ticks: number[]; tickFormat(position: number): string } {
  const shares = [0, 0.5, 0.9, 0.99, 0.999, 0.9999].filter((q) => q <= lastShare(count));
  return {
    label: "Percentile, tail stretched",
    ticks: shares.map(tailPosition),
    tickFormat: (position) => String(Number((100 * (1 - 10 ** -position)).toFixed(3))),
  };
}

/** The share that leaves one value beyond it; a single value is its own median. */
function lastShare(count: number): number {
  return Math.max(1 - 1 / count, 0.5) + 1e-9;
}

/** Six digits: finer than a pixel also where all values are within a percent, and half of the bytes. */
function roundTo(value: number): number {
  return Number(value.toPrecision(6));
}
