/**
 * One bar per request: when it was sent, when tokens began, when they ended.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type CellDigest, digestRun, type RequestPoint } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatPlural } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, showsCell } from "./frame.ts";
import { textWidth } from "./labels.ts";
import { colors } from "./theme.ts";

/** Most bars in one drawing, and in all cells together. */
const MOST_BARS = 2000;
const MOST_BARS_IN_ALL = 8000;

/** Requests of one cell in order of sending; one entry per request in each array, times in whole ms. */
type Bars = {
  readonly cell: CellKey;
  /** Requests that were sent, drawn or not. */
  readonly sent: number;
  /** Every how many-th request is drawn. */
  readonly every: number;
  /** The successful request with the highest TTFT, drawn or not. */
  readonly slowest: { readonly id: number; readonly ttftMs: number } | null;
  readonly id: readonly number[];
  /** Sent, from the cell's start. */
  readonly startMs: readonly number[];
  /** Sent → response headers; 0 where headers were not seen. */
  readonly headersMs: readonly number[];
  /** Headers → first token: queue and prefill. */
  readonly prefillMs: readonly number[];
  /** First token → last token. */
  readonly decodeMs: readonly number[];
  /** 1 where the request failed. */
  readonly failed: readonly number[];
};

/** Bars per cell that sent anything, least load first. */
export type TimelineData = { readonly cells: readonly Bars[] };

/** {@linkcode timelineFigure}'s figure. */
export type Timeline = Figure<TimelineData> & { readonly name: "timeline" };

/** Makes the figure. */
export function timelineFigure(run: Run): Timeline {
  const digests = digestRun(run);
  const layout = layOutCells(run.manifest.cells);
  const most = Math.min(MOST_BARS, Math.floor(MOST_BARS_IN_ALL / Math.max(1, layout.cells.length)));
  const cells = layout.cells.flatMap((cell) => {
    const startMs = run.manifest.cells.find(({ index }) => index === cell.index)?.startMs ?? null;
    const digest = digests.get(cell.index);
    return digest === undefined || digest.sent === 0 ? [] : [makeBars(cell, digest, { startMs, most })];
  });
  return { name: "timeline", title: "Every request in time", caption: describeBars(cells), data: { cells } };
}

function makeBars(
  cell: CellKey,
  digest: CellDigest,
  { startMs, most }: { startMs: number | null; most: number },
): Bars {
  const zeroMs = startMs ?? digest.firstSentMs;
  const every = Math.max(1, Math.ceil(digest.sent / most));
  const drawn: RequestPoint[] = [];
  let slowest: Bars["slowest"] = null;
  let place = 0;
  for (const point of digest.points()) {
    const { id, ttftMs } = point;
    if (place++ % every === 0) drawn.push(point);
    if (ttftMs !== undefined && ttftMs > (slowest?.ttftMs ?? -Infinity)) slowest = { id, ttftMs };
  }
  return {
    cell,
    sent: digest.sent,
    every,
    slowest,
    id: drawn.map(({ id }) => id),
    startMs: drawn.map(({ sentMs }) => Math.round(sentMs - zeroMs)),
    headersMs: drawn.map(({ sentMs, headersMs }) => Math.round(headersMs - sentMs)),
    prefillMs: drawn.map(({ headersMs, firstMs }) => Math.round(firstMs - headersMs)),
    decodeMs: drawn.map(({ firstMs, lastMs }) => Math.round(lastMs - firstMs)),
    failed: drawn.map(({ outcome }) => outcome === "failed" ? 1 : 0),
  };
}

function describeBars(cells: readonly Bars[]): string {
  const most = cells.at(-1);
  if (most === undefined) return "No request was sent.";
  const { slowest } = most;
  const wait = slowest === null
    ? "none of them got its answer"
    : `the longest wait for a first token, ${formatMs(slowest.ttftMs)}, is that of request ${slowest.id}`;
  const rule = most.every === 1 ? "" : ` One request in ${formatCount(most.every)} is drawn.`;
  const choice = cells.length === 1 ? "" : " Choose one cell to see another.";
  return `${formatPlural(most.sent, "request")} at ${most.cell.label}; ${wait}.${rule}${choice}`;
}

