import assert from "node:assert/strict";

import { mooncake } from "../../../lib/workload/formats/mooncake.ts";
import { readTraceLines } from "../../../lib/workload/formats/trace_format.ts";
import { readLines } from "./read_lines.ts";

const OPTIONS = { format: mooncake, file: "t.jsonl" };

function row(timestamp: number): string {
  return JSON.stringify({ timestamp, input_length: 5, output_length: 1, hash_ids: [0] });
}

Deno.test("readTraceLines accepts equal arrivals and blank lines at the end", async () => {
  const entries = await readLines([row(0), row(7), row(7), "", "  ", ""], OPTIONS);
  assert.deepEqual(entries.map((entry) => entry.arrivalMs), [0, 7, 7]);
});

Deno.test("readTraceLines rejects broken files with file and line", async () => {
  const cases: [string[], RegExp][] = [
    [[], /^t\.jsonl:1: Cannot read trace as it has no rows$/],
    [["", ""], /^t\.jsonl:1: Cannot read trace as it has no rows$/],
    [[row(0), "", row(1)], /^t\.jsonl:2: Cannot read trace row as the line is empty$/],
    [[row(0), row(1).slice(0, 30)], /^t\.jsonl:2: Cannot read trace row as it is not JSON: /],
    [["hello"], /^t\.jsonl:1: Cannot read trace row as it is not JSON: /],
    [["[1, 2]"], /^t\.jsonl:1: Cannot read trace row as it must be a JSON object: current value is \[1,2\]$/],
    [["null"], /^t\.jsonl:1: Cannot read trace row as it must be a JSON object: current value is null$/],
    [
      [row(5), row(4)],
      /^t\.jsonl:2: Cannot read trace row as it must not arrive before the row above it, at 5 ms: current value is 4 ms$/,
    ],
  ];
  for (const [lines, message] of cases) {
    await assert.rejects(readLines(lines, OPTIONS), { name: "SyntaxError", message });
  }
});

Deno.test("readTraceLines cuts long values in messages", async () => {
  const line = JSON.stringify({
    timestamp: "x".repeat(1000),
    input_length: 5,
    output_length: 1,
    hash_ids: [0],
  });
  await assert.rejects(readLines([line], OPTIONS), (error: Error) => error.message.length < 200);
});

Deno.test("readTraceLines stops reading at the limit", async () => {
  let taken = 0;
  async function* lines(): AsyncGenerator<string> {
    for (const line of [row(0), row(1), "not read"]) {
      taken++;
      yield await Promise.resolve(line);
    }
  }
  const entries = await Array.fromAsync(readTraceLines(lines(), { ...OPTIONS, limit: 2 }));
  assert.equal(entries.length, 2);
  assert.equal(taken, 2);
});

Deno.test("readTraceLines rejects limits that are not integers >= 1", async () => {
  for (const limit of [0, -1, 1.5, NaN]) {
    await assert.rejects(readLines([row(0)], { ...OPTIONS, limit }), RangeError);
  }
});
