/**
 * How commands count tokens when they are not told.
 *
 * @module
 */
import { tokenizeText } from "../simulator/tokenize.ts";
import type { TokenCounting } from "../sources/token_counting.ts";

/** Counts 100 MB/s, where a tokenizer counts about one. */
export const ESTIMATE: Pick<TokenCounting, "rule" | "encode"> = {
  rule: "estimated, a word of ASCII letters as 1 token and any text between words as ⌈UTF-8 bytes / 4⌉",
  encode: tokenizeText,
};

/** What `--tokenizer` takes. */
export const TOKENIZER_FLAG = [
  "--tokenizer <name>",
  "qwen3, estimate, or the path of a Hugging Face tokenizer.json",
] as const;
