import assert from "node:assert/strict";

import { loadQwen3Tokenizer } from "../lib/sources/tokenizer.ts";
import { QWEN3_TEMPLATE_TOKENS } from "../lib/workload/word_prompts.ts";
import { words } from "../lib/words.ts";

const qwen3 = await loadQwen3Tokenizer();

Deno.test("words are 4,096 different ones of 3 to 6 lower-case letters", () => {
  assert.equal(new Set(words).size, 4_096);
  assert.equal(words.length, 4_096);
  assert.deepEqual(words.filter((word) => !/^[a-z]{3,6}$/.test(word)), []);
});

Deno.test("words are one Qwen3 token each, with a space before them", () => {
  assert.deepEqual(words.filter((word) => qwen3.encode(` ${word}`).length !== 1), []);
});

Deno.test("words stay one Qwen3 token each in a row and inside the chat template", () => {
  const text = words.map((word) => ` ${word}`).join("");
  assert.equal(qwen3.encode(text).length, words.length);
  const chat = `<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`;
  assert.equal(qwen3.encode(chat).length, words.length + QWEN3_TEMPLATE_TOKENS);
});
