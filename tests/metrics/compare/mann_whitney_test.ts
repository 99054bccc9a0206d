import assert from "node:assert/strict";

import { cliffsDelta } from "../../../lib/metrics/compare/cliffs_delta.ts";
import { mannWhitney } from "../../../lib/metrics/compare/mann_whitney.ts";
import { isNear, readScipy } from "../../testdata/compare/scipy.ts";

for (const { name, a, b, ...expected } of readScipy().mannWhitney) {
  Deno.test(`mannWhitney() and cliffsDelta() are scipy's: ${name}`, () => {
    const found = mannWhitney(a, b);
    assert.ok(found);
    assert.equal(found.u, expected.u);
    // Where all values are equal scipy has no p-value.
    const pValue = expected.pValue ?? 1;
    assert.ok(isNear(found.pValue, pValue, 1e-10), `${found.pValue}, not ${pValue}`);
    assert.equal(found.method, name.includes("exact") || a.length <= 3 ? "exact" : "normal");
    assert.ok(Math.abs((cliffsDelta(a, b) ?? NaN) - expected.cliffsDelta) < 1e-12);
  });
}

Deno.test("mannWhitney() of the other way round has the same p-value and the opposite delta", () => {
  for (const { a, b } of readScipy().mannWhitney) {
    assert.ok(isNear(mannWhitney(b, a)?.pValue ?? NaN, mannWhitney(a, b)?.pValue ?? 0));
    assert.ok(Math.abs((cliffsDelta(b, a) ?? NaN) + (cliffsDelta(a, b) ?? NaN)) < 1e-12);
  }
});

Deno.test("mannWhitney() says nothing of no values", () => {
  assert.deepEqual([mannWhitney([], [1]), mannWhitney([1], []), cliffsDelta([], [])], [null, null, null]);
});
