/** Options of {@linkcode format}. */
export interface FormatOptions {
  /** "1m 39s", "1 minute, 39 seconds" or "00:00:01:39". @default {"narrow"} */
  style?: "narrow" | "full" | "digital";
  /** Leaves out units whose value is 0. @default {false} */
  ignoreZero?: boolean;
}

/** Writes a duration, given in ms, for people. Every unit down to the nanosecond is written: round first. */
export function format(ms: number, options?: FormatOptions): string;
