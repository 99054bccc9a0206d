/**
 * Prompts of exactly N tokens made of one-token words, without a tokenizer.
 *
 * The words are those of `lib/words.ts`, each with a space before it. The chat template around the prompt costs tokens
 * too, so the text has as many words as there are tokens left: `inputTokens − templateTokens`. They are missing at
 * the end; the blocks in front of it keep their places relative to each other. Since the template begins alike for
 * all, any two prompts share its first tokens: reuse of prefixes shows in how many tokens hit, not in whether one did.
 *
 * @module
 */
import { hashInts } from "../random.ts";
import type { TraceEntry } from "../types.ts";
import { words } from "../words.ts";

/**
 * Tokens that Qwen3's chat template puts around one user message: `<|im_start|>`, `user`, a line end before it and
 * `<|im_end|>`, a line end, `<|im_start|>`, `assistant`, a line end after it.
 */
export const QWEN3_TEMPLATE_TOKENS = 8;

/** Options of the prompts made of words. */
export interface WordPromptOptions {
  /** Integer; another seed gives other words. @default {42} */
  seed?: number;
  /** Tokens that the chat template adds to the text. @default {QWEN3_TEMPLATE_TOKENS} */
  templateTokens?: number;
}

/**
 * Rebuilds a prompt from the hash ids of a trace.
 *
 * Block `k` is `blockTokens` words drawn from (seed, hashIds[k], position in the block): equal ids give equal text, so
 * that prompts share prefixes exactly where the trace's do. The last block is cut to what is left.
 *
 * @param entry Needs `hashIds` for every block of its prompt.
 * @param options.blockTokens Tokens per hash id.
 * @returns The text of the user message; with the template around it, it has `entry.inputTokens` tokens.
 * @throws {RangeError} If the prompt is not longer than the template, or hash ids are missing.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { blockPrompt } from "./word_prompts.ts";
 *
 * const text = blockPrompt({ inputTokens: 24, hashIds: [7, 9] }, { blockTokens: 16 });
 * assert.equal(text.split(" ").length - 1, 24 - 8);
 * ```
 */
export function blockPrompt(
  entry: Pick<TraceEntry, "inputTokens" | "hashIds">,
  options: WordPromptOptions & { blockTokens: number },
): string {
  const { blockTokens, seed = 42 } = options;
  const { hashIds = [] } = entry;
  const textTokens = textLength(entry.inputTokens, options);
  if (hashIds.length * blockTokens < textTokens) {
    throw new RangeError(
      `Cannot build prompt as 'hashIds' must cover ${textTokens} tokens in blocks of ${blockTokens}: ` +
        `current count is ${hashIds.length}`,
    );
  }
  return hashIds
    .map((id, block) => blockText(seed, id, Math.min(blockTokens, textTokens - block * blockTokens)))
    .join("");
}

/**
 * Makes a prompt that shares no prefix with that of any other `id`, nor with a prompt made from hash ids, but for a
 * first word by accident, once in 4,096 times.
 *
 * @param inputTokens Length with the template around it.
 * @param options.id Integer ≥ 0.
 * @throws {RangeError} If the prompt is not longer than the template.
 */
export function freshPrompt(inputTokens: number, options: WordPromptOptions & { id: number }): string {
  // One block of its own, whose id is negative: those of a trace are not.
  return blockText(options.seed ?? 42, -1 - options.id, textLength(inputTokens, options));
}

/**
 * Makes a prompt of which all shorter ones are prefixes: a prefix cache hits nearly all of it.
 *
 * @param inputTokens Length with the template around it.
 * @throws {RangeError} If the prompt is not longer than the template.
 */
export function dummyPrompt(inputTokens: number, options: WordPromptOptions = {}): string {
  return freshPrompt(inputTokens, { ...options, id: 0 });
}

/** Words left for the text of a prompt. */
function textLength(
  inputTokens: number,
  { templateTokens = QWEN3_TEMPLATE_TOKENS }: WordPromptOptions,
): number {
  if (!(inputTokens > templateTokens)) {
    throw new RangeError(
      `Cannot build prompt as 'inputTokens' must be > ${templateTokens}, the tokens of the chat template: ` +
        `current value is ${inputTokens}`,
    );
  }
  return inputTokens - templateTokens;
}

/** The first `count` words of a block; none if `count` is negative. */
function blockText(seed: number, id: number, count: number): string {
  const word = (i: number) => ` ${words[hashInts(seed, id, i) % words.length]}`;
  return Array.from({ length: count }, (_, i) => word(i)).join("");
}
