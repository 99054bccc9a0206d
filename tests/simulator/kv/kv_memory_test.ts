import assert from "node:assert/strict";

import { createKvMemory, type KvMemory } from "../../../lib/simulator/kv/kv_memory.ts";
import { createNaiveCache } from "../../../lib/simulator/kv/prefix_cache.ts";
import { createRadixCache } from "../../../lib/simulator/kv/radix_cache.ts";

const tokens = (length: number, first = 0) => Int32Array.from({ length }, (_, i) => first + i);
const memoryOf = (capacityPages: number, pageTokens: number, kind: "radix" | "naive" = "radix") =>
  createKvMemory({
    capacityPages,
    pageTokens,
    cache: kind === "radix" ? createRadixCache(pageTokens) : createNaiveCache(),
  });

function lease(
  memory: KvMemory,
  prompt: Int32Array,
  options: { mostTokens?: number; promised?: boolean } = {},
) {
  const made = memory.lease({
    tokens: prompt,
    mostTokens: prompt.length,
    promised: false,
    fits: () => true,
    ...options,
  });
  assert.ok(made);
  return made;
}

/** free, evictable, protected, held */
function pages(memory: KvMemory): number[] {
  const { freePages, evictablePages, protectedPages, heldPages } = memory.usage();
  return [freePages, evictablePages, protectedPages, heldPages];
}

Deno.test("KvMemory moves pages from free to held to protected to evictable, and back", () => {
  const memory = memoryOf(10, 4);
  const one = lease(memory, tokens(10));
  one.reserve(10); // 3 pages
  assert.deepEqual(pages(memory), [7, 0, 0, 3]);
  one.share(tokens(10)); // 2 whole ones
  assert.deepEqual(pages(memory), [7, 0, 2, 1]);
  one.reserve(12);
  assert.deepEqual(pages(memory), [7, 0, 2, 1], "the third has room");
  one.reserve(13);
  assert.deepEqual(pages(memory), [6, 0, 2, 2]);
  one.end(tokens(13));
  assert.deepEqual(pages(memory), [7, 3, 0, 0]);
  memory.flush();
  assert.deepEqual(pages(memory), [10, 0, 0, 0]);
});

Deno.test("KvMemory begins a lease with what is cached and protects it", () => {
  const memory = memoryOf(10, 4);
  const one = lease(memory, tokens(8));
  one.reserve(8);
  one.end(tokens(8));
  const two = lease(memory, tokens(10));
  assert.equal(two.cachedTokens, 8);
  assert.equal(two.missingPages(10), 1);
  assert.deepEqual(pages(memory), [8, 0, 2, 0]);
  two.end(null);
  assert.deepEqual(pages(memory), [8, 2, 0, 0]);
});

Deno.test("KvMemory frees the pages of a twin whose tokens were cached meanwhile", () => {
  const memory = memoryOf(10, 4);
  const [one, two] = [lease(memory, tokens(10)), lease(memory, tokens(10))];
  one.reserve(10);
  two.reserve(10);
  assert.deepEqual(pages(memory), [4, 0, 0, 6]);
  one.share(tokens(10));
  two.share(tokens(10));
  assert.deepEqual(pages(memory), [6, 0, 2, 2]);
  one.end(tokens(10));
  assert.deepEqual(pages(memory), [7, 0, 2, 1]);
  two.end(tokens(10));
  assert.deepEqual(pages(memory), [8, 2, 0, 0]);
});

Deno.test("KvMemory evicts when too few pages are free, and says when that is not enough", () => {
  const memory = memoryOf(6, 1);
  const old = lease(memory, tokens(4));
  old.reserve(4);
  old.end(tokens(4));
  assert.deepEqual(pages(memory), [2, 4, 0, 0]);
  assert.deepEqual([memory.hasPages(6), memory.hasPages(7)], [true, false]);
  const one = lease(memory, tokens(5, 100));
  one.reserve(3);
  assert.deepEqual(pages(memory), [3, 0, 0, 3], "the whole entry went");
  assert.throws(() => one.reserve(7), RangeError);
});

Deno.test("KvMemory asks the rule again once the prefix is protected", () => {
  const memory = memoryOf(10, 1);
  const old = lease(memory, tokens(6));
  old.reserve(6);
  old.end(tokens(6));
  const asked: number[][] = [];
  const fits = (cachedTokens: number, availableTokens: number) => {
    asked.push([cachedTokens, availableTokens]);
    return availableTokens >= 5;
  };
  assert.equal(memory.lease({ tokens: tokens(8), mostTokens: 8, promised: false, fits }), null);
  assert.deepEqual(asked, [[6, 10], [6, 4]]);
  assert.deepEqual(pages(memory), [4, 6, 0, 0], "nothing stays protected");
});

Deno.test("KvMemory promises whole pages, and nobody else gets them", () => {
  const memory = memoryOf(4, 16, "naive");
  const ask = (mostTokens: number) =>
    memory.lease({ tokens: tokens(10), mostTokens, promised: true, fits: () => true });
  const one = ask(33); // 3 pages
  assert.equal(ask(17), null);
  one?.reserve(33);
  assert.equal(ask(17), null, "kept promises are still taken");
  const two = ask(16);
  assert.ok(one && two);
  one.end(null);
  assert.ok(ask(48), "the end of a lease ends its promise");
});
