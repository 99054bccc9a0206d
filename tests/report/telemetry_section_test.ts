import assert from "node:assert/strict";

import { telemetrySection } from "../../lib/report/telemetry_section.ts";
import { makeSmallRun } from "../testdata/runs/small_run.ts";
import { makeTelemetryRun } from "../testdata/runs/telemetry_run.ts";

Deno.test("telemetrySection() has the source, the figure, a table per kind of metric and the gaps", () => {
  const [section] = telemetrySection(makeTelemetryRun());
  const blocks = section?.blocks ?? [];
  assert.deepEqual(blocks.map(({ kind }) => kind), ["text", "figure", "table", "table", "table", "list"]);
  assert.match(
    JSON.stringify(blocks[0]),
    /http:\/\/127\.0\.0\.1:30000\/metrics: .* every 100\sms, .*; 19 readings\./,
  );
  const rows = blocks.flatMap((block) =>
    block.kind === "table" ? [block.rows.map(({ values }) => values)] : []
  );
  // 0.1 … 0.8 while the load ran: mean 0.45; without 0.5 it is 3.1 / 7
  assert.deepEqual(rows[0]?.map((values) => values.slice(0, 4)), [
    ["round 1", "sglang:token_usage", "8", "0.450"],
    ["round 2", "sglang:token_usage", "7", "0.443"],
  ]);
  assert.deepEqual(rows[1]?.[0], ["round 1", "sglang:prompt_tokens_total", "900", "1,000", "0"]);
  // 9 of 18 within 0.1 s
  assert.deepEqual(rows[2]?.[0], [
    ...["round 1", "sglang:queue_time_seconds", "18", "0.500", "0.100", "0.100", "0.100", "0"],
  ]);
  assert.match(JSON.stringify(blocks.at(-1)), /round 2, from 500\sms on: connection refused/);
});

Deno.test("telemetrySection() is empty where nobody asked the server, and says so where nothing could be read", () => {
  assert.deepEqual(telemetrySection(makeSmallRun([], [])), []);
  const [section] = telemetrySection(makeSmallRun(makeTelemetryRun().manifest.cells, [], {
    telemetry: [
      { kind: "source", url: "http://h/metrics", via: "page", intervalMs: 500, families: [] },
      { kind: "gap", cell: 0, atMs: 9000, message: "HTTP 404" },
    ],
  }));
  assert.deepEqual(section?.blocks.map(({ kind }) => kind), ["text", "list"]);
});
