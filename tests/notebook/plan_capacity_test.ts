import assert from "node:assert/strict";

import { largestLoadRows, planCapacity, planRows } from "../../lib/notebook/plan_capacity.ts";
import { planFigures } from "../../lib/notebook/figures.ts";
import { reportHeader } from "../../lib/notebook/report_parts.ts";

Deno.test("planCapacity tries every combination, keeps nothing, and says which bears what", async () => {
  const plan = await planCapacity({
    grid: { gpu: ["H100"], tp: [2, 4] },
    requests: 20,
    scales: [1, 0.2],
    limits: [{ metric: "ttft", percentile: "p50", limitMs: 150 }],
  });
  const rows = planRows(plan);
  assert.deepEqual(rows.map(({ configuration, scale }) => [configuration, scale]), [
    ["TP 2", 1],
    ["TP 2", 0.2],
    ["TP 4", 1],
    ["TP 4", 0.2],
  ]);
  // Twice the GPUs are faster at the same load.
  assert.ok(Number(rows[2]?.ttftP50Ms) < Number(rows[0]?.ttftP50Ms));
  for (const row of rows) assert.equal(row.withinLimits, Number(row.ttftP50Ms) <= 150);
  assert.deepEqual(largestLoadRows(plan).map(({ gpus }) => gpus), [2, 4]);
  assert.match(await planFigures.frontier(plan).html(), /<svg/);
  assert.match(String(reportHeader(plan)), /Simulated/i);
});

Deno.test("planCapacity shows a configuration that cannot be, with the reason", async () => {
  const plan = await planCapacity({
    grid: { gpu: ["A100"], tp: [1], memoryRatio: [0.5] },
    requests: 5,
    scales: [1],
  });
  const [row] = planRows(plan);
  assert.equal(plan.configurations[0]?.outcome.kind, "impossible");
  assert.match(String(row?.problem), /memory|fit/i);
});
