import assert from "node:assert/strict";

import {
  qwenBailian,
  type QwenRow,
  readQwenLines,
  writeQwenTrace,
} from "../../../lib/workload/formats/qwen_bailian.ts";
import { readLines } from "./read_lines.ts";

const ROW: QwenRow = {
  chat_id: 55,
  parent_chat_id: -1,
  timestamp: 61.114,
  input_length: 33,
  output_length: 132,
  type: "text",
  turn: 1,
  hash_ids: [1089, 1090, 6326],
};

function read(...rows: readonly object[]): Promise<unknown> {
  return readLines(rows.map((row) => JSON.stringify(row)), { format: qwenBailian, file: "a.jsonl" });
}

Deno.test("readQwenLines turns seconds into ms, rounded to 1 µs", async () => {
  // 1.001 × 1000 is 1000.9999999999999 in binary; 0.0000019 s is 1.9 µs and rounds to 2.
  for (const [timestamp, arrivalMs] of [[1.001, 1_001], [0, 0], [0.0000019, 0.002]]) {
    const [line = ""] = writeQwenTrace([{ ...ROW, timestamp: timestamp ?? NaN }]);
    const [entry] = await Array.fromAsync(readQwenLines(ReadableStream.from([line])));
    assert.deepEqual(entry, {
      arrivalMs,
      inputTokens: 33,
      outputTokens: 132,
      hashIds: [1089, 1090, 6326],
      sessionId: "55",
      turn: 1,
    });
  }
});

Deno.test("readQwenLines names the session after the first turn's chat", async () => {
  const chain: [number, number][] = [[1, -1], [2, 1], [3, -1], [4, 2], [6, 5], [7, 6]];
  const rows = chain.map(([chat_id, parent_chat_id]) => JSON.stringify({ ...ROW, chat_id, parent_chat_id }));
  const sessions = (await readLines(rows, { format: qwenBailian })).map((entry) => entry.sessionId);
  // 4 continues 2, which continues 1. Chat 5 is before the file's beginning: 6 and 7 are named after it.
  assert.deepEqual(sessions, ["1", "1", "3", "1", "5", "5"]);
});

Deno.test("readQwenLines rejects wrong fields with file and line", async () => {
  const cases: [object, string][] = [
    [{ timestamp: -1 }, "'timestamp' must be a number >= 0: current value is -1"],
    [{ timestamp: "61" }, `'timestamp' must be a number >= 0: current value is "61"`],
    [{ timestamp: undefined }, "'timestamp' must be a number >= 0: the field is missing"],
    [{ input_length: 0 }, "'input_length' must be an integer >= 1: current value is 0"],
    [{ input_length: 33.5 }, "'input_length' must be an integer >= 1: current value is 33.5"],
    [{ output_length: 0 }, "'output_length' must be an integer >= 1: current value is 0"],
    [{ output_length: null }, "'output_length' must be an integer >= 1: current value is null"],
    [{ chat_id: -1 }, "'chat_id' must be an integer >= 0: current value is -1"],
    [{ parent_chat_id: -2 }, "'parent_chat_id' must be an integer >= -1: current value is -2"],
    [{ turn: 0 }, "'turn' must be an integer >= 1: current value is 0"],
    [{ hash_ids: "1" }, `'hash_ids' must be a list of integers >= 0: current value is "1"`],
    [{ hash_ids: [1, -2, 3] }, "'hash_ids' must be a list of integers >= 0: current value is [1,-2,3]"],
    [{ hash_ids: undefined }, "'hash_ids' must be a list of integers >= 0: the field is missing"],
    // ceil(33 / 16) = 3
    [{ hash_ids: [1, 2] }, "'hash_ids' must have 3 ids for 33 tokens in blocks of 16: current count is 2"],
    [
      { hash_ids: [1, 2, 3, 4] },
      "'hash_ids' must have 3 ids for 33 tokens in blocks of 16: current count is 4",
    ],
  ];
  for (const [change, reason] of cases) {
    await assert.rejects(read(ROW, { ...ROW, ...change }), {
      name: "SyntaxError",
      message: `a.jsonl:2: Cannot read trace row as ${reason}`,
    });
  }
});

Deno.test("writeQwenTrace writes what readQwenLines reads", async () => {
  const rows = [ROW, { ...ROW, chat_id: 159, parent_chat_id: 55, timestamp: 62, turn: 2 }];
  const lines = [...writeQwenTrace(rows)];
  assert.ok(lines.every((line) => line.endsWith("}\n")));
  assert.deepEqual(lines.map((line) => JSON.parse(line)), rows);
  assert.equal((await readLines(lines, { format: qwenBailian })).length, 2);
});
