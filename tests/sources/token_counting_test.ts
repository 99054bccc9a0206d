import assert from "node:assert/strict";

import { UsageError } from "../../lib/errors.ts";
import { chooseCounting, type ChooseCountingOptions } from "../../lib/sources/token_counting.ts";

const TOKENIZER = "tests/testdata/tokenizers/letters.json";

function choose(options: Partial<ChooseCountingOptions> = {}) {
  const estimate = {
    rule: "a token per letter",
    encode: (text: string) => new Array<number>(text.length).fill(0),
  };
  return chooseCounting({ estimate, whySlow: () => null, ...options });
}

Deno.test("chooseCounting() estimates where it is told to or a tokenizer is slow, and says which", async () => {
  const asked = await choose({ tokenizer: "estimate" });
  assert.deepEqual([asked.rule, asked.note, asked.encode("abba").length], ["a token per letter", null, 4]);
  const slow = await choose({ whySlow: () => Promise.resolve("more than 4 MiB") });
  assert.equal(slow.rule, "a token per letter");
  assert.match(slow.note ?? "", /^more than 4 MiB: --tokenizer qwen3 counts them exactly/);
});

Deno.test("chooseCounting() takes a named tokenizer without asking whether it is slow", async () => {
  const whySlow = () => assert.fail("not to be asked");
  const { rule, note, encode } = await choose({ tokenizer: TOKENIZER, whySlow });
  // The tokenizer has "ab" as one token.
  assert.deepEqual([rule, note, encode("abba").length], [`tokenizer ${TOKENIZER}`, null, 3]);
  await assert.rejects(choose({ tokenizer: "no/such.json", whySlow }), UsageError);
});
