import assert from "node:assert/strict";
import { describeErrors, relativeError } from "../../lib/metrics/relative_error.ts";

Deno.test("relativeError() is signed and relative to the measurement", () => {
  assert.equal(relativeError({ measured: 20, estimated: 25 }), 0.25);
  assert.equal(relativeError({ measured: 25, estimated: 20 }), -0.2);
});

Deno.test("describeErrors() tells a bias from a spread", () => {
  // +50 % and −10 %: (0.5 + 0.1) / 2 and (0.5 − 0.1) / 2
  const estimates = [{ measured: 10, estimated: 15 }, { measured: 10, estimated: 9 }];
  const { count, mape, bias } = describeErrors(estimates) ?? assert.fail();
  assert.deepEqual([count, mape.toFixed(12), bias.toFixed(12)], [2, "0.300000000000", "0.200000000000"]);
});

Deno.test("describeErrors() of nothing is null, not 0", () => assert.equal(describeErrors([]), null));
