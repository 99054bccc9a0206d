import assert from "node:assert/strict";

import { parseComparison } from "../../lib/artifact/comparison_file.ts";

const whole = {
  ...{ schemaVersion: 1, comparisonId: "c", mode: "simple", loads: { parameter: "batch", values: [1] } },
  ...{ engines: [], steps: [], options: {} },
};

for (
  const [what, change, message] of [
    ["of a newer benchbook", { schemaVersion: 99 }, /schemaVersion is 99 and this benchbook knows up to 1/],
    ["without a version", { schemaVersion: undefined }, /has no schemaVersion/],
    ["whose steps are no list", { steps: null }, /"steps" must be a list/],
    ["whose engines are no list", { engines: { a: 1 } }, /"engines" must be a list/],
    ["without loads", { loads: undefined }, /"loads" is missing/],
  ] as const
) {
  Deno.test(`parseComparison() refuses a file ${what}`, () => {
    const text = JSON.stringify({ ...whole, ...change });
    assert.throws(
      () => parseComparison(text, "c/comparison.json"),
      (error) =>
        error instanceof SyntaxError && error.message.startsWith("Cannot read c/comparison.json") &&
        message.test(error.message),
    );
  });
}

Deno.test("parseComparison() reads a head", () => {
  assert.equal(parseComparison(JSON.stringify(whole), "c").comparisonId, "c");
});
