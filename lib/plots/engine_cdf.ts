/**
 * How a latency is distributed on each engine, a panel per load: the CDF, or the same with the tail stretched.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { ComparedLoad, Comparison, MeasuredCell } from "../metrics/compare/group_comparison.ts";
import { type Metric, MIN_COUNT_FOR_P99, Sample } from "../metrics/mod.ts";
import type { Figure } from "../types.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import {
  engineDots,
  type EngineKey,
  engineKeys,
  engineLegend,
  engineLines,
  shortenName,
  withLegend,
} from "./engine_marks.ts";
import { drawPanels } from "./engine_panels.ts";
import { formatCount, formatMs, formatPlural } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, gridY, showsCell } from "./frame.ts";
import { type LineLabel, lineLabels } from "./labels.ts";
import { fittingTicks, type LatencyAxis, latencyAxis } from "./latency_axis.ts";
import { type QuantileCurve, quantileCurve, quantileGrid, tailAxis, tailPosition } from "./quantile_grid.ts";
import { colors, engineColor } from "./theme.ts";

/** An engine at a load. */
type EngineCurve = {
  readonly engine: EngineKey;
  /** Repeats that were measured whole and have values. */
  readonly repeats: number;
  /** Of all repeats together. */
  readonly curve: QuantileCurve;
  /** Lowest and highest repeat at the first shares of the grid; `null` with one repeat. */
  readonly band: { readonly low: readonly number[]; readonly high: readonly number[] } | null;
};

type LoadCurves = { readonly cell: CellKey; readonly curves: readonly EngineCurve[] };

/** A panel per load, least load first. */
export type EngineCdfData = {
  readonly metric: { readonly name: string; readonly label: string };
  readonly engines: readonly EngineKey[];
  readonly loads: readonly LoadCurves[];
};

/** {@linkcode engineCdfFigure}'s figure. */
export type EngineCdf = Figure<EngineCdfData> & { readonly name: "engine_cdf" };

/** Makes the figure of one metric. */
export function engineCdfFigure(comparison: Comparison, metric: Metric): EngineCdf {
  const engines = engineKeys(comparison);
  const loads = layOutCells(comparison.loads).cells.flatMap((cell): LoadCurves[] => {
    const load = comparison.loads.find(({ index }) => index === cell.index);
    return load === undefined ? [] : [{ cell, curves: takeCurves(load, { engines, metric }) }];
  });
  const { name, label } = metric;
  return {
    name: "engine_cdf",
    title: `${label}, engine by engine`,
    caption: describeCurves(metric, { engines, loads }),
    data: { metric: { name, label }, engines, loads },
  };
}

function takeCurves(
  load: ComparedLoad,
  { engines, metric }: { readonly engines: readonly EngineKey[]; readonly metric: Metric },
): EngineCurve[] {
  return engines.flatMap((engine) => {
    const samples = (load.engines[engine.index] ?? []).map(({ digest }: MeasuredCell) =>
      digest.sample(metric)
    );
    const curves = samples.flatMap((sample) => quantileCurve(sample) ?? []);
    const curve = quantileCurve(pool(samples));
    return curve === null ? [] : [{ engine, repeats: curves.length, curve, band: bandOf(curves) }];
  });
}

function pool(samples: readonly Sample[]): Sample {
  const [only] = samples;
  if (samples.length === 1 && only !== undefined) return only;
  const pooled = new Sample();
  for (const sample of samples) {
    for (const value of sample.sorted()) pooled.add(value);
  }
  return pooled;
}

/** As far as every repeat reaches. */
function bandOf(curves: readonly QuantileCurve[]): EngineCurve["band"] {
  if (curves.length < 2) return null;
  const length = Math.min(...curves.map(({ values }) => values.length));
  const over = (choose: (...values: number[]) => number) =>
    Array.from({ length }, (_, i) => choose(...curves.map(({ values }) => values[i] ?? NaN)));
  return { low: over(Math.min), high: over(Math.max) };
}

function describeCurves(
  { label, per }: Metric,
  { engines, loads }: Pick<EngineCdfData, "engines" | "loads">,
): string {
  const all = loads.flatMap(({ curves }) => curves);
  if (all.length === 0) return `No ${label} was measured.`;
  const measured = loads.filter(({ curves }) => curves.length > 0);
  const [least, most] = [measured.at(0), measured.at(-1)];
  const said = [...new Set([least, most])].flatMap((load) => load === undefined ? [] : [describeLoad(load)]);
  const counts = all.map(({ curve }) => curve.count);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const values = `${low === high ? "" : `${formatCount(low)}–`}${
    formatPlural(high, per === "token" ? "gap" : "request")
  } per curve`;
  const missing = measured.length * engines.length - all.length;
  return [
    `Median ${label}: ${said.join("; ")}.`,
    `${values}; ${describeBands(all)}.`,
    ...(missing === 0 ? [] : [`${formatPlural(missing, "curve")} missing: not measured whole.`]),
    ...(low < MIN_COUNT_FOR_P99 ? [`p99 is left out below ${MIN_COUNT_FOR_P99} values.`] : []),
  ].join(" ");
}

