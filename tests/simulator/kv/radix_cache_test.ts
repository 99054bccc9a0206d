import assert from "node:assert/strict";

import fc from "fast-check";

import { createRadixCache } from "../../../lib/simulator/kv/radix_cache.ts";
import type { Prefix } from "../../../lib/simulator/kv/prefix_cache.ts";
import { radixModel } from "./radix_model.ts";

const tokens = (...values: readonly number[]) => Int32Array.from(values);
const cachedTokens = (cache: ReturnType<typeof createRadixCache>, ...values: readonly number[]) =>
  cache.match(tokens(...values)).tokens;

Deno.test("RadixCache matches the longest prefix that fills whole pages", () => {
  const cache = createRadixCache(4);
  cache.insert(tokens(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)); // 9 and 10 fill no page
  assert.equal(cache.evictablePages(), 2);
  assert.equal(cachedTokens(cache, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 8);
  assert.equal(cachedTokens(cache, 1, 2, 3, 4, 5, 6, 7, 9), 4);
  assert.equal(cachedTokens(cache, 1, 2, 3, 4, 5, 6, 7), 4);
  assert.equal(cachedTokens(cache, 1, 2, 3, 5), 0);
  assert.equal(cachedTokens(cache, 1, 2, 3), 0);
  assert.equal(cachedTokens(cache), 0);
});

Deno.test("RadixCache keys children by all tokens of a page", () => {
  const cache = createRadixCache(2);
  cache.insert(tokens(1, 2, 3, 4));
  cache.insert(tokens(1, 2, 3, 5));
  cache.insert(tokens(12, 3)); // "12" and "1, 2" must not be taken for each other
  assert.equal(cache.evictablePages(), 4);
  assert.equal(cachedTokens(cache, 1, 2, 3, 5), 4);
  assert.equal(cachedTokens(cache, 1, 23), 0);
});

Deno.test("RadixCache.insert tells what it knew and takes only the rest", () => {
  const cache = createRadixCache(1);
  assert.equal(cache.insert(tokens(1, 2, 3)).known, 0);
  const { known, prefix } = cache.insert(tokens(1, 2, 4, 5));
  assert.deepEqual([known, prefix.tokens, cache.evictablePages()], [2, 4, 5]);
  assert.deepEqual(cache.insert(tokens(1, 2)).known, 2);
  assert.equal(cache.evictablePages(), 5);
});

Deno.test("RadixCache evicts the least recently used leaf, then its parent once that is a leaf", () => {
  const cache = createRadixCache(1);
  cache.insert(tokens(1, 2, 3, 4)); // becomes 1 2 → 3 4
  cache.insert(tokens(1, 2, 5)); // … and → 5
  cache.insert(tokens(9));
  cachedTokens(cache, 1, 2, 3, 4); // used last, with its parent
  assert.equal(cache.evict(1), 1);
  assert.deepEqual([cachedTokens(cache, 9), cachedTokens(cache, 1, 2, 3, 4)], [1, 4], "5 went first");
  assert.equal(cache.evict(1), 1);
  assert.equal(cachedTokens(cache, 9), 0, "then 9");
  assert.equal(cache.evict(1), 2);
  assert.equal(cachedTokens(cache, 1, 2, 3, 4), 2, "then the leaf 3 4, of which one page was asked");
  assert.equal(cache.evict(1), 2);
  assert.equal(cachedTokens(cache, 1, 2), 0, "then what was its parent");
  assert.deepEqual([cache.evictablePages(), cache.protectedPages()], [0, 0]);
});

Deno.test("RadixCache does not count a node as used that matches in part", () => {
  const cache = createRadixCache(1);
  cache.insert(tokens(1, 2, 3));
  cache.insert(tokens(7, 8));
  cachedTokens(cache, 1, 2); // in part: cut into 1 2 → 3, both as old as before
  cache.evict(1); // 3
  cache.evict(1); // 1 2, still older than 7 8
  assert.equal(cachedTokens(cache, 7, 8), 2);
  assert.equal(cachedTokens(cache, 1), 0);
});

Deno.test("RadixCache counts the part of a cut node as used when it matches as a whole", () => {
  const cache = createRadixCache(1);
  cache.insert(tokens(1, 2, 3));
  cachedTokens(cache, 1, 2);
  cache.insert(tokens(7, 8));
  cachedTokens(cache, 1, 2); // now a node of its own
  cache.evict(1); // 3
  cache.evict(1);
  assert.deepEqual([cachedTokens(cache, 1, 2), cachedTokens(cache, 7)], [2, 0]);
});

Deno.test("RadixCache protects a locked prefix, not what hangs below it, until it is unlocked as often", () => {
  const cache = createRadixCache(1);
  cache.insert(tokens(1, 2, 3, 4));
  const prefix = cache.match(tokens(1, 2));
  cache.lock(prefix);
  cache.lock(prefix);
  assert.deepEqual([cache.evictablePages(), cache.protectedPages()], [2, 2]);
  assert.equal(cache.evict(2), 2);
  assert.throws(() => cache.evict(1), {
    name: "RangeError",
    message: "Cannot evict 1 pages as only 0 are unlocked",
  });
  cache.unlock(prefix);
  assert.throws(() => cache.evict(1), RangeError);
  cache.unlock(prefix);
  assert.equal(cache.evict(1), 2);
});

Deno.test("RadixCache keeps a whole prefix locked when its node is cut afterwards", () => {
  const cache = createRadixCache(1);
  const { prefix } = cache.insert(tokens(1, 2, 3, 4));
  cache.lock(prefix);
  cache.insert(tokens(1, 2, 9));
  assert.deepEqual([cache.evictablePages(), cache.protectedPages()], [1, 4]);
  cache.unlock(prefix);
  assert.deepEqual([cache.evictablePages(), cache.protectedPages()], [5, 0]);
});

interface Command {
  readonly kind: "match" | "insert" | "lock" | "evict" | "unlock";
  readonly tokens: readonly number[];
  readonly number: number;
}

const text = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 12, size: "max" });
const command = (pageTokens: number): fc.Arbitrary<Command> => {
  // Pages of equal tokens, so that long pages collide as often as short ones, and a rest that fills none.
  const pages = fc.tuple(
    fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 7, size: "max" }),
    fc.integer({ min: 0, max: 15 }),
  )
    .map(([values, rest]) => [
      ...values.flatMap((value) => new Array<number>(pageTokens).fill(value)),
      ...new Array<number>(rest % pageTokens).fill(1),
    ]);
  const path = fc.oneof(pages, text);
  return fc.record({
    kind: fc.constantFrom("match", "insert", "insert", "lock", "evict", "unlock"),
    tokens: path,
    number: fc.nat({ max: 8 }),
  });
};

