import assert from "node:assert/strict";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import { parseSloFile } from "../../lib/modes/slo_file.ts";
import type { Block, Section, Table } from "../../lib/report/blocks.ts";
import { renderSection } from "../../lib/report/section_html.ts";
import { sloSection } from "../../lib/report/slo_section.ts";
import type { Run } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const cell = (index: number, concurrency: number) =>
  makeCell({
    ...{ index, label: `concurrency ${concurrency}`, parameters: { concurrency }, requestCount: 20 },
    ...{ schedule: "closed", offeredRequestsPerS: null },
  });

/** TTFT 100 ms in every request of cell 0; in cell 1 one failed and five have 900 ms. */
const records = [0, 1].flatMap((index) =>
  Array.from({ length: 20 }, (_, id) => {
    if (index === 1 && id === 0) return makeFailure([], { cell: index });
    return makeRecord([index === 1 && id < 6 ? 900 : 100, 1000], { cell: index, id });
  })
);
const run = makeSmallRun([cell(0, 5), cell(1, 10)], records);
const firstCell = makeSmallRun([cell(0, 5)], records.slice(0, 20));

function sectionOf(yaml: string, of: Run = run): Section {
  const slo = parseSloFile(yaml, "slo.yaml");
  const judged = { ...of, manifest: { ...of.manifest, options: { slo } } };
  const [section, ...others] = sloSection(judged, summarizeRun(judged));
  assert.ok(section !== undefined && others.length === 0);
  return section;
}

function tableOf({ blocks }: Section, caption: RegExp): Table {
  const found = blocks.filter((block) => block.kind === "table").find((table) => caption.test(table.caption));
  assert.ok(found);
  return found;
}

function verdictOf({ blocks: [first] }: Section): Extract<Block, { kind: "verdict" }> {
  assert.ok(first?.kind === "verdict");
  return first;
}

Deno.test("sloSection() is absent without an objective", () => {
  assert.deepEqual(sloSection(run, summarizeRun(run)), []);
});

Deno.test("sloSection() says what missed, with all denominators", () => {
  const section = sectionOf("name: chat\nslo: { ttft_ms: 500 }\nattainment: 0.9");
  assert.equal(section.title, "Service level objective: chat");
  const verdict = verdictOf(section);
  assert.deepEqual([verdict.valid, verdict.title], [false, "Objective missed"]);
  assert.equal(verdict.text, "The objective is TTFT < 500 ms for 90% of the requests, in every cell.");
  assert.deepEqual(verdict.reasons, [
    "concurrency 10: 14 of 20 offered requests (70%) kept every limit, and 90% have to; " +
    "TTFT < 500 ms was kept by 14 of 19",
  ]);
  // 14 of 20 offered and completed (one failed), of 19 successful; the cell lasts 1 s
  assert.deepEqual(tableOf(section, /^Goodput/).rows.map(({ values }) => values), [
    ["concurrency 5", "20", "100%", "100%", "100%", "20.0", "20.0", "40.0", "40.0", "100%", "yes"],
    ["concurrency 10", "14", "70%", "70%", "73.7%", "14.0", "19.0", "28.0", "38.0", "73.7%", "no"],
  ]);
  const attainment = tableOf(section, /kept each limit/);
  assert.deepEqual(attainment.columns.map(({ label }) => label), ["Cell", "TTFT < 500 ms", "median"]);
  assert.deepEqual(attainment.rows[1]?.values, ["concurrency 10", "14 of 19 (73.7%)", "100 ms"]);
});

Deno.test("sloSection() shows limits with the signs they were given, and percentiles apart", () => {
  const yaml =
    "constraints: { ttft_ms: { max: 900, p50: 90, p99: 950 }, output_token_throughput: { min: 1 } }";
  const section = sectionOf(
    yaml,
    firstCell,
  );
  assert.deepEqual(tableOf(section, /kept each/).columns.map(({ label }) => label), [
    ...["Cell", "TTFT ≤ 900 ms", "median", "output rate ≥ 1 tokens/s", "median"],
  ]);
  const percentiles = tableOf(section, /^Percentiles/);
  assert.deepEqual(percentiles.columns.map(({ label }) => label), [
    "Cell",
    "p50 TTFT ≤ 90 ms",
    "p99 TTFT ≤ 950 ms",
  ]);
  assert.deepEqual(percentiles.rows[0]?.values, [
    ...["concurrency 5", "100 ms, broken", "p99 TTFT needs 100 values and there are 20"],
  ]);
  assert.ok(section.blocks.every(({ kind }) => kind !== "figure")); // one cell: nothing to compare
});

Deno.test("sloSection() does not say missed where it cannot be told", () => {
  const verdict = verdictOf(sectionOf("slo: { ttft_ms: { p99: 1000 } }", firstCell));
  assert.deepEqual([verdict.valid, verdict.title], [false, "Not known to be met"]);
  const met = verdictOf(sectionOf("slo: { ttft_ms: { p90: 1000 } }", firstCell));
  assert.deepEqual([met.valid, met.title, met.reasons], [true, "Objective met", []]);
});

Deno.test("sloSection() explains a goodput of 0 and draws goodput against load", () => {
  const section = sectionOf("slo: { ttft_ms: 50, itl_ms: 5000 }");
  const list = section.blocks.find((block) => block.kind === "list");
  assert.equal(
    list?.items[0],
    "concurrency 5: no request kept TTFT < 50 ms: the fastest took 100 ms, the median 100 ms",
  );
  const figures = section.blocks.flatMap((block) => block.kind === "figure" ? [block.figure.name] : []);
  assert.deepEqual(figures, ["goodput"]);
  assert.match(String(renderSection(section, [])), /mean ITL &lt; 5000 ms/);
});
