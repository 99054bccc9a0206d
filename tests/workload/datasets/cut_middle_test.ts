import assert from "node:assert/strict";

import fc from "fast-check";

import { tokenizeText } from "../../../lib/simulator/tokenize.ts";
import { cutMiddle } from "../../../lib/workload/datasets/cut_middle.ts";

const letters = (text: string) => new Array<number>(text.length).fill(0);

Deno.test("cutMiddle() leaves what fits, and needs room for some of the document", () => {
  const parts = { before: "<", context: "abcdef", after: ">?" };
  assert.deepEqual(cutMiddle(parts, { encode: letters }), { text: "<abcdef>?", tokens: 9 });
  assert.deepEqual(cutMiddle(parts, { encode: letters, maxTokens: 9 }), { text: "<abcdef>?", tokens: 9 });
  for (const maxTokens of [0, 2, 3]) assert.equal(cutMiddle(parts, { encode: letters, maxTokens }), null);
});

Deno.test("cutMiddle() keeps ends of equal length, within 8 letters of the limit, and no half characters", () => {
  const context = Array.from({ length: 500 }, (_, i) => `word${i % 7}🙂`).join(" ");
  for (let maxTokens = 20; maxTokens < 3000; maxTokens += 13) {
    const cut = cutMiddle({ before: "", context, after: " What is it?" }, { encode: letters, maxTokens });
    assert.ok(cut !== null && cut.text.isWellFormed());
    assert.ok(cut.tokens <= maxTokens && cut.tokens > maxTokens - 12, `${cut.tokens} of ${maxTokens}`);
    assert.ok(cut.text.endsWith(" What is it?"));
    const kept = cut.text.length - " What is it?".length;
    assert.equal(cut.text.slice(0, Math.floor(kept / 2) - 2), context.slice(0, Math.floor(kept / 2) - 2));
    assert.ok(context.endsWith(cut.text.slice(Math.ceil(kept / 2) + 2, kept)));
  }
});

Deno.test("cutMiddle() never goes above the limit, whatever the text", () => {
  fc.assert(fc.property(
    fc.record({
      before: fc.string(),
      context: fc.string({ minLength: 1, maxLength: 300 }),
      after: fc.string(),
    }),
    fc.integer({ min: 1, max: 120 }),
    (parts, maxTokens) => {
      const cut = cutMiddle(parts, { encode: tokenizeText, maxTokens });
      if (cut === null) return;
      assert.ok(cut.tokens <= maxTokens && cut.tokens === tokenizeText(cut.text).length);
      assert.ok(cut.text.startsWith(parts.before) && cut.text.endsWith(parts.after));
    },
  ));
});
