/**
 * How much of a trace's prompts a prefix cache could have kept: properties of the trace, not of an engine.
 *
 * @module
 */
import type { Trace, TraceEntry } from "../types.ts";

/** Outcome of {@linkcode countBlockHits}. The hit rate is `hits / references`. */
export interface BlockHits {
  /** Hash ids looked up. */
  readonly references: number;
  /** Those that were in the cache. */
  readonly hits: number;
}

/** Options of {@linkcode countBlockHits}. */
export interface CountBlockHitsOptions {
  /** Blocks that the cache holds; ≥ 1. @default {Infinity} */
  capacityBlocks?: number;
}

/**
 * Runs a trace's hash ids, in order, through a cache that forgets the least recently used block.
 *
 * Every id is looked up on its own, whether or not the block before it was found, and is the most recent one
 * afterwards. With an unlimited cache this is the ideal hit rate of the trace.
 *
 * @param entries Those without hash ids count for nothing.
 * @throws {RangeError} If `capacityBlocks` is below 1.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { countBlockHits } from "./prefix_reuse.ts";
 *
 * const first = { arrivalMs: 0, inputTokens: 48, outputTokens: 1, hashIds: [0, 1, 2] };
 * const second = { arrivalMs: 9, inputTokens: 64, outputTokens: 1, hashIds: [0, 1, 3, 4] };
 * assert.deepEqual(countBlockHits([first, second]), { references: 7, hits: 2 });
 * ```
 */
export function countBlockHits(
  entries: readonly TraceEntry[],
  options: CountBlockHitsOptions = {},
): BlockHits {
  const { capacityBlocks = Infinity } = options;
  if (!(capacityBlocks >= 1)) {
    throw new RangeError(
      `Cannot count block hits as 'capacityBlocks' must be >= 1: current value is ${capacityBlocks}`,
    );
  }
  const ids = entries.flatMap(({ hashIds = [] }) => [...hashIds]);
  // Where each cached id was used last. What stands before `oldest` in `ids` is forgotten or was used again since.
  const lastUse = new Map<number, number>();
  let oldest = 0;
  let hits = 0;
  for (const [use, id] of ids.entries()) {
    if (lastUse.has(id)) hits++;
    lastUse.set(id, use);
    for (; lastUse.size > capacityBlocks; oldest++) {
      const candidate = ids[oldest] ?? id;
      if (lastUse.get(candidate) === oldest) lastUse.delete(candidate);
    }
  }
  return { references: ids.length, hits };
}

/**
 * Tokens of prefix that each later turn shares with the turn before it in the same session.
 *
 * @returns One number per entry whose session was seen before, in order; whole blocks, in tokens.
 */
export function turnPrefixTokens(trace: Trace): number[] {
  const lastOfSession = new Map<string, TraceEntry>();
  const prefixes: number[] = [];
  for (const entry of trace.entries) {
    if (entry.sessionId === undefined) continue;
    const previous = lastOfSession.get(entry.sessionId);
    if (previous !== undefined) prefixes.push(sharedBlocks(previous, entry) * trace.blockTokens);
    lastOfSession.set(entry.sessionId, entry);
  }
  return prefixes;
}

/** Hash ids that two prompts have in common, counted from the front to the first difference. */
export function sharedBlocks(a: TraceEntry, b: TraceEntry): number {
  const { hashIds: left = [] } = a;
  const { hashIds: right = [] } = b;
  let count = 0;
  while (count < left.length && left.at(count) === right.at(count)) count++;
  return count;
}
