import assert from "node:assert/strict";

import { studentPivot } from "../../../lib/metrics/compare/student_pivot.ts";

Deno.test("studentPivot(): the interval at a value's p-value ends at the value", () => {
  const pivot = studentPivot({ estimate: 2, deviation: 0.5, df: 3 });
  for (const value of [0.1, 1.5, 2.9, 7]) {
    const { low, high } = pivot.interval(pivot.pValue(value));
    assert.ok(Math.abs((value < 2 ? low : high) - value) < 1e-9, `${value}: ${low} to ${high}`);
  }
  assert.equal(pivot.pValue(2), 1);
});

Deno.test("studentPivot() has the table's 95 % interval", () => {
  // t of 2 degrees of freedom at 97.5 % is 4.30265
  const { low, high } = studentPivot({ estimate: 10, deviation: 1, df: 2 }).interval(0.05);
  assert.deepEqual([low.toFixed(5), high.toFixed(5)], ["5.69735", "14.30265"]);
});
