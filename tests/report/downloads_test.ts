import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import { type DownloadFile, downloadFiles } from "../../lib/report/downloads.ts";
import type { Run } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

function unpack(file: DownloadFile | undefined): string {
  return gunzipSync(Uint8Array.fromBase64(file?.gzip ?? "")).toString();
}

function filesOf(run: Run): readonly DownloadFile[] {
  return downloadFiles(run, summarizeRun(run));
}

const run = makeSmallRun([makeCell({ label: "=1+1", requestCount: 2 })], [
  makeRecord([100.1, 110.2], { sentMs: 0.3 }),
  makeFailure([], { id: 1, scheduledMs: 50, sentMs: 50.25 }),
]);

Deno.test("downloadFiles() packs one row per request", () => {
  const [header, ...rows] = unpack(filesOf(run)[3]).trimEnd().split("\n");
  assert.equal(
    header,
    "cell,id,outcome,failure,input_tokens,output_tokens,scheduled_ms,send_lag_ms,ttft_ms,tpot_ms,e2e_ms",
  );
  assert.deepEqual(rows, [
    "0,0,ok,,10,2,0,0.3,99.8,10.1,109.9", // 100.1 − 0.3, (110.2 − 100.1) / 1, 110.2 − 0.3
    "0,1,failed,http: HTTP 503,10,0,50,0.25,,,", // no latency, and no 0
  ]);
});

Deno.test("downloadFiles() keeps spreadsheets from running what stands in a cell", () => {
  const [, row] = unpack(filesOf(run)[0]).split("\n");
  assert.match(row ?? "", /^0,"'=1\+1",/);
});

Deno.test("downloadFiles() packs manifest and summary as JSON", () => {
  const { manifest, summary } = JSON.parse(unpack(filesOf(run)[1]));
  assert.equal(manifest.runId, run.manifest.runId);
  assert.equal(summary.cells[0].ttft.count, 1);
});

Deno.test("downloadFiles() packs what other tools would print", () => {
  const { cells } = JSON.parse(unpack(filesOf(run)[2]));
  assert.equal(cells[0].tools.aiperf["Time to First Token (ms) avg"], 99.8);
});

Deno.test("downloadFiles() leaves out the requests when they are too many for a page", () => {
  const records = Array.from({ length: 10_001 }, (_, id) => makeRecord([1], { id }));
  assert.equal(filesOf({ ...run, records: records.slice(1) }).length, 4);
  assert.equal(filesOf({ ...run, records }).length, 3);
});

Deno.test("downloadFiles() keeps the columns that the first cell has nothing in", () => {
  const cells = [makeCell(), makeCell({ index: 1, label: "2×" })];
  const records = [makeFailure([]), makeRecord([50, 60], { cell: 1 })];
  const [header = "", first = "", second = ""] = unpack(filesOf(makeSmallRun(cells, records))[0]).split("\n");
  const place = header.split(",").indexOf("ttft_p50");
  assert.deepEqual([first, second].map((row) => row.split(",")[place]), ["", "50"]);
});
