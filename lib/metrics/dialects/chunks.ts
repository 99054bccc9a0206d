/**
 * All chunks of a stream, whatever they bore.
 *
 * @module
 */
import type { RequestRecord } from "../../types.ts";

/**
 * The instants of a request's chunks, with and without a token, in order; ms.
 *
 * @param controls How many of the chunks without a token, from the first. @default all
 * @example
 * ```ts
 * import { chunksMs } from "./chunks.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(chunksMs({ ticsMs: [10, 20], controlMs: [5, 21] }), [5, 10, 20, 21]);
 * assert.deepEqual(chunksMs({ ticsMs: [10, 20], controlMs: [5, 21] }, 1), [5, 10, 20]);
 * ```
 */
export function chunksMs(
  { ticsMs, controlMs }: Pick<RequestRecord, "ticsMs" | "controlMs">,
  controls: number = controlMs.length,
): readonly number[] {
  const othersMs = controlMs.slice(0, controls);
  const [firstMs = Infinity, lastMs = -Infinity] = [ticsMs[0], ticsMs.at(-1)];
  const before = othersMs.filter((ms) => ms <= firstMs).length;
  const all = othersMs.slice(0, before).concat(ticsMs, othersMs.slice(before));
  return (othersMs[before] ?? Infinity) >= lastMs ? all : all.sort((a, b) => a - b);
}
