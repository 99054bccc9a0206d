import assert from "node:assert/strict";

import { dualRoundNotes } from "../../lib/cli/dual_round_table.ts";
import { goldenTexts, tableOf } from "./dual_round_cases.ts";
import { makeDualRoundRun } from "../testdata/runs/dual_round_run.ts";

const folder = new URL("../golden/dual_round/", import.meta.url);

for (const [name, text] of goldenTexts()) {
  Deno.test(`the dual-round output is as recorded in ${name}`, () => {
    assert.equal(text, Deno.readTextFileSync(new URL(name, folder)));
  });
}

Deno.test("every recorded dual-round output is made by a case", () => {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(files, [...goldenTexts().keys()].sort());
});

/** Columns a terminal gives to a text of ASCII, box-drawing and Chinese characters. */
const widthOf = (text: string) => [...text].reduce((sum, c) => sum + (/\p{Script=Han}/u.test(c) ? 2 : 1), 0);

Deno.test("the table's columns are aligned in both languages", () => {
  for (const lang of ["en", "zh"] as const) {
    const lines = tableOf(makeDualRoundRun({ lang }), { lang }).split("\n");
    const widths = lines.filter((line) => /^[=─┌│├└-]/.test(line)).map(widthOf);
    assert.ok(widths.length > 10);
    assert.deepEqual(new Set(widths).size, 1, lang);
  }
});

Deno.test("the table says N/A where nothing was measured", () => {
  const text = tableOf(makeDualRoundRun({ levels: [1], fails: () => true, hasSlo: false }));
  assert.match(text, /Total Requests: 12 \| Success: 0 \| Failed: 12 \| Test Duration: N\/A seconds/);
  assert.match(text, /│ TTFT \(ms\) +│( +N\/A │){9}\n/);
  assert.match(text, /Token Throughput: N\/A tokens\/sec/);
  assert.doesNotMatch(text, /Goodput/);
});

Deno.test("the table of one request has no standard deviation", () => {
  assert.match(
    tableOf(makeDualRoundRun({ levels: [1], requests: 1 })),
    /│ TTFT \(ms\) +│( +[\d.]+ │){7} +N\/A │ +1 │/,
  );
});

Deno.test("the table names a stage, and what was never sent", () => {
  const made = makeDualRoundRun({ levels: [4], stage: "warm" });
  const run = { ...made, records: [...made.records].slice(0, 7) };
  const text = tableOf(run);
  assert.match(text, /^=+\nwarm \| Concurrency: 4 \| Round 1 Performance Metrics\n=+\n/);
  assert.match(text, /Success: 6 \| Failed: 1 \| Unfinished: 5 \|/);
});

Deno.test("a long series keeps its end, by which it is told from others", () => {
  const made = makeDualRoundRun({ levels: [1] });
  const series = 'vllm:prefix_cache_queries_total{engine="0",model_name="Qwen/Qwen3-32B-Instruct",rank="1"}';
  const values = { [series]: 1, [series.replace('rank="1"', 'rank="0"')]: 2 };
  const text = tableOf({ ...made, telemetry: [{ kind: "sample", cell: 0, atMs: 0, values }] });
  assert.match(text, /│ vllm:prefix_cache_queries_tota….*,rank="1"} │/);
});

Deno.test("dualRoundNotes() says how the numbers were made", () => {
  assert.match(dualRoundNotes("en"), /ITL is a mean per request.*n − 1/);
  assert.match(dualRoundNotes("zh"), /ITL 是每个请求的平均值.*n − 1/);
});
