/**
 * Values collected one by one, so that what they are taken from need not fit into memory.
 *
 * @module
 */
import type { List } from "../types.ts";

/** Whole µs below this are counted in place; an inter-token gap is nearly always among them. */
const COUNTED_US = 65_536;
/** Other values are gathered up to this many before they are sorted into the ones before them. */
const MOST_GATHERED = 4096;

/**
 * A sample of numbers, kept exactly: every distinct value and how often it came.
 *
 * Instants are whole µs, so the gaps between millions of tokens are a few thousand distinct values. Values that are all
 * distinct, one per request, take 16 bytes each.
 *
 * @example
 * ```ts
 * import { Sample } from "./sample.ts";
 * import assert from "node:assert/strict";
 *
 * const sample = new Sample();
 * for (const ms of [8.125, 7.5, 8.125]) sample.add(ms);
 * assert.deepEqual(Array.from(sample.sorted()), [7.5, 8.125, 8.125]);
 * ```
 */
export class Sample {
  #count = 0;
  /** By whole µs. */
  #counts = new Uint32Array(0);
  #gathered = new Float64Array(0);
  #gatheredCount = 0;
  #rest: Tally = EMPTY;
  #sorted: SortedValues | undefined;

  /** Values added so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds a value.
   *
   * @throws {RangeError} When it is not finite.
   */
  add(value: number): void {
    this.#sorted = undefined;
    this.#count++;
    const us = Math.round(value * 1000);
    if (us >= 0 && us < COUNTED_US && us / 1000 === value) {
      if (this.#counts.length === 0) this.#counts = new Uint32Array(COUNTED_US);
      this.#counts[us] = (this.#counts[us] ?? 0) + 1;
    } else {
      this.#gather(value);
    }
  }

  /** All values in ascending order. */
  sorted(): SortedValues {
    if (this.#sorted !== undefined) return this.#sorted;
    this.#settle();
    return this.#sorted = new SortedValues(merge(tallyCounts(this.#counts), this.#rest), this.#count);
  }

  #gather(value: number): void {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot add value to sample as it must be finite: current value is ${value}`);
    }
    if (this.#gatheredCount === MOST_GATHERED) this.#settle();
    if (this.#gatheredCount === this.#gathered.length) {
      const longer = new Float64Array(Math.min(MOST_GATHERED, Math.max(16, 2 * this.#gathered.length)));
      longer.set(this.#gathered);
      this.#gathered = longer;
    }
    this.#gathered[this.#gatheredCount++] = value;
  }

  #settle(): void {
    this.#rest = merge(this.#rest, tallySorted(this.#gathered.slice(0, this.#gatheredCount).sort()));
    this.#gatheredCount = 0;
  }
}

/** Makes a sample of values that are at hand. */
export function sampleOf(values: Iterable<number>): Sample {
  const sample = new Sample();
  for (const value of values) sample.add(value);
  return sample;
}

/** Distinct values in ascending order, and how often each is there. */
interface Tally {
  readonly values: Float64Array;
  readonly times: Float64Array;
}

const EMPTY: Tally = { values: new Float64Array(0), times: new Float64Array(0) };

/** A sample in ascending order, each value as often as it came. */
export class SortedValues implements List<number> {
  readonly length: number;
  readonly #tally: Tally;
  /** Values up to and with each distinct one. */
  readonly #upTo: Float64Array;

  /** @param length Sum of all times. */
  constructor(tally: Tally, length: number) {
    this.length = length;
    this.#tally = tally;
    let sum = 0;
    this.#upTo = tally.times.map((times) => sum += times);
  }

  at(index: number): number | undefined {
    if (index < 0 || index >= this.length) return undefined;
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#upTo[middle] ?? 0) > index) high = middle;
      else low = middle + 1;
    }
    return this.#tally.values[low];
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [value, times] of this.distinct()) {
      for (let i = 0; i < times; i++) yield value;
    }
  }

  /** Each distinct value with how often it is there. */
  *distinct(): Generator<readonly [value: number, times: number]> {
    const { values, times } = this.#tally;
    for (let i = 0; i < values.length; i++) yield [values[i] ?? 0, times[i] ?? 0];
  }
}

function tallyCounts(counts: Uint32Array): Tally {
  const distinct = counts.reduce((sum, times) => times > 0 ? sum + 1 : sum, 0);
  const tally = { values: new Float64Array(distinct), times: new Float64Array(distinct) };
  let place = 0;
  for (const [us, times] of counts.entries()) {
    if (times === 0) continue;
    tally.values[place] = us / 1000;
    tally.times[place++] = times;
  }
  return tally;
}

function tallySorted(sorted: Float64Array): Tally {
  return merge({ values: sorted, times: new Float64Array(sorted.length).fill(1) }, EMPTY);
}

/** Puts two ascending tallies into one; equal values, in one of them or in both, become one. */
function merge(a: Tally, b: Tally): Tally {
  const values = new Float64Array(a.values.length + b.values.length);
  const times = new Float64Array(values.length);
  let length = 0;
  for (let i = 0, j = 0; i < a.values.length || j < b.values.length;) {
    const [left = Infinity, right = Infinity] = [a.values[i], b.values[j]];
    const value = left <= right ? left : right;
    const count = (left <= right ? a.times[i++] : b.times[j++]) ?? 0;
    if (length > 0 && values[length - 1] === value) times[length - 1] = (times[length - 1] ?? 0) + count;
    else {
      values[length] = value;
      times[length++] = count;
    }
  }
  return { values: values.slice(0, length), times: times.slice(0, length) };
}
