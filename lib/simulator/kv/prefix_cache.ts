/**
 * What a prefix cache does, whichever kind it is. It keeps keys and values of whole pages under the tokens they belong
 * to; which page is whose does not matter here, so it only counts them.
 *
 * @module
 */

/** A cached prefix. Unless it is locked, it may be evicted at any time. */
export interface Prefix {
  /** Its length in tokens; whole pages. */
  readonly tokens: number;
}

/** A prefix cache. */
export interface PrefixCache {
  /** The longest cached prefix of a prompt. Its parts count as used now. */
  match(tokens: Int32Array): Prefix;
  /**
   * Takes over the pages of computed tokens, as far as they fill pages.
   *
   * @returns `known`: tokens that were cached before, whose pages the cache does not take; `prefix`: all that is cached now.
   */
  insert(tokens: Int32Array): { readonly known: number; readonly prefix: Prefix };
  /** Protects a prefix from eviction; as often as it is locked it must be unlocked. */
  lock(prefix: Prefix): void;
  unlock(prefix: Prefix): void;
  /**
   * Gives up unlocked pages, least recently used first.
   *
   * @returns Pages given up: `pages`, or more where the last entry was larger than needed.
   * @throws {RangeError} When fewer are unlocked.
   */
  evict(pages: number): number;
  /** Pages that nobody has locked. */
  evictablePages(): number;
  protectedPages(): number;
}

/** mini-sglang's `--cache naive`: never matches, keeps nothing. */
export function createNaiveCache(): PrefixCache {
  const nothing: Prefix = { tokens: 0 };
  return {
    match: () => nothing,
    insert: () => ({ known: 0, prefix: nothing }),
    lock: () => {},
    unlock: () => {},
    evict(pages) {
      if (pages === 0) return 0;
      throw new RangeError(`Cannot evict ${pages} pages as a naive cache holds none`);
    },
    evictablePages: () => 0,
    protectedPages: () => 0,
  };
}
