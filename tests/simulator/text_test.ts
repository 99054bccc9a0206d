import assert from "node:assert/strict";

import { answerText, countChatTokens, countTextTokens } from "../../lib/simulator/text.ts";

Deno.test("countTextTokens takes words as one token and the rest by bytes", () => {
  const cases: readonly [text: string, tokens: number][] = [
    ["", 0],
    ["hello", 1],
    [" hello", 1], // the space belongs to the word
    ["hello world", 2],
    ["  hello", 2], // one space too many: ⌈1/4⌉
    ["Hello, world!", 4], // Hello · "," · world · "!"
    ["12345", 2], // ⌈5/4⌉
    ["a1b", 3],
    ["x\n\ny", 3], // x · ⌈2/4⌉ · y
    ["日本語", 3], // ⌈9/4⌉
    ["é", 1], // ⌈2/4⌉
    ["😀😀", 2], // ⌈8/4⌉
    ["     ", 2], // ⌈5/4⌉
  ];
  for (const [text, tokens] of cases) assert.equal(countTextTokens(text), tokens, JSON.stringify(text));
});

Deno.test("countChatTokens adds 8 tokens of the template to one message and 5 to each further one", () => {
  const message = { role: "user", content: "hello world" } as const;
  assert.equal(countChatTokens([message]), 2 + 8);
  assert.equal(countChatTokens([message, message, message]), 6 + 8 + 2 * 5);
});

Deno.test("answerText makes n tokens of n words", () => {
  const answer = Array.from({ length: 5000 }, (_, i) => answerText(3, i)).join("");
  assert.equal(countTextTokens(answer), 5000);
  assert.match(answer, /^[a-z]+( [a-z]+)*$/);
});
