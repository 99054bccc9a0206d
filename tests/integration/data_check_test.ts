/**
 * `deno task data:check`, run as a user would, and the datasets that are part of this repository.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { readDatasetFile } from "../../lib/sources/dataset_file.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const MIXED = "tests/testdata/datasets/mixed.jsonl";

async function check(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command("deno", { args: ["task", "--quiet", "data:check", ...args], cwd: root });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: withoutDownloads(decoder.decode(stderr)) };
}

/** Deno tells what it downloads where its cache is empty. */
function withoutDownloads(stderr: string): string {
  return stderr.replaceAll(/^.*Download.* https:.*\n/gm, "");
}

/** Writes a file for the time of a test. */
async function withFile(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    await Deno.writeTextFile(path, text);
    await test(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("data:check names bad rows and counts the others with Qwen3's tokenizer, exit code 1", async () => {
  const { code, stdout, stderr } = await check(MIXED);
  assert.equal(code, 1, stderr);
  assert.deepEqual(stderr.trim().split("\n").map((line) => line.slice(0, MIXED.length + 32)), [
    `${MIXED}:4: left out: the row is not val`,
    `${MIXED}:5: left out: the row is not JSO`,
  ]);
  assert.match(stdout, /mixed\.jsonl: 3 rows, 2 bad\nmixed forms: text 1, prompt 1, user_messages 1\n/);
  assert.match(stdout, /\ntokens: tokenizer Qwen3\n/);
  assert.match(stdout, /│ prompt tokens +│ 3\.00 │/); // "one two three" is 3 tokens.
  assert.match(stdout, /\nrepeated prompts: 1 of 3 rows;/);
});

Deno.test("data:check --json prints one line with the shared prefixes", async () => {
  const { code, stdout } = await check(MIXED, "--tokenizer", "estimate", "--json");
  assert.equal(code, 1);
  assert.equal(stdout.trim().split("\n").length, 1);
  const result = JSON.parse(stdout);
  assert.deepEqual(result.forms, { text: 1, prompt: 1, user_messages: 1 });
  assert.deepEqual(result.firstBadRows.map(({ line }: { line: number }) => line), [4, 5]);
  assert.deepEqual([result.maxTokens.count, result.maxTokens.p50, result.answerTokens], [1, 7, null]);
  // "one two three", "one two four", "one two three": 0, then 2 of 3, then 2 of 3 as the last is always computed.
  assert.deepEqual(result.sharedPrefix, {
    pageTokens: 1,
    sharedTokens: 4,
    promptTokens: 9,
    hitRate: 4 / 9,
    isLowerBound: false,
  });
  assert.deepEqual(result.repeatedPrompts, { rows: 1, isLowerBound: false });
});

Deno.test("data:check counts with the tokenizer of a file, in pages", async () => {
  await withFile('{"text": "abba"}\n{"text": "abbaa"}\n', async (path) => {
    const tokenizer = "tests/testdata/tokenizers/letters.json";
    const { code, stdout } = await check(path, "--tokenizer", tokenizer, "--page-size", "2", "--json");
    assert.equal(code, 0);
    const { promptTokens, sharedPrefix, tokenCounting } = JSON.parse(stdout);
    assert.equal(tokenCounting, `tokenizer ${tokenizer}`);
    // ab·b·a and ab·b·a·a: three tokens shared, one whole page of 2.
    assert.deepEqual([promptTokens.min, promptTokens.max, sharedPrefix.sharedTokens], [3, 4, 2]);
  });
});

Deno.test("data:check shows 20 bad rows, and estimates where rows are many", async () => {
  const bad = "nope\n".repeat(25);
  await withFile(bad + '{"text": "one two"}\n'.repeat(1976), async (path) => {
    const { code, stdout, stderr } = await check(path);
    assert.equal(code, 1);
    assert.equal(stderr.match(/: left out: /g)?.length, 20);
    assert.match(stderr, /: 5 more bad rows\n$/);
    assert.match(stdout, /\ntokens: estimated, .* \(more than 2,000 rows: /); // 25 + 1,976
  });
});

Deno.test("data:check ends with 2 when there is nothing to use, or when it is asked wrongly", async () => {
  const cases: readonly [string[], RegExp][] = [
    [["tests/testdata/datasets/empty.jsonl"], /as it has no rows/],
    [["tests/testdata/datasets/unusable.jsonl", "--json"], /unusable\.jsonl:1: 'text' must be a text/],
    [["no/such.jsonl"], /as it does not exist/],
    [[], /missing required argument 'file'/],
    [[MIXED, "--page-size", "0"], /whole number of at least 1/],
    [[MIXED, "--tokenizer", "no/such.json"], /Cannot load tokenizer/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await check(...args);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, message);
  }
});

for (const language of ["en", "zh"]) {
  Deno.test(`the dataset in ${language} is as its documentation says`, async () => {
    const path = `data/datasets/questions_${language}.jsonl`;
    const { entries, badRows } = await readDatasetFile(root + path);
    assert.deepEqual(badRows, []);
    assert.equal(new Set(entries.map(({ id }) => id)).size, 32);
    const { code, stdout } = await check(path, "--json");
    assert.equal(code, 0);
    const { rows, forms, repeatedPrompts, sharedPrefix } = JSON.parse(stdout);
    assert.deepEqual([rows, repeatedPrompts.rows], [32, 0]);
    assert.deepEqual(forms, { text: 12, user_messages: 8, messages: 12 });
    const readme = await Deno.readTextFile(`${root}data/README.md`);
    const { promptTokens, sharedTokens } = sharedPrefix;
    assert.ok(
      readme.includes(
        `${promptTokens.toLocaleString("en")}, of them ${sharedTokens.toLocaleString("en")} in`,
      ),
    );
  });
}
