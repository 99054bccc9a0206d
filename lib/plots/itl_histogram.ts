/**
 * How long the gaps between tokens were: a histogram per cell, so that a second mode is seen as one.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { describe, digestRun, itl, MIN_COUNT_FOR_P99, type Sample } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { nameCells } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatPlural, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, showsCell } from "./frame.ts";
import { pickEvenly } from "./labels.ts";
import { fittingTicks, latencyAxis } from "./latency_axis.ts";
import { placeRows, rowHeads } from "./rows.ts";
import { cellColor, colors } from "./theme.ts";

/** Bins are this many per decade or, where that would be too many, half as many, and so on. */
const MOST_BINS_PER_DECADE = 96;
const MOST_BINS = 160;
/** Bins reach this many decades below the largest gap; shorter gaps are counted beside them. */
const MOST_DECADES = 4;
/** Rows in one drawing. */
const MOST_ROWS = 8;

/** Gaps of one cell. */
type Row = {
  readonly cell: CellKey;
  readonly count: number;
  readonly p50Ms: number;
  /** `null` below 100 gaps. */
  readonly p99Ms: number | null;
  readonly maxMs: number;
  /** Share of gaps too short for any bin, 0 ms among them. */
  readonly belowRatio: number;
  /** Number of the first bin in `ratios`. */
  readonly firstBin: number;
  /** Share of the cell's gaps in each bin, up to the last that has any. */
  readonly ratios: readonly number[];
};

/** A row per cell that has gaps, least load first. Bin i reaches from 10^(i / binsPerDecade) ms to the next. */
export type ItlHistogramData = { readonly binsPerDecade: number; readonly rows: readonly Row[] };

/** {@linkcode itlHistogramFigure}'s figure. */
export type ItlHistogram = Figure<ItlHistogramData> & { readonly name: "itl_histogram" };

/** Makes the figure. */
export function itlHistogramFigure(run: Run): ItlHistogram {
  const digests = digestRun(run);
  const samples = layOutCells(run.manifest.cells).cells.flatMap((cell) => {
    const sample = digests.get(cell.index)?.sample(itl);
    return sample === undefined || sample.count === 0 ? [] : [{ cell, sample }];
  });
  const range = findRange(samples.map(({ sample }) => sample));
  const rows = samples.flatMap(({ cell, sample }) => makeRow(cell, sample, range));
  return {
    name: "itl_histogram",
    title: "Gaps between tokens",
    caption: describeRows(rows),
    data: { binsPerDecade: range.binsPerDecade, rows },
  };
}

interface BinRange {
  readonly lowMs: number;
  readonly binsPerDecade: number;
}

function findRange(samples: readonly Sample[]): BinRange {
  let [low, high] = [Infinity, 0];
  for (const sample of samples) {
    for (const [ms] of sample.sorted().distinct()) {
      if (ms <= 0) continue;
      low = Math.min(low, ms);
      high = Math.max(high, ms);
    }
  }
  const lowMs = high > 0 ? Math.max(low, high / 10 ** MOST_DECADES) : 1;
  const decades = high > 0 ? Math.log10(high / lowMs) : 0;
  let binsPerDecade = MOST_BINS_PER_DECADE;
  while (decades * binsPerDecade > MOST_BINS - 2) binsPerDecade /= 2;
  return { lowMs, binsPerDecade };
}

function makeRow(cell: CellKey, sample: Sample, { lowMs, binsPerDecade }: BinRange): Row[] {
  const facts = describe(sample);
  if (facts === null) return [];
  const counts = new Map<number, number>();
  let below = 0;
  for (const [ms, times] of sample.sorted().distinct()) {
    const bin = Math.floor(binsPerDecade * Math.log10(ms) + 1e-9);
    if (ms < lowMs) below += times;
    else counts.set(bin, (counts.get(bin) ?? 0) + times);
  }
  const bins = [...counts.keys()];
  const firstBin = bins.length === 0 ? 0 : Math.min(...bins);
  const length = bins.length === 0 ? 0 : Math.max(...bins) - firstBin + 1;
  const { count, p50, p99, max } = facts;
  return [{
    ...{ cell, count, p50Ms: p50, p99Ms: count < MIN_COUNT_FOR_P99 ? null : p99, maxMs: max },
    belowRatio: roundTo(below / count),
    firstBin,
    ratios: Array.from({ length }, (_, i) => roundTo((counts.get(firstBin + i) ?? 0) / count)),
  }];
}

