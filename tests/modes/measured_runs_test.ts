import assert from "node:assert/strict";
import { parseMeasuredRuns } from "../../lib/modes/measured_runs.ts";

const HEAD = "model,gpu,backend,tp,input_tokens,output_tokens,concurrency,measured_ttft_ms,measured_tpot_ms";
const ROW = "Qwen/Qwen3-32B,h100_sxm,sglang 0.5.1.post1,2,1024,128,16,840.806,16.5386";
const RUN = {
  line: 2,
  model: "Qwen/Qwen3-32B",
  gpu: "h100_sxm",
  backend: "sglang 0.5.1.post1",
  tp: 2,
  inputTokens: 1024,
  outputTokens: 128,
  concurrency: 16,
  ttftMs: 840.806,
  tpotMs: 16.5386,
};

Deno.test("parseMeasuredRuns() reads a row", () => {
  assert.deepEqual(parseMeasuredRuns(`${HEAD}\n${ROW}\n`, "runs.csv"), [RUN]);
});

Deno.test("parseMeasuredRuns() takes a byte order mark, CRLF, quotes, blank lines and no end of line", () => {
  const text = `\uFEFF${HEAD}\r\n${ROW.replace("h100_sxm", '"h100_sxm"')}\r\n\r\n , ,\r\n${ROW}`;
  assert.deepEqual(parseMeasuredRuns(text, "runs.csv"), [RUN, { ...RUN, line: 5 }]);
});

Deno.test("parseMeasuredRuns() takes columns in any order and leaves others out", () => {
  const turn = (line: string) => [...line.split(",").reverse(), "note"].join(", ");
  assert.deepEqual(parseMeasuredRuns(`${turn(HEAD)}\n${turn(ROW)}`, "runs.csv"), [RUN]);
});

Deno.test("parseMeasuredRuns() reads a blank measurement as null, also where the row ends before it", () => {
  const [blank, short] = parseMeasuredRuns(
    `${HEAD}\n${ROW.replace("840.806", " ")}\n${ROW.replace(",16.5386", "")}`,
    "runs.csv",
  );
  assert.deepEqual([blank?.ttftMs, blank?.tpotMs], [null, 16.5386]);
  assert.deepEqual([short?.ttftMs, short?.tpotMs], [840.806, null]);
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ["an empty file", "", /^runs\.csv:1: .*model, gpu.* are missing$/],
  ["no row", `${HEAD}\n\n`, /^runs\.csv: Cannot compare as there is no row/],
  ["a missing column", HEAD.replace("gpu,", "") + `\n${ROW}`, /^runs\.csv:1: .*: gpu is missing$/],
  ["a word for a number", `${HEAD}\n${ROW.replace("1024", "1k")}`, /^runs\.csv:2: .*input_tokens .*"1k"$/],
  ["half a GPU", `${HEAD}\n${ROW}\n${ROW.replace(",2,", ",0.5,")}`, /^runs\.csv:3: .*tp must be .*"0\.5"$/],
  ["no request in flight", `${HEAD}\n${ROW.replace(",16,", ",0,")}`, /^runs\.csv:2: .*concurrency .*"0"$/],
  ["a latency of 0", `${HEAD}\n${ROW.replace("840.806", "0")}`, /^runs\.csv:2: .*measured_ttft_ms .*"0"$/],
  [
    "a latency of nan",
    `${HEAD}\n${ROW.replace("16.5386", "nan")}`,
    /^runs\.csv:2: .*measured_tpot_ms .*"nan"$/,
  ],
  ["no model", `${HEAD}\n${ROW.replace("Qwen/Qwen3-32B", "")}`, /^runs\.csv:2: .*model must be given/],
  ["an open quote", `${HEAD}\n${ROW}\n"${ROW}`, /^runs\.csv:3: /],
];

for (const [what, text, message] of wrong) {
  Deno.test(`parseMeasuredRuns() refuses ${what} and says where`, () => {
    assert.throws(() => parseMeasuredRuns(text, "runs.csv"), (error: Error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, message);
      return true;
    });
  });
}
