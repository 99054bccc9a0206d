/**
 * What a request's own size explains of its latency.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type CellDigest, digestRun, type RequestPoint } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { nameCells } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, showsCell } from "./frame.ts";
import { fittingTicks, latencyAxis, logTicks } from "./latency_axis.ts";
import { drawRow } from "./panels.ts";
import { colors, loadColor } from "./theme.ts";

/** Most requests drawn, all cells together. */
const MOST_DOTS = 2000;
/** Token counts that differ by more than this factor are spread on a logarithmic axis. */
const LOG_FROM_RATIO = 30;

/** Dots of one cell in order of sending; one entry per request in each array. */
type Dots = {
  readonly cell: CellKey;
  readonly id: readonly number[];
  readonly inputTokens: readonly number[];
  readonly outputTokens: readonly number[];
  readonly ttftMs: readonly (number | null)[];
  readonly tpotMs: readonly (number | null)[];
  /** Other requests in flight when this one was sent; `null` where it is not known when requests were sent. */
  readonly inFlight: readonly (number | null)[];
};

/** Dots per cell, least load first, and the rule by which they were chosen: every how many-th request. */
export type PerRequestData = { readonly every: number; readonly cells: readonly Dots[] };

/** {@linkcode perRequestFigure}'s figure. */
export type PerRequest = Figure<PerRequestData> & { readonly name: "per_request" };

/** Makes the figure, from successful requests. */
export function perRequestFigure(run: Run): PerRequest {
  const digests = digestRun(run);
  const total = digests.values().reduce((sum, { ended }) => sum + ended.ok, 0);
  const every = Math.max(1, Math.ceil(total / MOST_DOTS));
  const cells = layOutCells(run.manifest.cells).cells.flatMap((cell) => {
    const digest = digests.get(cell.index);
    return digest === undefined ? [] : [makeDots(cell, digest, { every })];
  });
  return {
    name: "per_request",
    title: "Latency against the request's size",
    caption: describeDots(cells, every),
    data: { every, cells },
  };
}

function makeDots(cell: CellKey, digest: CellDigest, { every }: { every: number }): Dots {
  const drawn: (RequestPoint & { readonly inFlight: number | null })[] = [];
  let place = 0;
  for (const point of countInFlight(digest)) {
    if (point.outcome === "ok" && place++ % every === 0) drawn.push(point);
  }
  return {
    cell,
    id: drawn.map(({ id }) => id),
    inputTokens: drawn.map(({ inputTokens }) => inputTokens),
    outputTokens: drawn.map(({ outputTokens }) => outputTokens),
    ttftMs: drawn.map(({ ttftMs }) => roundTo(ttftMs)),
    tpotMs: drawn.map(({ tpotMs }) => roundTo(tpotMs)),
    inFlight: drawn.map(({ inFlight }) => inFlight),
  };
}

/** Requests in the order of sending, with those in flight right after each was sent, less itself. */
function* countInFlight(
  digest: CellDigest,
): Generator<RequestPoint & { readonly inFlight: number | null }> {
  const spans = digest.loadSpans();
  let span = spans.next().value;
  for (const point of digest.points()) {
    while (span && span.untilMs <= point.sentMs) span = spans.next().value;
    yield { ...point, inFlight: digest.hasOneClock ? (span?.inFlight ?? 1) - 1 : null };
  }
}

function describeDots(cells: readonly Dots[], every: number): string {
  if (cells.every(({ id }) => id.length === 0)) return "No request succeeded.";
  const rule = every === 1 ? "Every successful request" : `One successful request in ${formatCount(every)}`;
  if (cells.every(({ inFlight }) => inFlight.every((count) => count === null))) return `${rule}.`;
  return `${rule}. The darker (on a dark page the brighter) a dot, the more other requests were in flight when it ` +
    `was sent: up to ${formatCount(mostInFlight(cells))}.`;
}

function mostInFlight(cells: readonly Dots[]): number {
  return cells.flatMap(({ inFlight }) => inFlight).reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
}

