/**
 * A dataset made on the spot: long documents with questions, for trying out what a prefix cache does.
 *
 * @module
 */
import { createRandom } from "../../random.ts";
import { freshPrompt, QWEN3_TEMPLATE_TOKENS } from "../word_prompts.ts";
import type { DatasetEntry } from "./dataset.ts";

const SHORTEST_TOKENS = 512;
const LONGEST_TOKENS = 8192;
const ANSWER_TOKENS = 32;

const FOLLOW_UPS = ["And in one sentence?", "Which of it matters most, and why?"] as const;

/**
 * Makes rows of 512 to 8,192 prompt tokens, evenly spread on a logarithmic scale, for answers of 32 tokens. Their texts share
 * no prefix; each has two follow-up questions.
 *
 * @param options `rows` an integer ≥ 1; the first of more rows are those of fewer.
 */
export function demoDataset(
  { rows, seed }: { readonly rows: number; readonly seed: number },
): DatasetEntry[] {
  const random = createRandom(seed).fork("demo dataset");
  return Array.from({ length: rows }, (_, id) => {
    const tokens = Math.round(SHORTEST_TOKENS * (LONGEST_TOKENS / SHORTEST_TOKENS) ** random.float());
    const text = freshPrompt(tokens, { seed, templateTokens: QWEN3_TEMPLATE_TOKENS, id });
    return {
      id: String(id + 1),
      turns: [text, ...FOLLOW_UPS].map((content) => ({ role: "user", content }) as const),
      maxTokens: ANSWER_TOKENS,
      form: "user_messages",
      line: id + 1,
    };
  });
}
