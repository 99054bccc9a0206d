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
export function tidyNumber(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** The same for what may be no number; can be given to `JSON.stringify`. */
export function tidy(_key: string, value: unknown): unknown {
  return typeof value === "number" ? tidyNumber(value) : value;
}

/** The same for what may be missing: `null` then. */
export function tidyOrNull(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : tidyNumber(value);
}

/** To 15 significant digits, for what has no unit of ours: a small value stays, its tail of noise goes. */
export function tidySignificant(value: number): number {
  return Number(value.toPrecision(15));
}
