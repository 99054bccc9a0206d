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
import { hashIntsFrom } from "../random.ts";
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
  return blockTexts(seed, cutBlocks(hashIds, blockTokens, textTokens), textTokens);
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
  const block = { id: -1 - options.id, count: textLength(inputTokens, options) };
  return blockTexts(options.seed ?? 42, [block], block.count);
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

/** Whole blocks, and the last one cut to what is left. */
function* cutBlocks(hashIds: Iterable<number>, blockTokens: number, textTokens: number) {
  let left = textTokens;
  for (const id of hashIds) {
    if (left <= 0) return;
    yield { id, count: Math.min(blockTokens, left) };
    left -= blockTokens;
  }
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

/** The words with a space before each, as one run of bytes. They are ASCII: a byte is a character. */
const spelled = new TextEncoder().encode(words.map((word) => ` ${word}`).join(""));
/** Where each word begins in {@linkcode spelled}, and where the last one ends. */
const starts = Uint32Array.from(wordStarts());
/** A remainder without a division, which would take half of the time: there are 4,096 words, a power of two. */
const lastWord = words.length - 1;
const longestWord = words.reduce((most, { length }) => Math.max(most, length + 1), 0);

function* wordStarts(): Generator<number> {
  let start = 0;
  yield start;
  for (const { length } of words) yield start += length + 1;
}

const decoder = new TextDecoder();

/**
 * The first `count` words of each block, one after the other.
 *
 * The prompts of a long trace are millions of words: put together as bytes they take a third of the time.
 */
function blockTexts(
  seed: number,
  blocks: Iterable<{ readonly id: number; readonly count: number }>,
  count: number,
): string {
  const bytes = new Uint8Array(count * longestWord);
  let length = 0;
  for (const { id, count } of blocks) {
    const hash = hashIntsFrom(seed, id);
    for (let i = 0; i < count; i++) {
      const word = hash(i) & lastWord;
      const end = starts[word + 1] ?? 0;
      for (let from = starts[word] ?? 0; from < end; from++) bytes[length++] = spelled[from] ?? 0;
    }
  }
  return decoder.decode(bytes.subarray(0, length));
}
