import assert from "node:assert/strict";
import fc from "fast-check";

import { packIds } from "../../lib/workload/block_ids.ts";

/** Runs of successive numbers, as rows of a trace have them, and numbers without order. */
const ids = fc.oneof(
  fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 80 })), { maxLength: 6 }).map((runs) =>
    runs.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i))
  ),
  fc.array(fc.nat(), { maxLength: 100 }),
);

Deno.test("packIds() keeps every id in its place", () => {
  fc.assert(fc.property(ids, (ids) => {
    const packed = packIds(ids);
    assert.deepEqual([...packed], ids);
    assert.equal(packed.length, ids.length);
    assert.deepEqual(ids.map((_, i) => packed.at(i)), ids);
    assert.equal(packed.at(ids.length), undefined);
  }));
});

Deno.test("packIds() makes the ids of a conversation short", () => {
  const conversation = [...Array(500).keys(), ...Array.from({ length: 500 }, (_, i) => 9000 + i)];
  assert.ok(JSON.stringify(packIds(conversation)).length < 100);
});
