import assert from "node:assert/strict";
import type { Block, Table } from "../../lib/report/blocks.ts";
import { buildReport, type Report } from "../../lib/report/report.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

function blocksOf(report: Report, section: string): readonly Block[] {
  return report.sections.find(({ id }) => id === section)?.blocks ?? [];
}

function tableOf(report: Report, caption: string): Table {
  const tables = report.sections.flatMap(({ blocks }) => blocks).filter((block) => block.kind === "table");
  const found = tables.find((table) => table.caption === caption);
  assert.ok(found, `no table ${caption} among ${tables.map((table) => table.caption).join(", ")}`);
  return found;
}

Deno.test("buildReport() says loudly that a run was simulated, and only then", () => {
  const run = makeRun({ requests: 3 });
  assert.equal(buildReport(run).banners[0]?.title, "Simulated");
  const { engine } = run.manifest;
  const real = makeRun({ requests: 3, manifest: { engine: { ...engine, simulated: false } } });
  assert.deepEqual(buildReport(real).banners, []);
});

Deno.test("buildReport() puts the verdict before anything else and gives its reasons", () => {
  const late = makeRecord([300], { sentMs: 250 }); // 250 ms late, over the limit
  const report = buildReport(makeSmallRun([makeCell({ label: "fast" })], [late]));
  const [first] = blocksOf(report, "trust");
  assert.ok(first?.kind === "verdict" && !first.valid);
  assert.match(first.reasons.join(), /^fast: the client fell behind/);
  assert.equal(report.banners.at(-1)?.title, "Not a valid measurement");
  assert.deepEqual(report.chips.at(-1), { label: "Measurement", value: "not valid" });
});

Deno.test("buildReport() of an incomplete run says so first", () => {
  const cells = [makeCell({ status: "interrupted" })];
  const report = buildReport(
    makeSmallRun(cells, [makeRecord([10])], { incomplete: true, problems: ["line 7 was cut off"] }),
  );
  assert.equal(report.banners.at(-1)?.title, "Incomplete");
  assert.match(report.banners.at(-1)?.text ?? "", /did not reach its end/);
  const lists = blocksOf(report, "trust").filter((block) => block.kind === "list");
  assert.deepEqual(lists[0]?.items, ["line 7 was cut off"]);
});

Deno.test("buildReport() shows what load does only where there are several cells", () => {
  const ids = (report: Report) => report.sections.map(({ id }) => id);
  assert.ok(ids(buildReport(makeRun({ requests: 3 }))).includes("scaling"));
  assert.ok(!ids(buildReport(makeRun({ requests: 3, scales: [1] }))).includes("scaling"));
});

Deno.test("buildReport() takes cells that vary something else than a scale", () => {
  const cells = [1, 8].map((concurrency, index) =>
    makeCell({
      index,
      label: `${concurrency} at once`,
      parameters: { concurrency },
      schedule: "closed",
      offeredRequestsPerS: null,
    })
  );
  const report = buildReport(makeSmallRun(cells, [makeRecord([100]), makeRecord([200], { cell: 1 })]));
  assert.match(report.lead, /, at 2 loads from concurrency 1 to concurrency 8\.$/);
  assert.match(report.keyNumbers[0]?.detail ?? "", /^at concurrency 8; 100\sms at concurrency 1$/);
  const words = tableOf(report, "Definitions").rows.map(({ values }) => values[0]);
  assert.ok(words.includes("TTFT") && !words.includes("Scale"));
});

Deno.test("buildReport() counts failures by kind and message, and never as 0 ms", () => {
  const records = [
    makeRecord([100, 110], { id: 0 }),
    makeFailure([], { id: 1 }),
    makeFailure([], { id: 2 }),
    makeFailure([], { id: 3, outcome: { kind: "failed", failure: "timeout", message: "no end" } }),
  ];
  const report = buildReport(makeSmallRun([makeCell({ label: "one", requestCount: 4 })], records));
  assert.deepEqual(tableOf(report, "Failed requests, by kind and message").rows.map(({ values }) => values), [
    ["one", "2", "http", "HTTP 503"],
    ["one", "1", "timeout", "no end"],
  ]);
  const failed = report.keyNumbers.find(({ label }) => label === "Failed requests");
  assert.deepEqual([failed?.value, failed?.detail, failed?.failed], [
    "3",
    "of 4, 25% of them succeeded",
    true,
  ]);
  // count, mean, standard deviation, then min … p95; p99 needs 100 values
  assert.deepEqual(tableOf(report, "TTFT (ms)").rows[0]?.values, [
    ...["one", "1", "100", "0", "100", "100", "100", "100", "–", "100"],
  ]);
});

Deno.test("buildReport() says nothing was measured where nothing was", () => {
  const report = buildReport(makeSmallRun([makeCell({ status: "planned" })], []));
  assert.deepEqual(report.keyNumbers.map(({ value }) => value), ["–", "–", "–", "–", "0"]);
  assert.deepEqual(tableOf(report, "TTFT (ms)").rows[0]?.values.slice(1, 3), ["0", "–"]);
});

Deno.test("buildReport() shows twenty skipped rows and counts the rest", () => {
  const run = makeRun({ requests: 3 });
  const skipped = Array.from({ length: 23 }, (_, id) => ({ id, reason: "too long" }));
  const workload = { ...run.manifest.workload, skipped };
  const report = buildReport({ ...run, manifest: { ...run.manifest, workload } });
  const list = blocksOf(report, "trust").findLast((block) => block.kind === "list");
  assert.equal(list?.title, "Left out of the workload: 23 rows");
  assert.equal(list?.items.length, 21);
  assert.equal(list?.items.at(-1), "and 3 more, listed in the run's manifest");
});

Deno.test("buildReport() quotes the command for a shell", () => {
  const report = buildReport(
    makeRun({ requests: 3, manifest: { command: ["deno", "task", "x", "--title", "it's"] } }),
  );
  const code = blocksOf(report, "reproduce").find((block) => block.kind === "code");
  assert.equal(code?.text, `deno task x --title 'it'\\''s'`);
});