function describeRows(rows: readonly Row[]): string {
  const [least, most] = [rows.at(0), rows.at(-1)];
  if (least === undefined || most === undefined) return "No gap between tokens was measured.";
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const say = ({ cell, p50Ms, p99Ms, maxMs }: Row) =>
    `${cell.label} the median gap is ${formatMs(p50Ms)}${
      p99Ms === null ? "" : `, p99 ${formatMs(p99Ms)}`
    }, the longest ${formatMs(maxMs)}`;
  const said = least === most ? [say(most)] : [say(least), say(most)];
  const below = rows.reduce((sum, { belowRatio, count }) => sum + belowRatio * count, 0);
  return `At ${said.join("; at ")}. ${
    formatPlural(total, "gap")
  }; bars have equal width on the logarithmic axis, and ` +
    `heights are on a square-root scale, so that rare gaps are seen.` +
    (below > 0 ? ` ${formatShare(below / total)} of the gaps are shorter than the axis shows.` : "") +
    (rows.length > MOST_ROWS ? ` At most ${MOST_ROWS} cells are drawn; choose cells to see others.` : "");
}

const ROW_PX = 68;

interface Bin {
  readonly row: Row;
  /** Place of the row from the top. */
  readonly place: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly percent: number;
}

/** Draws a histogram per cell below each other, over one axis. */
export function drawItlHistogram(figure: ItlHistogram, { document, width, state }: DrawOptions): Element {
  const shown = figure.data.rows.filter(({ cell }) => showsCell(state, cell.index));
  const rows = pickEvenly(shown, MOST_ROWS);
  const histograms = rows.map((row, place) =>
    toBins(row, { place, binsPerDecade: figure.data.binsPerDecade })
  );
  const bins = histograms.flat();
  if (bins.length === 0) return drawEmpty(figure, { document, width, message: "no gap between tokens" });
  const ends = bins.flatMap(({ lowMs, highMs }) => [lowMs, highMs]);
  const mostTicks = Math.ceil(0.6 * fittingTicks(width));
  const latency = latencyAxis(ends, { log: true, label: "ITL (ms)", mostTicks });
  const most = bins.reduce((a, { percent }) => Math.max(a, percent), 0);
  const placed = placeRows(rows.length, ROW_PX);
  const y = ({ place, percent }: Pick<Bin, "place" | "percent">) =>
    placed.at(place, Math.sqrt(percent / most));
  const foot = ({ place }: { readonly place: number }) => placed.at(place, 0);
  const outlines = histograms.flatMap(outlineOf);
  const ticks = rows.flatMap((_, place) => percentTicks(most).map((percent) => ({ place, percent })));
  const firstMs = ends.reduce((a, b) => Math.min(a, b), Infinity);
  // Left of the axis there is no place for a line; the head of the row says the value.
  const marks = rows.flatMap((row, place) => [
    { row, place, ms: row.p50Ms, isDashed: false },
    ...(row.p99Ms === null ? [] : [{ row, place, ms: row.p99Ms, isDashed: true }]),
  ]).filter(({ ms }) => ms >= firstMs);
  const curve = { x: "ms", z: "place", curve: "step-after", render: nameCells(outlines, cellOf) } as const;
  const rule = (isDashed: boolean) => {
    const some = marks.filter((mark) => mark.isDashed === isDashed);
    const top = ({ place }: { readonly place: number }) => placed.at(place, 1);
    const look = { stroke: "currentColor", strokeOpacity: 0.75, strokeDasharray: isDashed ? "3 3" : "none" };
    return Plot.ruleX(some, { x: "ms", y1: foot, y2: top, ...look, render: nameCells(some, cellOf) });
  };
  return drawFrame(figure, {
    document,
    width,
    height: placed.heightPx + MARGIN_TOP_PX + 40,
    marginTop: MARGIN_TOP_PX,
    marginRight: 16,
    x: latency.scale,
    y: placed.scale,
    marks: [
      latency.x,
      Plot.ruleY(ticks, { y, stroke: colors.muted, strokeOpacity: 0.18 }),
      Plot.text(ticks, { y, text: ({ percent }) => String(percent), ...leftOfFrame }),
      Plot.text(["Share of gaps (%)"], { frameAnchor: "top-left", dx: -48, dy: 6 - MARGIN_TOP_PX }),
      Plot.areaY(outlines, { ...curve, y1: foot, y2: y, fill: rowColor, fillOpacity: 0.3 }),
      Plot.lineY(outlines, { ...curve, y, stroke: rowColor, strokeWidth: 1.2 }),
      rule(false),
      rule(true),
      ...rowHeads(rows.map((row) => ({ cell: row.cell, says: sayRow(row) })), {
        rows: placed,
        roomPx: width - 72,
      }),
      Plot.tip(
        bins,
        Plot.pointer({ x: ({ lowMs, highMs }: Bin) => Math.sqrt(lowMs * highMs), y, title: describeBin }),
      ),
    ],
  });
}

