/**
 * Memory for keys and values, in pages. Counts only: with the naive cache it does not matter which page is whose.
 *
 * @module
 */

/** The pages of one request. */
export interface PageLease {
  /** Takes pages until there is room for `tokens` in all; never more than the lease was made for. */
  reserve(tokens: number): void;
  /** Gives all pages back, and the claim on the rest. Doing it twice does nothing. */
  release(): void;
  heldPages(): number;
}

/** Pages that requests lease. */
export interface PagePool {
  freePages(): number;
  /**
   * Promises pages to a request; none are taken yet.
   *
   * @param mostTokens Tokens that it may come to hold.
   * @returns `null` when the free pages are already promised to others.
   */
  lease(mostTokens: number): PageLease | null;
}

/**
 * Makes a pool with all pages free.
 *
 * @param capacityPages Number of pages.
 * @param pageTokens Tokens per page.
 * @example
 * ```ts
 * import { createPagePool } from "./page_pool.ts";
 * import assert from "node:assert/strict";
 *
 * const pool = createPagePool(4, 16);
 * const lease = pool.lease(33); // at most 3 pages
 * lease?.reserve(17);
 * assert.equal(pool.freePages(), 2);
 * assert.equal(pool.lease(32), null); // of the 2 free pages 1 is promised
 * ```
 */
export function createPagePool(capacityPages: number, pageTokens: number): PagePool {
  let freePages = capacityPages;
  let promisedPages = 0;
  const pagesFor = (tokens: number) => Math.ceil(tokens / pageTokens);
  return {
    freePages: () => freePages,
    lease(mostTokens) {
      const mostPages = pagesFor(mostTokens);
      if (promisedPages + mostPages > freePages) return null;
      promisedPages += mostPages;
      let heldPages = 0;
      let released = false;
      return {
        heldPages: () => heldPages,
        reserve(tokens) {
          const newPages = pagesFor(tokens) - heldPages;
          heldPages += newPages;
          freePages -= newPages;
          promisedPages -= newPages;
        },
        release() {
          if (released) return;
          released = true;
          freePages += heldPages;
          promisedPages -= mostPages - heldPages;
          heldPages = 0;
        },
      };
    },
  };
}
