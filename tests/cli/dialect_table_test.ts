import assert from "node:assert/strict";

import { dialectChoices, dialectText, explainDialect } from "../../lib/cli/dialect_table.ts";
import { dialects, measureDialects } from "../../lib/metrics/dialects/mod.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const run = makeSmallRun(
  [makeCell()],
  [makeRecord([1100, 1110.25, 1130.375], { headersMs: 30, controlMs: [1131], doneMs: 1135 })],
);
const [cell] = summarizeRun(run).cells;
assert.ok(cell);
const text = (dialect: string) => dialectText(dialect, { cell, numbers: measureDialects(run) });
/** The table's rows as their cells, borders and padding left out. */
const rowsOf = (table: string) =>
  table.split("\n").filter((line) => line.startsWith("│")).map((line) =>
    line.split("│").slice(1, -1).map((value) => value.trim())
  );

Deno.test("--dialect takes every tool, or all", () => {
  assert.deepEqual(dialectChoices, [...dialects.map(({ name }) => name), "all"]);
});

Deno.test("dialectText() prints a tool's own names and number formats", () => {
  const vllm = new Map(rowsOf(text("vllm")).map(([name, value]) => [name, value]));
  assert.equal(vllm.get("Successful requests"), "1");
  assert.equal(vllm.get("Benchmark duration (s)"), "1.14"); // 1.135 is 1.1350000000000000089 in binary
  assert.equal(vllm.get("Mean TTFT (ms)"), "1100.00");
  assert.equal(vllm.get("Request goodput (req/s)"), "–");
  const aiperf = new Map(rowsOf(text("aiperf")).map(([name, value]) => [name, value]));
  assert.equal(aiperf.get("Time to First Token (ms) avg"), "1,100.00");
  const guidellm = new Map(rowsOf(text("guidellm")).map(([name, value]) => [name, value]));
  assert.equal(guidellm.get("Request Latency Sec Mdn"), "1.1");
  assert.equal(rowsOf(text("mini-sglang")).find(([name]) => name === "TTFT avg")?.[1], "1070");
});

Deno.test("explainDialect() says why each row of a tool differs, or why it is missing", () => {
  const lines = explainDialect("sglang", measureDialects(run)).split("\n");
  assert.ok(
    lines.some((line) => line.startsWith("SGLang bench_serving, Total generated tokens (retokenized): ")),
  );
});

Deno.test("dialectText() puts all side by side with ours", () => {
  const rows = rowsOf(text("all"));
  assert.deepEqual(rows[0], ["", "ours", ...dialects.map(({ label }) => label)]);
  const ttft = rows.find(([label]) => label === "TTFT mean (ms)");
  assert.deepEqual(ttft, ["TTFT mean (ms)", ...["1,100", "1,100", "1,100", "1,100", "1,100", "1,070"]]);
  assert.ok(explainDialect("all", measureDialects(run)).includes("guidellm, TPOT ms Mean …: "));
});

Deno.test("explainDialect() says each sentence once, of a cell that has the number", () => {
  const cells = [
    makeCell({ index: 0 }),
    makeCell({ index: 1, label: "2×" }),
    makeCell({ index: 2, label: "3×" }),
  ];
  const records = [1, 2].map((cell) => makeRecord([10, 20], { cell }));
  const explained = explainDialect("vllm", measureDialects(makeSmallRun(cells, records))); // nothing in the first
  assert.ok(explained.includes("Peak output token throughput (tok/s): Chunks with a choice"));
  const lines = explained.split("\n");
  assert.equal(new Set(lines).size, lines.length);
});

Deno.test("dialectText() gives tables without numbers where nothing was measured", () => {
  const empty = makeSmallRun([makeCell()], []);
  const [none] = summarizeRun(empty).cells;
  assert.ok(none);
  for (const dialect of dialectChoices) {
    const rows = rowsOf(dialectText(dialect, { cell: none, numbers: measureDialects(empty) })).slice(1);
    assert.ok(rows.every(([, ...values]) => values.every((value) => value === "–")), dialect);
  }
});
