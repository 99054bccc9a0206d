import assert from "node:assert/strict";

import { detectTraceFormat, traceFormats } from "../../../lib/workload/formats/mod.ts";

const FIRST_ROWS = {
  "qwen-bailian":
    '{"chat_id": 1, "parent_chat_id": -1, "timestamp": 0.5, "input_length": 9, "output_length": 2, "type": "text", "turn": 1, "hash_ids": [0]}',
  "mooncake": '{"timestamp": 0, "input_length": 9, "output_length": 2, "hash_ids": [0]}',
} as const;

for (const format of traceFormats) {
  Deno.test(`${format.name} alone recognizes its first row, and reads it`, () => {
    const line = FIRST_ROWS[format.name];
    assert.equal(detectTraceFormat(line), format);
    assert.deepEqual(traceFormats.filter((other) => other.recognizes(JSON.parse(line))), [format]);
    assert.deepEqual(format.rowReader()(JSON.parse(line)).hashIds, [0]);
  });
}

Deno.test("detectTraceFormat rejects what no format recognizes", () => {
  const cases: [string, RegExp][] = [
    ["", /^x:1: Cannot read trace as it is empty or begins with an empty line$/],
    ["a,b", /^x:1: Cannot read trace row as it is not JSON: /],
    [
      '{"prompt": "", "n": 1}',
      /^x:1: Cannot tell trace format as no known one \(qwen-bailian, mooncake\) has such fields: prompt, n$/,
    ],
  ];
  for (const [line, message] of cases) {
    assert.throws(() => detectTraceFormat(line, "x"), { name: "SyntaxError", message });
  }
});
