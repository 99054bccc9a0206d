/**
 * The reader's choices in the page's address, so that a link shows what its sender saw.
 *
 * @module
 */
import { chosenMetrics, type FigureState, initialState, percentiles } from "../../plots/mod.ts";

/** What a reader chose, figures and colours. */
export interface PageState extends FigureState {
  /** `null` follows the system. */
  readonly theme: "light" | "dark" | null;
  /** Engine that stands out, by its place; `null` for none. */
  readonly engine: number | null;
}

/** How a page looks before anything was chosen. */
export const initialPageState: PageState = { ...initialState, theme: null, engine: null };

/**
 * Reads the choices from an address; what is missing or makes no sense is as in {@linkcode initialPageState}.
 *
 * @param hash With or without the leading "#".
 * @param cells Indices that exist in this run.
 * @example
 * ```ts
 * import { formatState, parseState } from "./state.ts";
 * import assert from "node:assert/strict";
 *
 * const state = parseState("#metric=itl&axis=linear&cells=2,0", [0, 1, 2]);
 * assert.deepEqual(state.cells, [2, 0]);
 * assert.equal(formatState(state), "metric=itl&axis=linear&cells=2%2C0");
 * ```
 */
export function parseState(hash: string, cells: readonly number[]): PageState {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const theme = values.get("theme");
  const engine = values.get("engine");
  return {
    metric: chosenMetrics.find((name) => name === values.get("metric")) ?? initialState.metric,
    percentile: percentiles.find((name) => name === values.get("percentile")) ?? initialState.percentile,
    log: values.get("axis") !== "linear",
    tail: values.get("view") === "tail",
    cells: parseCells(values.get("cells"), cells),
    domainS: parseDomain(values.get("time")),
    theme: theme === "light" || theme === "dark" ? theme : null,
    engine: engine !== null && /^\d{1,3}$/.test(engine) ? Number(engine) : null,
  };
}

/**
 * Writes what differs from {@linkcode initialPageState}; empty when nothing does.
 *
 * @param at Section or figure that a link leads to, see {@linkcode parsePlace}.
 */
export function formatState(state: PageState, at?: string): string {
  const values = new URLSearchParams();
  if (at !== undefined) values.set("at", at);
  if (state.metric !== initialState.metric) values.set("metric", state.metric);
  if (state.percentile !== initialState.percentile) values.set("percentile", state.percentile);
  if (!state.log) values.set("axis", "linear");
  if (state.tail) values.set("view", "tail");
  if (state.cells !== null) values.set("cells", state.cells.join());
  if (state.domainS !== null) values.set("time", state.domainS.join());
  if (state.theme !== null) values.set("theme", state.theme);
  if (state.engine !== null) values.set("engine", String(state.engine));
  return values.toString();
}

/**
 * The id of what an address leads to: `#scaling` is an id and no choice, `#at=fig-timeline&metric=itl` is both.
 *
 * @returns `null` where it leads nowhere.
 * @example
 * ```ts
 * import { parsePlace } from "./state.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(parsePlace("#scaling"), "scaling");
 * assert.equal(parsePlace("#at=fig-timeline&metric=itl"), "fig-timeline");
 * assert.equal(parsePlace("#metric=itl"), null);
 * ```
 */
export function parsePlace(hash: string): string | null {
  const text = hash.replace(/^#/, "");
  if (holdsChoices(text)) return new URLSearchParams(text).get("at") || null;
  return text === "" ? null : text;
}

/** Whether an address says what was chosen; an anchor does not, and must not undo a choice. */
export function holdsChoices(hash: string): boolean {
  return hash.includes("=");
}

function parseCells(text: string | null, cells: readonly number[]): readonly number[] | null {
  const wanted = (text ?? "").split(",").filter((part) => part !== "").map(Number);
  const known = wanted.filter((index) => cells.includes(index));
  return known.length === 0 ? null : known;
}

function parseDomain(text: string | null): readonly [number, number] | null {
  const [from = NaN, to = NaN] = (text ?? "").split(",").map((part) => part === "" ? NaN : Number(part));
  return Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to > from ? [from, to] : null;
}
