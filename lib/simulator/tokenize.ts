/**
 * Text to token ids without a tokenizer: a rule that counts as the real one does where prompts are made of one-token
 * words, and ids that are equal exactly where the tokens are.
 *
 * @module
 */

const LOWER_A = 97;
const SPACE = 32;

const HASH_SEED = 5381;
/** Sign bit: ids made here are negative, those of clients that tokenize by themselves are not. */
const MADE_HERE = 0x80000000;

/** UTF-8 of one text: bytes are scanned twice as fast as strings are. It grows to the longest. */
let bytes = new Uint8Array(4096);
/** Ids of one prompt. It grows to the longest. */
let ids = new Int32Array(1024);
const encoder = new TextEncoder();

/**
 * Ids of a text, one per token: a word of ASCII letters, with one space before it, is one token; any text between words
 * takes `⌈UTF-8 bytes / 4⌉`.
 *
 * An id is made of its token's characters, so that texts that begin alike have tokens that begin alike. For prompts
 * of one-token words the count is that of the real tokenizer; for other text it is a guess.
 *
 * @returns Negative numbers.
 * @example
 * ```ts
 * import { tokenizeText } from "./tokenize.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(tokenizeText("the quiet town").length, 3);
 * assert.equal(tokenizeText("Hello, world!").length, 4); // Hello · "," · world · "!"
 * assert.deepEqual(tokenizeText("the quiet town").subarray(0, 2), tokenizeText("the quiet"));
 * ```
 */
export function tokenizeText(text: string): Int32Array<ArrayBuffer> {
  return take(append(text, 0));
}

/** One message of a chat, in the roles that any engine takes. */
export interface PromptMessage {
  readonly role: string;
  readonly content: string;
}

/** Qwen3's id of its end-of-sequence token, which no text has here. */
export const EOS_TOKEN = 151_645;

/** Marks of Qwen3's chat template, which are tokens of their own. */
const MESSAGE_START = hashOf("<|im_start|>");
const MESSAGE_END = hashOf("<|im_end|>");
const LINE_BREAK = hashOf("\n");
const ASSISTANT = hashOf("assistant");

/** The most that the template puts in one place. */
const TEMPLATE_TOKENS = 3;

/**
 * Ids of a chat in Qwen3's template: those of the contents, 5 more per message and 3 for the opening of the answer. One
 * message therefore costs 8 more than its text.
 *
 * A chat that goes on with the answer it got begins with exactly the tokens of the earlier prompt and answer.
 *
 * @param messages In order; a role is one token, whatever it is called.
 */
export function tokenizeChat(messages: readonly PromptMessage[]): Int32Array<ArrayBuffer> {
  let n = 0;
  for (const { role, content } of messages) {
    n = append(content, openMessage(n, hashOf(role)));
    reserve(n + TEMPLATE_TOKENS);
    ids[n++] = MESSAGE_END;
    ids[n++] = LINE_BREAK;
  }
  return take(openMessage(n, ASSISTANT));
}

function openMessage(n: number, role: number): number {
  reserve(n + TEMPLATE_TOKENS);
  ids[n++] = MESSAGE_START;
  ids[n++] = role;
  ids[n++] = LINE_BREAK;
  return n;
}

/** The first `n` ids, as an array of their own. Buffers that one huge text has made large are given up. */
function take(n: number): Int32Array<ArrayBuffer> {
  const taken = ids.slice(0, n);
  if (bytes.length > MOST_KEPT_BYTES) {
    bytes = new Uint8Array();
    ids = new Int32Array();
  }
  return taken;
}

/** Enough for a text of 700,000 letters. */
const MOST_KEPT_BYTES = 4 * 1024 ** 2;

/** Makes room for ids up to a length. */
function reserve(tokens: number): void {
  if (ids.length >= tokens) return;
  const larger = new Int32Array(2 * tokens);
  larger.set(ids);
  ids = larger;
}

/** Puts the ids of a text at position `n`. Returns the position behind them. */
function append(text: string, n: number): number {
  // A UTF-16 unit is at most three bytes of UTF-8, and three bytes at most one token.
  if (bytes.length < 3 * text.length) bytes = new Uint8Array(6 * text.length);
  reserve(n + text.length);
  return scan(bytes.subarray(0, encoder.encodeInto(text, bytes).written), { ids, at: n });
}

function scan(bytes: Uint8Array, { ids, at }: { readonly ids: Int32Array; readonly at: number }): number {
  const { length } = bytes;
  let n = at;
  let hash = HASH_SEED;
  let inWord = false;
  /** Bytes since the last token, when not in a word. */
  let others = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] ?? 0;
    if (isLetter(byte)) {
      if (!inWord && others > 0) {
        ids[n++] = hash | MADE_HERE;
        hash = HASH_SEED;
        others = 0;
      }
      inWord = true;
      hash = mix(hash, byte);
      continue;
    }
    const opensWord = byte === SPACE && isLetter(bytes[i + 1] ?? 0);
    if (inWord || others === 4 || (opensWord && others > 0)) {
      ids[n++] = hash | MADE_HERE;
      hash = HASH_SEED;
      others = 0;
    }
    hash = mix(hash, byte);
    inWord = opensWord;
    if (!opensWord) others++;
  }
  if (inWord || others > 0) ids[n++] = hash | MADE_HERE;
  return n;
}

function mix(hash: number, byte: number): number {
  return ((hash << 5) + hash + byte) | 0;
}

function hashOf(text: string): number {
  let hash = HASH_SEED;
  for (const byte of encoder.encode(text)) hash = mix(hash, byte);
  return hash | MADE_HERE;
}

function isLetter(byte: number): boolean {
  return ((byte | 0x20) - LOWER_A) >>> 0 < 26;
}
