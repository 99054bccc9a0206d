import assert from "node:assert/strict";
import fc from "fast-check";

import type { TraceEntry } from "../../lib/types.ts";
import { countBlockHits, sharedBlocks, turnPrefixTokens } from "../../lib/workload/prefix_reuse.ts";
import { traceOf } from "./trace_of.ts";

function entry(hashIds: readonly number[], sessionId?: string): TraceEntry {
  return { arrivalMs: 0, inputTokens: hashIds.length * 16, outputTokens: 1, hashIds, sessionId };
}

Deno.test("countBlockHits forgets the least recently used block", () => {
  const cases: [number[], number, number][] = [
    [[1, 2, 1, 2], Infinity, 2],
    [[1, 2, 1, 2], 2, 2],
    [[1, 2, 1, 2], 1, 0], // each one throws the other out
    [[1, 1, 1], 1, 2],
    [[1, 2, 3, 1], 2, 0], // 3 throws 1 out
    [[1, 2, 1, 3, 1, 2], 2, 2], // both later 1s hit; 3 throws 2 out
  ];
  for (const [ids, capacityBlocks, hits] of cases) {
    assert.deepEqual(countBlockHits([entry(ids)], { capacityBlocks }), { references: ids.length, hits });
    // Where one request ends and the next begins makes no difference.
    assert.equal(countBlockHits(ids.map((id) => entry([id])), { capacityBlocks }).hits, hits);
  }
});

Deno.test("countBlockHits agrees with a list kept in order of use", () => {
  const ids = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 200 });
  fc.assert(fc.property(ids, fc.integer({ min: 1, max: 14 }), (ids, capacityBlocks) => {
    let recent: number[] = [];
    let hits = 0;
    for (const id of ids) {
      if (recent.includes(id)) hits++;
      recent = [id, ...recent.filter((other) => other !== id)].slice(0, capacityBlocks);
    }
    assert.equal(countBlockHits([entry(ids)], { capacityBlocks }).hits, hits);
  }));
});

Deno.test("countBlockHits takes entries without hash ids, and rejects a cache of no blocks", () => {
  assert.deepEqual(countBlockHits([{ arrivalMs: 0, inputTokens: 1, outputTokens: 1 }]), {
    references: 0,
    hits: 0,
  });
  for (const bad of [0, -1, NaN]) {
    assert.throws(() => countBlockHits([], { capacityBlocks: bad }), RangeError);
  }
});

Deno.test("sharedBlocks counts from the front to the first difference", () => {
  const cases: [number[], number[], number][] = [
    [[1, 2, 3], [1, 2, 4, 3], 2],
    [[1, 2], [1, 2, 3], 2],
    [[1, 2, 3], [1, 2], 2],
    [[9, 2], [1, 2], 0],
    [[], [], 0],
  ];
  for (const [a, b, count] of cases) assert.equal(sharedBlocks(entry(a), entry(b)), count);
});

Deno.test("turnPrefixTokens compares each turn with the one before it in its session", () => {
  const trace = traceOf([
    entry([1, 2], "a"),
    entry([1, 9], "b"),
    entry([1, 2, 3], "a"), // 2 blocks of 16 tokens
    entry([1, 2, 3]), // no session
    entry([1, 2, 4], "a"), // 2 again
    entry([8], "b"), // none
  ]);
  assert.deepEqual(turnPrefixTokens(trace), [32, 32, 0]);
});
