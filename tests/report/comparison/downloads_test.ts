import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";

import { judgeStored } from "../../../lib/metrics/compare/judge_comparison.ts";
import { comparisonDownloads } from "../../../lib/report/comparison/downloads.ts";
import { makeComparison } from "../../testdata/runs/make_comparison.ts";

const { comparison, result } = judgeStored(makeComparison({ repeats: 2, requests: 3, scales: [1, 2] }));
const files = comparisonDownloads(comparison, result);

function linesOf(label: string): string[] {
  const file = files.find((one) => one.label === label);
  return gunzipSync(Uint8Array.fromBase64(file?.gzip ?? "")).toString().trimEnd().split("\n");
}

Deno.test("comparisonDownloads() packs every request with its engine and repeat", () => {
  const [header, first, ...rest] = linesOf("Requests, CSV");
  assert.match(header ?? "", /^run,engine,repeat,cell,id,outcome,/);
  assert.match(first ?? "", /^[\w-]+,a,1,0,0,ok,/);
  assert.equal(rest.length + 1, 24); // 2 engines × 2 repeats × 2 loads × 3
});

Deno.test("comparisonDownloads() packs what each engine did at each load in each repeat", () => {
  const [header, ...rows] = linesOf("Summary, CSV");
  assert.match(header ?? "", /^load,engine,repeat,.*ttft_p50/);
  assert.equal(rows.length, 8); // 2 loads × 2 engines × 2 repeats
});

Deno.test("comparisonDownloads() packs the ratios over all loads and of each", () => {
  const [header, ...rows] = linesOf("Ratios, CSV");
  assert.match(header ?? "", /^a,b,load,metric,statistic,value_a,value_b,ratio,low,high,/);
  assert.deepEqual([...new Set(rows.map((row) => row.split(",")[2]))], ["all", "scale 1", "scale 2"]);
});

Deno.test("comparisonDownloads() packs everything as JSON", () => {
  const { manifest, result: packed } = JSON.parse(linesOf("Result, JSON").join("\n"));
  assert.equal(manifest.comparisonId, comparison.manifest.comparisonId);
  assert.equal(packed.pairs.length, 1);
});
