/**
 * The axis of a latency, logarithmic or linear.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { gridX, gridY } from "./frame.ts";

/** A logarithmic axis spans at most this many decades below its largest value. */
const MOST_DECADES = 4;

/** A scale, and the grid and ticks that belong to it. */
export interface LatencyAxis {
  readonly scale: Plot.ScaleOptions;
  /** Marks where the latency is horizontal. */
  readonly x: Plot.Markish;
  /** Marks where the latency is vertical. */
  readonly y: Plot.Markish;
}

/**
 * Chooses the axis of a latency.
 *
 * Gaps of 0 ms are real (two chunks read at once) but have no place on a logarithmic axis: what lies below the axis is
 * drawn at its lower end.
 *
 * @param valuesMs Everything that will be drawn, in ms.
 */
export function latencyAxis(
  valuesMs: readonly number[],
  { log, label, mostTicks }: { log: boolean; label: string; mostTicks?: number },
): LatencyAxis {
  const high = valuesMs.reduce((a, b) => Math.max(a, b), 0);
  if (!log || high <= 0) {
    const scale = { domain: [0, high || 1], nice: true, label };
    return withTicks(scale, { ticks: 5 });
  }
  const smallest = valuesMs.reduce((a, b) => b > 0 ? Math.min(a, b) : a, high);
  const low = Math.max(smallest, high / 10 ** MOST_DECADES);
  const domain: [number, number] = low < high ? [low, high] : [low / 2, high * 2];
  const ticks = logTicks(domain, mostTicks);
  return withTicks({ type: "log", domain, clamp: true, label }, {
    ticks,
    text: (ms: number) => ms.toLocaleString("en-US"),
  });
}

/** Plot would leave out labels of a logarithmic axis by a rule of its own; marks with a `text` keep them all. */
function withTicks(scale: Plot.ScaleOptions, options: Plot.AxisOptions): LatencyAxis {
  return {
    scale,
    x: [gridX({ ticks: options.ticks }), Plot.axisX({ ...options, labelArrow: "none" })],
    y: [gridY({ ticks: options.ticks }), Plot.axisY({ ...options, labelArrow: "none" })],
  };
}

/** Fewer ticks than these tell nobody what a logarithmic axis spans. */
const FEWEST_LOG_TICKS = 3;

/**
 * Round numbers in a range, as many as fit: powers of ten and their simple multiples, or evenly spaced numbers where the
 * range is too narrow for those.
 *
 * @param domain Both ends > 0.
 * @param most How many ticks fit. @default {10}
 * @example
 * ```ts
 * import { logTicks } from "./latency_axis.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logTicks([7, 600]), [10, 20, 50, 100, 200, 500]);
 * assert.deepEqual(logTicks([7, 600], 4), [10, 100]);
 * assert.deepEqual(logTicks([50.7, 55.4]), [51, 52, 53, 54, 55]);
 * ```
 */
export function logTicks([low, high]: readonly [number, number], most = 10): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const candidates = [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 5], [1]].map((steps) =>
    exponents
      .flatMap((exponent) => steps.map((step) => Number(`${step}e${exponent}`)))
      .filter((tick) => tick >= low && tick <= high)
  );
  const ticks = candidates.find((ticks) => ticks.length <= most) ?? candidates.at(-1) ?? [];
  return ticks.length >= Math.min(FEWEST_LOG_TICKS, most) || high > 10 * low
    ? ticks
    : evenTicks([low, high], most);
}

/** Multiples of 1, 2 or 5 times a power of ten, five or a little more of them, or as many as fit. */
function evenTicks([low, high]: readonly [number, number], most: number): number[] {
  const least = (high - low) / Math.min(most, 5);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5, 10].find((multiple) => multiple * power >= least) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** How many tick labels fit side by side on a figure of this width, in CSS pixels. */
export function fittingTicks(width: number): number {
  return Math.max(2, Math.floor((width - 80) / 46));
}
