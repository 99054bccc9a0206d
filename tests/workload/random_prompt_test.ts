import assert from "node:assert/strict";

import { createRandom } from "../../lib/random.ts";
import { generatePrompt } from "../../lib/workload/random_prompt.ts";
import type { Tokenizer } from "../../lib/workload/tokenizer.ts";

/** One letter is one token, but "aa" is a token of its own: ids drawn next to each other may merge. */
const merging: Tokenizer = {
  name: "merging",
  vocabSize: 4,
  encode: (text) => [...text.matchAll(/aa|a|b|c/g)].map(([piece]) => ["a", "b", "c", "aa"].indexOf(piece)),
  decode: (ids) => ids.map((id) => ["a", "b", "c", "aa"][id]).join(""),
};

Deno.test("generatePrompt gives exactly n tokens although tokens merge", () => {
  for (const n of [1, 2, 3, 10, 100]) {
    for (let seed = 0; seed < 20; seed++) {
      const text = generatePrompt(merging, n, { random: createRandom(seed) });
      assert.equal(merging.encode(text).length, n);
    }
  }
});

Deno.test("generatePrompt cuts a text that grew", () => {
  // Each id decodes to three tokens, until it is cut to n of them.
  const growing: Tokenizer = {
    name: "growing",
    vocabSize: 10,
    encode: (text) => [...text].map((letter) => letter === "x" ? 100 : 0),
    decode: (ids) => ids.map((id) => id === 100 ? "x" : "xxx").join(""),
  };
  assert.equal(generatePrompt(growing, 5), "xxxxx");
});

Deno.test("generatePrompt draws from the lower half of the vocabulary", () => {
  const plain: Tokenizer = {
    name: "plain",
    vocabSize: 10,
    encode: (text) => text.split(" ").map(Number),
    decode: (ids) => ids.join(" "),
  };
  const ids = new Set(plain.encode(generatePrompt(plain, 500)));
  assert.deepEqual([...ids].sort(), [0, 1, 2, 3, 4, 5]); // 0 to ⌊10 / 2⌋, both included
});

Deno.test("generatePrompt is the same for the same random stream and another one for another", () => {
  const prompt = (seed: number) => generatePrompt(merging, 50, { random: createRandom(seed) });
  assert.equal(prompt(1), prompt(1));
  assert.notEqual(prompt(1), prompt(2));
});

Deno.test("generatePrompt gives up after 64 tries", () => {
  let tries = 0;
  const stubborn: Tokenizer = {
    name: "stubborn",
    vocabSize: 10,
    encode(text) {
      tries++;
      return new Array<number>(text.length + 1).fill(1);
    },
    decode: (ids) => "x".repeat(ids.length),
  };
  assert.throws(() => generatePrompt(stubborn, 5), {
    name: "RangeError",
    message: "Cannot generate prompt as stubborn gave no text of exactly 5 tokens in 64 tries",
  });
  assert.equal(tries, 64);
});

Deno.test("generatePrompt rejects lengths that are not integers >= 1", () => {
  for (const n of [0, -1, 1.5, NaN]) assert.throws(() => generatePrompt(merging, n), RangeError);
});
