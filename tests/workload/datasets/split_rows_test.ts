import assert from "node:assert/strict";

import { splitRows } from "../../../lib/workload/datasets/split_rows.ts";
import { chunksOf } from "./read_text.ts";

/** Rows as "line:text", what is wrong as "line!reason". */
async function split(text: string, chunkBytes = 1000, mostRowBytes?: number): Promise<string[]> {
  const bytes = new TextEncoder().encode(text);
  const rows = await Array.fromAsync(splitRows(chunksOf(bytes, chunkBytes), { mostRowBytes }));
  return rows.map((row) =>
    row.kind === "bad" ? `${row.line}!${row.reason}` : `${row.line}:${new TextDecoder().decode(row.bytes)}`
  );
}

const files: readonly [string, string, string[]][] = [
  ["lines", "ab\ncd\n\nef", ["1:ab", "2:cd", "3:", "4:ef"]],
  ["a list", '\n [{"a": "],\\""},\n\n [1, {}]\n,3]\n', ['2:{"a": "],\\""}', "4:\n\n [1, {}]\n", "5:3", "5:"]],
  ["an empty list", "[ ]", []],
  ["lines after a list", "[1]x\ny", ["1:1", "1:x", "2:y"]],
  ["a list after a line", "1\n[2,3]", ["1:1", "2:[2,3]"]],
  [
    "a list without its end",
    '[1,\n{"a": 2',
    ["1:1", '2:\n{"a": 2', "2!the list that the file begins with has no end: the file may be cut off"],
  ],
  [
    "commas too many",
    "[1,,2,]",
    [
      "1:1",
      "1!the list has a comma with no row beside it",
      "1:2",
      "1!the list has a comma with no row beside it",
    ],
  ],
  ["a string without its end", '[{"a": "b\n}, {"c": 1}]', ['1:{"a": "b\n}', '2: {"c": 1}']],
  ["the list of an object", '{"v": [{}], "data":\n [{"a": 1},\n2], "b": {"c": "}"}}\n\nx', [
    '2:{"a": 1}',
    "3:\n2",
    "3:",
    "4:",
    "5:x",
  ]],
  ["an empty list of an object", '\n{"data": []}', []],
  ["an object whose list has no end", '{"data": [{}', [
    "1:{}",
    "1!the list that the file begins with has no end: the file may be cut off",
  ]],
  ["an object without its end", '{"data": [{}], "b": "}', [
    "1:{}",
    "1!the object that the file begins with has no end: the file may be cut off",
  ]],
  ["a line that has a list of texts", '{"data": ["a"]}\n{"data": [{}]}', [
    '1:{"data": ["a"]}',
    '2:{"data": [{}]}',
  ]],
  ["a line with data further down", '{"a": {"data": [{}]}, "b": "\\"data"}\n5', [
    '1:{"a": {"data": [{}]}, "b": "\\"data"}',
    "2:5",
  ]],
  ["a value that is called data", '{"a": "data", "b": [{}]}\n5', ['1:{"a": "data", "b": [{}]}', "2:5"]],
  ["a first line that is cut off", '{"data": "a\n{"b": 1}', ['1:{"data": "a', '2:{"b": 1}']],
  ["an object over several lines", '{"a":\n1\n', ['1:{"a":', "2:1"]],
  ["a closing brace too many", "[1}, 2]", ["1:1}", "1: 2"]],
];

for (const [what, text, expected] of files) {
  Deno.test(`splitRows() cuts ${what}, wherever the bytes are cut`, async () => {
    for (let chunkBytes = 1; chunkBytes <= text.length; chunkBytes++) {
      assert.deepEqual(await split(text, chunkBytes), expected);
    }
  });
}

Deno.test("splitRows() leaves a byte order mark to the first line, and knows a list behind it", async () => {
  for (const chunkBytes of [1, 2, 100]) {
    assert.deepEqual(await split("\ufeff\n[5]", chunkBytes), ["2:5"]);
    const [first] = await Array.fromAsync(
      splitRows(chunksOf(new TextEncoder().encode("\ufeffa"), chunkBytes)),
    );
    assert.deepEqual(first, { kind: "row", line: 1, bytes: Uint8Array.of(0xef, 0xbb, 0xbf, 97) });
  }
});

Deno.test("splitRows() looks for a list no further than the first 64 KiB", async () => {
  const near = `{"a": "${"x".repeat(60_000)}", "data": [{}]}`;
  const far = `{"a": "${"x".repeat(70_000)}", "data": [{}]}`;
  for (const chunkBytes of [997, 1_000_000]) {
    assert.deepEqual(await split(near, chunkBytes), ["1:{}"]);
  }
  assert.deepEqual(await split(far, 997), [`1:${far}`]);
});

Deno.test("splitRows() skips rows that are too long, in lines and in lists", async () => {
  const reason = "the row is longer than 4 bytes: current length is 6";
  assert.deepEqual(await split("abcd\nabcdef\nab", 3, 4), ["1:abcd", `2!${reason}`, "3:ab"]);
  assert.deepEqual(await split("[1234,123456,12]", 3, 4), ["1:1234", `1!${reason}`, "1:12"]);
  await assert.rejects(split("a", 1, 0), { name: "RangeError", message: /current value is 0$/ });
});

Deno.test("splitRows() reads no further than it is asked to", async () => {
  let taken = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      taken++;
      yield await Promise.resolve(new TextEncoder().encode("row\n"));
    }
  }
  for await (const { line } of splitRows(chunks())) if (line === 3) break;
  assert.equal(taken, 3);
});
