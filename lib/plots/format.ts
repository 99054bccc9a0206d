/**
 * How numbers are written on figures and pages: three significant digits, thousands separated, missing is "–".
 *
 * @module
 */

/** Stands for a value that was not measured. */
export const MISSING = "–";

const threeDigits = new Intl.NumberFormat("en-US", {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});
const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/**
 * Writes a measured quantity.
 *
 * @returns {@linkcode MISSING} for `null`, `undefined` and what is not finite.
 * @example
 * ```ts
 * import { formatNumber } from "./format.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatNumber(12345.6), "12,300");
 * assert.equal(formatNumber(0.12), "0.120");
 * assert.equal(formatNumber(null), "–");
 * ```
 */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  return value === 0 ? "0" : threeDigits.format(value);
}

/** Writes a count, every digit of it. */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? MISSING : wholeNumber.format(value);
}

/**
 * Writes a duration: in ms below 10 s, in s from there.
 *
 * @param ms Milliseconds.
 */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return MISSING;
  return Math.abs(ms) < 10_000 ? `${formatNumber(ms)}\u00a0ms` : `${formatNumber(ms / 1000)}\u00a0s`;
}

/** Writes a share in percent, with one digit after the point, never rounding up to 100 or down to 0. */
export function formatShare(ratio: number): string {
  const percent = Math.round(ratio * 1000) / 10;
  if (percent === 100 && ratio < 1) return "> 99.9%";
  if (percent === 0 && ratio > 0) return "< 0.1%";
  return `${percent}%`;
}

/** Writes a count with its noun: "1 request", "1,000 requests". */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
