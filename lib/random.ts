/**
 * The project's only source of randomness: seeded, portable, and forkable by name, so that adding a draw in one
 * place never changes what another place draws.
 *
 * @module
 */

/** A seeded stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), with 53 bits. */
  float(): number;
  /** Uniform integer, both ends included. */
  int(low: number, high: number): number;
  /** Standard normal (Box–Muller, one value per call). */
  normal(): number;
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** Log-normal with the given mean and σ of the logarithm: E = mean, whatever σ. */
  lognormal(mean: number, sigma: number): number;
  /** The items in another order, each of all orders as likely; the first `count` of it where fewer are wanted. */
  shuffle<T>(items: readonly T[], count?: number): T[];
  /** An independent stream; the same name always gives the same one. */
  fork(name: string): Random;
}

/**
 * Makes a random stream from a seed.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), seeded through a 32-bit mixer.
 *
 * @param seed Any finite number or text.
 * @example
 * ```ts
 * import { createRandom } from "./random.ts";
 * import { strict as assert } from "node:assert";
 *
 * assert.equal(createRandom(42).int(1, 6), createRandom(42).int(1, 6));
 * ```
 */
export function createRandom(seed: number | string): Random {
  const key = String(seed);
  let a = hashText(key, 0x9e3779b9);
  let b = hashText(key, 0x243f6a88);
  let c = hashText(key, 0xb7e15162);
  let counter = 1;
  const next32 = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();

  const float = () => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992;
  const normal = () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float());
  return {
    float,
    int: (low, high) => low + Math.floor(float() * (high - low + 1)),
    normal,
    exponential: (mean) => -mean * Math.log(1 - float()),
    lognormal: (mean, sigma) => mean * Math.exp(sigma * normal() - sigma * sigma / 2),
    shuffle(items, count = items.length) {
      const shuffled = [...items];
      const swap = <T>(list: T[], i: number, j: number) =>
        list.splice(i, 1, ...list.splice(j, 1, ...list.slice(i, i + 1)));
      for (let i = 0; i < Math.min(count, items.length - 1); i++) {
        swap(shuffled, i, i + Math.floor(float() * (shuffled.length - i)));
      }
      return shuffled.slice(0, count);
    },
    fork: (name) => createRandom(`${key}/${name}`),
  };
}

/**
 * Mixes integers into one 32-bit integer, evenly (murmur3's finalizer after each).
 *
 * @param values Safe integers; order matters.
 * @returns An integer in [0, 2³²).
 */
export function hashInts(...values: readonly number[]): number {
  return values.reduce(mixInt, HASH_START) >>> 0;
}

/**
 * The same hash for many lists of integers that differ in the last one only.
 *
 * @param first All integers but the last.
 * @returns `last` → `hashInts(...first, last)`.
 */
export function hashIntsFrom(...first: readonly number[]): (last: number) => number {
  const start = first.reduce(mixInt, HASH_START);
  return (last) => mixInt(start, last) >>> 0;
}

const HASH_START = 0x9e3779b9;

function mixInt(hash: number, value: number): number {
  const mixed = mix32(hash ^ (value | 0));
  const high = Math.floor(value / 4294967296);
  return high === 0 || high === -1 ? mixed : mix32(mixed ^ high);
}

function hashText(text: string, start: number): number {
  let h = start | 0;
  for (let i = 0; i < text.length; i++) h = mix32(h ^ text.charCodeAt(i));
  return mix32(h ^ text.length);
}

function mix32(value: number): number {
  let h = (value + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
