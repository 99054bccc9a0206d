/**
 * What more throughput costs in latency: a point per cell of a run.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { MIN_COUNT_FOR_P99, type RunSummary } from "../metrics/mod.ts";
import type { Figure } from "../types.ts";
import { cellDots, cellLines, seriesColor } from "./cell_marks.ts";
import { type CellKey, groupSeries, layOutCells } from "./cells.ts";
import { formatMs, formatNumber, formatPlural } from "./format.ts";
import { type ChosenMetric, drawEmpty, drawFrame, type DrawOptions, gridY, showsCell } from "./frame.ts";
import { labelMargin, type LineLabel, lineLabels, MOST_LABELS, pickEvenly } from "./labels.ts";
import { fittingTicks, latencyAxis } from "./latency_axis.ts";
import { cellColor } from "./theme.ts";

type Point = {
  readonly cell: CellKey;
  readonly p50: number;
  readonly p90: number;
  /** `null` below 100 values. */
  readonly p99: number | null;
  readonly outputTokensPerS: number;
  readonly count: number;
  /** Whether the cell measured what it claims. */
  readonly valid: boolean;
};

/** One point per cell that has both, least load first. */
export type ThroughputLatencyData = {
  readonly metric: { readonly name: ChosenMetric; readonly label: string };
  /** p99, or the median where a cell has too few values for a p99; a reader may choose another. */
  readonly percentile: "p50" | "p99";
  readonly points: readonly Point[];
};

/** {@linkcode throughputLatencyFigure}'s figure. */
export type ThroughputLatency = Figure<ThroughputLatencyData> & { readonly name: "throughput_latency" };

/** Makes the figure of one metric. */
export function throughputLatencyFigure(
  summary: RunSummary,
  metric: { readonly name: ChosenMetric; readonly label: string },
): ThroughputLatency {
  const { name, label } = metric;
  const measured = layOutCells(summary.cells).cells.flatMap((cell) => {
    const found = summary.cells.find(({ index }) => index === cell.index);
    const [values, outputTokensPerS] = [found?.[name] ?? null, found?.outputTokensPerS ?? null];
    return found === undefined || values === null || outputTokensPerS === null
      ? []
      : [{ cell, values, outputTokensPerS, valid: found.verdict.valid }];
  });
  const percentile = measured.every(({ values }) => values.count >= MIN_COUNT_FOR_P99) ? "p99" : "p50";
  const points = measured.map(({ values, ...point }): Point => ({
    ...point,
    ...{ p50: values.p50, p90: values.p90, p99: values.count < MIN_COUNT_FOR_P99 ? null : values.p99 },
    count: values.count,
  }));
  return {
    name: "throughput_latency",
    title: `Output tokens/s against ${label}`,
    caption: describePoints(points.flatMap((point) => place(point, percentile)), `${percentile} ${label}`),
    data: { metric: { name, label }, percentile, points },
  };
}

/** A point at the latency that is drawn. */
type Placed = Point & { readonly latencyMs: number };

function place(point: Point, percentile: "p50" | "p90" | "p99"): Placed[] {
  const latencyMs = point[percentile];
  return latencyMs === null ? [] : [{ ...point, latencyMs }];
}

function describePoints(points: readonly Placed[], latency: string): string {
  const [least, busiest] = [
    points.at(0),
    points.reduce<Placed | null>((a, b) => b.outputTokensPerS > (a?.outputTokensPerS ?? -1) ? b : a, null),
  ];
  if (least === undefined || busiest === null) return "No cell has both a latency and a throughput.";
  const say = ({ cell, outputTokensPerS, latencyMs }: Placed) =>
    `${formatNumber(outputTokensPerS)} tokens/s at a ${latency} of ${formatMs(latencyMs)} (${cell.label})`;
  const invalid = points.filter(({ valid }) => !valid).length;
  const crossed = invalid === 0
    ? ""
    : ` ${formatPlural(invalid, "cell")} without a valid measurement ${
      invalid === 1 ? "is" : "are"
    } crossed out.`;
  const most = busiest === least ? "" : `, the least loaded cell ${say(least)}`;
  const slower = points.filter((point) =>
    point !== busiest && point.latencyMs > busiest.latencyMs &&
    point.outputTokensPerS <= busiest.outputTokensPerS
  );
  const beyond = slower.length === 0
    ? ""
    : ` ${
      slower.length === 1
        ? `${slower.map(({ cell }) => cell.label).join()} has`
        : `${slower.length} other cells have`
    } a higher latency for no more tokens/s.`;
  return `Up and to the left is better. The most is ${say(busiest)}${most}.${beyond}${crossed}`;
}

/** Draws throughput over the percentile chosen, a line per series through its cells. */
export function drawThroughputLatency(
  figure: ThroughputLatency,
  { document, width, state }: DrawOptions,
): Element {
  const { metric } = figure.data;
  const percentile = state.percentile === "all" ? figure.data.percentile : state.percentile;
  const points = figure.data.points.filter(({ cell }) => showsCell(state, cell.index))
    .flatMap((point) => place(point, percentile));
  if (points.length === 0) return drawEmpty(figure, { document, width, message: "no values" });
  const values = points.map(({ latencyMs }) => latencyMs);
  const latency = latencyAxis([...values, 0.8 * Math.min(...values), 1.2 * Math.max(...values)], {
    log: state.log,
    label: `${percentile} ${metric.label} (ms)`,
    mostTicks: fittingTicks(width),
  });
  const most = Math.max(...points.map(({ outputTokensPerS }) => outputTokensPerS));
  const labels = [...groupSeries(points).values()].flatMap((series) => pickEvenly(series, MOST_LABELS)).map(
    labelOf,
  );
  return drawFrame(figure, {
    document,
    width,
    height: 340,
    marginLeft: 64,
    marginRight: labelMargin(labels.map(({ text }) => text)),
    x: latency.scale,
    y: { domain: [0, 1.08 * most || 1], label: "Output tokens/s" },
    marks: [
      latency.x,
      gridY({ ticks: 6 }),
      Plot.axisY({ ticks: 6, labelArrow: "none" }),
      cellLines(points, {
        ...{ x: "latencyMs", y: "outputTokensPerS", z: ({ cell }: Point) => cell.series, cellOf },
        ...{ stroke: ({ cell }: Point) => seriesColor(cell), strokeWidth: 1.5 },
      }),
      cellDots(points, { x: "latencyMs", y: "outputTokensPerS", cellOf, r: 5 }),
      Plot.dot(points.filter(({ valid }) => !valid), {
        ...{
          x: "latencyMs",
          y: "outputTokensPerS",
          symbol: "times",
          r: 7,
          stroke: "currentColor",
          strokeWidth: 1.5,
        },
      }),
      lineLabels(labels, { dx: 10 }),
      Plot.tip(
        points,
        Plot.pointer({
          x: "latencyMs",
          y: "outputTokensPerS",
          title: (point: Placed) => describe(point, `${percentile} ${metric.label}`),
        }),
      ),
    ],
  });
}

const cellOf = ({ cell }: Point) => cell;

function labelOf({ cell, latencyMs, outputTokensPerS }: Placed): LineLabel {
  return { x: latencyMs, y: outputTokensPerS, text: cell.short, color: cellColor(cell), cell: cell.index };
}

function describe({ cell, outputTokensPerS, latencyMs, count, valid }: Placed, latency: string): string {
  return [
    cell.label,
    `${formatNumber(outputTokensPerS)} output tokens/s`,
    `${latency} ${formatMs(latencyMs)}, ${formatPlural(count, "value")}`,
    ...(valid ? [] : ["not a valid measurement"]),
  ].join("\n");
}
