/**
 * The radix cache of mini-sglang: a tree of token sequences in which prompts that begin alike share nodes.
 *
 * Facts are those of
 * https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/kvcache/radix_cache.py: matches end at page
 * borders; a node that matches in part is split; only nodes that match as a whole count as used; eviction takes the
 * least recently used unlocked leaf, then its parent once that is a leaf, and may give up more than was asked.
 *
 * @module
 */
import { BinaryHeap } from "../../std.ts";
import type { Prefix, PrefixCache } from "./prefix_cache.ts";

/** First page of a node: its token, or all of its tokens where pages hold several. */
type PageKey = number | string;

class Node {
  readonly children = new Map<PageKey, Node>();
  /** Prefixes locked that end here or below. */
  locks = 0;
  /** Whether it stands in the queue of eviction. */
  queued = false;

  constructor(
    /** Tokens on the way from the parent to here, whole pages. */
    public tokens: Int32Array,
    /** `null` for the root, and for a node that was evicted. */
    public parent: Node | null,
    /** Number of the walk that used it last. */
    public lastUse: number,
  ) {}

  get isLeaf(): boolean {
    return this.children.size === 0;
  }
}

interface RadixPrefix extends Prefix {
  /** Its last node; deeper and shorter after a split, never wrong. */
  readonly node: Node;
}

/**
 * Makes an empty radix cache.
 *
 * @param pageTokens Tokens per page.
 * @example
 * ```ts
 * import { createRadixCache } from "./radix_cache.ts";
 * import assert from "node:assert/strict";
 *
 * const cache = createRadixCache(2);
 * cache.insert(Int32Array.of(1, 2, 3, 4, 5)); // two pages; the fifth token fills none
 * assert.equal(cache.match(Int32Array.of(1, 2, 3, 9)).tokens, 2);
 * assert.equal(cache.evictablePages(), 2);
 * ```
 */
export function createRadixCache(pageTokens: number): PrefixCache {
  const root = new Node(new Int32Array(), null, 0);
  /** Unlocked leaves by last use; whatever has changed since it was put in is sorted out when it is taken. */
  const evictionQueue = new BinaryHeap<{ readonly node: Node; readonly lastUse: number }>((a, b) =>
    a.lastUse - b.lastUse
  );
  let walks = 0;
  let evictableTokens = 0;
  let protectedTokens = 0;

  const keyAt = (tokens: Int32Array, from: number): PageKey =>
    pageTokens === 1 ? tokens[from] ?? 0 : tokens.subarray(from, from + pageTokens).join();

  function queueForEviction(node: Node): void {
    if (node.queued || node.locks > 0 || !node.isLeaf || node.parent === null) return;
    node.queued = true;
    evictionQueue.push({ node, lastUse: node.lastUse });
  }

  /** Walks down as far as the tokens match, splitting the last node where they stop matching inside it. */
  function walk(tokens: Int32Array): RadixPrefix {
    const now = ++walks;
    const wholeTokens = tokens.length - tokens.length % pageTokens;
    let node = root;
    let matched = 0;
    while (matched < wholeTokens) {
      const child = node.children.get(keyAt(tokens, matched));
      if (child === undefined) break;
      const same = countSame(child.tokens, tokens, matched);
      const samePages = same - same % pageTokens;
      matched += samePages;
      if (samePages < child.tokens.length) {
        node = split(child, samePages);
        break;
      }
      node = child;
      node.lastUse = now;
    }
    return { tokens: matched, node };
  }

  /** Puts a new node above `node` that takes its first tokens. Whoever holds `node` still holds the whole prefix. */
  function split(node: Node, at: number): Node {
    const upper = new Node(node.tokens.slice(0, at), node.parent, node.lastUse);
    upper.locks = node.locks;
    node.parent?.children.set(keyAt(upper.tokens, 0), upper);
    node.tokens = node.tokens.slice(at);
    node.parent = upper;
    upper.children.set(keyAt(node.tokens, 0), node);
    return upper;
  }

  function remove(node: Node): void {
    const { parent, tokens } = node;
    if (parent === null) return;
    evictableTokens -= tokens.length;
    parent.children.delete(keyAt(tokens, 0));
    node.parent = null;
    queueForEviction(parent);
  }

  return {
    match: walk,
    insert(tokens) {
      const insertTokens = tokens.length - tokens.length % pageTokens;
      const found = walk(tokens);
      if (found.tokens === insertTokens) return { known: insertTokens, prefix: found };
      const leaf = new Node(tokens.slice(found.tokens, insertTokens), found.node, ++walks);
      found.node.children.set(keyAt(leaf.tokens, 0), leaf);
      evictableTokens += leaf.tokens.length;
      queueForEviction(leaf);
      const prefix: RadixPrefix = { tokens: insertTokens, node: leaf };
      return { known: found.tokens, prefix };
    },
    lock(prefix) {
      for (let node = nodeOf(prefix); node.parent !== null; node = node.parent) {
        if (node.locks++ > 0) continue;
        evictableTokens -= node.tokens.length;
        protectedTokens += node.tokens.length;
      }
    },
    unlock(prefix) {
      for (let node = nodeOf(prefix); node.parent !== null; node = node.parent) {
        if (--node.locks > 0) continue;
        evictableTokens += node.tokens.length;
        protectedTokens -= node.tokens.length;
        queueForEviction(node);
      }
    },
    evict(pages) {
      if (pages * pageTokens > evictableTokens) {
        throw new RangeError(
          `Cannot evict ${pages} pages as only ${evictableTokens / pageTokens} are unlocked`,
        );
      }
      const before = evictableTokens;
      while (before - evictableTokens < pages * pageTokens) {
        const next = evictionQueue.pop();
        if (next === undefined) {
          throw new TypeError("Cannot evict as no unlocked leaf is left: this is a defect");
        }
        const { node, lastUse } = next;
        node.queued = false;
        if (node.lastUse !== lastUse) queueForEviction(node);
        else if (node.locks === 0 && node.isLeaf) remove(node);
      }
      return (before - evictableTokens) / pageTokens;
    },
    evictablePages: () => evictableTokens / pageTokens,
    protectedPages: () => protectedTokens / pageTokens,
  };
}

function nodeOf(prefix: Prefix): Node {
  return (prefix as RadixPrefix).node;
}

/** Tokens from the front that `key` shares with `tokens` from `from` on. */
function countSame(key: Int32Array, tokens: Int32Array, from: number): number {
  const most = Math.min(key.length, tokens.length - from);
  let same = 0;
  while (same < most && key[same] === tokens[from + same]) same++;
  return same;
}
