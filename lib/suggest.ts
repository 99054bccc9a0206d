/**
 * The nearest of some words, for messages.
 *
 * @module
 */
import { closestString } from "./std.ts";

/** `; did you mean "…"?` with the nearest of some words, among those that hold the given one where there are any. */
export function suggest(word: string, words: readonly string[]): string {
  const holders = words.filter((one) => one.toLowerCase().includes(word.toLowerCase()));
  return `; did you mean "${closestString(word, holders.length > 0 ? holders : words)}"?`;
}
