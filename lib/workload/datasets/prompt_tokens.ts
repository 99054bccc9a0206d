/**
 * The prompts of a dataset in tokens: how long they are, what their fronts have in common, and how they are cut.
 *
 * @module
 */
import type { ChatMessage, List } from "../../types.ts";

/** Ids of a text, equal exactly where the tokens are. */
export type Encode = (text: string) => Pick<List<number>, "length" | "at">;

/** Tokens of Qwen3's chat template before and after each message, and before the answer. */
const TEMPLATE = { before: 3, after: 2, answer: 3 } as const;

/** Ids that stand for the template's own tokens; those of texts are never among them. */
const MARKS = {
  ...{ start: -2_000_000_001, end: -2_000_000_002, lineBreak: -2_000_000_003 },
  ...{ system: -2_000_000_011, user: -2_000_000_012, assistant: -2_000_000_013 },
} as const;

/** Tokens of the template around messages. @param messages How many. */
export function templateTokens(messages: number): number {
  return messages * (TEMPLATE.before + TEMPLATE.after) + TEMPLATE.answer;
}

/**
 * Ids of a chat in the shape of Qwen3's template: five tokens per message beside its content, three before the answer. Other
 * models' templates take other tokens, but as many in equal places, so that equal fronts stay equal.
 *
 * @example
 * ```ts
 * import { promptTokens } from "./prompt_tokens.ts";
 * import assert from "node:assert/strict";
 *
 * const encode = (text: string) => Array.from(text, (char) => char.charCodeAt(0)); // a token per letter
 * assert.equal(promptTokens([{ role: "user", content: "Hello" }], encode).length, 13);
 * ```
 */
export function promptTokens(messages: readonly ChatMessage[], encode: Encode): Int32Array<ArrayBuffer> {
  const contents = messages.map(({ content }) => encode(content));
  const length = contents.reduce((sum, ids) => sum + ids.length, templateTokens(messages.length));
  const ids = new Int32Array(length);
  let n = 0;
  for (const [i, { role }] of messages.entries()) {
    const content = contents[i] ?? [];
    ids.set([MARKS.start, MARKS[role], MARKS.lineBreak], n);
    n += TEMPLATE.before;
    for (let j = 0; j < content.length; j++) ids[n++] = content.at(j) ?? 0;
    ids.set([MARKS.end, MARKS.lineBreak], n);
    n += TEMPLATE.after;
  }
  ids.set([MARKS.start, MARKS.assistant, MARKS.lineBreak], n);
  return ids;
}

/**
 * The turns that can be asked as they are: up to the user's last turn, and no further than to a question whose answer the
 * row does not have.
 *
 * @param turns Of a row; at least one is the user's.
 * @example
 * ```ts
 * import { askableTurns } from "./prompt_tokens.ts";
 * import assert from "node:assert/strict";
 *
 * const turns = ["Hi", "How are you?"].map((content) => ({ role: "user", content } as const));
 * assert.deepEqual(askableTurns(turns), [{ role: "user", content: "Hi" }]);
 * ```
 */
export function askableTurns(turns: readonly ChatMessage[]): readonly ChatMessage[] {
  const open = turns.findIndex(({ role }, i) => role === "user" && turns[i + 1]?.role !== "assistant");
  const last = turns.findLastIndex(({ role }) => role === "user");
  return turns.slice(0, (open === -1 ? last : Math.min(open, last)) + 1);
}

/** What a prompt is cut to. */
export interface CutPromptOptions {
  /** Longest prompt, the template's tokens included. */
  readonly maxTokens: number;
  readonly encode: Encode;
}

/**
 * Cuts a prompt by taking away from the end of its last message.
 *
 * @returns The prompt itself where it fits; `null` where the messages before the last leave no room for any of it.
 */
export function cutPrompt(
  messages: readonly ChatMessage[],
  { maxTokens, encode }: CutPromptOptions,
): readonly ChatMessage[] | null {
  const last = messages.at(-1);
  if (last === undefined) return messages;
  const before = messages.slice(0, -1);
  const room = maxTokens - templateTokens(messages.length) -
    before.reduce((sum, { content }) => sum + encode(content).length, 0);
  const content = cutText(last.content, { maxTokens: room, encode });
  if (content === last.content) return messages;
  return content === "" ? null : [...before, { ...last, content }];
}

/** The longest beginning of a text that is found to have at most so many tokens. */
function cutText(text: string, { maxTokens, encode }: CutPromptOptions): string {
  let above = { length: text.length, tokens: encode(text).length };
  if (above.tokens <= maxTokens) return text;
  let below = { length: 0, tokens: 0 };
  for (let step = 0; above.length - below.length > 1 && below.tokens < maxTokens; step++) {
    // Tokens are spread about evenly, so by proportion; every other time by halves, in case they are not.
    const share = step % 2 === 0 ? (maxTokens - below.tokens) / (above.tokens - below.tokens) : 0.5;
    const guess = below.length + Math.round(share * (above.length - below.length));
    const length = Math.min(Math.max(guess, below.length + 1), above.length - 1);
    const tokens = encode(text.slice(0, length)).length;
    if (tokens <= maxTokens) below = { length, tokens };
    else above = { length, tokens };
  }
  const isHalf = /[\ud800-\udbff]$/.test(text.slice(0, below.length)); // half of a character
  return text.slice(0, below.length - (isHalf ? 1 : 0));
}
