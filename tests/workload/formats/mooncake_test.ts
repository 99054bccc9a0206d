import assert from "node:assert/strict";

import { mooncake, readMooncakeLines } from "../../../lib/workload/formats/mooncake.ts";
import { readLines } from "./read_lines.ts";

const ROW = { timestamp: 3000, input_length: 1025, output_length: 500, hash_ids: [0, 1, 2] };

Deno.test("readMooncakeLines keeps ms and blocks of 512", async () => {
  const lines = ReadableStream.from([JSON.stringify(ROW)]);
  assert.deepEqual(await Array.fromAsync(readMooncakeLines(lines)), [
    { arrivalMs: 3000, inputTokens: 1025, outputTokens: 500, hashIds: [0, 1, 2] },
  ]);
});

Deno.test("readMooncakeLines rejects wrong fields with file and line", async () => {
  const cases: [object, string][] = [
    [{ timestamp: null }, "'timestamp' must be a number >= 0: current value is null"],
    [{ input_length: 1.5 }, "'input_length' must be an integer >= 1: current value is 1.5"],
    [{ output_length: -3 }, "'output_length' must be an integer >= 1: current value is -3"],
    // ceil(1025 / 512) = 3
    [{ hash_ids: [0, 1] }, "'hash_ids' must have 3 ids for 1025 tokens in blocks of 512: current count is 2"],
  ];
  for (const [change, reason] of cases) {
    await assert.rejects(
      readLines([JSON.stringify({ ...ROW, ...change })], { format: mooncake, file: "m" }),
      {
        name: "SyntaxError",
        message: `m:1: Cannot read trace row as ${reason}`,
      },
    );
  }
});
