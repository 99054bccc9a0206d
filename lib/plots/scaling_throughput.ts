/**
 * Whether the engine keeps up: what was completed per second against what was offered.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { CellSummary, RunSummary } from "../metrics/mod.ts";
import type { Figure } from "../types.ts";
import { cellDots, cellLines, seriesColor } from "./cell_marks.ts";
import { type CellKey, type CellLayout, groupSeries, layOutCells } from "./cells.ts";
import { formatNumber, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridY, showsCell } from "./frame.ts";
import { labelMargin, type LineLabel, lineLabels } from "./labels.ts";
import { describePlace, loadAxis } from "./load_axis.ts";
import { drawRow } from "./panels.ts";
import { colors } from "./theme.ts";

type Point = {
  readonly cell: CellKey;
  /** Completed and offered, per second; `null` where not measured, or not asked for in closed loop. */
  readonly requestsPerS: number | null;
  readonly offeredRequestsPerS: number | null;
  readonly outputTokensPerS: number | null;
  readonly offeredTokensPerS: number | null;
};

/** One point per cell, least load first. */
export type ScalingThroughputData = {
  readonly axis: CellLayout["axis"];
  readonly points: readonly Point[];
};

/** {@linkcode scalingThroughputFigure}'s figure. */
export type ScalingThroughput = Figure<ScalingThroughputData> & { readonly name: "scaling_throughput" };

/** Makes the figure: requests and output tokens per second, completed and offered. */
export function scalingThroughputFigure(summary: RunSummary): ScalingThroughput {
  const layout = layOutCells(summary.cells);
  const points = layout.cells.flatMap((cell) => {
    const found = summary.cells.find(({ index }) => index === cell.index);
    return found === undefined ? [] : [makePoint(cell, found)];
  });
  return {
    name: "scaling_throughput",
    title: "Throughput under load",
    caption: describePoints(layout.axis, points),
    data: { axis: layout.axis, points },
  };
}

/** Offered tokens are offered requests times the mean output of the requests that succeeded. */
function makePoint(cell: CellKey, summary: CellSummary): Point {
  const { succeeded } = summary.requests;
  const { offeredRequestsPerS, outputTokens } = summary;
  const canOffer = offeredRequestsPerS !== null && succeeded > 0;
  return {
    cell,
    requestsPerS: summary.requestsPerS,
    offeredRequestsPerS,
    outputTokensPerS: summary.outputTokensPerS,
    offeredTokensPerS: canOffer ? offeredRequestsPerS * outputTokens / succeeded : null,
  };
}

function describePoints(axis: CellLayout["axis"], points: readonly Point[]): string {
  const best = points.reduce<Point | null>(
    (a, b) => (b.outputTokensPerS ?? 0) > (a?.outputTokensPerS ?? 0) ? b : a,
    null,
  );
  if (best === null) return "No request succeeded.";
  const peak = `Output peaks at ${formatNumber(best.outputTokensPerS)} tokens/s, at ${
    [describePlace(axis, best.cell), best.cell.series].filter((part) => part !== "").join(", ")
  }.`;
  const most = points.at(-1);
  const offered = most?.offeredRequestsPerS ?? null;
  const completed = most?.requestsPerS ?? null;
  if (most === undefined || offered === null || completed === null) return peak;
  return `At the highest load ${formatNumber(completed)} of ${
    formatNumber(offered)
  } requests/s offered complete ` +
    `(${formatShare(completed / offered)}). ${peak} ` +
    "Completion is counted until the last answer ends, so a short run stays below the line without being saturated.";
}

/** Draws two panels side by side, or one above the other where it is narrow. */
export function drawScalingThroughput(figure: ScalingThroughput, options: DrawOptions): Element {
  const points = figure.data.points.filter(({ cell }) => showsCell(options.state, cell.index));
  return drawRow(options, (width) => [
    drawPanel(figure, points, {
      ...options,
      width,
      label: "Requests completed (1/s)",
      done: "requestsPerS",
      offered: "offeredRequestsPerS",
    }),
    drawPanel(figure, points, {
      ...options,
      width,
      label: "Output tokens (1/s)",
      done: "outputTokensPerS",
      offered: "offeredTokensPerS",
    }),
  ]);
}

type Rate = Exclude<keyof Point, "cell">;

function drawPanel(
  figure: ScalingThroughput,
  allPoints: readonly Point[],
  { document, width, label, done, offered }: DrawOptions & { label: string; done: Rate; offered: Rate },
): Element {
  const points = allPoints.filter((point) => point[done] !== null);
  if (points.length === 0) return drawEmpty(figure, { document, width, message: "no values" });
  const load = loadAxis({ axis: figure.data.axis, cells: points.map(({ cell }) => cell) }, width);
  const x = ({ cell }: Point) => cell.x;
  const ideal = points.filter((point) => point[offered] !== null);
  const labels = [
    ...labelSeries(points, done),
    ...ideal.slice(-1).map((end): LineLabel => (
      { x: end.cell.x, y: end[offered] ?? 0, text: "offered", color: colors.reference }
    )),
  ];
  return drawFrame(figure, {
    document,
    width,
    height: 300,
    marginTop: 44,
    marginRight: labelMargin(labels.map(({ text }) => text)),
    x: load.scale,
    y: { label, zero: true, nice: true },
    marks: [
      load.marks,
      gridY(),
      Plot.line(ideal, { x, y: offered, stroke: colors.reference, strokeDasharray: "5 4" }),
      cellLines(points, {
        x,
        y: done,
        z: ({ cell }: Point) => cell.series,
        cellOf,
        stroke: lineColor,
        strokeWidth: 1.5,
      }),
      cellDots(points, { x, y: done, cellOf, r: 4.5 }),
      lineLabels(labels, { dx: 10 }),
      Plot.tip(
        points,
        Plot.pointer({ x, y: done, title: (point: Point) => describePoint(point, { done, offered }) }),
      ),
    ],
  });
}

const cellOf = ({ cell }: Point) => cell;

const lineColor = ({ cell }: Point) => seriesColor(cell);

/** Each series at its end; the only one by what it counts. */
function labelSeries(points: readonly Point[], done: Rate): LineLabel[] {
  return [...groupSeries(points)].flatMap(([series, points]) => {
    const end = points.at(-1);
    if (end === undefined) return [];
    return [{ x: end.cell.x, y: end[done] ?? 0, text: series || "completed", color: lineColor(end) }];
  });
}

function describePoint(point: Point, { done, offered }: { done: Rate; offered: Rate }): string {
  const asked = point[offered] === null ? "" : `\noffered ${formatNumber(point[offered])}/s`;
  return `${point.cell.label}\ncompleted ${formatNumber(point[done])}/s${asked}`;
}
