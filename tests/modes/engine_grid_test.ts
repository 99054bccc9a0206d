import assert from "node:assert/strict";
import { combine } from "../../lib/modes/engine_grid.ts";

Deno.test("combine() names only what differs", () => {
  const labels = combine({ gpu: ["H100"], tp: [2, 4], overlap: [true, false] }).map(({ label }) => label);
  assert.deepEqual(labels, ["TP 2 overlap", "TP 2 no overlap", "TP 4 overlap", "TP 4 no overlap"]);
});

Deno.test("combine() of nothing that differs is one configuration with the engine's description", () => {
  const [only, ...rest] = combine({ gpu: ["h100"], tp: [8] });
  assert.deepEqual([only?.label, only?.varied, rest], ["Qwen3-32B on H100 × 8", {}, []]);
  assert.equal(combine({ tp: [3] })[0]?.label, "the only configuration"); // cannot be, which is said elsewhere
});

Deno.test("combine() lets every option win over a preset", () => {
  const preset = [{ name: "h20", options: { tp: 4, jitter: 0.02 } }, { name: "mine", options: {} }];
  const [first] = combine({ preset, tp: [2] });
  assert.deepEqual(first?.options, { tp: 2, jitter: 0.02 });
  assert.deepEqual([first?.label, first?.varied], ["h20", { preset: "h20" }]);
});

Deno.test("combine() records the varied options by name", () => {
  const last = combine({ engine: ["sglang"], prefillBudgetTokens: [2048, 8192], pageTokens: [1, 16] }).at(-1);
  assert.equal(last?.label, "pages of 16 budget 8192");
  assert.deepEqual(last?.varied, { pageTokens: 16, prefillBudgetTokens: 8192 });
  assert.equal(last?.index, 3);
});

for (
  const [what, grid, message] of [
    ["an unknown GPU", { gpu: ["H300"] }, /must be one of H200, H100, A100: got "H300"/],
    ["an unknown engine", { engine: ["sglan"] }, /did you mean "sglang"/],
    ["an unknown cache", { cache: ["lru"] }, /must be radix or naive: got "lru"/],
    ["a value that stands twice", { tp: [2, 2] }, /'tp' as one value stands twice: TP 2/],
    ["two spellings of one GPU", { gpu: ["h200", "H200"] }, /stands twice: H200/],
    ["no values", { tp: [] }, /'tp' as it has no values/],
  ] as const
) {
  Deno.test(`combine() refuses ${what}`, () => assert.throws(() => combine(grid), message));
}
