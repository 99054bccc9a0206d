/**
 * Names of figures for links.
 *
 * @module
 */
import type { AnyFigure } from "../plots/mod.ts";

/** What a figure's name is made of. */
type NamedFigure = Pick<AnyFigure, "name"> & { readonly data: object };

/**
 * The anchor of a figure: its name, and its metric where there is a figure per metric. It stays the same from report to
 * report, so that a link can be made without looking.
 *
 * @param before Figures that come before it on the page; those of the same name are counted.
 * @example
 * ```ts
 * import { figureId } from "./figure_id.ts";
 * import assert from "node:assert/strict";
 *
 * const figure = { name: "latency_cdf", data: { metric: { name: "ttft" } } } as const;
 * assert.equal(figureId(figure, []), "fig-latency-cdf-ttft");
 * assert.equal(figureId(figure, [figure]), "fig-latency-cdf-ttft-2");
 * ```
 */
export function figureId(figure: NamedFigure, before: readonly NamedFigure[]): string {
  const base = baseId(figure);
  const same = before.filter((other) => baseId(other) === base).length;
  return same === 0 ? base : `${base}-${same + 1}`;
}

function baseId({ name, data }: NamedFigure): string {
  return ["fig", ...name.split("_"), ...metricOf(data)].join("-");
}

function metricOf(data: object): string[] {
  const metric = "metric" in data ? data.metric : null;
  if (typeof metric !== "object" || metric === null || !("name" in metric)) return [];
  return typeof metric.name === "string" ? [metric.name] : [];
}
