import assert from "node:assert/strict";

import { answerOf } from "../../lib/simulator/answer.ts";
import { EOS_TOKEN, tokenizeChat, tokenizeText } from "../../lib/simulator/tokenize.ts";
import { words } from "../../lib/words.ts";

Deno.test("tokenizeText takes words as one token and the rest by bytes", () => {
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
    ["@[`{", 1], // beside the letters in ASCII
  ];
  for (const [text, tokens] of cases) assert.equal(tokenizeText(text).length, tokens, JSON.stringify(text));
});

Deno.test("tokenizeText gives every word an id of its own, with and without a space, none of them a client's", () => {
  const ids = [...words, ...words.map((word) => ` ${word}`)].map((text) => {
    const [id, ...more] = tokenizeText(text);
    assert.deepEqual(more, [], text);
    return id ?? 0;
  });
  assert.equal(new Set(ids).size, 2 * words.length);
  assert.ok(ids.every((id) => id < 0));
  assert.ok(EOS_TOKEN > 0);
});

Deno.test("tokenizeText gives equal tokens equal ids, wherever they are", () => {
  const [quiet, town] = tokenizeText("the quiet town").subarray(1);
  assert.deepEqual([...tokenizeText("a very quiet town").subarray(2)], [quiet, town]);
  assert.notEqual(tokenizeText("quiet")[0], quiet);
  assert.notDeepEqual(tokenizeText("12345678"), tokenizeText("12345679"));
});

Deno.test("tokenizeText keeps nothing of an earlier, longer text", () => {
  tokenizeText("word ".repeat(50_000));
  assert.deepEqual(tokenizeText("a b"), Int32Array.of(tokenizeText("a")[0] ?? 0, tokenizeText(" b")[0] ?? 0));
});

Deno.test("tokenizeChat adds 8 tokens of the template to one message and 5 to each further one", () => {
  const message = { role: "user", content: "hello world" };
  assert.equal(tokenizeChat([]).length, 3);
  assert.equal(tokenizeChat([message]).length, 2 + 8);
  assert.equal(tokenizeChat([message, message, message]).length, 6 + 8 + 2 * 5);
});

Deno.test("tokenizeChat tells roles apart", () => {
  const ids = ["user", "assistant", "system"].map((role) => String(tokenizeChat([{ role, content: "a" }])));
  assert.equal(new Set(ids).size, 3);
});

Deno.test("a chat that goes on with the answer begins with prompt and answer, token by token", () => {
  const first = [{ role: "system", content: "be brief" }, { role: "user", content: "tell me, 3 × 4?" }];
  const prompt = tokenizeChat(first);
  const answer = answerOf(prompt);
  const indices = Array.from({ length: 5000 }, (_, i) => i);
  const content = indices.map((i) => answer.text(i)).join("");
  const next = tokenizeChat([...first, { role: "assistant", content }, {
    role: "user",
    content: "and now?",
  }]);
  const expected = [...prompt, ...indices.map((i) => answer.token(i))];
  assert.deepEqual([...next.subarray(0, expected.length)], expected);
});