function describeLoad({ cell, curves }: LoadCurves): string {
  const medians = curves.map(({ engine, curve }) => `${formatMs(curve.values[50])} on ${engine.name}`);
  return `${medians.join(", ")} at ${cell.label}`;
}

function describeBands(curves: readonly EngineCurve[]): string {
  const most = Math.max(...curves.map(({ repeats }) => repeats));
  const least = Math.min(...curves.map(({ repeats }) => repeats));
  if (most === 1) return "there is one repeat, so no band says how much repeats differ";
  const repeats = least === most ? `${most}` : `${least} to ${most}`;
  return `all repeats (${repeats}) together, the band from the lowest repeat to the highest`;
}

interface CurvePoint {
  readonly cell: CellKey;
  readonly engine: EngineKey;
  readonly q: number;
  readonly ms: number;
}

interface BandPoint {
  readonly engine: EngineKey;
  readonly q: number;
  readonly low: number;
  readonly high: number;
}

/** Draws a panel per load on one latency axis: CDFs, or with `state.tail` the latency over a percentile axis that stretches the tail. */
export function drawEngineCdf(figure: EngineCdf, options: DrawOptions): Element {
  const { engines, metric } = figure.data;
  const { document, state } = options;
  const loads = figure.data.loads.filter(({ cell }) => showsCell(state, cell.index));
  const values = loads.flatMap(({ curves }) => curves.flatMap((one) => extentOf(one, state.tail)));
  if (values.length === 0) return drawEmpty(figure, { ...options, message: "no values" });
  const isOne = figure.data.loads.length === 1;
  const panels = loads.map((load) => ({
    title: load.cell.label,
    ...(isOne ? {} : { cell: load.cell.index }),
    draw: (width: number) => {
      const axis = latencyAxis(values, {
        log: state.log,
        label: `${metric.label} (ms)`,
        mostTicks: fittingTicks(width + 24),
      });
      return drawPanel(figure, load, { ...options, width, axis });
    },
  }));
  const mostColumns = loads.length === 4 ? 2 : 3;
  const drawing = drawPanels(panels, { ...options, mostColumns });
  return withLegend(drawing, { document, entries: engineLegend(engines) });
}

function extentOf({ curve, band }: EngineCurve, tail: boolean): number[] {
  const ends = [curve.values.at(0) ?? curve.max, tail ? curve.values.at(-1) ?? curve.max : curve.max];
  return [...ends, ...(band === null ? [] : [band.low.at(0), band.high.at(-1)])]
    .filter((value) => value !== undefined);
}

interface PanelOptions extends DrawOptions {
  readonly axis: LatencyAxis;
}

function drawPanel(figure: EngineCdf, { cell, curves }: LoadCurves, options: PanelOptions): Element {
  const { document, width, state, axis } = options;
  const points = curves.flatMap((one) => curvePoints(cell, one, state.tail));
  const bands = curves.flatMap(bandPoints);
  const missing = figure.data.engines.filter(({ index }) =>
    curves.every(({ engine }) => engine.index !== index)
  );
  const notes = missing.map(({ name }) => `${shortenName(name, 2 * width)}: not measured`);
  const most = Math.max(1, ...curves.map(({ curve }) => curve.count));
  const across = state.tail ? tailAxis(most) : axis.scale;
  const marks = state.tail
    ? [gridX({ ticks: tailAxis(most).ticks }), axis.y, ...tailMarks(points, bands, width)]
    : [axis.x, gridY({ ticks: 5 }), ...cdfMarks(points, bands, width)];
  return drawFrame(figure, {
    ...{ document, width, height: 260, marginLeft: 52, marginRight: 18 },
    r: { type: "identity" },
    x: across,
    y: state.tail ? axis.scale : {
      ...{ domain: [0, 1], label: "Values at or below (%)", ticks: 5 },
      tickFormat: (q: number) => `${Math.round(q * 100)}`,
    },
    marks: [
      ...marks,
      Plot.text(notes, {
        ...{ frameAnchor: "bottom-right", fill: colors.muted, stroke: colors.paper, strokeWidth: 3 },
        ...{ text: (note: string) => note, dx: -6 },
        dy: -8,
        lineHeight: 1.2,
        render: stackUp,
      }),
    ],
  });
}

