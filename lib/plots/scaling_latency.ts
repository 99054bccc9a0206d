/**
 * How a latency's percentiles move with the load.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { MIN_COUNT_FOR_P99, type RunSummary } from "../metrics/mod.ts";
import type { Figure } from "../types.ts";
import { cellDots, cellLines, seriesColor } from "./cell_marks.ts";
import { type CellKey, type CellLayout, groupSeries, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatPlural } from "./format.ts";
import { type ChosenMetric, drawEmpty, drawFrame, type DrawOptions, showsCell } from "./frame.ts";
import { labelMargin, type LineLabel, lineLabels } from "./labels.ts";
import { latencyAxis } from "./latency_axis.ts";
import { describeChange, describePlace, loadAxis } from "./load_axis.ts";
import { colors } from "./theme.ts";

type Point = {
  readonly cell: CellKey;
  readonly failed: number;
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  /** `null` also below 100 values. */
  readonly p99: number | null;
};

/** One point per cell, least load first. */
export type ScalingLatencyData = {
  readonly metric: { readonly name: ChosenMetric; readonly label: string };
  readonly axis: CellLayout["axis"];
  readonly points: readonly Point[];
};

/** {@linkcode scalingLatencyFigure}'s figure. */
export type ScalingLatency = Figure<ScalingLatencyData> & { readonly name: "scaling_latency" };

/** Makes the figure of one metric. */
export function scalingLatencyFigure(
  summary: RunSummary,
  metric: { readonly name: ChosenMetric; readonly label: string },
): ScalingLatency {
  const layout = layOutCells(summary.cells);
  const points = layout.cells.map((cell): Point => {
    const found = summary.cells.find(({ index }) => index === cell.index);
    const values = found?.[metric.name] ?? null;
    return {
      cell,
      failed: found?.requests.failed ?? 0,
      count: values?.count ?? 0,
      p50: values?.p50 ?? null,
      p90: values?.p90 ?? null,
      p99: values !== null && values.count >= MIN_COUNT_FOR_P99 ? values.p99 : null,
    };
  });
  const { name, label } = metric;
  return {
    name: "scaling_latency",
    title: `${label} under load`,
    caption: describePoints(label, layout.axis, points),
    data: { metric: { name, label }, axis: layout.axis, points },
  };
}

function describePoints(label: string, axis: CellLayout["axis"], points: readonly Point[]): string {
  const share = points.every(({ p99 }) => p99 !== null) ? "p99" : "p50";
  const measured = groupSeries(points.filter((point) => point[share] !== null));
  if (measured.size === 0) return `No ${label} was measured.`;
  const failed = points.reduce((sum, point) => sum + point.failed, 0);
  const failures = failed === 0 ? "" : ` ${formatPlural(failed, "failed request")} left out, marked red.`;
  const short = share === "p99" ? "" : ` p99 is left out below ${MIN_COUNT_FOR_P99} values.`;
  const said = [...measured].slice(0, MOST_SERIES_SAID).map(([series, points]) =>
    describeSeries(points, { series, axis, label: `${share} ${label}`, share })
  );
  const rest = measured.size > said.length
    ? ` ${formatCount(measured.size - said.length)} more series are in the figure.`
    : "";
  const drawn = seriesShares(measured.size).length === 1 ? " Only medians are drawn of so many series." : "";
  return `${said.join(" ")}${rest}${drawn}${failures}${short}`;
}

function describeSeries(
  points: readonly Point[],
  { series, axis, label, share }: {
    readonly series: string;
    readonly axis: CellLayout["axis"];
    readonly label: string;
    readonly share: "p50" | "p99";
  },
): string {
  const [least, most] = [points.at(0), points.at(-1)];
  if (least === undefined || most === undefined) return "";
  const [from, to] = [least[share] ?? 0, most[share] ?? 0];
  const of = series === "" ? label : `In ${series}, ${label}`;
  if (least === most) return `${of} is ${formatMs(to)}.`;
  return `${of} ${describeChange(from, to)} from ${formatMs(from)} at ${describePlace(axis, least.cell)} ` +
    `to ${formatMs(to)} at ${describePlace(axis, most.cell)}.`;
}

/** A caption that goes on for longer is not read. */
const MOST_SERIES_SAID = 4;
/** Three percentiles of more series would hide each other. */
const MOST_SERIES_IN_FULL = 3;

type Share = "p50" | "p90" | "p99";

function seriesShares(series: number): readonly Share[] {
  return series > MOST_SERIES_IN_FULL ? ["p50"] : ["p50", "p90", "p99"];
}

interface Mark {
  readonly point: Point;
  readonly x: number;
  readonly ms: number;
  readonly share: Share;
  /** Points of one line. */
  readonly line: string;
}

/**
 * Draws p50, p90 and p99 against load, a line per percentile and series. Dots have their cell's colour and lines their round's;
 * failures are red at the foot.
 */
export function drawScalingLatency(figure: ScalingLatency, { document, width, state }: DrawOptions): Element {
  const points = figure.data.points.filter(({ cell }) => showsCell(state, cell.index));
  const { percentile } = state;
  const shares = percentile === "all" ? seriesShares(groupSeries(points).size) : [percentile];
  const marks = points.flatMap((point) => toMarks(point, shares));
  if (marks.length === 0) return drawEmpty(figure, { document, width, message: "no values" });
  const load = loadAxis({ axis: figure.data.axis, cells: points.map(({ cell }) => cell) }, width);
  const values = marks.map(({ ms }) => ms);
  const room = [0.7 * Math.min(...values), 1.15 * Math.max(...values)];
  const latency = latencyAxis([...values, ...room], {
    log: state.log,
    label: `${figure.data.metric.label} (ms)`,
  });
  const labels = labelLines(marks);
  return drawFrame(figure, {
    document,
    width,
    height: 340,
    marginTop: 44,
    marginRight: Math.max(64, labelMargin(labels.map(({ text }) => text))),
    x: load.scale,
    y: latency.scale,
    marks: [
      load.marks,
      latency.y,
      cellLines(marks, { x: "x", y: "ms", z: "line", cellOf, stroke: lineColor, strokeWidth: 1.5 }),
      cellDots(marks, { x: "x", y: "ms", cellOf, r: 4.5 }),
      Plot.dot(points.filter(({ failed }) => failed > 0), {
        x: ({ cell }: Point) => cell.x,
        frameAnchor: "bottom",
        symbol: "times",
        stroke: colors.failure,
        strokeWidth: 2,
        dy: -7,
      }),
      lineLabels(labels, { dx: 10 }),
      Plot.tip(marks, Plot.pointer({ x: "x", y: "ms", title: describeMark })),
    ],
  });
}

const cellOf = ({ point }: Mark) => point.cell;

const lineColor = ({ point }: Mark) => seriesColor(point.cell);

function toMarks(point: Point, shares: readonly Share[]): Mark[] {
  return shares.flatMap((share) => {
    const ms = point[share];
    return ms === null
      ? []
      : [{ point, x: point.cell.x, ms, share, line: `${share} ${point.cell.series}`.trim() }];
  });
}

function labelLines(marks: readonly Mark[]): LineLabel[] {
  const ends = new Map(marks.map((mark) => [mark.line, mark]));
  return [...ends.values()].map((mark) => (
    { x: mark.x, y: mark.ms, text: mark.line, color: lineColor(mark) }
  ));
}

function describeMark({ point, share, ms }: Mark): string {
  const failed = point.failed === 0 ? "" : `\n${formatPlural(point.failed, "failed request")}`;
  return `${point.cell.label}\n${share} ${formatMs(ms)}\n${formatPlural(point.count, "value")}${failed}`;
}
