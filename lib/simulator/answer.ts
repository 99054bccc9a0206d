/**
 * What a simulated model answers: words, chosen by the prompt alone, so that equal prompts get equal answers, as greedy
 * sampling would give them.
 *
 * @module
 */
import { createRandom, hashInts } from "../random.ts";
import { words } from "../words.ts";
import { tokenizeText } from "./tokenize.ts";

/** The answer to a prompt; it never ends by itself, see {@linkcode naturalLength}. */
export interface Answer {
  /** Identifies the answer: equal prompts have equal seeds. */
  readonly seed: number;
  /** Id of the token at a position, from 0. */
  token(index: number): number;
  /** Text of that token; all but the first begin with a space. */
  text(index: number): string;
}

const spacedWords: readonly string[] = words.map((word) => ` ${word}`);

/**
 * The answer to a prompt.
 *
 * @param promptTokens Ids of the whole prompt.
 * @example
 * ```ts
 * import { answerOf } from "./answer.ts";
 * import assert from "node:assert/strict";
 *
 * const prompt = Int32Array.of(1, 2, 3);
 * assert.equal(answerOf(prompt).text(5), answerOf(prompt).text(5));
 * assert.notEqual(answerOf(prompt).text(5), answerOf(Int32Array.of(1, 2, 4)).text(5));
 * ```
 */
export function answerOf(promptTokens: Int32Array): Answer {
  const seed = hashTokens(promptTokens);
  const at = (index: number) => (seed + index) % words.length;
  return {
    seed,
    token: (index) => (index === 0 ? firstIds() : spacedIds())[at(index)] ?? 0,
    text: (index) => (index === 0 ? words : spacedWords)[at(index)] ?? "",
  };
}

/**
 * Length at which an answer ends with its end-of-sequence token, when the request does not ask to go on past it:
 * log-normal with σ 0.9, always the same for the same answer. *Assumed*: real answers end for reasons of their own.
 *
 * @param answer From {@linkcode answerOf}.
 * @param meanTokens Mean over many answers.
 * @returns tokens, the end-of-sequence token included, ≥ 1.
 */
export function naturalLength({ seed }: Pick<Answer, "seed">, meanTokens: number): number {
  return Math.max(1, Math.round(createRandom(seed).lognormal(meanTokens, NATURAL_SIGMA)));
}

/** σ of the logarithm of answer lengths; that of the synthetic trace. */
const NATURAL_SIGMA = 0.9;

/** FNV-1a over the ids, mixed. */
function hashTokens(tokens: Int32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < tokens.length; i++) hash = Math.imul(hash ^ (tokens[i] ?? 0), 0x01000193);
  return hashInts(hash, tokens.length);
}

/** Ids of the words as an answer's first token, and as any later one; made when first needed. */
let first: Int32Array | undefined;
let spaced: Int32Array | undefined;
const firstIds = () => first ??= idsOf(words);
const spacedIds = () => spaced ??= idsOf(spacedWords);

function idsOf(texts: readonly string[]): Int32Array {
  return Int32Array.from(texts, (text) => tokenizeText(text)[0] ?? 0);
}
