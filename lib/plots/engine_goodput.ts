/**
 * What each engine delivers within the objective: good requests per second against load.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Comparison } from "../metrics/compare/group_comparison.ts";
import type { Figure } from "../types.ts";
import { type CellKey, type CellLayout, layOutCells } from "./cells.ts";
import { cellsOf, type EngineLoad, meanOf, sayRepeats, stretchesOf, takeLoads } from "./engine_loads.ts";
import {
  engineDots,
  type EngineKey,
  engineKeys,
  engineLegend,
  engineLines,
  shortenName,
  withLegend,
} from "./engine_marks.ts";
import { formatNumber } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridY, showsCell } from "./frame.ts";
import { labelMargin, type LineLabel, lineLabels } from "./labels.ts";
import { describePlace, loadAxis } from "./load_axis.ts";
import { colors, engineColor } from "./theme.ts";

/** An engine at a load, in good requests/s: mean, lowest and highest repeat. */
type GoodPoint = {
  readonly engine: EngineKey;
  readonly cell: CellKey;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly repeats: number;
};

/** Points of {@linkcode drawEngineGoodput}. */
export type EngineGoodputData = {
  readonly axis: CellLayout["axis"];
  readonly engines: readonly EngineKey[];
  /** Engine by engine, least load first. */
  readonly points: readonly GoodPoint[];
};

/** {@linkcode engineGoodputFigure}'s figure. */
export type EngineGoodput = Figure<EngineGoodputData> & { readonly name: "engine_goodput" };

/** Makes the figure; `null` where no cell has a goodput of requests. */
export function engineGoodputFigure(comparison: Comparison): EngineGoodput | null {
  const loads = takeLoads(comparison, ({ summary }) => summary.goodput?.requestsPerS ?? null);
  if (loads.length === 0) return null;
  const { axis } = layOutCells(comparison.loads);
  const points = loads.map(({ engine, cell, repeats }): GoodPoint => ({
    ...{ engine, cell, repeats: repeats.length },
    ...{ mean: meanOf(repeats, (value) => value), low: Math.min(...repeats), high: Math.max(...repeats) },
  }));
  return {
    name: "engine_goodput",
    title: "Goodput, engine by engine",
    caption: describeLoads(loads, { axis, points }),
    data: { axis, engines: engineKeys(comparison), points },
  };
}

function describeLoads(
  loads: readonly EngineLoad<number>[],
  { axis, points }: Pick<EngineGoodputData, "axis" | "points">,
): string {
  const best = [...Map.groupBy(points, engineOf).values()]
    .flatMap((own) => own.toSorted((a, b) => b.mean - a.mean).at(0) ?? []);
  const said = best.map(({ engine, mean, cell }) =>
    `${engine.name} ${formatNumber(mean)}/s at ${describePlace(axis, cell)}`
  );
  const whiskers = loads.some(({ repeats }) => repeats.length > 1)
    ? `Dots are means of ${sayRepeats(loads)}, whiskers go from the lowest to the highest.`
    : "One repeat each.";
  const diagonal = axis.kind === "offered" ? " On the dashed line every request offered is good." : "";
  return `Most good requests/s: ${said.join(", ")}. ${whiskers}${diagonal}`;
}

const engineOf = ({ engine }: Pick<GoodPoint, "engine">) => engine.index;

/** Draws a line per engine, with whiskers, below the line on which all is good. */
export function drawEngineGoodput(figure: EngineGoodput, options: DrawOptions): Element {
  const { document, width, state } = options;
  const { axis, engines } = figure.data;
  const points = figure.data.points.filter(({ cell }) => showsCell(state, cell.index));
  if (points.length === 0) return drawEmpty(figure, { document, width, message: "no values" });
  const cells = cellsOf(points);
  const load = loadAxis({ axis, cells }, width);
  const diagonal = load.scale.type === "log" ? cells : [{ x: 0 }, ...cells];
  const labels = endLabels(points, width);
  const names = [...labels.map(({ text }) => text), ...(axis.kind === "offered" ? ["all good"] : [])];
  const x = ({ cell }: GoodPoint) => cell.x;
  const drawing = drawFrame(figure, {
    ...{ document, width, height: 340, marginTop: 44, marginRight: labelMargin(names) },
    x: load.scale,
    y: { label: "Good requests/s", zero: true, nice: true },
    marks: [
      load.marks,
      gridY({ ticks: 6 }),
      Plot.axisY({ ticks: 6, labelArrow: "none" }),
      axis.kind === "offered"
        ? Plot.line(diagonal, { x: "x", y: "x", stroke: colors.reference, strokeDasharray: "5 4" })
        : null,
      Plot.ruleX(points.filter(({ repeats }) => repeats > 1), {
        ...{ x, y1: "low", y2: "high", strokeWidth: 2 },
        stroke: (point: GoodPoint) => engineColor(engineOf(point)),
      }),
      ...engineLines(points, { x, y: "mean", z: stretchesOf(points, cells), engineOf }),
      ...engineDots(points, { x, y: "mean", engineOf, r: 5 }),
      lineLabels([...labels, ...diagonalLabels(axis, cells)], { dx: 10 }),
      Plot.tip(points, Plot.pointer({ x, y: "mean", title: describePoint })),
    ],
  });
  return withLegend(drawing, { document, entries: engineLegend(engines) });
}

/** On the line through these, goodput is what was offered. */
function diagonalLabels(axis: CellLayout["axis"], cells: readonly CellKey[]): LineLabel[] {
  const end = cells.at(-1);
  return axis.kind !== "offered" || end === undefined
    ? []
    : [{ x: end.x, y: end.x, text: "all good", color: colors.reference }];
}

function endLabels(points: readonly GoodPoint[], width: number): LineLabel[] {
  return [...Map.groupBy(points, engineOf).values()].flatMap((own) => {
    const end = own.at(-1);
    return end === undefined ? [] : [{
      ...{ x: end.cell.x, y: end.mean },
      ...{ text: shortenName(end.engine.name, width), color: engineColor(end.engine.index) },
    }];
  });
}

function describePoint({ engine, cell, mean, low, high, repeats }: GoodPoint): string {
  const range = repeats === 1 ? [] : [`${formatNumber(low)} to ${formatNumber(high)} in ${repeats} repeats`];
  return [`${engine.name}, ${cell.label}`, `${formatNumber(mean)} good requests/s`, ...range].join("\n");
}
