/**
 * The order in which engines are asked.
 *
 * @module
 */
import type { ComparisonStep } from "../../comparison.ts";

/**
 * Interleaves engines: A B, then B A, then A B. What drifts slowly, such as a machine that warms up or a neighbour that
 * goes to sleep, then falls on all of them alike.
 *
 * @param count `engines` ≥ 2, `repeats` ≥ 1.
 * @example
 * ```ts
 * import { interleave } from "./steps.ts";
 * import assert from "node:assert/strict";
 *
 * const order = interleave({ engines: 2, repeats: 3 }).map(({ engine }) => "AB"[engine]);
 * assert.equal(order.join(""), "ABBAAB");
 * ```
 */
export function interleave(
  { engines, repeats }: { readonly engines: number; readonly repeats: number },
): ComparisonStep[] {
  const forward = Array.from({ length: engines }, (_, engine) => engine);
  return Array.from(
    { length: repeats },
    (_, i) => (i % 2 === 0 ? forward : forward.toReversed()).map((engine) => ({ engine, repeat: i + 1 })),
  ).flat().map((step, index) => ({ index, ...step, status: "planned", runs: [] }));
}
