/**
 * Text without a tokenizer: what a simulated engine answers, and how many tokens it takes a prompt for.
 *
 * @module
 */
import type { ChatMessage } from "../types.ts";
import { words } from "../words.ts";

/** Tokens of Qwen3's chat template around each message: start mark, role, line break; end mark, line break. */
const TEMPLATE_TOKENS_PER_MESSAGE = 5;
/** Tokens of the template that open the answer: start mark, role, line break. */
const TEMPLATE_TOKENS_OF_ANSWER = 3;

const UPPER_A = 65;
const LOWER_A = 97;
const SPACE = 32;

/**
 * Text of one token of an answer.
 *
 * @param request Number of the request; neighbours start at different words.
 * @param index Position in the answer, from 0. All but the first token begin with a space.
 */
export function answerText(request: number, index: number): string {
  const word = words[(request + index) % words.length] ?? "";
  return index === 0 ? word : ` ${word}`;
}

/**
 * Counts tokens by a rule that needs no tokenizer: a word of ASCII letters, with one space before it, is one token; any
 * text between words takes `⌈UTF-8 bytes / 4⌉`.
 *
 * For prompts built from one-token words the count is that of the real tokenizer; for other text it is a guess.
 *
 * @example
 * ```ts
 * import { countTextTokens } from "./text.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(countTextTokens("the quiet town"), 3);
 * assert.equal(countTextTokens("Hello, world!"), 4); // Hello · "," · world · "!"
 * ```
 */
export function countTextTokens(text: string): number {
  let tokens = 0;
  let otherBytes = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isLetter(code)) {
      if (inWord) continue;
      inWord = true;
      if (i > 0 && text.charCodeAt(i - 1) === SPACE) otherBytes--;
      tokens += 1 + Math.ceil(otherBytes / 4);
      otherBytes = 0;
    } else {
      inWord = false;
      otherBytes += utf8Bytes(code);
    }
  }
  return tokens + Math.ceil(otherBytes / 4);
}

/**
 * Counts the tokens of a chat: those of the contents, 5 per message and 3 for the opening of the answer. One message
 * therefore costs 8 more than its text.
 */
export function countChatTokens(messages: readonly ChatMessage[]): number {
  let tokens = TEMPLATE_TOKENS_OF_ANSWER;
  for (const { content } of messages) tokens += TEMPLATE_TOKENS_PER_MESSAGE + countTextTokens(content);
  return tokens;
}

function isLetter(code: number): boolean {
  return (code >= LOWER_A && code < LOWER_A + 26) || (code >= UPPER_A && code < UPPER_A + 26);
}

/** Bytes that a UTF-16 unit adds to UTF-8; the two halves of a surrogate pair share four. */
function utf8Bytes(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code >= 0xd800 && code <= 0xdfff ? 2 : 3;
}
