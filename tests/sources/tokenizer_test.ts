import assert from "node:assert/strict";

import { UsageError } from "../../lib/errors.ts";
import { createRandom } from "../../lib/random.ts";
import { loadQwen3Tokenizer, loadTokenizer } from "../../lib/sources/tokenizer.ts";
import { generatePrompt } from "../../lib/workload/random_prompt.ts";

Deno.test("loadQwen3Tokenizer encodes and decodes as Qwen3 does", async () => {
  const tokenizer = await loadQwen3Tokenizer();
  assert.equal(tokenizer.name, "Qwen3");
  assert.equal(tokenizer.vocabSize, 151_643);
  // From the vocabulary: "hello" is 14990, "Ġhello" 23811, "Ġworld" 1879; 151644 is added to it.
  assert.deepEqual(tokenizer.encode("hello hello world<|im_start|>"), [14990, 23811, 1879, 151644]);
  assert.equal(tokenizer.decode([14990, 23811, 1879, 151644]), "hello hello world<|im_start|>");
});

Deno.test("generatePrompt meets the length with the Qwen3 tokenizer", async () => {
  const tokenizer = await loadQwen3Tokenizer();
  for (const n of [1, 17, 512]) {
    const text = generatePrompt(tokenizer, n, { random: createRandom(n) });
    assert.equal(tokenizer.encode(text).length, n);
  }
});

Deno.test("loadTokenizer reads a tokenizer.json", async () => {
  const tokenizer = await loadTokenizer("tests/testdata/tokenizers/letters.json");
  assert.equal(tokenizer.name, "tests/testdata/tokenizers/letters.json");
  assert.equal(tokenizer.vocabSize, 4);
  assert.deepEqual(tokenizer.encode("abba"), [3, 1, 0]); // "ab" merges
  assert.equal(tokenizer.decode([3, 1, 0]), "abba");
});

Deno.test("loadTokenizer rejects what is no tokenizer.json", async () => {
  for (const path of ["tests/testdata/tokenizers/none.json", "tests/testdata/traces/qwen.jsonl"]) {
    await assert.rejects(loadTokenizer(path), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.ok(
        error.message.startsWith(
          `Cannot load tokenizer as '${path}' must be a Hugging Face tokenizer.json: `,
        ),
      );
      return true;
    });
  }
});
