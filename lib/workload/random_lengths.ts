/**
 * Lengths of requests drawn evenly from a range.
 *
 * @module
 */
import { createRandom, type Random } from "../random.ts";
import type { TraceEntry } from "../types.ts";

/** A range of tokens, both ends included. */
export interface TokenRange {
  /** An integer ≥ 1. */
  readonly min: number;
  /** An integer ≥ `min`. */
  readonly max: number;
}

/** Options of {@linkcode randomLengths}. */
export interface RandomLengthsOptions {
  readonly inputTokens: TokenRange;
  readonly outputTokens: TokenRange;
  /** @default {42} */
  readonly seed?: number;
}

/**
 * Draws prompt and answer lengths, each evenly from its range, as mini-sglang's bench_simple does.
 *
 * The lengths at a position depend on seed and ranges only: fewer requests are the first of more. The ranges do not
 * disturb each other: another one for answers leaves the prompts as they are.
 *
 * @param count Requests; an integer ≥ 0.
 * @returns Entries that all arrive at 0.
 * @throws {RangeError} If a range is out of its domain.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { randomLengths } from "./random_lengths.ts";
 *
 * const ranges = { inputTokens: { min: 9, max: 8192 }, outputTokens: { min: 16, max: 1024 } };
 * assert.deepEqual(randomLengths(64, ranges).slice(0, 8), randomLengths(8, ranges));
 * ```
 */
export function randomLengths(count: number, options: RandomLengthsOptions): TraceEntry[] {
  const random = createRandom(options.seed ?? 42).fork("lengths");
  const drawInput = drawFrom(options.inputTokens, random.fork("input"), "inputTokens");
  const drawOutput = drawFrom(options.outputTokens, random.fork("output"), "outputTokens");
  return Array.from(
    { length: count },
    () => ({ arrivalMs: 0, inputTokens: drawInput(), outputTokens: drawOutput() }),
  );
}

function drawFrom(
  { min, max }: TokenRange,
  random: Random,
  name: keyof RandomLengthsOptions,
): () => number {
  if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min >= 1 && max >= min)) {
    throw new RangeError(
      `Cannot draw lengths as '${name}' must be a range of integers >= 1: current value is ${min} to ${max}`,
    );
  }
  return () => random.int(min, max);
}
