/**
 * Cuts long documents in their middle: what is asked stands at the ends of a prompt.
 *
 * @module
 */
import type { PromptParts } from "./longbench.ts";
import type { Encode } from "./prompt_tokens.ts";

/** A prompt and its length, without a chat template. */
export interface CountedPrompt {
  readonly text: string;
  readonly tokens: number;
}

/** What a prompt is cut to. */
export interface CutMiddleOptions {
  readonly encode: Encode;
  /** Longest prompt in tokens. @default {Infinity} */
  readonly maxTokens?: number;
}

/** Characters that a cut may be short of the longest text that fits: looking closer takes longer than it helps. */
const CLOSE_ENOUGH = 8;

/**
 * Puts a prompt together. Where that is too long, as much is kept of its document's beginning as of its end, and the middle
 * goes.
 *
 * @returns `null` where there is no room for any of the document.
 *
 * @example
 * ```ts
 * import { cutMiddle } from "./cut_middle.ts";
 * import assert from "node:assert/strict";
 *
 * const encode = (text: string) => new Array<number>(text.length).fill(0); // a token per letter
 * const parts = { before: "", context: "abcdefghijklmnopqrstuvwxyz", after: " What?" };
 * assert.deepEqual(cutMiddle(parts, { maxTokens: 16, encode }), { text: "abcdevwxyz What?", tokens: 16 });
 * ```
 */
export function cutMiddle(parts: PromptParts, options: CutMiddleOptions): CountedPrompt | null {
  const { encode, maxTokens = Infinity } = options;
  const { length } = parts.context;
  const withLength = (kept: number) => {
    const text = parts.before + keepEnds(parts.context, kept) + parts.after;
    return { kept, text, tokens: encode(text).length };
  };
  let above = withLength(length);
  if (above.tokens <= maxTokens) return { text: above.text, tokens: above.tokens };
  let below = withLength(0);
  if (below.tokens >= maxTokens) return null;
  while (above.kept - below.kept > CLOSE_ENOUGH && below.tokens < maxTokens) {
    // Tokens are spread about evenly: guess by proportion, inside the interval.
    const share = (maxTokens - below.tokens) / (above.tokens - below.tokens);
    const guess = below.kept + Math.round(share * (above.kept - below.kept));
    const tried = withLength(Math.min(Math.max(guess, below.kept + 1), above.kept - 1));
    if (tried.tokens <= maxTokens) below = tried;
    else above = tried;
  }
  return below.kept === 0 ? null : { text: below.text, tokens: below.tokens };
}

/** Both ends of a text, no character in halves. */
function keepEnds(text: string, length: number): string {
  if (length >= text.length) return text;
  const start = text.slice(0, Math.ceil(length / 2));
  const end = text.slice(text.length - Math.floor(length / 2));
  return start.replace(/[\ud800-\udbff]$/, "") + end.replace(/^[\udc00-\udfff]/, "");
}
