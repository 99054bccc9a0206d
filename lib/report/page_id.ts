/**
 * Ids of runs as names of pages.
 *
 * @module
 */

/**
 * Refuses an id that cannot name a page: ids come from files, which may be anybody's.
 *
 * @throws {RangeError} When it leads to another folder, is hidden or empty, or names the list of pages.
 * @example
 * ```ts
 * import { checkPageId } from "./page_id.ts";
 * import assert from "node:assert/strict";
 *
 * checkPageId("2026-11-22T134501-qwen-simulated");
 * assert.throws(() => checkPageId("../elsewhere"), RangeError);
 * ```
 */
export function checkPageId(id: string): void {
  if (!/[/\\\0]/.test(id) && !id.startsWith(".") && id !== "" && id !== "index") return;
  throw new RangeError(
    `Cannot name page as the run's id must be usable as a file name other than index: current value is ${
      JSON.stringify(id)
    }`,
  );
}
