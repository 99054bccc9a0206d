import assert from "node:assert/strict";

import { createRandom } from "../../../lib/random.ts";
import { SmallestKeys } from "../../../lib/workload/datasets/smallest_keys.ts";

Deno.test("SmallestKeys keeps what sorting all would put first", () => {
  const random = createRandom(1);
  const keys = Array.from({ length: 1000 }, () => random.float());
  for (const most of [1, 2, 10, 999, 1000, 5000, Infinity]) {
    const kept = new SmallestKeys<number>(most);
    keys.forEach((key, i) => kept.add(key, i));
    const expected = keys.map((key, value) => ({ key, value })).sort((a, b) => a.key - b.key).slice(0, most);
    assert.deepEqual(kept.entries(), expected);
    kept.add(-1, -1); // It goes on after it was asked.
    assert.deepEqual(
      kept.entries().slice(0, 2),
      [{ key: -1, value: -1 }, ...expected].slice(0, Math.min(2, most)),
    );
  }
});
