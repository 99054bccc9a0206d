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
 * assert.deepEqual([...chunksMs({ ticsMs: [10, 20], controlMs: [5, 21] })], [5, 10, 20, 21]);
 * assert.deepEqual([...chunksMs({ ticsMs: [10, 20], controlMs: [5, 21] }, 1)], [5, 10, 20]);
 * ```
 */
export function* chunksMs(
  { ticsMs, controlMs }: Pick<RequestRecord, "ticsMs" | "controlMs">,
  controls: number = controlMs.length,
): Generator<number> {
  for (let tic = 0, control = 0; tic < ticsMs.length || control < controls;) {
    const ticMs = ticsMs[tic] ?? Infinity;
    const otherMs = control < controls ? controlMs[control] ?? Infinity : Infinity;
    if (otherMs <= ticMs) control++;
    else tic++;
    yield Math.min(ticMs, otherMs);
  }
}