interface Bar {
  readonly id: number;
  readonly startMs: number;
  readonly headersMs: number;
  readonly firstMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

/** Draws the most loaded of the cells shown. */
export function drawTimeline(figure: Timeline, { document, width, state }: DrawOptions): Element {
  const cell = figure.data.cells.findLast(({ cell }) => showsCell(state, cell.index));
  if (cell === undefined) return drawEmpty(figure, { document, width, message: "no request was sent" });
  const all = cell.id.map((id, place) => toBar(cell, id, place));
  const [fromS, toS] = state.domainS ?? [0, Math.max(...all.map(({ endMs }) => endMs)) / 1000 || 1];
  const bars = all
    .filter(({ startMs, endMs }) => startMs <= toS * 1000 && endMs >= fromS * 1000)
    .map((bar, row) => ({ ...bar, row }));
  if (bars.length === 0) return drawEmpty(figure, { document, width, message: "no request in this time" });
  const key = keyOfPhases(cell.cell.short, width - MARGINS_PX.left - MARGINS_PX.right);
  return drawFrame(figure, {
    document,
    width,
    height: Math.min(440, Math.max(110, 68 + bars.length * 4)) + key.heightPx - KEY_LINE_PX,
    marginTop: 12 + key.heightPx,
    marginLeft: MARGINS_PX.left,
    marginRight: MARGINS_PX.right,
    x: { domain: [fromS, toS], label: "Time from the start of the cell (s)" },
    y: { domain: [bars.length, 0], axis: null },
    marks: [
      gridX(),
      phase(bars, { from: "startMs", to: "headersMs", fill: colors.waiting }),
      phase(bars, { from: "headersMs", to: "firstMs", fill: colors.prefill }),
      phase(bars, { from: "firstMs", to: "endMs", fill: colors.decode }),
      phase(bars.filter(({ failed }) => failed), { from: "startMs", to: "endMs", fill: colors.failure }),
      ...key.marks,
      Plot.tip(
        bars,
        Plot.pointer({
          x: ({ startMs, endMs }: Bar) => (Math.max(startMs / 1000, fromS) + Math.min(endMs / 1000, toS)) / 2,
          y: ({ row }: Row) => row + 0.5,
          title: describeBar,
        }),
      ),
    ],
  });
}

function toBar(cell: Bars, id: number, place: number): Bar {
  const startMs = cell.startMs[place] ?? 0;
  const headersMs = startMs + (cell.headersMs[place] ?? 0);
  const firstMs = headersMs + (cell.prefillMs[place] ?? 0);
  const endMs = firstMs + (cell.decodeMs[place] ?? 0);
  return { id, startMs, headersMs, firstMs, endMs, failed: cell.failed[place] === 1 };
}

/** A bar and its place from the top. */
type Row = Bar & { readonly row: number };

type Instant = "startMs" | "headersMs" | "firstMs" | "endMs";

function phase(bars: readonly Row[], { from, to, fill }: { from: Instant; to: Instant; fill: string }) {
  return Plot.rect(bars.filter((bar) => bar[to] > bar[from]), {
    x1: (bar: Bar) => bar[from] / 1000,
    x2: (bar: Bar) => bar[to] / 1000,
    y1: "row",
    y2: ({ row }: Row) => row + 0.9,
    fill,
    clip: true,
  });
}

const MARGINS_PX = { left: 20, right: 12 };
const KEY_LINE_PX = 16;

/** Names of the tones above the frame, one after the other, in as many lines as they need. */
function keyOfPhases(
  label: string,
  widthPx: number,
): { readonly heightPx: number; readonly marks: Plot.RenderableMark[] } {
  const entries = [
    { text: label, color: "none" },
    { text: "until headers", color: colors.waiting },
    { text: "until first token", color: colors.prefill },
    { text: "tokens", color: colors.decode },
    { text: "failed", color: colors.failure },
  ];
  let [x, line] = [0, 0];
  const placed = entries.map((entry) => {
    const ownPx = (entry.color === "none" ? 0 : 14) + textWidth(entry.text);
    if (x > 0 && x + ownPx > widthPx) [x, line] = [0, line + 1];
    const dx = x;
    x += ownPx + 16;
    return { ...entry, dx, line };
  });
  const marks = placed.flatMap(({ text, color, dx, ...entry }) => {
    const place = { frameAnchor: "top-left", dy: (entry.line - line) * KEY_LINE_PX - 18 } as const;
    return [
      Plot.text(["■"], { ...place, dx, fill: color }),
      Plot.text([text], { ...place, dx: color === "none" ? dx : dx + 14, fill: colors.muted }),
    ];
  });
  return { heightPx: (line + 1) * KEY_LINE_PX, marks };
}

function describeBar({ id, startMs, headersMs, firstMs, endMs, failed }: Bar): string {
  const end = failed ? "failed after" : "first token after";
  const afterMs = failed ? endMs - startMs : firstMs - startMs;
  const decode = failed ? "" : `\ntokens for ${formatMs(endMs - firstMs)}`;
  return `request ${id}\nsent at ${formatMs(startMs)}, headers after ${formatMs(headersMs - startMs)}\n` +
    `${end} ${formatMs(afterMs)}${decode}`;
}
