import assert from "node:assert/strict";
import { latencyAxis } from "../../lib/plots/latency_axis.ts";

Deno.test("latencyAxis() spans what was measured, four decades at most", () => {
  const rows: [valuesMs: number[], log: boolean, type: string | undefined, domain: number[]][] = [
    [[5, 40], true, "log", [5, 40]],
    [[0, 5, 40], true, "log", [5, 40]], // 0 has no place and is drawn at the lower end
    [[0.001, 1000], true, "log", [0.1, 1000]], // 1000 / 10⁴
    [[7], true, "log", [3.5, 14]], // a single value stands in the middle
    [[0, 0], true, undefined, [0, 1]], // nothing that a logarithm has
    [[5, 40], false, undefined, [0, 40]],
    [[], false, undefined, [0, 1]],
  ];
  for (const [valuesMs, log, type, domain] of rows) {
    const { scale } = latencyAxis(valuesMs, { log, label: "TTFT (ms)" });
    assert.deepEqual([scale.type, scale.domain, scale.label], [type, domain, "TTFT (ms)"]);
  }
});
