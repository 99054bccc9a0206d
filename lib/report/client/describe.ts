/**
 * What was chosen, in words, for those who do not see the figures change.
 *
 * @module
 */
import type { PageState } from "./state.ts";

/**
 * Says what is different now.
 *
 * @param counts Cells there are.
 * @example
 * ```ts
 * import { describeChange } from "./describe.ts";
 * import { initialPageState } from "./state.ts";
 * import assert from "node:assert/strict";
 *
 * const now = { ...initialPageState, metric: "itl", cells: [1] } as const;
 * assert.equal(describeChange(initialPageState, now, { cells: 6 }), "ITL; 1 of 6 shown");
 * ```
 */
export function describeChange(
  before: PageState,
  now: PageState,
  counts: { readonly cells: number },
): string {
  const words: readonly (readonly [keyof PageState, string])[] = [
    ["metric", now.metric.toUpperCase()],
    ["percentile", now.percentile === "all" ? "all percentiles" : now.percentile],
    ["log", now.log ? "logarithmic axes" : "linear axes"],
    ["tail", now.tail ? "tails of distributions" : "distributions"],
    ["cells", `${now.cells?.length ?? counts.cells} of ${counts.cells} shown`],
    ["domainS", now.domainS === null ? "all of the time" : `${now.domainS[0]} s to ${now.domainS[1]} s`],
    ["theme", `${now.theme ?? "the system's"} colours`],
    ["engine", now.engine === null ? "no engine stands out" : "one engine stands out"],
  ];
  return words.filter(([key]) => before[key] !== now[key]).map(([, word]) => word).join("; ");
}
