import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { UsageError } from "../../lib/errors.ts";
import { readTraceFile } from "../../lib/sources/trace_file.ts";
import { qwenBailian } from "../../lib/workload/formats/qwen_bailian.ts";

const TRACES = "tests/testdata/traces";

function sourceOf(path: string): object {
  const bytes = Deno.readFileSync(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { kind: "file", path, sizeBytes: bytes.length, sha256 };
}

for (
  const [file, format, blockTokens, arrivalsMs] of [
    ["qwen.jsonl", "qwen-bailian", 16, [500, 1250, 9000]],
    ["mooncake.jsonl", "mooncake", 512, [0, 0, 3000]],
  ] as const
) {
  Deno.test(`readTraceFile finds the format of ${file} and measures it`, async () => {
    const path = `${TRACES}/${file}`;
    const { entries, ...rest } = await readTraceFile(path);
    assert.deepEqual(rest, { name: file, format, blockTokens, source: sourceOf(path) });
    assert.deepEqual(entries.map((entry) => entry.arrivalMs), arrivalsMs);
  });
}

Deno.test("readTraceFile measures the whole file although it keeps a part", async () => {
  const path = `${TRACES}/qwen.jsonl`;
  const trace = await readTraceFile(path, { limit: 1, name: "first", format: qwenBailian });
  assert.equal(trace.name, "first");
  assert.equal(trace.entries.length, 1);
  assert.deepEqual(trace.source, sourceOf(path));
});

Deno.test("readTraceFile names file and line of a broken row", async () => {
  await assert.rejects(readTraceFile(`${TRACES}/truncated.jsonl`), {
    name: "SyntaxError",
    message: /^tests\/testdata\/traces\/truncated\.jsonl:2: Cannot read trace row as it is not JSON: /,
  });
  await assert.rejects(readTraceFile(`${TRACES}/empty.jsonl`), {
    name: "SyntaxError",
    message: `${TRACES}/empty.jsonl:1: Cannot read trace as it is empty or begins with an empty line`,
  });
});

Deno.test("readTraceFile rejects a missing file and a Git LFS pointer", async () => {
  const cases = [
    ["none.jsonl", `Cannot open file as it does not exist: ${TRACES}/none.jsonl`],
    [
      "lfs_pointer.jsonl",
      `Cannot read trace as '${TRACES}/lfs_pointer.jsonl' is a Git LFS pointer, not the file itself: ` +
      "run 'git lfs pull' where it came from",
    ],
  ];
  for (const [file, message] of cases) {
    await assert.rejects(readTraceFile(`${TRACES}/${file}`), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, message);
      return true;
    });
  }
});
