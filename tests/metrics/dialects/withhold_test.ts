import assert from "node:assert/strict";

import { measureDialects } from "../../../lib/metrics/dialects/mod.ts";
import type { UnknownPart } from "../../../lib/types.ts";
import { makeRecord } from "../../testdata/record.ts";
import { makeCell, makeSmallRun } from "../../testdata/runs/small_run.ts";

function missingOf(unknown: readonly UnknownPart[] | undefined): Set<string> {
  const run = makeSmallRun([makeCell()], [makeRecord([100, 110, 130], { headersMs: 30, unknown })]);
  const rows = measureDialects(run).get(0)?.flatMap(({ name: tool, rows }) =>
    rows.map((row) => ({ ...row, name: `${tool}: ${row.name}` }))
  );
  const missing = rows?.filter(({ value }) => value === null) ?? [];
  for (const { printed, differs, name } of missing) {
    assert.equal(printed, null);
    if (unknown !== undefined && !always.has(name)) {
      assert.match(differs, /^The file does not tell when .*\.$/);
    }
  }
  return new Set(missing.map(({ name }) => name).filter((name) => !always.has(name)));
}

const always = new Set<string>();
for (const name of missingOf(undefined)) always.add(name); // texts, and limits that the run has not

Deno.test("records without gaps leave the ITL and the peaks of tokens missing, and nothing else", () => {
  const missing = [...missingOf(["gaps"])].map((name) =>
    name.replace(/^(\S+: ).*?(ITL|TPOT|Peak output).*/, "$1$2")
  );
  assert.deepEqual([...new Set(missing)], [
    ...["vllm: Peak output", "vllm: ITL", "sglang: Peak output", "sglang: ITL"],
    ...["aiperf: Inter Chunk Latency (ms)"].flatMap((name) =>
      ["avg", "min", "max", "p99", "p90", "p50", "std"].map((statistic) => `${name} ${statistic}`)
    ),
    "mini-sglang: TPOT",
  ]);
});

Deno.test("records without a clock leave durations, rates and load missing, but no latency", () => {
  const missing = missingOf(["schedule", "clock"]);
  for (
    const name of [
      ...[
        "vllm: Benchmark duration (s)",
        "vllm: Request throughput (req/s)",
        "vllm: Peak concurrent requests",
      ],
      ...["sglang: Concurrency", "guidellm: Output Tokens Per Sec Mean", "aiperf: Benchmark Duration (sec)"],
      "mini-sglang: Duration",
    ]
  ) assert.ok(missing.has(name), name);
  assert.deepEqual([...missing].filter((name) => /TTFT|TPOT|ITL|Latency|E2E|Per User/.test(name)), []);
});

Deno.test("records without their last token leave TPOT and E2E missing, under whatever name", () => {
  const missing = missingOf(["last"]);
  for (
    const name of [
      ...["vllm: Mean TPOT (ms)", "sglang: Mean E2E Latency (ms)", "guidellm: ITL ms Mean"],
      ...["guidellm: TPOT ms Mean", "aiperf: Inter Token Latency (ms) avg", "mini-sglang: E2E avg"],
      "aiperf: Output Token Throughput Per User (tokens/sec/user) avg",
    ]
  ) assert.ok(missing.has(name), name);
  assert.deepEqual([...missing].filter((name) => /TTFT|Time to First|Successful/.test(name)), []);
});
