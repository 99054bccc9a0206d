/**
 * Chooses how the tokens of texts are counted: exactly, or faster.
 *
 * @module
 */
import { rootMessage, UsageError } from "../errors.ts";
import type { Encode } from "../workload/datasets/prompt_tokens.ts";
import { loadQwen3Tokenizer, loadTokenizer } from "./tokenizer.ts";

/** How the tokens of a text are counted. */
export interface TokenCounting {
  /** In words, for people. */
  readonly rule: string;
  /** Why it is not the one that might be expected; `null` where there is nothing to say. */
  readonly note: string | null;
  readonly encode: Encode;
}

/** Options of {@linkcode chooseCounting}. */
export interface ChooseCountingOptions {
  /** "qwen3", "estimate" or the path of a Hugging Face tokenizer.json. @default {Qwen3's where it is fast enough} */
  readonly tokenizer?: string;
  /** What takes the tokenizer's place where that would take long, or cannot be loaded. */
  readonly estimate: Pick<TokenCounting, "rule" | "encode">;
  /** What makes the tokenizer slow ("more than 2,000 rows"), or `null`; asked only where no tokenizer is named. */
  readonly whySlow: () => string | null | Promise<string | null>;
}

/**
 * Chooses how tokens are counted.
 *
 * @throws {UsageError} When the tokenizer that was asked for cannot be loaded.
 *
 * @example
 * ```ts
 * import { chooseCounting } from "./token_counting.ts";
 * import assert from "node:assert/strict";
 *
 * const estimate = { rule: "a token per letter", encode: (text: string) => new Array<number>(text.length).fill(0) };
 * const { rule, note, encode } = await chooseCounting({ estimate, whySlow: () => "more than 2,000 rows" });
 * assert.equal(rule, "a token per letter");
 * assert.equal(note, "more than 2,000 rows: --tokenizer qwen3 counts them exactly, and takes longer");
 * assert.equal(encode("Hello").length, 5);
 * ```
 */
export async function chooseCounting(options: ChooseCountingOptions): Promise<TokenCounting> {
  const { tokenizer: asked, estimate, whySlow } = options;
  if (asked === "estimate") return { ...estimate, note: null };
  const slow = asked === undefined ? await whySlow() : null;
  if (slow !== null) {
    return { ...estimate, note: `${slow}: --tokenizer qwen3 counts them exactly, and takes longer` };
  }
  try {
    const isQwen3 = asked === undefined || asked === "qwen3";
    const tokenizer = await (isQwen3 ? loadQwen3Tokenizer() : loadTokenizer(asked));
    return { rule: `tokenizer ${tokenizer.name}`, note: null, encode: (text) => tokenizer.encode(text) };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const reason = `Qwen3's tokenizer cannot be loaded: ${rootMessage(cause)}`;
    if (asked !== undefined) throw new UsageError(`Cannot count tokens as ${reason}`, { cause });
    return { ...estimate, note: reason };
  }
}
