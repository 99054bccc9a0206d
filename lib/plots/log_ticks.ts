/**
 * Where a logarithmic axis has its ticks.
 *
 * @module
 */

/** Fewer ticks than these tell nobody what a logarithmic axis spans. */
const FEWEST_LOG_TICKS = 3;
/** Of the room that a tick has when as many as fit are spread evenly: 5,000 and 6,000 are the first to touch. */
const CLOSEST = 0.7;

/**
 * Round numbers in a range, as many as fit: powers of ten and their simple multiples, or evenly spaced numbers where the
 * range is too narrow for those.
 *
 * @param domain Both ends > 0.
 * @param most How many ticks fit. @default {10}
 * @example
 * ```ts
 * import { logTicks } from "./log_ticks.ts";
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
  const perDecade = most / Math.log10(high / low);
  const fits = (ticks: readonly number[]) =>
    ticks.length <= most &&
    ticks.every((tick, i) => i === 0 || Math.log10(tick / (ticks[i - 1] ?? tick)) * perDecade >= CLOSEST);
  const ticks = candidates.find(fits) ?? candidates.at(-1) ?? [];
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
