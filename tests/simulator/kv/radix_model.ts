/**
 * A second radix cache to hold the first one against: no tree, no counters, no queue, only a table of cached pages
 * under the whole path of tokens that leads to each, written from mini-sglang's
 * https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/kvcache/radix_cache.py.
 */

interface CachedPage {
  readonly path: string;
  readonly parentPath: string;
  /** Its number in memory. */
  readonly page: number;
  /** A node is this page and all that follow, until one branches off or starts the next node. */
  startsNode: boolean;
  lastUse: number;
  locks: number;
}

/** What the scheduler's model needs of a cache. */
export interface CacheModel {
  /** Numbers of the pages that hold the longest cached prefix. */
  match(tokens: readonly number[]): number[];
  /** @returns Tokens that were cached before, and that are cached now. */
  insert(tokens: readonly number[], pages: readonly number[]): { known: number; cached: number };
  /** Locks (+1) or unlocks (−1) a cached prefix. */
  lock(tokens: readonly number[], by: 1 | -1): void;
  /** @returns Numbers of the pages given up, in order. */
  evict(count: number): number[];
  evictablePages(): number;
  protectedPages(): number;
}

/** Makes an empty table. */
export function radixModel(pageTokens: number): CacheModel {
  const table = new Map<string, CachedPage>();
  let now = 0;
  const pathOf = (tokens: readonly number[], pages: number) => tokens.slice(0, pages * pageTokens).join(" ");
  const pagesIn = (tokens: readonly number[]) => Math.floor(tokens.length / pageTokens);

  function cachedPages(tokens: readonly number[]): CachedPage[] {
    const found: CachedPage[] = [];
    for (let n = 1; n <= pagesIn(tokens); n++) {
      const cached = table.get(pathOf(tokens, n));
      if (!cached) break;
      found.push(cached);
    }
    return found;
  }

  function walk(tokens: readonly number[]): CachedPage[] {
    now++;
    const found = cachedPages(tokens);
    let used = found.length;
    const end = found.at(-1)?.path;
    const rest = [...table.values()].find((one) => one.parentPath === end && !one.startsNode);
    if (rest) {
      // The node goes on behind the match: it is cut in two, neither of which counts as used.
      rest.startsNode = true;
      do used--; while (!found[used]?.startsNode);
    }
    for (const one of found.slice(0, used)) one.lastUse = now;
    return found;
  }

  return {
    match: (tokens) => walk(tokens).map(({ page }) => page),
    insert(tokens, pages) {
      const known = walk(tokens).length;
      now++;
      for (let n = known; n < pagesIn(tokens); n++) {
        const path = pathOf(tokens, n + 1);
        const parentPath = pathOf(tokens, n);
        table.set(path, {
          ...{ path, parentPath, page: pages[n] ?? NaN, lastUse: now, locks: 0 },
          startsNode: n === known,
        });
      }
      return { known: known * pageTokens, cached: pagesIn(tokens) * pageTokens };
    },
    lock(tokens, by) {
      for (const one of cachedPages(tokens)) one.locks += by;
    },
    evict(count) {
      const evicted: number[] = [];
      while (evicted.length < count) {
        const parents = new Set([...table.values()].map(({ parentPath }) => parentPath));
        const leaves = [...table.values()].filter(({ path, locks }) => locks === 0 && !parents.has(path));
        let one = leaves.sort((a, b) => a.lastUse - b.lastUse)[0];
        if (!one) throw new RangeError("nothing is left to be evicted");
        const node: number[] = [];
        for (let isNode = true; isNode && one; one = table.get(one.parentPath)) {
          node.unshift(one.page);
          table.delete(one.path);
          isNode = !one.startsNode;
        }
        evicted.push(...node);
      }
      return evicted;
    },
    evictablePages: () => [...table.values()].filter(({ locks }) => locks === 0).length,
    protectedPages: () => [...table.values()].filter(({ locks }) => locks > 0).length,
  };
}

/** mini-sglang's naive cache: it keeps nothing. */
export function naiveModel(): CacheModel {
  return {
    match: () => [],
    insert: () => ({ known: 0, cached: 0 }),
    lock: () => {},
    evict(count) {
      if (count > 0) throw new RangeError("nothing is left to be evicted");
      return [];
    },
    evictablePages: () => 0,
    protectedPages: () => 0,
  };
}
