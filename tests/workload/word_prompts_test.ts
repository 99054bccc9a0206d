import assert from "node:assert/strict";
import fc from "fast-check";

import { blockPrompt, dummyPrompt, freshPrompt } from "../../lib/workload/word_prompts.ts";

/** Words of a prompt. Each must have a space before it. */
function wordsOf(text: string): string[] {
  assert.match(text, /^( [a-z]+)+$/);
  return text.slice(1).split(" ");
}

function sharedWords(a: string, b: string): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const end = left.findIndex((word, i) => word !== right[i]);
  return end === -1 ? left.length : end;
}

const OPTIONS = { blockTokens: 16, templateTokens: 8 };

Deno.test("blockPrompt leaves room for the template, to the token", () => {
  const lengths = fc.integer({ min: 9, max: 3_000 });
  fc.assert(
    fc.property(
      lengths,
      fc.constantFrom(16, 512),
      fc.integer({ min: 0, max: 8 }),
      (inputTokens, blockTokens, templateTokens) => {
        const hashIds = Array.from({ length: Math.ceil(inputTokens / blockTokens) }, (_, i) => i);
        const text = blockPrompt({ inputTokens, hashIds }, { blockTokens, templateTokens });
        assert.equal(wordsOf(text).length + templateTokens, inputTokens);
      },
    ),
  );
});

Deno.test("blockPrompt shares exactly the blocks that the hash ids share", () => {
  // 72 − 8 = 64 words are the first 4 blocks of 16.
  const a = blockPrompt({ inputTokens: 72, hashIds: [1, 2, 3, 4, 5] }, OPTIONS);
  const b = blockPrompt({ inputTokens: 72, hashIds: [1, 2, 9, 4, 5] }, OPTIONS);
  assert.equal(sharedWords(a, b), 32);
  assert.deepEqual(wordsOf(a).slice(48), wordsOf(b).slice(48));
});

Deno.test("blockPrompt cuts the template's tokens off the end, over block borders", () => {
  const whole = blockPrompt({ inputTokens: 48, hashIds: [1, 2, 3] }, { ...OPTIONS, templateTokens: 0 });
  // 48 − 20 = 28 words: the third block is gone and the second one is cut by 4.
  const cut = blockPrompt({ inputTokens: 48, hashIds: [1, 2, 3] }, { ...OPTIONS, templateTokens: 20 });
  assert.deepEqual(wordsOf(cut), wordsOf(whole).slice(0, 28));
});

Deno.test("blockPrompt is the same for the same seed and another one for another", () => {
  const entry = { inputTokens: 40, hashIds: [5, 6, 7] };
  assert.equal(blockPrompt(entry, OPTIONS), blockPrompt(entry, { ...OPTIONS, seed: 42 }));
  assert.equal(sharedWords(blockPrompt(entry, OPTIONS), blockPrompt(entry, { ...OPTIONS, seed: 43 })), 0);
});

Deno.test("blockPrompt rejects prompts that it cannot make", () => {
  assert.throws(() => blockPrompt({ inputTokens: 8, hashIds: [1] }, OPTIONS), {
    name: "RangeError",
    message:
      "Cannot build prompt as 'inputTokens' must be > 8, the tokens of the chat template: current value is 8",
  });
  assert.throws(() => blockPrompt({ inputTokens: 40, hashIds: [1] }, OPTIONS), {
    name: "RangeError",
    message: "Cannot build prompt as 'hashIds' must cover 32 tokens in blocks of 16: current count is 1",
  });
  assert.throws(() => blockPrompt({ inputTokens: 40 }, OPTIONS), RangeError);
});

Deno.test("freshPrompt shares nothing with other ids, nor with blocks", () => {
  const prompts = [
    freshPrompt(200, { id: 0 }),
    freshPrompt(200, { id: 1 }),
    blockPrompt({ inputTokens: 24, hashIds: [0] }, OPTIONS),
    blockPrompt({ inputTokens: 24, hashIds: [1] }, OPTIONS),
  ];
  for (const [i, a] of prompts.entries()) {
    for (const b of prompts.slice(i + 1)) assert.equal(sharedWords(a, b), 0);
  }
  assert.equal(wordsOf(prompts[0] ?? "").length, 192);
});

Deno.test("dummyPrompt of fewer tokens is a prefix of one of more", () => {
  assert.ok(dummyPrompt(500).startsWith(`${dummyPrompt(100)} `));
  assert.equal(wordsOf(dummyPrompt(100)).length, 92);
});
