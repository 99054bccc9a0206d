/**
 * How a latency is distributed, one curve per cell: the CDF, or the same with the tail stretched.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { digestRun, type Metric, MIN_COUNT_FOR_P99 } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { cellDots, cellLines } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatPlural } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, gridY, showsCell } from "./frame.ts";
import { labelMargin, type LineLabel, lineLabels, MOST_LABELS, pickEvenly } from "./labels.ts";
import { fittingTicks, latencyAxis } from "./latency_axis.ts";
import { type QuantileCurve, quantileCurve, quantileGrid, tailAxis, tailPosition } from "./quantile_grid.ts";
import { cellColor } from "./theme.ts";

/** A curve per cell that has values, least load first. */
export type LatencyCdfData = {
  readonly metric: { readonly name: string; readonly label: string };
  readonly curves: readonly { readonly cell: CellKey; readonly curve: QuantileCurve }[];
};

/** {@linkcode latencyCdfFigure}'s figure. */
export type LatencyCdf = Figure<LatencyCdfData> & { readonly name: "latency_cdf" };

/** Makes the figure of one metric. */
export function latencyCdfFigure(run: Run, metric: Metric): LatencyCdf {
  const digests = digestRun(run);
  const curves = layOutCells(run.manifest.cells).cells.flatMap((cell) => {
    const sample = digests.get(cell.index)?.sample(metric);
    const curve = sample === undefined ? null : quantileCurve(sample);
    return curve === null ? [] : [{ cell, curve }];
  });
  const { name, label } = metric;
  return {
    name: "latency_cdf",
    title: label,
    caption: describeCurves(metric, curves),
    data: { metric: { name, label }, curves },
  };
}

function describeCurves({ label, per }: Metric, curves: LatencyCdfData["curves"]): string {
  const noun = per === "token" ? "gap" : "request";
  const least = curves.at(0);
  const most = curves.at(-1);
  if (least === undefined || most === undefined) return `No ${label} was measured.`;
  const counts = curves.map(({ curve }) => curve.count);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const each = low === high ? formatPlural(low, noun) : `${formatCount(low)}–${formatPlural(high, noun)}`;
  const short = low < MIN_COUNT_FOR_P99 ? ` p99 is left out below ${MIN_COUNT_FOR_P99} values.` : "";
  const median = (curve: QuantileCurve) => formatMs(curve.values[50]);
  if (least === most) {
    return `Median ${median(most.curve)}, maximum ${formatMs(most.curve.max)}; ${each}.${short}`;
  }
  return [
    `Median ${median(least.curve)} at ${least.cell.label}, ${median(most.curve)} at ${most.cell.label}`,
    `maxima ${formatMs(least.curve.max)} and ${formatMs(most.curve.max)}`,
    `${each} per curve.${short}`,
  ].join("; ");
}

/** Draws the CDF, or with `state.tail` the latency over a percentile axis that stretches the tail. */
export function drawLatencyCdf(figure: LatencyCdf, options: DrawOptions): Element {
  const curves = figure.data.curves.filter(({ cell }) => showsCell(options.state, cell.index));
  if (curves.length === 0) return drawEmpty(figure, { ...options, message: "no values" });
  const points = curves.flatMap(({ cell, curve }) => curvePoints(cell, curve));
  if (options.state.tail) return drawTail(figure, points, options);
  const maxima = curves.map(({ cell, curve }) => ({ cell, q: 1, ms: curve.max }));
  return drawCdf(figure, [...points, ...maxima], options);
}

interface CurvePoint {
  readonly cell: CellKey;
  readonly q: number;
  readonly ms: number;
}

function curvePoints(cell: CellKey, curve: QuantileCurve): CurvePoint[] {
  return curve.values.map((ms, i) => ({ cell, q: quantileGrid[i] ?? 1, ms }));
}

function drawCdf(figure: LatencyCdf, points: readonly CurvePoint[], { document, width, state }: DrawOptions) {
  const latency = latencyAxis(points.map(({ ms }) => ms), {
    log: state.log,
    label: `${figure.data.metric.label} (ms)`,
    mostTicks: fittingTicks(width),
  });
  return drawFrame(figure, {
    document,
    width,
    marginRight: 24,
    x: latency.scale,
    y: {
      domain: [0, 1],
      label: "Share of values at or below (%)",
      tickFormat: (q: number) => `${q * 100}`,
      ticks: 5,
    },
    marks: [
      latency.x,
      gridY({ ticks: 5 }),
      cellLines(points, { x: "ms", y: "q", z: cellIndex, cellOf, strokeWidth: 1.8 }),
      cellDots(points.filter(isMarker), { x: "ms", y: "q", cellOf, r: 2.5 }),
      lineLabels(staggerLabels(points), { dx: 0, textAnchor: "middle" }),
      Plot.tip(points, Plot.pointer({ x: "ms", y: "q", title: describePoint })),
    ],
  });
}

function drawTail(
  figure: LatencyCdf,
  points: readonly CurvePoint[],
  { document, width, state }: DrawOptions,
) {
  const latency = latencyAxis(points.map(({ ms }) => ms), {
    log: state.log,
    label: `${figure.data.metric.label} (ms)`,
  });
  const x = (point: CurvePoint) => tailPosition(point.q);
  const axis = tailAxis(Math.max(...figure.data.curves.map(({ curve }) => curve.count)));
  return drawFrame(figure, {
    document,
    width,
    marginRight: labelMargin(figure.data.curves.map(({ cell }) => cell.short)),
    x: axis,
    y: latency.scale,
    marks: [
      gridX({ ticks: axis.ticks }),
      latency.y,
      cellLines(points, { x, y: "ms", z: cellIndex, cellOf, strokeWidth: 1.8 }),
      cellDots(points.filter(isMarker), { x, y: "ms", cellOf, r: 2.5 }),
      lineLabels(lastPoints(points).map((point) => labelAt(point, x(point), point.ms))),
      Plot.tip(points, Plot.pointer({ x, y: "ms", title: describePoint })),
    ],
  });
}

/** CDFs all end at the top, so each label sits on its own curve, at heights that differ from curve to curve. */
function staggerLabels(points: readonly CurvePoint[]): LineLabel[] {
  const ends = pickEvenly(lastPoints(points), MOST_LABELS);
  return ends.map((end, place) => {
    const height = 0.88 - 0.66 * (ends.length < 2 ? 0.5 : place / (ends.length - 1));
    const point = points.find(({ cell, q }) => cell === end.cell && q >= height) ?? end;
    return labelAt(point, point.ms, point.q);
  });
}

function lastPoints(points: readonly CurvePoint[]): CurvePoint[] {
  return [...new Map(points.map((point) => [point.cell.index, point])).values()];
}

function labelAt({ cell }: CurvePoint, x: number, y: number): LineLabel {
  return { x, y, text: cell.short, color: cellColor(cell), cell: cell.index };
}

function isMarker({ q }: CurvePoint): boolean {
  return q === 0.5 || q === 0.9 || q === 0.99;
}

const cellIndex = ({ cell }: CurvePoint) => cell.index;
const cellOf = ({ cell }: CurvePoint) => cell;

function describePoint({ cell, q, ms }: CurvePoint): string {
  return `${cell.label}\np${Number((q * 100).toFixed(2))}: ${formatMs(ms)}`;
}