/** Notes of one anchor, one above the other. */
const stackUp: Plot.RenderFunction = (index, scales, values, dimensions, context, next) => {
  const group = next?.(index, scales, values, dimensions, context) ?? null;
  for (const [place, text] of [...(group?.children ?? [])].entries()) {
    text.setAttribute("dy", `${-1.3 * place}em`);
  }
  return group;
};

function cdfMarks(points: readonly CurvePoint[], bands: readonly BandPoint[], width: number) {
  return [
    ...bandsOf(bands).map(([engine, own]) =>
      Plot.areaX(own, { y: "q", x1: "low", x2: "high", fill: engineColor(engine), fillOpacity: BAND_OPACITY })
    ),
    ...engineLines(points, { x: "ms", y: "q", engineOf }),
    ...engineDots(points.filter(isMarker), { x: "ms", y: "q", engineOf, r: markerSize }),
    lineLabels(staggerLabels(points, width), { dx: 9 }),
    Plot.tip(points, Plot.pointer({ x: "ms", y: "q", title: describePoint })),
  ];
}

function tailMarks(points: readonly CurvePoint[], bands: readonly BandPoint[], width: number) {
  const x = ({ q }: { readonly q: number }) => tailPosition(q);
  return [
    ...bandsOf(bands).map(([engine, own]) =>
      Plot.areaY(own, { x, y1: "low", y2: "high", fill: engineColor(engine), fillOpacity: BAND_OPACITY })
    ),
    ...engineLines(points, { x, y: "ms", engineOf }),
    ...engineDots(points.filter(isMarker), { x, y: "ms", engineOf, r: markerSize }),
    lineLabels(staggerTailLabels(points, width), { dx: -9, textAnchor: "end" }),
    Plot.tip(points, Plot.pointer({ x, y: "ms", title: describePoint })),
  ];
}

/** The first lies below the others. */
const markerSize = (point: CurvePoint) => engineOf(point) === 0 ? 5 : 3;

const BAND_OPACITY = 0.18;

function bandsOf(bands: readonly BandPoint[]): [number, BandPoint[]][] {
  return [...Map.groupBy(bands, engineOf)];
}

function curvePoints(cell: CellKey, { engine, curve }: EngineCurve, tail: boolean): CurvePoint[] {
  const points = curve.values.map((ms, i) => ({ cell, engine, q: quantileGrid[i] ?? 1, ms }));
  return tail ? points : [...points, { cell, engine, q: 1, ms: curve.max }];
}

function bandPoints({ engine, band }: EngineCurve): BandPoint[] {
  return (band?.low ?? []).map((low, i) => ({
    ...{ engine, q: quantileGrid[i] ?? 1, low },
    high: band?.high[i] ?? low,
  }));
}

/** CDFs all end at the top, so each label sits on its own curve, at heights that differ from curve to curve. */
function staggerLabels(points: readonly CurvePoint[], width: number): LineLabel[] {
  const ends = lastPoints(points);
  return ends.map((end, place) => {
    const height = 0.84 - 0.6 * (ends.length < 2 ? 0.5 : place / (ends.length - 1));
    const point = points.find(({ engine, q }) => engine.index === end.engine.index && q >= height) ?? end;
    return labelAt(point, { x: point.ms, y: point.q, width });
  });
}

/** Curves rise to the right, so each label stands left of its own, above it. */
function staggerTailLabels(points: readonly CurvePoint[], width: number): LineLabel[] {
  const ends = lastPoints(points);
  return ends.map((end, place) => {
    const share = 0.85 - 0.35 * (ends.length < 2 ? 0 : place / (ends.length - 1));
    const position = share * tailPosition(end.q);
    const own = points.filter(({ engine }) => engine.index === end.engine.index);
    const point = own.find(({ q }) => tailPosition(q) >= position) ?? end;
    return labelAt(point, { x: tailPosition(point.q), y: point.ms, width });
  });
}

function lastPoints(points: readonly CurvePoint[]): CurvePoint[] {
  return [...new Map(points.map((point) => [point.engine.index, point])).values()];
}

function labelAt(
  { engine: { index, name } }: CurvePoint,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): LineLabel {
  return { x, y, text: shortenName(name, width), color: engineColor(index) };
}

function isMarker({ q }: CurvePoint): boolean {
  return q === 0.5 || q === 0.9 || q === 0.99;
}

const engineOf = ({ engine }: { readonly engine: EngineKey }) => engine.index;

function describePoint({ cell, engine, q, ms }: CurvePoint): string {
  return `${engine.name}, ${cell.label}\np${Number((q * 100).toFixed(2))}: ${formatMs(ms)}`;
}
