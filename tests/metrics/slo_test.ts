import assert from "node:assert/strict";
import {
  describeLimit,
  describeSlo,
  joinVerdicts,
  judgePercentile,
  keepsLimit,
  noSlo,
  type Slo,
  type SloLimit,
  sloOf,
} from "../../lib/metrics/slo.ts";
import type { Json } from "../../lib/types.ts";

const ttft: SloLimit = { metric: "ttft", percentile: null, sign: "<", value: 1000 };
const slo: Slo = {
  name: "chat",
  attainment: 0.95,
  limits: [ttft, { ...ttft, percentile: "p99", sign: "≤" }],
};

Deno.test("keepsLimit() compares a value on, below and above the limit by its sign", () => {
  const keeps = (sign: SloLimit["sign"]) =>
    [9, 10, 11].map((value) => keepsLimit(value, { sign, value: 10 }));
  assert.deepEqual(keeps("<"), [true, false, false]);
  assert.deepEqual(keeps("≤"), [true, true, false]);
  assert.deepEqual(keeps(">"), [false, false, true]);
  assert.deepEqual(keeps("≥"), [false, true, true]);
});

Deno.test("sloOf() reads the objective from a run's options", () => {
  assert.deepEqual(sloOf({ options: { slo, seed: 1 } }), slo);
  assert.deepEqual(sloOf({ options: { slo: { ...slo, name: null } } }), { ...slo, name: null });
});

const others: readonly (readonly [string, Json])[] = [
  ["words", "p99 TTFT ≤ 1000 ms"],
  ["null", null],
  ["a list", [1]],
  ["no limits", { name: null, attainment: 1 }],
  ["an unknown metric", { ...slo, limits: [{ ...ttft, metric: "ttlt" }] }],
  ["an unknown percentile", { ...slo, limits: [{ ...ttft, percentile: "p98" }] }],
  ["an unknown sign", { ...slo, limits: [{ ...ttft, sign: "=" }] }],
  ["a limit in words", { ...slo, limits: [{ ...ttft, value: "1 s" }] }],
];

for (const [what, option] of others) {
  Deno.test(`sloOf() finds no objective in ${what}`, () => {
    assert.deepEqual(sloOf({ options: { slo: option } }), noSlo);
  });
}

Deno.test("sloOf() finds no objective where the option is absent", () => {
  assert.deepEqual(sloOf({ options: {} }), noSlo);
});

Deno.test("judgePercentile() says what was measured and what it should be", () => {
  const limit = { ...ttft, percentile: "p50" } as const;
  assert.equal(judgePercentile(limit, { value: 999.9, count: 1 }).met, true);
  // 1000 is not < 1000, and six digits tell 1000.04 from it
  assert.deepEqual(judgePercentile(limit, { value: 1000.04, count: 1 }), {
    met: false,
    reasons: ["p50 TTFT is 1,000.04 ms, not < 1000 ms"],
  });
  assert.deepEqual(judgePercentile(limit, null), { met: null, reasons: ["there is no TTFT"] });
});

Deno.test("judgePercentile() cannot tell a p99 of fewer than 100 values", () => {
  const limit = { ...ttft, percentile: "p99" } as const;
  assert.equal(judgePercentile(limit, { value: 1, count: 100 }).met, true);
  assert.deepEqual(judgePercentile(limit, { value: 1, count: 99 }), {
    met: null,
    reasons: ["p99 TTFT needs 100 values and there are 99"],
  });
});

Deno.test("joinVerdicts() takes a miss over what cannot be told, and that over what is met", () => {
  const verdict = (met: boolean | null) => ({ met, reasons: met === true ? [] : [String(met)] });
  const join = (...all: (boolean | null)[]) => joinVerdicts(all.map(verdict));
  assert.deepEqual(join(true, null, false), { met: false, reasons: ["false"] });
  assert.deepEqual(join(true, null), { met: null, reasons: ["null"] });
  assert.deepEqual(join(true, true), { met: true, reasons: [] });
});

Deno.test("describeSlo() names every limit, and for whom", () => {
  assert.equal(describeSlo(slo), "TTFT < 1000 ms for 95% of the requests, p99 TTFT ≤ 1000 ms");
  assert.equal(describeSlo({ ...slo, attainment: 1, limits: [ttft] }), "TTFT < 1000 ms for every request");
  assert.equal(describeSlo(noSlo), "");
});

Deno.test("describeLimit() tells a request's mean gap from pooled gaps", () => {
  const itl = { metric: "itl", percentile: null, sign: "≤", value: 50 } as const;
  assert.equal(describeLimit(itl), "mean ITL ≤ 50 ms");
  assert.equal(describeLimit({ ...itl, percentile: "p95" }), "p95 ITL ≤ 50 ms");
  const rate = { metric: "outputRate", percentile: null, sign: "≥", value: 10 } as const;
  assert.equal(describeLimit(rate), "output rate ≥ 10 tokens/s");
});
