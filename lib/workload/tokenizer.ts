/**
 * What the workload needs of a tokenizer.
 *
 * @module
 */

/** Turns text into token ids and back, without adding special tokens. Loaded by `lib/sources/tokenizer.ts`. */
export interface Tokenizer {
  /** Which one it is: "Qwen3", or the path it was read from. */
  readonly name: string;
  /** Number of ids, from 0, that are not special or added tokens. */
  readonly vocabSize: number;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
}
