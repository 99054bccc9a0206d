/**
 * What all derived files of an artifact share.
 *
 * @module
 */

/** A file to be written beside the manifest. */
export interface DerivedFile {
  readonly name: string;
  /** Its text in pieces, made when asked for: it need not fit into memory. */
  readonly pieces: Iterable<string>;
}

/** To six decimals, a nanosecond where the unit is ms: differences of binary fractions have a tail of noise. */
export function tidy(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value;
}

/**
 * To nine decimals, for what others are to compute again: the mean of 16 requests ends in halves of a nanosecond, which six
 * decimals round one way or the other by the order of the sum.
 */
export function tidyFine(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 1e9) / 1e9;
}

/** To 15 significant digits, for what has no unit of ours: a small value stays, its tail of noise goes. */
export function tidySignificant(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toPrecision(15));
}
