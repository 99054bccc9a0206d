import assert from "node:assert/strict";
import { describe } from "../../lib/metrics/mod.ts";
import { describeSlo, type JudgedCell, judgeSlo, type SloLimit } from "../../lib/metrics/slo.ts";

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

const ttft = (percentile: SloLimit["percentile"], limitMs: number): SloLimit => ({
  metric: "ttft",
  percentile,
  limitMs,
});

Deno.test("judgeSlo() compares the percentile with its limit, and the limit itself is kept", () => {
  // 1 … 101: p50 is 51 and p99 is 1 + 100·0.99 = 100
  assert.deepEqual(judgeSlo(cell(101), [ttft("p50", 51), ttft("p99", 100)]), { met: true, reasons: [] });
  assert.deepEqual(judgeSlo(cell(101), [ttft("p50", 51), ttft("p99", 99.9)]), {
    met: false,
    reasons: ["p99 TTFT is 100.0 ms, over 99.9 ms"],
  });
});

Deno.test("judgeSlo() cannot tell a p99 of fewer than 100 values", () => {
  assert.deepEqual(judgeSlo(cell(99), [ttft("p99", 1000)]), {
    met: null,
    reasons: ["p99 TTFT needs 100 values and there are 99"],
  });
});

Deno.test("judgeSlo() takes one broken limit for an answer, whatever cannot be told", () => {
  const limits = [ttft("p99", 1000), { metric: "tpot", percentile: "p50", limitMs: 9 } as const];
  assert.equal(judgeSlo(cell(3), limits).met, false);
});

Deno.test("judgeSlo() cannot tell what was not measured, and judges nothing without limits", () => {
  assert.equal(judgeSlo(cell(200), [{ metric: "e2e", percentile: "p50", limitMs: 1e9 }]).met, null);
  assert.deepEqual(judgeSlo(cell(200), []), { met: null, reasons: [] });
});

Deno.test("judgeSlo() takes a cell that is not valid for a miss: its latencies are those of the survivors", () => {
  const verdict = { valid: false, reasons: ["20 of 100 requests failed"] };
  assert.deepEqual(judgeSlo(cell(200, { verdict }), [ttft("p50", 1e9)]), {
    met: false,
    reasons: ["20 of 100 requests failed"],
  });
});

Deno.test("describeSlo() names every limit", () => {
  assert.equal(describeSlo([ttft("p99", 1000), ttft("p50", 0.5)]), "p99 TTFT ≤ 1000 ms, p50 TTFT ≤ 0.5 ms");
  assert.equal(describeSlo([]), "");
});
