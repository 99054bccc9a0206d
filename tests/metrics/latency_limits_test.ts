import assert from "node:assert/strict";
import {
  describeLatencyLimits,
  type JudgedCell,
  judgeLatencies,
  type LatencyLimit,
} from "../../lib/metrics/latency_limits.ts";
import { describe } from "../../lib/metrics/mod.ts";

/** TTFT from 1 to `count` ms, TPOT of 10 ms. */
function cell(count: number, change: Partial<JudgedCell> = {}): JudgedCell {
  const ttft = describe(Array.from({ length: count }, (_, i) => i + 1));
  return {
    ttft,
    tpot: describe([10, 10]),
    itl: null,
    e2e: null,
    verdict: { valid: true, reasons: [] },
    ...change,
  };
}

const ttft = (percentile: LatencyLimit["percentile"], limitMs: number): LatencyLimit => ({
  metric: "ttft",
  percentile,
  limitMs,
});

Deno.test("judgeLatencies() compares the percentile with its limit, and the limit itself is kept", () => {
  // 1 … 101: p50 is 51 and p99 is 1 + 100·0.99 = 100
  assert.deepEqual(judgeLatencies(cell(101), [ttft("p50", 51), ttft("p99", 100)]), {
    met: true,
    reasons: [],
  });
  assert.deepEqual(judgeLatencies(cell(101), [ttft("p50", 51), ttft("p99", 99.9)]), {
    met: false,
    reasons: ["p99 TTFT is 100 ms, not ≤ 99.9 ms"],
  });
});

Deno.test("judgeLatencies() cannot tell a p99 of fewer than 100 values", () => {
  assert.deepEqual(judgeLatencies(cell(99), [ttft("p99", 1000)]), {
    met: null,
    reasons: ["p99 TTFT needs 100 values and there are 99"],
  });
});

Deno.test("judgeLatencies() takes one broken limit for an answer, whatever cannot be told", () => {
  const limits = [ttft("p99", 1000), { metric: "tpot", percentile: "p50", limitMs: 9 } as const];
  assert.equal(judgeLatencies(cell(3), limits).met, false);
});

Deno.test("judgeLatencies() cannot tell what was not measured, and judges nothing without limits", () => {
  assert.equal(judgeLatencies(cell(200), [{ metric: "e2e", percentile: "p50", limitMs: 1e9 }]).met, null);
  assert.deepEqual(judgeLatencies(cell(200), []), { met: null, reasons: [] });
});

Deno.test("judgeLatencies() takes a cell that is not valid for a miss: its latencies are those of the survivors", () => {
  const verdict = { valid: false, reasons: ["20 of 100 requests failed"] };
  assert.deepEqual(judgeLatencies(cell(200, { verdict }), [ttft("p50", 1e9)]), {
    met: false,
    reasons: ["20 of 100 requests failed"],
  });
});

Deno.test("describeLatencyLimits() names every limit", () => {
  const words = describeLatencyLimits([ttft("p99", 1000), ttft("p50", 0.5)]);
  assert.equal(words, "p99 TTFT ≤ 1000 ms, p50 TTFT ≤ 0.5 ms");
  assert.equal(describeLatencyLimits([]), "");
});