/** Draws TTFT against input tokens and TPOT against output tokens. */
export function drawPerRequest(figure: PerRequest, options: DrawOptions): Element {
  const most = Math.max(1, mostInFlight(figure.data.cells));
  const dots = figure.data.cells.filter(({ cell }) => showsCell(options.state, cell.index)).flatMap(toDots);
  return drawRow(options, (width) => [
    drawPanel(figure, dots, {
      ...options,
      width,
      most,
      x: "inputTokens",
      y: "ttftMs",
      labels: ["Input tokens", "TTFT (ms)"],
    }),
    drawPanel(figure, dots, {
      ...options,
      width,
      most,
      x: "outputTokens",
      y: "tpotMs",
      labels: ["Output tokens", "TPOT (ms)"],
    }),
  ]);
}

interface Dot {
  readonly cell: string;
  /** Of the cell. */
  readonly index: number;
  readonly id: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
  readonly inFlight: number | null;
}

function toDots({ cell, id, ...columns }: Dots): Dot[] {
  return id.map((id, row) => ({
    cell: cell.label,
    index: cell.index,
    id,
    inputTokens: columns.inputTokens[row] ?? 0,
    outputTokens: columns.outputTokens[row] ?? 0,
    ttftMs: columns.ttftMs[row] ?? null,
    tpotMs: columns.tpotMs[row] ?? null,
    inFlight: columns.inFlight[row] ?? null,
  }));
}

interface PanelOptions extends DrawOptions {
  /** Requests in flight that get the strongest tone. */
  readonly most: number;
  readonly x: "inputTokens" | "outputTokens";
  readonly y: "ttftMs" | "tpotMs";
  readonly labels: readonly [x: string, y: string];
}

function drawPanel(
  figure: PerRequest,
  allDots: readonly Dot[],
  { document, width, state, most, x, y, labels }: PanelOptions,
): Element {
  const dots = allDots.filter((dot) => dot[y] !== null).sort((a, b) => (a.inFlight ?? 0) - (b.inFlight ?? 0));
  if (dots.length === 0) return drawEmpty(figure, { document, width, message: `no ${labels[1]}` });
  const latency = latencyAxis(dots.map((dot) => dot[y] ?? 0), { log: state.log, label: labels[1] });
  const tokens = tokenAxis(dots.map((dot) => dot[x]), { label: labels[0], mostTicks: fittingTicks(width) });
  return drawFrame(figure, {
    document,
    width,
    marginRight: 16,
    x: tokens.scale,
    y: latency.scale,
    marks: [
      tokens.marks,
      latency.y,
      Plot.dot(dots, {
        x,
        y,
        r: 2,
        fill: ({ inFlight }: Dot) => loadColor((inFlight ?? 0) / most),
        fillOpacity: 0.75,
        render: nameCells(dots, (dot) => dot),
      }),
      Plot.tip(dots, Plot.pointer({ x, y, title: describeDot, stroke: colors.muted })),
    ],
  });
}

function tokenAxis(
  tokens: readonly number[],
  { label, mostTicks }: { label: string; mostTicks: number },
): { scale: Plot.ScaleOptions; marks: Plot.Markish } {
  const low = tokens.reduce((a, b) => Math.min(a, b), Infinity);
  const high = tokens.reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
  if (low <= 0 || high <= LOG_FROM_RATIO * low) {
    return { scale: { label, zero: true, nice: true, ticks: 5 }, marks: gridX({ ticks: 5 }) };
  }
  const ticks = logTicks([low, high], mostTicks);
  const axis = Plot.axisX({ ticks, text: (count: number) => formatCount(count), labelArrow: "none" });
  return { scale: { type: "log", domain: [low, high], label }, marks: [gridX({ ticks }), axis] };
}

function describeDot(dot: Dot): string {
  return `${dot.cell}, request ${dot.id}\n${formatCount(dot.inputTokens)} tokens in, ` +
    `${formatCount(dot.outputTokens)} out\nTTFT ${formatMs(dot.ttftMs)}, TPOT ${formatMs(dot.tpotMs)}` +
    (dot.inFlight === null ? "" : `\n${formatCount(dot.inFlight)} others in flight`);
}

/** Four digits: finer than a pixel. */
function roundTo(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(4));
}
