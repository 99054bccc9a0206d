import assert from "node:assert/strict";

import { interleave } from "../../../lib/modes/compare/steps.ts";

function order(engines: number, repeats: number): string {
  return interleave({ engines, repeats }).map(({ engine, repeat }) => `${"ABC"[engine]}${repeat}`).join(" ");
}

Deno.test("interleave() turns the order round from repeat to repeat", () => {
  assert.equal(order(2, 1), "A1 B1");
  assert.equal(order(2, 4), "A1 B1 B2 A2 A3 B3 B4 A4");
  assert.equal(order(3, 2), "A1 B1 C1 C2 B2 A2");
});

Deno.test("interleave() cancels a linear drift where the number of repeats is even", () => {
  const places = (engine: number) =>
    interleave({ engines: 3, repeats: 4 }).filter((step) => step.engine === engine).map(({ index }) => index);
  const sums = [0, 1, 2].map((engine) => places(engine).reduce((sum, place) => sum + place, 0));
  assert.deepEqual(sums, [22, 22, 22]);
});
