/**
 * The reader's choices in the address of the list, so that a link shows what its sender saw.
 *
 * @module
 */
import { type ReportKind, reportKinds } from "../entry.ts";

/** What a reader chose. */
export interface IndexState {
  /** Words that a report must all have. */
  readonly query: string;
  /** `null` shows all. */
  readonly kind: ReportKind | null;
  readonly sort: string;
  readonly direction: "ascending" | "descending";
}

/** Everything, newest first. */
export const initialIndexState: IndexState = {
  query: "",
  kind: null,
  sort: "date",
  direction: "descending",
};

/**
 * Reads the choices from an address; what is missing or makes no sense is as in {@linkcode initialIndexState}.
 *
 * @param hash With or without the leading "#".
 * @param keys Columns that there are.
 * @example
 * ```ts
 * import { formatIndexState, parseIndexState } from "./state.ts";
 * import assert from "node:assert/strict";
 *
 * const state = parseIndexState("#q=qwen+a100&kind=run&sort=tokens-", ["date", "tokens"]);
 * assert.deepEqual(state, { query: "qwen a100", kind: "run", sort: "tokens", direction: "descending" });
 * assert.equal(formatIndexState(state), "q=qwen+a100&kind=run&sort=tokens-");
 * ```
 */
export function parseIndexState(hash: string, keys: readonly string[]): IndexState {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const sort = values.get("sort") ?? "";
  const isDescending = sort.endsWith("-");
  const key = keys.find((one) => one === (isDescending ? sort.slice(0, -1) : sort));
  return {
    query: values.get("q") ?? "",
    kind: reportKinds.find((kind) => kind === values.get("kind")) ?? null,
    sort: key ?? initialIndexState.sort,
    direction: key === undefined ? initialIndexState.direction : isDescending ? "descending" : "ascending",
  };
}

/** Writes what differs from {@linkcode initialIndexState}; empty when nothing does. A "-" after the column: largest first. */
export function formatIndexState({ query, kind, sort, direction }: IndexState): string {
  const values = new URLSearchParams();
  if (query.trim() !== "") values.set("q", query);
  if (kind !== null) values.set("kind", kind);
  if (sort !== initialIndexState.sort || direction !== initialIndexState.direction) {
    values.set("sort", direction === "descending" ? `${sort}-` : sort);
  }
  return values.toString();
}
