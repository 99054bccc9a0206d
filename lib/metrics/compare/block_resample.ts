/**
 * Which stretches of a run are taken, and how often.
 *
 * @module
 */
import type { Random } from "../../random.ts";

/** Stretches of requests on a circle: after the last request comes the first. */
export interface Stretches {
  /** First request of each, by its place in the order of sending. */
  readonly starts: Int32Array;
  /** Requests in each, at most as many as there are. */
  readonly lengths: Int32Array;
}

/** All requests once. */
export function wholeRun(requests: number): Stretches {
  return { starts: Int32Array.of(0), lengths: Int32Array.of(requests) };
}

/** Blocks that fit into a run side by side. */
export function countBlocks(requests: number, blockRequests: number): number {
  return Math.max(1, Math.floor(requests / blockRequests));
}

/** The run without one of its blocks, block after block; the last block takes the requests that are left over. */
export function* leaveOutBlocks(requests: number, blockRequests: number): Generator<Stretches> {
  const blocks = countBlocks(requests, blockRequests);
  for (let block = 0; block < blocks; block++) {
    const start = block * blockRequests;
    const end = block === blocks - 1 ? requests : start + blockRequests;
    yield { starts: Int32Array.of(end % requests), lengths: Int32Array.of(requests - (end - start)) };
  }
}

/**
 * Draws resamples of blocks of equal length on a circle (Politis and Romano 1992): as many requests as there are, of blocks
 * that start anywhere; the last block is cut short.
 *
 * @param options `blockRequests` in [1, requests].
 * @returns Draws the next resample; the object is the same one each time.
 * @example
 * ```ts
 * import { createRandom } from "../../random.ts";
 * import { blockDrawer } from "./block_resample.ts";
 * import assert from "node:assert/strict";
 *
 * const draw = blockDrawer(createRandom(1), { requests: 10, blockRequests: 4 });
 * assert.deepEqual([...draw().lengths], [4, 4, 2]);
 * ```
 */
export function blockDrawer(
  random: Random,
  { requests, blockRequests }: { readonly requests: number; readonly blockRequests: number },
): () => Stretches {
  const count = Math.ceil(requests / blockRequests);
  const starts = new Int32Array(count);
  const lengths = new Int32Array(count).fill(blockRequests);
  lengths[count - 1] = requests - (count - 1) * blockRequests;
  return () => {
    for (let i = 0; i < count; i++) starts[i] = Math.floor(random.float() * requests);
    return { starts, lengths };
  };
}

/** How often each request is in the stretches, into `counts`, one number per request. */
export function countRequests({ starts, lengths }: Stretches, counts: Int32Array): void {
  const requests = counts.length;
  counts.fill(0);
  for (let i = 0; i < starts.length; i++) {
    let place = starts[i] ?? 0;
    for (let left = lengths[i] ?? 0; left > 0; left--) {
      counts[place] = (counts[place] ?? 0) + 1;
      if (++place === requests) place = 0;
    }
  }
}

/**
 * Draws weights of repeats, the same for A and B: wᵣ = 1/R + (gᵣ − ḡ)/√(R(R − 1)) with g standard normal.
 *
 * They sum up to 1, and over draws a mean with these weights varies as the mean of R repeats does: variance s²/R, with s²
 * over R − 1. Repeats drawn whole would do as much with many repeats; of two or three they make a few distinct means, none
 * of them further out than the outermost repeat.
 *
 * @param repeats At least 1; where there is one, its weight is 1.
 * @returns Draws the next weights; the object is the same one each time.
 * @see https://doi.org/10.1007/978-1-4757-2545-2 (multiplier bootstrap, chapter 3.6)
 * @example
 * ```ts
 * import { createRandom } from "../../random.ts";
 * import { repeatDrawer } from "./block_resample.ts";
 * import assert from "node:assert/strict";
 *
 * const draw = repeatDrawer(createRandom(1), 3);
 * assert.ok(Math.abs(draw().reduce((sum, weight) => sum + weight) - 1) < 1e-12);
 * ```
 */
export function repeatDrawer(random: Random, repeats: number): () => Float64Array {
  const weights = new Float64Array(repeats).fill(1);
  if (repeats === 1) return () => weights;
  const scale = 1 / Math.sqrt(repeats * (repeats - 1));
  return () => {
    let mean = 0;
    for (let i = 0; i < repeats; i++) {
      weights[i] = random.normal();
      mean += (weights[i] ?? 0) / repeats;
    }
    for (let i = 0; i < repeats; i++) weights[i] = 1 / repeats + ((weights[i] ?? 0) - mean) * scale;
    return weights;
  };
}
