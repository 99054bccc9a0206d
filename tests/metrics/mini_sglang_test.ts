import assert from "node:assert/strict";

import {
  formatMiniSglang,
  parseMiniSglang,
  toMiniSglang,
} from "../../lib/artifact/interchange/mini_sglang.ts";
import { printMiniSglang, processBenchmarkResults } from "../../lib/metrics/dialects/mini_sglang.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";

// Headers, three tokens, finish chunk; a second request with one token.
const records = [
  makeRecord([1100, 1120, 1150], { id: 0, headersMs: 1010, controlMs: [1151] }),
  makeRecord([2000], { id: 1, headersMs: 1500, controlMs: [2001] }),
];

Deno.test("processBenchmarkResults() computes what mini-sglang's does", () => {
  const numbers = processBenchmarkResults(toMiniSglang(records));
  // tics 1.010 1.100 1.120 1.150 1.151 | 1.500 2.000 2.001 → first gaps 90, 500; others 20, 30, 1, 1
  assert.equal(numbers.tokens, 8);
  const rounded = (values: object) => Object.values(values).map((value) => Math.round(value * 1e6) / 1e6);
  assert.deepEqual(rounded(numbers.ttftMs), [295, 500, 500, 500, 500]); // index ⌊2 × 0.5⌋ = 1
  assert.deepEqual(rounded(numbers.tpotMs), [13, 20, 30, 30, 30]); // sorted 1 1 20 30, index ⌊4 × 0.5⌋ = 2
  assert.deepEqual(rounded(numbers.e2eS), [0.321, 0.501, 0.501, 0.501, 0.501]); // 0.141, 0.501
  assert.equal(Math.round(numbers.durationS * 1e6) / 1e6, 0.991); // 2.001 − 1.010
});

Deno.test("printMiniSglang() prints mini-sglang's lines", () => {
  const stats = { avg: 5.04321, p50: 20, p90: 999.994, p99: 1000, max: 1234.9 };
  const lines = printMiniSglang({
    ...{ requests: 2, tokens: 8, ttftMs: stats, tpotMs: stats, e2eS: stats },
    ...{ durationS: 0.991, tokensPerS: 8.0727, requestsPerS: 2.018 },
  });
  assert.deepEqual(lines, [
    "Num requests: #2, Num tokens: #8",
    "TTFT: 5.0432 ms (p50:  20.00 ms, p90: 999.99 ms, p99:   1000 ms, max:   1234 ms)",
    "TPOT: 5.0432 ms (p50:  20.00 ms, p90: 999.99 ms, p99:   1000 ms, max:   1234 ms)",
    "E2E:  5.0432  s (p50:  20.00  s, p90: 999.99  s, p99:   1000  s, max:   1234  s)",
    "Duration: 0.9910 s",
    "Throughput: 8.0727 token/s, 2.0180 req/s",
  ]);
});

Deno.test("processBenchmarkResults() refuses what has no duration", () => {
  assert.throws(() => processBenchmarkResults([]), RangeError);
  assert.throws(() => processBenchmarkResults([{ ticsS: [1, 1] }]), /duration must be > 0/);
});

Deno.test("mini-sglang's file form: write → read is identity, failures are left out", () => {
  const results = toMiniSglang([...records, makeFailure([5])]);
  assert.equal(results.length, 2);
  assert.deepEqual(parseMiniSglang(formatMiniSglang(results), "x.json"), results);
  assert.equal(formatMiniSglang(results), "[[10,3,1.01,1.1,1.12,1.15,1.151],[10,1,1.5,2,2.001]]\n");
});

Deno.test("parseMiniSglang() names what is wrong", () => {
  const table: [string, RegExp][] = [
    ["nonsense", /x\.json: not JSON/],
    ["{}", /x\.json: not a list/],
    ["[[1,2,3],7]", /request 1 is not a list of numbers/],
    ['[[1,2,"3"]]', /request 0 is not a list of numbers/],
    ["[[1.5,2,3]]", /request 0 does not begin with two token counts/],
    ["[[1]]", /request 0 does not begin/],
  ];
  for (const [text, message] of table) assert.throws(() => parseMiniSglang(text, "x.json"), message);
});
