import assert from "node:assert/strict";

import { UsageError } from "../../lib/errors.ts";
import { openDataset, openJsonRows, readDatasetFile } from "../../lib/sources/dataset_file.ts";

const DATASETS = "tests/testdata/datasets";

Deno.test("readDatasetFile() keeps what can be used and what cannot, with lines", async () => {
  const { entries, badRows } = await readDatasetFile(`${DATASETS}/mixed.jsonl`);
  assert.deepEqual(entries.map(({ id, form, line, maxTokens }) => [id, form, line, maxTokens]), [
    ["a", "text", 1, null],
    ["2", "prompt", 3, 7],
    ["5", "user_messages", 6, null],
  ]);
  assert.deepEqual(badRows.map(({ line }) => line), [4, 5]);
});

Deno.test("readDatasetFile() reads a JSON list", async () => {
  const { entries, badRows } = await readDatasetFile(`${DATASETS}/sharegpt.json`);
  assert.deepEqual(entries.map(({ id, line }) => [id, line]), [["s1", 2], ["7", 10]]);
  assert.equal(entries[0]?.turns[0]?.content, 'Hi [you], "friend"');
  assert.deepEqual(badRows.map(({ line }) => line), [9]);
});

Deno.test(
  "readDatasetFile() stops at the limit and closes the file",
  { sanitizeResources: true },
  async () => {
    const { entries, badRows } = await readDatasetFile(`${DATASETS}/mixed.jsonl`, { limit: 2 });
    assert.deepEqual([entries.length, badRows.length], [2, 0]);
    for (const limit of [0, 1.5, NaN]) {
      await assert.rejects(readDatasetFile(`${DATASETS}/mixed.jsonl`, { limit }), RangeError);
    }
  },
);

Deno.test(
  "readDatasetFile() refuses what has no row that can be used",
  { sanitizeResources: true },
  async () => {
    const cases: [string, string][] = [
      ["none.jsonl", `Cannot open dataset as it does not exist: ${DATASETS}/none.jsonl`],
      [".", `Cannot open dataset as it is a folder: ${DATASETS}/.`],
      ["empty.jsonl", `Cannot use dataset as it has no rows: ${DATASETS}/empty.jsonl`],
      [
        "unusable.jsonl",
        `Cannot use dataset as none of its rows can be used: ${DATASETS}/unusable.jsonl:1: 'text' must be a text ` +
        'that is not empty: current value is ""',
      ],
      [
        "lfs_pointer.jsonl",
        `Cannot read dataset as '${DATASETS}/lfs_pointer.jsonl' is a Git LFS pointer, not the file itself: ` +
        "run 'git lfs pull' where it came from",
      ],
      [
        "utf16.jsonl",
        `Cannot read dataset as '${DATASETS}/utf16.jsonl' must be UTF-8 and is UTF-16: save it as UTF-8`,
      ],
    ];
    for (const [file, message] of cases) {
      await assert.rejects(readDatasetFile(`${DATASETS}/${file}`), (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, message);
        return true;
      });
    }
  },
);

Deno.test("openDataset() closes the file when its rows are left", { sanitizeResources: true }, async () => {
  for await (const row of await openDataset(`${DATASETS}/mixed.jsonl`)) {
    assert.equal(row.kind, "entry");
    break;
  }
});

Deno.test(
  "openDataset() names what is no dataset by its beginning",
  { sanitizeResources: true },
  async () => {
    const cases: [string, RegExp][] = [
      ["zip.jsonl", /is a zip archive: unpack it/],
      ["parquet.jsonl", /is a Parquet file: save its rows as JSONL/],
      ["page.jsonl", /is a web page: name the address/],
      ["gzip.jsonl", /is compressed: unpack it with gunzip/],
    ];
    for (const [file, message] of cases) {
      await assert.rejects(openDataset(`${DATASETS}/${file}`), { name: "UsageError", message });
    }
  },
);

Deno.test(
  "openJsonRows() reads rows of any fields, tells how far it is and closes the file",
  { sanitizeResources: true },
  async () => {
    const path = `${DATASETS}/sharegpt.json`;
    let read = 0;
    const rows = await Array.fromAsync(await openJsonRows(path, (bytes) => read += bytes));
    assert.deepEqual(rows.map(({ kind, line }) => [kind, line]), [["row", 2], ["row", 9], ["row", 10]]);
    assert.equal(read, (await Deno.stat(path)).size);
    for await (const row of await openJsonRows(path, () => {})) {
      assert.equal(row.kind, "row");
      break;
    }
  },
);
