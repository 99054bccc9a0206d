/**
 * An object without the members that are `undefined`, so that they do not hide defaults when it is spread over them.
 *
 * @example
 * ```ts
 * import { withoutAbsent } from "./without_absent.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual({ a: 1, b: 2, ...withoutAbsent({ a: undefined, b: 3 }) }, { a: 1, b: 3 });
 * ```
 *
 * @module
 */

/** Leaves out what is `undefined`. */
export function withoutAbsent<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
