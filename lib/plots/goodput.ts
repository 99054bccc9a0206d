/**
 * How much of the throughput counts: what was delivered within the objective against all that was delivered.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { CellSummary, RunSummary } from "../metrics/mod.ts";
import type { Figure } from "../types.ts";
import { cellDots, seriesColor } from "./cell_marks.ts";
import { type CellKey, type CellLayout, layOutCells } from "./cells.ts";
import { formatNumber, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridY, showsCell } from "./frame.ts";
import { labelMargin, type LineLabel, lineLabels, MOST_LABELS } from "./labels.ts";
import { describePlace, loadAxis } from "./load_axis.ts";
import { drawRow } from "./panels.ts";
import { colors } from "./theme.ts";

type Point = {
  readonly cell: CellKey;
  /** Good requests and their output tokens per second; `null` where not measured. */
  readonly goodRequestsPerS: number | null;
  readonly goodTokensPerS: number | null;
  /** Successful requests and their output tokens per second. */
  readonly requestsPerS: number | null;
  readonly outputTokensPerS: number | null;
  /** Good requests / requests of the cell. */
  readonly shareOfOffered: number | null;
};

/** One point per cell, least load first. */
export type GoodputData = {
  readonly axis: CellLayout["axis"];
  readonly points: readonly Point[];
};

/** {@linkcode goodputFigure}'s figure. */
export type GoodputFigure = Figure<GoodputData> & { readonly name: "goodput" };

/** Makes the figure: good requests and their output tokens per second, beside all of them. */
export function goodputFigure(summary: RunSummary): GoodputFigure {
  const layout = layOutCells(summary.cells);
  const points = layout.cells.flatMap((cell) => {
    const found = summary.cells.find(({ index }) => index === cell.index);
    return found === undefined ? [] : [makePoint(cell, found)];
  });
  return {
    name: "goodput",
    title: "Goodput under load",
    caption: describePoints(layout.axis, points),
    data: { axis: layout.axis, points },
  };
}

function makePoint(cell: CellKey, { goodput, requestsPerS, outputTokensPerS }: CellSummary): Point {
  return {
    cell,
    goodRequestsPerS: goodput?.requestsPerS ?? null,
    goodTokensPerS: goodput?.outputTokensPerS ?? null,
    requestsPerS,
    outputTokensPerS,
    shareOfOffered: goodput?.shareOfOffered ?? null,
  };
}

interface JudgedPoint extends Point {
  readonly goodRequestsPerS: number;
}

function describePoints(axis: CellLayout["axis"], points: readonly Point[]): string {
  const judged = points.filter((point): point is JudgedPoint => point.goodRequestsPerS !== null);
  const [best] = judged.toSorted((a, b) => b.goodRequestsPerS - a.goodRequestsPerS);
  const most = judged.at(-1);
  if (best === undefined || most === undefined) return "No goodput was measured.";
  if (best.goodRequestsPerS === 0) return "No request kept every limit, at any load.";
  const peak = `Goodput is largest at ${placeOf(axis, best)}: ${sayPoint(best)}.`;
  const end = most === best ? "" : ` At the highest load, ${placeOf(axis, most)}, it is ${sayPoint(most)}.`;
  const isAllGood = judged.every(({ goodRequestsPerS, requestsPerS }) => goodRequestsPerS === requestsPerS);
  const gap = isAllGood
    ? "Every request that succeeded kept every limit, so the two lines are one."
    : "The gap between the lines is work outside the objective.";
  return `${peak}${end} ${gap}`;
}

/** A place that two cells share, such as one concurrency in two rounds, is told by the cell's label. */
function placeOf(axis: CellLayout["axis"], { cell }: Point): string {
  return cell.series === "" ? describePlace(axis, cell) : cell.label;
}

function sayPoint({ goodRequestsPerS, requestsPerS, shareOfOffered }: Point): string {
  const share = shareOfOffered === null ? "" : `, ${formatShare(shareOfOffered)} of the requests offered`;
  return `${formatNumber(goodRequestsPerS)} of ${
    formatNumber(requestsPerS)
  } requests/s that succeeded${share}`;
}

/** Draws two panels side by side, or one above the other where it is narrow. */
export function drawGoodput(figure: GoodputFigure, options: DrawOptions): Element {
  const points = figure.data.points.filter(({ cell }) => showsCell(options.state, cell.index));
  return drawRow(options, (width) => [
    drawPanel(figure, points, {
      ...options,
      width,
      label: "Requests (1/s)",
      good: "goodRequestsPerS",
      all: "requestsPerS",
    }),
    drawPanel(figure, points, {
      ...options,
      width,
      label: "Output tokens (1/s)",
      good: "goodTokensPerS",
      all: "outputTokensPerS",
    }),
  ]);
}

type Rate = Exclude<keyof Point, "cell" | "shareOfOffered">;

function drawPanel(
  figure: GoodputFigure,
  allPoints: readonly Point[],
  { document, width, label, good, all }: DrawOptions & { label: string; good: Rate; all: Rate },
): Element {
  const points = allPoints.filter((point) => point[good] !== null);
  if (points.length === 0) return drawEmpty(figure, { document, width, message: "no values" });
  const load = loadAxis({ axis: figure.data.axis, cells: points.map(({ cell }) => cell) }, width);
  const labels = labelLines(points, { good, all });
  const x = ({ cell }: Point) => cell.x;
  const z = ({ cell }: Point) => cell.series;
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
      Plot.line(points, { x, y: all, z, stroke: colors.reference, strokeDasharray: "5 4" }),
      Plot.line(points, { x, y: good, z, stroke: ({ cell }: Point) => seriesColor(cell), strokeWidth: 1.5 }),
      cellDots(points, { x, y: good, cellOf: ({ cell }) => cell, r: 4.5 }),
      lineLabels(labels, { dx: 10 }),
      Plot.tip(
        points,
        Plot.pointer({ x, y: good, title: (point: Point) => describePoint(point, { good, all }) }),
      ),
    ],
  });
}

/** A pair of labels per series; where that would be too many, the first says what the lines are. */
function labelLines(points: readonly Point[], { good, all }: { good: Rate; all: Rate }): LineLabel[] {
  const ends = [...new Map(points.map((point) => [point.cell.series, point])).values()];
  const shown = 2 * ends.length <= MOST_LABELS ? ends : ends.slice(0, 1);
  return shown.flatMap((end) => {
    const { x, series } = end.cell;
    const text = (what: string) => `${what} ${series}`.trim();
    return [
      { x, y: end[good] ?? 0, text: text("good"), color: seriesColor(end.cell) },
      { x, y: end[all] ?? 0, text: text("all"), color: colors.reference },
    ];
  });
}

function describePoint(point: Point, { good, all }: { good: Rate; all: Rate }): string {
  const { cell, shareOfOffered } = point;
  const share = shareOfOffered === null ? "" : `\n${formatShare(shareOfOffered)} of the requests offered`;
  return `${cell.label}\ngood ${formatNumber(point[good])}/s of ${formatNumber(point[all])}/s${share}`;
}
