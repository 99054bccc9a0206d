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
export type DrawnCell = Pick<CellKey, "level" | "tone"> & Partial<Pick<CellKey, "index">>;

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
    ...(cold.length === 0
      ? []
      : [Plot.line(cold, { stroke, render: nameCells(cold, cellOf), ...options, strokeDasharray: DASHES })]),
    ...(others.length === 0
      ? []
      : [Plot.line(others, { stroke, render: nameCells(others, cellOf), ...options })]),
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
    render: nameCells(points, cellOf),
    ...options,
  });
}

/**
 * Names the cell of each mark in `data-cell`, for the page to bring one forward without drawing anything anew. A line that
 * runs through several cells is of none.
 *
 * @param cellOf Says whose a point is; without `index` the mark stays as it is.
 * @returns Plot's option `render`.
 */
export function nameCells<Point>(
  points: readonly Point[],
  cellOf: (point: Point) => Partial<Pick<CellKey, "index">>,
): Plot.RenderFunction {
  return (index, scales, values, dimensions, context, next) => {
    const group = next?.(index, scales, values, dimensions, context) ?? null;
    for (const mark of group?.children ?? []) {
      const cells = new Set(
        placesOf(mark).map((place) => {
          const point = points[place];
          return point === undefined ? undefined : cellOf(point).index;
        }),
      );
      const [cell] = cells;
      if (cells.size === 1 && cell !== undefined) mark.setAttribute("data-cell", String(cell));
    }
    return group;
  };
}

/** Places of a mark's points in their list: Plot draws by d3, which leaves them at the element. */
function placesOf(mark: Element): number[] {
  const bound: unknown = Reflect.get(mark, "__data__");
  return (Array.isArray(bound) ? bound : [bound]).filter((place) => typeof place === "number");
}

/** Colour of a line through cells of one series: it runs through all loads, so that the tone is all it has of its cells. */
export function seriesColor({ tone }: DrawnCell): string {
  return tone === "load" ? colors.muted : cellColor({ level: 0.5, tone });
}