/** The cache and its model, driven by the same commands and compared after each. */
function drive(pageTokens: number, commands: readonly Command[]) {
  const cache = createRadixCache(pageTokens);
  const model = radixModel(pageTokens);
  const locked: { readonly prefix: Prefix; readonly path: readonly number[] }[] = [];
  const known: (readonly number[])[] = [];
  let pages = 0;
  const match = (path: readonly number[]) => {
    const prefix = cache.match(tokens(...path));
    assert.equal(prefix.tokens, model.match(path).length * pageTokens);
    return prefix;
  };
  const evict = (count: number) => assert.equal(cache.evict(count), model.evict(count).length);
  for (const one of commands) {
    if (one.kind === "match") {
      match(one.tokens);
    } else if (one.kind === "insert") {
      const { known: before, prefix } = cache.insert(tokens(...one.tokens));
      const expected = model.insert(one.tokens, one.tokens.map(() => pages++));
      assert.deepEqual({ known: before, cached: prefix.tokens }, expected);
      known.push(one.tokens);
    } else if (one.kind === "lock") {
      const prefix = match(one.tokens);
      cache.lock(prefix);
      const path = one.tokens.slice(0, prefix.tokens);
      model.lock(path, 1);
      locked.push({ prefix, path });
    } else if (one.kind === "unlock") {
      const [lock] = locked.splice(one.number % Math.max(1, locked.length), 1);
      if (!lock) continue;
      cache.unlock(lock.prefix);
      model.lock(lock.path, -1);
    } else {
      evict(Math.min(one.number, model.evictablePages()));
    }
    assert.equal(cache.evictablePages(), model.evictablePages());
    assert.equal(cache.protectedPages(), model.protectedPages());
  }
  return { model, match, evict, known };
}

Deno.test("RadixCache agrees with a plain table of pages after any commands, in what it keeps and what it evicts first", () => {
  for (const pageTokens of [1, 2, 16]) {
    fc.assert(
      fc.property(fc.array(command(pageTokens), { maxLength: 40, size: "max" }), (commands) => {
        // After 0, 1, 2, … evictions, each on a fresh pair, since to look is to use.
        for (let evictions = 0, more = true; more; evictions++) {
          const { model, match, evict, known } = drive(pageTokens, commands);
          for (let i = 0; i < evictions && model.evictablePages() > 0; i++) evict(1);
          more = model.evictablePages() > 0;
          for (const path of known) match(path);
        }
      }),
      { seed: 3, numRuns: 150 },
    );
  }
});
