import assert from "node:assert/strict";

import { tokenizeText } from "../../../lib/simulator/tokenize.ts";
import { askableTurns, demoDataset, promptTokens } from "../../../lib/workload/datasets/mod.ts";

Deno.test("demoDataset() has rows of 512 to 8,192 tokens, and the first of more are those of fewer", () => {
  const rows = demoDataset({ rows: 100, seed: 42 });
  const lengths = rows.map(({ turns }) => promptTokens(askableTurns(turns), tokenizeText).length);
  assert.ok(lengths.every((tokens) => tokens >= 512 && tokens <= 8192));
  assert.ok(Math.min(...lengths) < 600 && Math.max(...lengths) > 7000);
  assert.deepEqual(demoDataset({ rows: 10, seed: 42 }), rows.slice(0, 10));
  assert.notDeepEqual(demoDataset({ rows: 1, seed: 43 }), rows.slice(0, 1));
});

Deno.test("rows of the demo share no prefix", () => {
  const beginnings = demoDataset({ rows: 200, seed: 1 }).map(({ turns }) => turns[0]?.content.slice(0, 40));
  assert.equal(new Set(beginnings).size, 200);
});
