import assert from "node:assert/strict";

import { dialects, measureDialects } from "../../lib/metrics/dialects/mod.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import type { Block, Table } from "../../lib/report/blocks.ts";
import { dialectsSection } from "../../lib/report/dialects_section.ts";
import { makeRecord } from "../testdata/record.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const run = makeRun({ scales: [0.4, 1.6] });
const [section] = dialectsSection(summarizeRun(run), measureDialects(run));
const blocks = section?.blocks ?? [];
const isTable = (block: Block): block is Table => block.kind === "table";

Deno.test("dialectsSection() has a table per cell, least load first, ours first", () => {
  const tables = blocks.filter(isTable);
  assert.deepEqual(tables.map(({ caption }) => caption), ["1.6×", "0.4×"]);
  for (const { columns, rows } of tables) {
    assert.deepEqual(
      columns.map(({ label }) => label),
      ["Here", "Ours", ...dialects.map(({ label }) => label)],
    );
    assert.ok(rows.every(({ values }) => values.length === columns.length));
    assert.deepEqual(rows.map(({ values }) => values[0]), [
      ...["TTFT", "TPOT", "ITL", "E2E"].flatMap((metric) =>
        ["mean", "median", "p99"].map((statistic) => `${metric} ${statistic} (ms)`)
      ),
      ...["Output tokens/s", "Requests/s", "Duration (s)"],
    ]);
  }
});

Deno.test("dialectsSection() gives the numbers of all tools in our units and leaves out what a tool has not", () => {
  const small = makeSmallRun(
    [makeCell()],
    [makeRecord([100, 110, 130], { headersMs: 30, controlMs: [40, 131], doneMs: 135 })],
  );
  const [made] = dialectsSection(summarizeRun(small), measureDialects(small));
  const rows = made?.blocks.filter(isTable)[0]?.rows.map(({ values }) => values) ?? [];
  assert.deepEqual(rows.find(([label]) => label === "TTFT mean (ms)"), [
    ...["TTFT mean (ms)", "100", "40.0", "100", "100", "100", "10.0"], // sent or headers to role chunk or token
  ]);
  assert.deepEqual(rows.find(([label]) => label === "TPOT mean (ms)"), [
    "TPOT mean (ms)",
    "15.0", // (130 − 100) / 2
    "45.5", // (131 − 40) / 2
    "17.5", // (135 − 100) / 2
    "15.0", // guidellm prints it as ITL
    "15.0", // so does AIPerf
    "–",
  ]);
  assert.deepEqual(rows.find(([label]) => label === "E2E mean (ms)")?.slice(4, 7), [
    "135", // printed in s, shown in our unit
    "130",
    "101", // 30 → 131
  ]);
});

Deno.test("dialectsSection() says under the tables why each tool differs, and where that was read", () => {
  const lists = blocks.flatMap((block) => block.kind === "list" ? [block] : []);
  assert.deepEqual(
    lists.map(({ title }) => title),
    dialects.map(({ label }) => `Why ${label} differs`),
  );
  for (const { items } of lists) {
    assert.ok(items.length > 3);
    assert.match(items.at(-1) ?? "", /^Definitions: https:/);
  }
  assert.ok(lists[2]?.items.some((item) => item.startsWith("TPOT, printed as “ITL ms Mean …”: Our TPOT")));
  const guidellm = lists.find(({ title }) => title.includes("guidellm"))?.items ?? [];
  assert.ok(guidellm.some((item) => item.startsWith("“TPOT ms Mean …”: ") && item.includes("TTFT is in it")));
});

Deno.test("dialectsSection() is absent where nothing was measured", () => {
  const empty = makeSmallRun([makeCell()], []);
  assert.deepEqual(dialectsSection(summarizeRun(empty), measureDialects(empty)), []);
});
