/**
 * Prompts of exactly N tokens for any tokenizer.
 *
 * @module
 */
import { createRandom, type Random } from "../random.ts";
import type { Tokenizer } from "./tokenizer.ts";

const MAX_TRIES = 64;

/** Options of {@linkcode generatePrompt}. */
export interface GeneratePromptOptions {
  /** Where the ids are drawn from. @default {createRandom(42)} */
  random?: Random;
}

/**
 * Makes a text of random tokens that encodes to exactly `n` of them.
 *
 * Decoding random ids and encoding the text again rarely gives the same ids: pieces merge, and bytes that are no
 * UTF-8 turn into replacement characters. So the text's own ids are cut or filled up with random ones, again and
 * again, until the length stays. Ids come from the lower half of the vocabulary, where the common pieces are. This is
 * how mini-sglang's `generate_prompt` does it.
 *
 * @param tokenizer Adds no special tokens.
 * @param n Tokens; an integer ≥ 1.
 * @throws {RangeError} If `n` is out of its domain, or if the length is not met after 64 tries.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { loadQwen3Tokenizer } from "../sources/tokenizer.ts";
 * import { generatePrompt } from "./random_prompt.ts";
 *
 * const tokenizer = await loadQwen3Tokenizer();
 * assert.equal(tokenizer.encode(generatePrompt(tokenizer, 100)).length, 100);
 * ```
 */
export function generatePrompt(tokenizer: Tokenizer, n: number, options: GeneratePromptOptions = {}): string {
  const { random = createRandom(42) } = options;
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new RangeError(`Cannot generate prompt as 'n' must be an integer >= 1: current value is ${n}`);
  }
  let ids: number[] = [];
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    while (ids.length < n) ids.push(random.int(0, Math.floor(tokenizer.vocabSize / 2)));
    const text = tokenizer.decode(ids.slice(0, n));
    ids = tokenizer.encode(text);
    if (ids.length === n) return text;
  }
  throw new RangeError(
    `Cannot generate prompt as ${tokenizer.name} gave no text of exactly ${n} tokens in ${MAX_TRIES} tries`,
  );
}
