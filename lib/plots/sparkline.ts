/**
 * A number over the cells, small enough to stand beside it.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Figure } from "../types.ts";
import { cellDots } from "./cell_marks.ts";
import type { CellKey } from "./cells.ts";
import { drawFrame, type DrawOptions } from "./frame.ts";
import { colors } from "./theme.ts";

/** One value per cell, least load first; `null` where nothing was measured. */
export type SparklineData = {
  readonly points: readonly { readonly cell: CellKey; readonly value: number | null }[];
};

/** {@linkcode sparklineFigure}'s figure. */
export type Sparkline = Figure<SparklineData> & { readonly name: "sparkline" };

/**
 * Makes the figure.
 *
 * @param title What the numbers are.
 * @param points One value per cell, least load first.
 * @returns `null` below two values: there is no line to draw.
 */
export function sparklineFigure(title: string, points: SparklineData["points"]): Sparkline | null {
  if (points.filter(({ value }) => value !== null).length < 2) return null;
  return { name: "sparkline", title, caption: `${title} from the least load to the most`, data: { points } };
}

/** Draws a line per series from 0 up, each dot in its cell's colour. */
export function drawSparkline(figure: Sparkline, { document, width }: DrawOptions): Element {
  const points = figure.data.points.filter(({ value }) => value !== null);
  type Point = (typeof points)[number];
  const x = ({ cell }: Point) => cell.x;
  return drawFrame(figure, {
    document,
    width,
    height: 34,
    marginLeft: 5,
    marginRight: 5,
    marginTop: 5,
    marginBottom: 5,
    x: { axis: null },
    y: { axis: null, zero: true },
    marks: [
      Plot.line(points, {
        x,
        y: "value",
        z: ({ cell }: Point) => cell.series,
        stroke: colors.muted,
        strokeWidth: 1.2,
      }),
      cellDots(points, { x, y: "value", cellOf: ({ cell }: Point) => cell, r: 2.8 }),
    ],
  });
}
