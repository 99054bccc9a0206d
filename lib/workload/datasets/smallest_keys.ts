/**
 * A sample drawn from rows of unknown number, in little memory.
 *
 * @module
 */

/**
 * Keeps the values with the smallest keys. With random keys they are a sample of all that were added, each equally likely,
 * and a smaller sample is the beginning of a larger one.
 *
 * @example
 * ```ts
 * import { SmallestKeys } from "./smallest_keys.ts";
 * import assert from "node:assert/strict";
 *
 * const kept = new SmallestKeys<string>(2);
 * for (const [key, value] of [[3, "c"], [1, "a"], [2, "b"]] as const) kept.add(key, value);
 * assert.deepEqual(kept.entries(), [{ key: 1, value: "a" }, { key: 2, value: "b" }]);
 * ```
 */
export class SmallestKeys<T> {
  readonly #most: number;
  #kept: KeyedValue<T>[] = [];
  /** Keys from here on are not among the smallest. */
  #bound = Infinity;

  /** @param most Values that are kept; an integer ≥ 1, or Infinity. */
  constructor(most: number) {
    this.#most = most;
  }

  add(key: number, value: T): void {
    if (key >= this.#bound) return;
    this.#kept.push({ key, value });
    if (this.#kept.length >= 2 * this.#most) this.#prune();
  }

  /** What was kept, smallest first. */
  entries(): readonly KeyedValue<T>[] {
    this.#prune();
    return this.#kept;
  }

  #prune(): void {
    this.#kept.sort((a, b) => a.key - b.key);
    if (this.#kept.length > this.#most) this.#kept.length = this.#most;
    if (this.#kept.length === this.#most) this.#bound = this.#kept.at(-1)?.key ?? Infinity;
  }
}

/** A value and its key. */
export interface KeyedValue<T> {
  readonly key: number;
  readonly value: T;
}
