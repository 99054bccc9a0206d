import assert from "node:assert/strict";
// @ts-types="@types/papaparse"
import Papa from "papaparse";

import { dialects, measureDialects } from "../../lib/metrics/dialects/mod.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import { deriveFiles } from "../../lib/modes/derive.ts";
import type { Run } from "../../lib/types.ts";
import { makeDualRoundRun } from "../testdata/runs/dual_round_run.ts";
import { makeRun } from "../testdata/runs/make_run.ts";

const run = makeRun({ requests: 30, scales: [0.5, 1], failureRatio: 0.2 });
const files = textsOf(run);

function textsOf(run: Run): Map<string, string> {
  return new Map(deriveFiles(run).map(({ name, pieces }) => [name, [...pieces].join("")]));
}

function readCsv(name: string): Record<string, string>[] {
  return readText(files, name);
}

function readText(texts: ReadonlyMap<string, string>, name: string): Record<string, string>[] {
  return Papa.parse<Record<string, string>>(texts.get(name)?.trim() ?? "", { header: true }).data;
}

Deno.test("deriveFiles() writes a row per request, empty where there is no value", () => {
  const rows = readCsv("requests.csv");
  assert.equal(rows.length, 60);
  const failed = rows.filter((row) => row.outcome === "failed");
  assert.ok(failed.length > 0);
  assert.ok(failed.every((row) => row.ttft_ms === "" && row.e2e_ms === "" && row.send_lag_ms !== ""));
  const [first] = rows;
  const record = run.records.at(0);
  assert.equal(
    Number(first?.ttft_ms),
    Number(((record?.ticsMs[0] ?? NaN) - (record?.sentMs ?? NaN)).toFixed(6)),
  );
});

Deno.test("deriveFiles() writes a row per cell whose numbers are those of the summary", () => {
  const { cells } = summarizeRun(run);
  const rows = readCsv("summary.csv");
  assert.deepEqual(rows.map((row) => row.scale), ["0.5", "1"]);
  for (const [i, cell] of cells.entries()) {
    assert.equal(Number(rows[i]?.ttft_p90_ms), Math.round((cell.ttft?.p90 ?? NaN) * 1e6) / 1e6);
    assert.equal(Number(rows[i]?.requests_failed), cell.requests.failed);
  }
});

Deno.test("deriveFiles() writes mini-sglang's form whole, and per cell where there are several", () => {
  const parse = (name: string): number[][] => JSON.parse(files.get(name) ?? "");
  const parts = [...parse("mini_sglang.cell-0.json"), ...parse("mini_sglang.cell-1.json")];
  assert.deepEqual(parse("mini_sglang.json"), parts);
  const [single] = [deriveFiles(makeRun({ requests: 3, scales: [1] })).map(({ name }) => name)];
  assert.deepEqual(single, [
    "summary.json",
    "dialects.json",
    "summary.csv",
    "requests.csv",
    "mini_sglang.json",
  ]);
});

Deno.test("deriveFiles() writes mini-sglang's form in the order of the ids, whatever order the requests ended in", () => {
  const shuffled = textsOf({ ...run, records: [...run.records].reverse() });
  for (const name of ["mini_sglang.json", "mini_sglang.cell-0.json", "mini_sglang.cell-1.json"]) {
    assert.equal(shuffled.get(name), files.get(name), name);
  }
});

Deno.test("deriveFiles() writes one table, however many rows are made at a time", () => {
  const many = makeRun({ requests: 600, scales: [1], outputTokens: 2 });
  const lines = (textsOf(many).get("requests.csv") ?? "").trimEnd().split("\n");
  assert.equal(lines.length, 601); // one header
  assert.equal(new Set(lines.map((line) => line.split(",")[2])).size, 601); // "id" and 600 ids
});

