/**
 * Memory for keys and values: pages that are free, that requests hold, and that the prefix cache keeps.
 *
 * @module
 */
import type { Prefix, PrefixCache } from "./prefix_cache.ts";

/** Where all pages are; the four numbers add up to the capacity. */
export interface KvUsage {
  readonly freePages: number;
  /** Cached, and nobody uses them. */
  readonly evictablePages: number;
  /** Cached, and requests use them. */
  readonly protectedPages: number;
  /** Held by requests, not in the cache. */
  readonly heldPages: number;
}

/** The pages of one request: a cached prefix, which others may share, and pages of its own behind it. */
export interface KvLease {
  /** Tokens that the cache had when the lease began. */
  readonly cachedTokens: number;
  /** New pages it takes to have room for `tokens` in all. */
  missingPages(tokens: number): number;
  /**
   * Takes pages until there is room for `tokens` in all, evicting cached ones where too few are free.
   *
   * @throws {RangeError} When there are not enough.
   */
  reserve(tokens: number): void;
  /** Puts computed tokens, from the front on, into the cache and goes on using them from there. */
  share(tokens: Int32Array): void;
  /** Ends the lease: puts computed tokens into the cache, where there are any to be put, and frees everything else. */
  end(tokens: Int32Array | null): void;
}

/** What an admission rule may look at. */
export interface LeaseRequest {
  /** Tokens to be computed that may be cached already. */
  readonly tokens: Int32Array;
  /** Tokens that the request may come to hold in all. */
  readonly mostTokens: number;
  /** Whether pages for `mostTokens` are promised, so that they cannot run out. */
  readonly promised: boolean;
  /** Decides, before and after the prefix is protected: protecting it makes fewer tokens available. */
  readonly fits: (cachedTokens: number, availableTokens: number) => boolean;
}

/** Memory that requests lease. */
export interface KvMemory {
  /** @returns `null` when it does not fit. */
  lease(request: LeaseRequest): KvLease | null;
  /** Whether that many pages could be had at once. */
  hasPages(pages: number): boolean;
  /** Forgets every cached prefix that nobody uses. */
  flush(): void;
  usage(): KvUsage;
}

/**
 * Makes a memory with all pages free.
 *
 * @param options `capacityPages` in all, `pageTokens` per page, `cache` that keeps what requests leave behind; it must be
 * empty.
 * @example
 * ```ts
 * import { createKvMemory } from "./kv_memory.ts";
 * import { createNaiveCache } from "./prefix_cache.ts";
 * import assert from "node:assert/strict";
 *
 * const memory = createKvMemory({ capacityPages: 4, pageTokens: 16, cache: createNaiveCache() });
 * const tokens = new Int32Array(20);
 * const lease = memory.lease({ tokens, mostTokens: 33, promised: true, fits: () => true });
 * lease?.reserve(20);
 * assert.equal(memory.usage().freePages, 2);
 * assert.equal(memory.lease({ tokens, mostTokens: 32, promised: true, fits: () => true }), null); // 1 of 2 is promised
 * ```
 */
export function createKvMemory(
  { capacityPages, pageTokens, cache }: {
    readonly capacityPages: number;
    readonly pageTokens: number;
    readonly cache: PrefixCache;
  },
): KvMemory {
  let freePages = capacityPages;
  let heldPages = 0;
  let promisedPages = 0;
  const pagesFor = (tokens: number) => Math.ceil(tokens / pageTokens);
  const availablePages = () => freePages + cache.evictablePages();

  function take(pages: number): void {
    if (pages > freePages) freePages += cache.evict(pages - freePages);
    freePages -= pages;
    heldPages += pages;
  }

  function startLease(prefix: Prefix, mostPages: number): KvLease {
    let shared = prefix;
    let ownPages = 0;
    let openPages = mostPages;
    promisedPages += openPages;
    const missingPages = (tokens: number) => pagesFor(tokens) - shared.tokens / pageTokens - ownPages;

    /** The cache takes over own pages, but for those whose tokens it knew. */
    function handOver(tokens: Int32Array): void {
      const { known, prefix } = cache.insert(tokens);
      const handedPages = (prefix.tokens - shared.tokens) / pageTokens;
      cache.lock(prefix);
      cache.unlock(shared);
      freePages += (known - shared.tokens) / pageTokens;
      ownPages -= handedPages;
      heldPages -= handedPages;
      shared = prefix;
    }

    return {
      cachedTokens: prefix.tokens,
      missingPages,
      reserve(tokens) {
        const pages = missingPages(tokens);
        if (pages <= 0) return;
        take(pages);
        ownPages += pages;
        const kept = Math.min(pages, openPages);
        openPages -= kept;
        promisedPages -= kept;
      },
      share: handOver,
      end(tokens) {
        if (tokens !== null) handOver(tokens);
        cache.unlock(shared);
        freePages += ownPages;
        heldPages -= ownPages;
        promisedPages -= openPages;
      },
    };
  }

  return {
    hasPages: (pages) => pages <= availablePages(),
    lease({ tokens, mostTokens, promised, fits }) {
      const prefix = cache.match(tokens);
      const mostPages = promised ? pagesFor(mostTokens) - prefix.tokens / pageTokens : 0;
      const isRoom = () =>
        promisedPages + mostPages <= availablePages() && fits(prefix.tokens, availablePages() * pageTokens);
      if (!isRoom()) return null;
      cache.lock(prefix);
      if (isRoom()) return startLease(prefix, mostPages);
      cache.unlock(prefix);
      return null;
    },
    flush() {
      freePages += cache.evict(cache.evictablePages());
    },
    usage: () => ({
      freePages,
      evictablePages: cache.evictablePages(),
      protectedPages: cache.protectedPages(),
      heldPages,
    }),
  };
}
