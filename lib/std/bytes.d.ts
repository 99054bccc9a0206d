/** Options of {@linkcode format}. */
export interface FormatOptions {
  /** Bits instead of bytes. @default {false} */
  bits?: boolean;
  /** Powers of 1,024 (KiB) instead of 1,000 (kB). @default {false} */
  binary?: boolean;
  /** A plus sign before positive values. @default {false} */
  signed?: boolean;
  minimumFractionDigits?: number;
  maximumFractionDigits?: number;
}

/**
 * Writes a number of bytes for people: `1337` is "1.34 kB".
 *
 * @throws {TypeError} If `num` is not finite.
 */
export function format(num: number, options?: FormatOptions): string;
