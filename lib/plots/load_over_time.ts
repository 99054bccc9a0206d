/**
 * Load while a cell ran: requests in flight, requests still waiting for a token, tokens per second.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type CellDigest, digestRun, TOKEN_BIN_MS } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { cellLines } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatNumber } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, gridY, showsCell } from "./frame.ts";
import { lineLabels, MOST_LABELS, pickEvenly } from "./labels.ts";
import { drawStack } from "./panels.ts";
import { cellColor } from "./theme.ts";

/** About as many bins as there are pixels to tell apart. */
const MOST_BINS = 300;
/** All of them multiples of {@linkcode TOKEN_BIN_MS}. */
const BIN_WIDTHS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** One value per bin in each array, from the cell's start on. */
type Series = {
  readonly cell: CellKey;
  readonly binMs: number;
  /** Largest value within the bin, so that no peak is lost. */
  readonly inFlight: readonly number[];
  readonly queued: readonly number[];
  readonly tokensPerS: readonly number[];
};

/** Series per cell that sent anything, least load first. */
export type LoadOverTimeData = { readonly series: readonly Series[] };

/** {@linkcode loadOverTimeFigure}'s figure. */
export type LoadOverTime = Figure<LoadOverTimeData> & { readonly name: "load_over_time" };

/** Makes the figure. */
export function loadOverTimeFigure(run: Run): LoadOverTime {
  const digests = digestRun(run);
  const series = layOutCells(run.manifest.cells).cells.flatMap((cell) => {
    const digest = digests.get(cell.index);
    return digest === undefined || digest.sent === 0 ? [] : [makeSeries(cell, digest)];
  });
  return {
    name: "load_over_time",
    title: "Load over time",
    caption: describeSeries(series),
    data: { series },
  };
}

function makeSeries(cell: CellKey, digest: CellDigest): Series {
  const { zeroMs } = digest;
  let lastMs = zeroMs;
  for (const { atMs } of digest.loadSpans()) lastMs = atMs;
  const binMs = BIN_WIDTHS_MS.find((ms) => (lastMs - zeroMs) / ms <= MOST_BINS) ?? 300_000;
  const bins = { binMs, count: Math.floor((lastMs - zeroMs) / binMs) + 1 };
  return { cell, binMs, ...binLoad(digest, bins), tokensPerS: binTokens(digest, bins) };
}

interface Bins {
  readonly binMs: number;
  readonly count: number;
}

/** Largest value per bin. */
function binLoad(digest: CellDigest, { binMs, count }: Bins) {
  const inFlight = new Array<number>(count).fill(0);
  const queued = new Array<number>(count).fill(0);
  for (const span of digest.loadSpans()) {
    const first = Math.max(0, Math.floor((span.atMs - digest.zeroMs) / binMs));
    const end = Math.min(count, Math.max(first + 1, Math.ceil((span.untilMs - digest.zeroMs) / binMs)));
    for (let bin = first; bin < end; bin++) {
      inFlight[bin] = Math.max(inFlight[bin] ?? 0, span.inFlight);
      queued[bin] = Math.max(queued[bin] ?? 0, span.queued);
    }
  }
  return { inFlight, queued };
}

function binTokens(digest: CellDigest, { binMs, count }: Bins): number[] {
  const tokens = new Array<number>(count).fill(0);
  for (const [place, inBin] of digest.tokensPerBin().entries()) {
    const bin = Math.floor(place * TOKEN_BIN_MS / binMs);
    if (bin < count) tokens[bin] = (tokens[bin] ?? 0) + inBin;
  }
  return tokens.map((count) => Math.round(count / binMs * 1000));
}

function describeSeries(series: readonly Series[]): string {
  const most = series.at(-1);
  if (most === undefined) return "No request was sent.";
  const peak = (values: readonly number[]) => formatCount(values.reduce((a, b) => Math.max(a, b), 0));
  const widths = series.map(({ binMs }) => binMs);
  const [low, high] = [Math.min(...widths), Math.max(...widths)];
  const width = low === high ? formatCount(low) : `${formatCount(low)} to ${formatCount(high)}`;
  return `At ${most.cell.label} up to ${peak(most.inFlight)} requests are in flight and up to ` +
    `${peak(most.queued)} wait for their first token at once. ` +
    `Bins of ${width} ms; counts are the largest in each bin.`;
}

/** Draws three panels over one time axis. */
export function drawLoadOverTime(figure: LoadOverTime, options: DrawOptions): Element {
  const series = figure.data.series.filter(({ cell }) => showsCell(options.state, cell.index));
  if (series.length === 0) return drawEmpty(figure, { ...options, message: "no request was sent" });
  return drawStack(options, [
    drawPanel(figure, series, {
      ...options,
      quantity: "inFlight",
      label: "Requests in flight",
      labelled: true,
    }),
    drawPanel(figure, series, { ...options, quantity: "queued", label: "Waiting for a first token" }),
    drawPanel(figure, series, { ...options, quantity: "tokensPerS", label: "Output tokens/s", last: true }),
  ]);
}

type Quantity = "inFlight" | "queued" | "tokensPerS";

interface Point {
  readonly cell: CellKey;
  readonly atS: number;
  readonly value: number;
}

function drawPanel(
  figure: LoadOverTime,
  series: readonly Series[],
  { document, width, state, quantity, label, labelled = false, last = false }: DrawOptions & {
    quantity: Quantity;
    label: string;
    labelled?: boolean;
    last?: boolean;
  },
): Element {
  const curves = series.map((one) => toPoints(one, quantity));
  const points = curves.flat();
  const endS = points.reduce((a, { atS }) => Math.max(a, atS), 0);
  return drawFrame(figure, {
    document,
    width,
    height: last ? 170 : 150,
    marginTop: 30,
    marginRight: 24,
    marginBottom: last ? 40 : 12,
    x: {
      domain: state.domainS ?? [0, endS || 1],
      label: last ? "Time from the start of the cell (s)" : null,
      tickFormat: last ? undefined : () => "",
    },
    y: { label, zero: true, nice: true, ticks: 4 },
    marks: [
      gridX(),
      gridY({ ticks: 4 }),
      cellLines(points, {
        x: "atS",
        y: "value",
        z: ({ cell }: Point) => cell.index,
        cellOf: ({ cell }) => cell,
        strokeWidth: 1.4,
        curve: "step-after",
        clip: true,
      }),
      labelled && state.domainS === null
        ? lineLabels(pickEvenly(curves, MOST_LABELS).flatMap(labelPeak), { dx: 4 })
        : null,
      Plot.tip(
        points,
        Plot.pointer({ x: "atS", y: "value", title: (point: Point) => describePoint(point, label) }),
      ),
    ],
  });
}

/** The last bin is closed with a point at its end. */
function toPoints({ cell, binMs, ...values }: Series, quantity: Quantity): Point[] {
  const points = values[quantity].map((value, bin) => ({ cell, atS: bin * binMs / 1000, value }));
  return [...points, { cell, atS: points.length * binMs / 1000, value: values[quantity].at(-1) ?? 0 }];
}

function labelPeak(curve: readonly Point[]) {
  const peak = curve.reduce<Point | null>((a, b) => b.value > (a?.value ?? -1) ? b : a, null);
  if (peak === null) return [];
  const { cell, atS, value } = peak;
  return [{ x: atS, y: value, text: cell.short, color: cellColor(cell), cell: cell.index }];
}

function describePoint({ cell, atS, value }: Point, label: string): string {
  return `${cell.label} at ${formatNumber(atS)} s\n${label}: ${formatCount(value)}`;
}