/** Above the first head is the name of the vertical axis. */
const MARGIN_TOP_PX = 26;
const leftOfFrame = { frameAnchor: "left", textAnchor: "end", dx: -7 } as const;
const cellOf = ({ row }: { readonly row: Row }) => row.cell;
const rowColor = ({ row }: { readonly row: Row }) => cellColor(row.cell);

/** In full, and ever shorter. */
function sayRow({ count, p50Ms, p99Ms, maxMs }: Row): string[] {
  const [p50, p99, max] = [formatMs(p50Ms), formatMs(p99Ms), formatMs(maxMs)];
  const dashed = p99Ms === null ? "" : `p99 ${p99} (dashes), `;
  return [
    `p50 ${p50} (line), ${dashed}max ${max}, ${formatPlural(count, "gap")}`,
    p99Ms === null ? `p50 ${p50}, max ${max}` : `p50 ${p50}, p99 ${p99}`,
    `p50 ${p50}`,
  ];
}

function toBins(
  row: Row,
  { place, binsPerDecade }: { readonly place: number; readonly binsPerDecade: number },
): Bin[] {
  const edge = (bin: number) => 10 ** ((row.firstBin + bin) / binsPerDecade);
  return row.ratios.map((ratio, i) => ({
    row,
    place,
    lowMs: edge(i),
    highMs: edge(i + 1),
    percent: 100 * ratio,
  }));
}

/** What is drawn, a row per bin. */
export function tidyItlHistogram(
  { rows, binsPerDecade }: ItlHistogramData,
): Readonly<Record<string, string | number>>[] {
  return rows.flatMap((row, place) =>
    toBins(row, { place, binsPerDecade }).map(({ lowMs, highMs, percent }) => ({
      ...{ cell: row.cell.label, low_ms: lowMs, high_ms: highMs, share_percent: percent },
    }))
  );
}

/** Up from nothing before the first bin and back to nothing after the last. */
function outlineOf(
  bins: readonly Bin[],
): (Pick<Bin, "row" | "place" | "percent"> & { readonly ms: number })[] {
  const [first, last] = [bins.at(0), bins.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { row, place } = first;
  return [
    { row, place, ms: first.lowMs, percent: 0 },
    ...bins.map(({ lowMs, percent }) => ({ row, place, ms: lowMs, percent })),
    { row, place, ms: last.highMs, percent: 0 },
  ];
}

/** Two or three round shares that a row has room for. */
function percentTicks(most: number): number[] {
  const fitting = [0.1, 1, 5, 10, 25, 50, 100].filter((percent) => percent <= most);
  const high = fitting.at(-1) ?? most;
  // On a square-root scale a quarter of the share is half as high.
  const low = fitting.findLast((percent) => percent <= high / 4);
  return [0, ...(low === undefined ? [] : [low]), high];
}

function describeBin({ row, lowMs, highMs, percent }: Bin): string {
  return `${row.cell.label}\n${formatMs(lowMs)} to ${formatMs(highMs)}: ${
    formatShare(percent / 100)
  }\nabout ${formatCount(Math.round(percent / 100 * row.count))} of ${formatPlural(row.count, "gap")}`;
}

/** Four digits: finer than a pixel. */
function roundTo(ratio: number): number {
  return Number(ratio.toPrecision(4));
}
