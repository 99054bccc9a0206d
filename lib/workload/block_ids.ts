/**
 * The hash ids of a prompt in little memory.
 *
 * @module
 */
import type { List } from "../types.ts";

/** Fewer ids than this are kept as they are. */
const FEWEST_PACKED = 32;

/**
 * Packs the ids of a row.
 *
 * Traces number blocks in the order in which they are first seen, so the ids of a prompt are a few runs of successive
 * numbers: one for each time that its conversation went on.
 *
 * @param ids Integers ≥ 0; not kept where packing them saves memory.
 * @returns The same ids.
 * @example
 * ```ts
 * import { packIds } from "./block_ids.ts";
 * import assert from "node:assert/strict";
 *
 * const ids = Array.from({ length: 100 }, (_, i) => i < 60 ? i : 1000 + i);
 * const packed = packIds(ids);
 * assert.deepEqual([packed.length, packed.at(59), packed.at(60)], [100, 59, 1060]);
 * assert.deepEqual([...packed], ids);
 * ```
 */
export function packIds(ids: readonly number[]): List<number> {
  if (ids.length < FEWEST_PACKED) return ids;
  const runs = findRuns(ids);
  return 2 * runs.length < ids.length ? new IdRuns(runs) : ids;
}

/** First id and number of ids of each run, one after the other. */
type Runs = readonly number[];

function findRuns(ids: readonly number[]): Runs {
  const runs: number[] = [];
  let start = 0;
  for (let i = 1; i <= ids.length; i++) {
    const [previous = 0, first = 0] = [ids[i - 1], ids[start]];
    if (ids[i] === previous + 1) continue;
    runs.push(first, i - start);
    start = i;
  }
  return runs;
}

class IdRuns implements List<number> {
  readonly runs: Runs;
  readonly length: number;

  constructor(runs: Runs) {
    this.runs = runs;
    this.length = runs.reduce((sum, value, place) => place % 2 === 1 ? sum + value : sum, 0);
  }

  at(index: number): number | undefined {
    if (index < 0) return undefined;
    let before = 0;
    for (const [first, count] of this.#pairs()) {
      if (index < before + count) return first + index - before;
      before += count;
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [first, count] of this.#pairs()) {
      for (let i = 0; i < count; i++) yield first + i;
    }
  }

  *#pairs(): Generator<readonly [first: number, count: number]> {
    for (let i = 0; i < this.runs.length; i += 2) yield [this.runs[i] ?? 0, this.runs[i + 1] ?? 0];
  }
}