Deno.test("deriveFiles() writes what other tools would print, row by row under their own names", () => {
  const { schemaVersion, runId, tools, cells } = JSON.parse(files.get("dialects.json") ?? "");
  assert.deepEqual([schemaVersion, runId], [1, run.manifest.runId]);
  assert.deepEqual(tools.map(({ name }: { name: string }) => name), dialects.map(({ name }) => name));
  assert.deepEqual(cells.map(({ label }: { label: string }) => label), ["0.5×", "1×"]);
  const [first, second] = summarizeRun(run).cells;
  const rounded = (value: number | undefined) => Math.round((value ?? NaN) * 1e6) / 1e6;
  assert.equal(cells[0].tools.sglang["Mean TTFT (ms)"], rounded(first?.ttft?.mean));
  assert.equal(cells[1].tools.aiperf["Inter Token Latency (ms) p50"], rounded(second?.tpot?.p50));
  for (const { name, rows } of tools) {
    const names = rows.map((row: { name: string }) => row.name);
    for (const cell of cells) assert.deepEqual(Object.keys(cell.tools[name]), names, name);
  }
});

Deno.test("deriveFiles() reads the records for the tools' numbers, their page does not read them again", () => {
  const counted = makeRun({ requests: 5, scales: [1] });
  let passes = 0;
  const records = {
    length: counted.records.length,
    at: (place: number) => counted.records.at(place),
    [Symbol.iterator]: () => {
      passes++;
      return counted.records[Symbol.iterator]();
    },
  };
  const once = { ...counted, records };
  deriveFiles(once);
  const before = passes;
  const numbers = measureDialects(once);
  assert.equal(passes, before);
  assert.deepEqual([...numbers], [...measureDialects(counted)]);
});

Deno.test("deriveFiles() does not let a message become a formula", () => {
  const [record] = run.records;
  if (record === undefined) throw new Error("no record");
  const evil = { ...record, outcome: { kind: "failed" as const, failure: "http" as const, message: "=1+1" } };
  const csv = textsOf({ ...run, records: [evil] }).get("requests.csv") ?? "";
  assert.match(csv, /,"'=1\+1",/);
});

Deno.test("deriveFiles() writes hit rates and goodput per cell, empty where there is none", () => {
  const made = makeDualRoundRun();
  const cells = made.manifest.cells.map((cell) => ({
    ...cell,
    theoreticalCache: { promptTokens: 1000, cachedTokens: cell.parameters.round === 1 ? 0 : 250 },
  }));
  const [, second] = readText(textsOf({ ...made, manifest: { ...made.manifest, cells } }), "summary.csv");
  assert.deepEqual([second?.cached_share_theoretical, second?.cached_share_metrics], ["0.25", ""]);
  const usages = [...made.records].flatMap(({ cell, usage }) => cell === 1 ? usage ?? [] : []);
  const tokens = usages.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  // All but the last token of each of the 10 prompts that the server counted.
  assert.equal(Number(second?.cached_share_usage), Math.round((tokens - 10) / tokens * 1e6) / 1e6);
  // 11 of 12 requests succeed, all of them in time.
  assert.deepEqual([second?.goodput_requests, second?.goodput_share_of_successful], ["11", "1"]);
  assert.equal(second?.goodput_share_of_offered, String(Math.round(11 / 12 * 1e6) / 1e6));
  assert.equal(second?.slo_met, "false");
  const [without] = readText(textsOf(makeDualRoundRun({ hasSlo: false })), "summary.csv");
  assert.deepEqual([without?.goodput_requests, without?.slo_met, without?.cached_share_theoretical], [
    "",
    "",
    "",
  ]);
});

Deno.test("deriveFiles() writes session and turn of a request", () => {
  const [record] = run.records;
  if (record === undefined) throw new Error("no record");
  const records = [{ ...record, turn: { session: 0, turn: 2 } }, record];
  const rows = readText(textsOf({ ...run, records }), "requests.csv");
  assert.deepEqual(rows.map(({ session, turn }) => [session, turn]), [["0", "2"], ["", ""]]);
});
