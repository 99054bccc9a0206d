/**
 * Whether two names can stand for one model.
 *
 * @module
 */

/**
 * Compares the last part of the names, ignoring case: servers say "Qwen/Qwen3-32B" or the path it was loaded from.
 *
 * @example
 * ```ts
 * import { isSameModel } from "./same_model.ts";
 * import assert from "node:assert/strict";
 *
 * assert.ok(isSameModel("Qwen/Qwen3-32B", "/models/qwen3-32b/"));
 * assert.ok(!isSameModel("Qwen/Qwen3-32B", "Qwen/Qwen3-14B"));
 * ```
 */
export function isSameModel(a: string, b: string): boolean {
  return lastPart(a) === lastPart(b);
}

function lastPart(name: string): string {
  return name.toLowerCase().replace(/\/+$/, "").split("/").at(-1) ?? "";
}
