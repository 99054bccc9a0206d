import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { parseHTML } from "linkedom";
import type { Table } from "../../lib/report/blocks.ts";
import { renderHtml } from "../../lib/report/html.ts";
import type { Report } from "../../lib/report/report.ts";
import { buildWhatIfReport } from "../../lib/report/what_if_report.ts";
import { makeConfiguration, makePoint, makeWhatIf } from "../testdata/what_if.ts";

const pageOf = (runId: string) => `${runId}.html`;
const slo = [{ metric: "ttft", percentile: "p99", limitMs: 500 }] as const;

function tablesOf(report: Report, section: string): Table[] {
  const found = report.sections.find(({ id }) => id === section)?.blocks ?? [];
  return found.filter((block) => block.kind === "table");
}

Deno.test("buildWhatIfReport() says that it was simulated in virtual time", () => {
  const [banner] = buildWhatIfReport(makeWhatIf(), { pageOf }).banners;
  assert.equal(banner?.title, "Simulated");
  assert.match(banner?.text ?? "", /virtual time: computed, not measured/);
});

Deno.test("buildWhatIfReport() links every run that has a page", () => {
  const [table] = tablesOf(buildWhatIfReport(makeWhatIf(), { pageOf }), "configurations");
  assert.deepEqual(table?.rows.map(({ href }) => href), ["grid-1.html", "grid-2.html"]);
  const [bare] = tablesOf(buildWhatIfReport(makeWhatIf(), { pageOf: () => null }), "configurations");
  assert.deepEqual(bare?.rows.map(({ href }) => href), [undefined, undefined]);
});

Deno.test("buildWhatIfReport() has the largest load only where there is an objective", () => {
  assert.deepEqual(tablesOf(buildWhatIfReport(makeWhatIf(), { pageOf }), "largest-load"), []);
  const judged = (scale: number, met: boolean) =>
    makePoint(scale, { ms: 100, tokensPerS: 500, slo: { met, reasons: [] } });
  const configurations = [
    makeConfiguration(0, [judged(1, true), judged(0.5, false)]),
    makeConfiguration(1, [judged(1, false)]),
  ];
  const report = buildWhatIfReport(makeWhatIf({ configurations, slo }), { pageOf });
  const [table] = tablesOf(report, "largest-load");
  assert.deepEqual(table?.rows.map(({ values }) => [values[0], values[1], values.at(-1)]), [
    ["TP 1", "1", "the next larger load tried misses it"],
    ["TP 2", "–", "no load tried meets it"],
  ]);
  assert.match(report.keyNumbers[0]?.label ?? "", /within the objective/);
  assert.deepEqual([report.keyNumbers[0]?.value, report.keyNumbers[0]?.detail], ["4.00", "TP 1, scale 1"]);
});

Deno.test("buildWhatIfReport() lists what cannot be, with the reason", () => {
  const impossible = makeConfiguration(1, [], {
    outcome: { kind: "impossible", reason: "its weights leave no memory" },
  });
  const [first] = makeWhatIf().configurations;
  assert.ok(first);
  const report = buildWhatIfReport(makeWhatIf({ configurations: [first, impossible] }), { pageOf });
  const [table] = tablesOf(report, "configurations");
  assert.deepEqual(table?.rows[1]?.values, ["TP 2", "cannot be", "its weights leave no memory"]);
  assert.deepEqual(report.cells.map(({ label }) => label), ["TP 1"]);
  assert.equal(report.keyNumbers.at(-1)?.detail, "1 of them not possible");
});

Deno.test("buildWhatIfReport() gives no verdict on another engine's wire format, and says so on top", () => {
  const noVerdict = "vLLM wire format, not its scheduler: no verdict";
  const points = [makePoint(1, { ms: 1, tokensPerS: 9e9, slo: { met: null, reasons: [noVerdict] } })];
  const configurations = [makeConfiguration(0, points, { label: "vllm", noVerdict })];
  const report = buildWhatIfReport(makeWhatIf({ configurations, slo }), { pageOf });
  assert.equal(report.banners[1]?.text, `vllm: ${noVerdict}`);
  assert.equal(report.keyNumbers[0]?.value, "–");
  assert.equal(tablesOf(report, "numbers")[0]?.rows[0]?.values.at(-1), "not judged");
});

Deno.test("buildWhatIfReport() tells what was left out and what is not valid", () => {
  const broken = makePoint(1, { ms: 1, tokensPerS: 1, valid: false, problems: ["9 of 20 requests failed"] });
  const configuration = makeConfiguration(0, [broken]);
  assert.ok(configuration.outcome.kind === "run");
  const outcome = { ...configuration.outcome, leftOut: { count: 3, reason: "too long" } };
  const report = buildWhatIfReport(makeWhatIf({ configurations: [{ ...configuration, outcome }] }), {
    pageOf,
  });
  const notes = report.sections.find(({ id }) => id === "trust")?.blocks.find(({ kind }) => kind === "list");
  const items = notes?.kind === "list" ? notes.items.join("\n") : "";
  assert.match(items, /TP 1: 3 rows of the trace left out, the first as too long/);
  assert.match(items, /TP 1 at scale 1 is not valid: 9 of 20 requests failed/);
});

Deno.test("the page of a grid is whole, with hostile labels as text", () => {
  const label = `"><script>alert(1)</script>`;
  const configurations = [makeConfiguration(0, [makePoint(1, { ms: 1, tokensPerS: 1 })], { label })];
  const report = buildWhatIfReport(makeWhatIf({ configurations, status: "interrupted" }), {
    pageOf: () => `x"onclick="alert(1)`,
  });
  const { document } = parseHTML(renderHtml(report, { clientScript: "" }));
  assert.equal(document.querySelectorAll("script").length, 2);
  assert.equal(document.querySelector("#configurations a")?.getAttribute("href"), `x"onclick="alert(1)`);
  assert.match(document.querySelector(".banner.warning")?.textContent ?? "", /interrupted/);
  assert.equal(document.querySelectorAll("figure").length, 4);
});

Deno.test("buildWhatIfReport() carries a row per configuration and load, and everything as JSON", () => {
  const points = [1, 0.5].map((scale) => makePoint(scale, { ms: 100, tokensPerS: 500 }));
  const impossible = {
    ...makeConfiguration(1, []),
    outcome: { kind: "impossible", reason: "too large" },
  } as const;
  const whatIf = makeWhatIf({ configurations: [makeConfiguration(0, points), impossible] });
  const [table, all] = buildWhatIfReport(whatIf, { pageOf }).downloads;
  const unpack = (gzip = "") => gunzipSync(Uint8Array.fromBase64(gzip)).toString();
  const [header = "", ...rows] = unpack(table?.gzip).trimEnd().split("\n");
  assert.match(header, /^configuration,engine,gpus,run,not_possible,scale,/);
  assert.deepEqual(rows.map((row) => row.split(",").length), [1, 1, 1].map(() => header.split(",").length));
  assert.match(rows[2] ?? "", /,too large,,/);
  assert.deepEqual(JSON.parse(unpack(all?.gzip)), JSON.parse(JSON.stringify(whatIf)));
});
