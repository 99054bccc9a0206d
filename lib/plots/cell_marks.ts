/**
 * Lines and dots of cells. Colour tells loads apart, and a cold cache from a warm one; as print may be grey, a cold one is
 * dashed and hollow too.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { CellKey } from "./cells.ts";
import { cellColor, colors } from "./theme.ts";

/** Of a cold cell. */
const DASHES = "5 3";

/** What the marks need to know of a cell. */
export type DrawnCell = Pick<CellKey, "level" | "tone">;

/**
 * Lines in their cells' colours, cold ones dashed.
 *
 * @param points Those of a cell have the same `z`.
 * @param options Plot's own, over `cellOf`, which says whose a point is.
 */
export function cellLines<Point>(
  points: readonly Point[],
  { cellOf, ...options }: Plot.LineOptions & { readonly cellOf: (point: Point) => DrawnCell },
): Plot.RenderableMark[] {
  const stroke = (point: Point) => cellColor(cellOf(point));
  const cold = points.filter((point) => cellOf(point).tone === "cold");
  const others = points.filter((point) => cellOf(point).tone !== "cold");
  return [
    ...(cold.length === 0 ? [] : [Plot.line(cold, { stroke, ...options, strokeDasharray: DASHES })]),
    ...(others.length === 0 ? [] : [Plot.line(others, { stroke, ...options })]),
  ];
}

/** Dots in their cells' colours, cold ones hollow. */
export function cellDots<Point>(
  points: readonly Point[],
  { cellOf, ...options }: Plot.DotOptions & { readonly cellOf: (point: Point) => DrawnCell },
): Plot.RenderableMark {
  return Plot.dot(points, {
    fill: (point: Point) => cellOf(point).tone === "cold" ? colors.paper : cellColor(cellOf(point)),
    stroke: (point: Point) => cellColor(cellOf(point)),
    ...options,
  });
}

/** Colour of a line through cells of one series: it runs through all loads, so that the tone is all it has of its cells. */
export function seriesColor({ tone }: DrawnCell): string {
  return tone === "load" ? colors.muted : cellColor({ level: 0.5, tone });
}
