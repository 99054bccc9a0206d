/**
 * Which gaps between tokens came when: a stall that stops all answers at once is a column of its own.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type CellDigest, describe, digestRun, itl } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatNumber, formatPlural, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, showsCell } from "./frame.ts";
import { latencyAxis } from "./latency_axis.ts";
import { cellColor, colors } from "./theme.ts";

/** Of one cell. */
const MOST_BINS = { mostColumns: 60, mostRows: 40 };
/** Of each cell in a run of more than {@linkcode FEW_CELLS}. */
const FEWER_BINS = { mostColumns: 40, mostRows: 20 };
const FEW_CELLS = 8;
/** A gap longer than this many medians is called a stall. */
const STALL_MEDIANS = 10;
/** Below so many medians all gaps are in one row: two chunks that are read at once are 0 ms apart. */
const LOWEST_MEDIANS = 0.1;

/** Gaps of one cell. */
type Grid = {
  readonly cell: CellKey;
  readonly count: number;
  readonly medianMs: number;
  /** Gaps longer than ten medians. */
  readonly stalls: number;
  /** Whether the first row has gaps that are shorter than its lower limit. */
  readonly hasShorter: boolean;
  /** Width of a column. */
  readonly columnMs: number;
  /** Limits of the rows in ms, ascending; one more than there are rows. */
  readonly edgesMs: readonly number[];
  /** Per column from the cell's start: number of its first row that has gaps, then counts row by row. Empty without gaps. */
  readonly columns: readonly (readonly number[])[];
};

/** A grid per cell that has gaps, least load first. */
export type ItlHeatmapData = { readonly cells: readonly Grid[] };

/** {@linkcode itlHeatmapFigure}'s figure. */
export type ItlHeatmap = Figure<ItlHeatmapData> & { readonly name: "itl_heatmap" };

/** Makes the figure. */
export function itlHeatmapFigure(run: Run): ItlHeatmap {
  const digests = digestRun(run);
  const layout = layOutCells(run.manifest.cells);
  const most = layout.cells.length > FEW_CELLS ? FEWER_BINS : MOST_BINS;
  const cells = layout.cells.flatMap((cell) => {
    const digest = digests.get(cell.index);
    return digest === undefined ? [] : makeGrid(cell, digest, most);
  });
  return {
    name: "itl_heatmap",
    title: "Gaps between tokens over time",
    caption: describeGrids(cells),
    data: { cells },
  };
}

function makeGrid(cell: CellKey, digest: CellDigest, most: typeof MOST_BINS): Grid[] {
  const sample = digest.sample(itl);
  const facts = describe(sample);
  if (facts === null) return [];
  const gaps = digest.coarseGaps({ ...most, lowMs: LOWEST_MEDIANS * facts.p50 });
  if (gaps === null) return [];
  const sorted = sample.sorted();
  let stalls = 0;
  for (const [ms, times] of sorted.distinct()) if (isStall(ms, facts.p50)) stalls += times;
  return [{
    ...{ cell, count: facts.count, medianMs: facts.p50, stalls },
    hasShorter: (sorted.at(0) ?? 0) < (gaps.edgesMs[0] ?? 0),
    ...{ columnMs: gaps.columnMs, edgesMs: gaps.edgesMs, columns: gaps.columns.map(trim) },
  }];
}

/** Where most gaps are 0 ms, none is one. */
function isStall(ms: number, medianMs: number): boolean {
  return medianMs > 0 && ms > STALL_MEDIANS * medianMs;
}

function trim(counts: readonly number[]): number[] {
  const first = counts.findIndex((count) => count > 0);
  return first < 0 ? [] : [first, ...counts.slice(first, counts.findLastIndex((count) => count > 0) + 1)];
}

function describeGrids(cells: readonly Grid[]): string {
  const most = cells.at(-1);
  if (most === undefined) return "Of no gap between tokens it is known when it was.";
  const shorter = most.hasShorter ? ` The lowest row has all gaps below ${formatMs(most.edgesMs[1])}.` : "";
  const choice = cells.length === 1 ? "" : " Choose one cell to see another.";
  return `${formatPlural(most.count, "gap")} at ${most.cell.label}, each at the time at which it ended, ` +
    `${formatMs(most.columnMs)} a column; the stronger the tone, the more gaps. ` +
    `${describeStalls(most)}${shorter}${choice}`;
}

function describeStalls({ count, medianMs, stalls, ...grid }: Grid): string {
  if (medianMs === 0) return "The median is 0\u00a0ms: most chunks were read together with the one before.";
  const limit = `ten medians, ${formatMs(STALL_MEDIANS * medianMs)}`;
  if (stalls === 0) return `None is longer than ${limit}.`;
  const said = `${formatCount(stalls)} (${formatShare(stalls / count)}) ${
    stalls === 1 ? "is" : "are"
  } longer than ${limit} (orange)`;
  const worst = worstColumn({ medianMs, ...grid });
  if (stalls === 1 || worst === null) return `${said}.`;
  const atS = (column: number) => formatNumber(column * grid.columnMs / 1000);
  return `${said}, most of any column from ${atS(worst)} s to ${atS(worst + 1)} s.`;
}

/** The column with most gaps in rows that reach above ten medians; `null` where there is none. */
function worstColumn(
  { medianMs, edgesMs, columns }: Pick<Grid, "medianMs" | "edgesMs" | "columns">,
): number | null {
  const firstRow = edgesMs.findIndex((ms) => isStall(ms, medianMs)) - 1;
  if (firstRow < 0) return null;
  const stalls = columns.map(([first = 0, ...counts]) =>
    counts.reduce((sum, count, i) => first + i >= firstRow ? sum + count : sum, 0)
  );
  const most = Math.max(0, ...stalls);
  return most === 0 ? null : stalls.indexOf(most);
}

interface Tile {
  readonly fromS: number;
  readonly toS: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly count: number;
  /** Whether it reaches above ten medians. */
  readonly isStall: boolean;
  /** Whether gaps shorter than `lowMs` are counted too. */
  readonly hasShorter: boolean;
}

/** Faintest tone: a single gap must be seen. */
const LEAST_OPACITY = 0.22;

/** Draws the most loaded of the cells shown. */
export function drawItlHeatmap(figure: ItlHeatmap, { document, width, state }: DrawOptions): Element {
  const grid = figure.data.cells.findLast(({ cell }) => showsCell(state, cell.index));
  if (grid === undefined) return drawEmpty(figure, { document, width, message: "no gap between tokens" });
  const endS = grid.columns.length * grid.columnMs / 1000;
  const [fromS, toS] = state.domainS ?? [0, endS];
  const tiles = toTiles(grid).filter((tile) => tile.toS > fromS && tile.fromS < toS);
  if (tiles.length === 0) return drawEmpty(figure, { document, width, message: "no gap in this time" });
  const limitMs = STALL_MEDIANS * grid.medianMs;
  const ends = [grid.edgesMs.at(0) ?? 0, grid.edgesMs.at(-1) ?? 1];
  const latency = latencyAxis(ends, { log: state.log, label: "ITL (ms)" });
  const most = tiles.reduce((a, { count }) => Math.max(a, count), 1);
  const opacity = ({ count }: Tile) =>
    LEAST_OPACITY + (1 - LEAST_OPACITY) * (most === 1 ? 1 : Math.log(count) / Math.log(most));
  const showsLimit = limitMs > (ends[0] ?? 0) && limitMs < (ends[1] ?? 0);
  const tile = {
    x1: "fromS",
    x2: "toS",
    y1: "lowMs",
    y2: "highMs",
    fillOpacity: opacity,
    inset: 0.25,
    clip: true,
  };
  return drawFrame(figure, {
    document,
    width,
    height: 300,
    marginRight: 16,
    x: { domain: [fromS, toS], label: "Time from the start of the cell (s)" },
    y: latency.scale,
    marks: [
      latency.y,
      Plot.rect(tiles.filter(({ isStall }) => !isStall), { ...tile, fill: cellColor(grid.cell) }),
      Plot.rect(tiles.filter(({ isStall }) => isStall), { ...tile, fill: colors.prefill }),
      showsLimit ? Plot.ruleY([limitMs], { stroke: colors.reference, strokeDasharray: "5 4" }) : null,
      showsLimit
        ? Plot.text(["ten medians"], {
          ...{ y: () => limitMs, frameAnchor: "right", textAnchor: "end", dx: -4, dy: -8 },
          ...{ fill: colors.muted, stroke: colors.paper, strokeWidth: 3 },
        })
        : null,
      Plot.text([grid.cell.short], {
        ...{ frameAnchor: "top-right", lineAnchor: "bottom", dy: -10 },
        ...{ fill: cellColor(grid.cell), fontWeight: 600 },
      }),
      Plot.tip(
        tiles,
        Plot.pointer({
          x: ({ fromS, toS }: Tile) => (fromS + toS) / 2,
          y: ({ lowMs, highMs }: Tile) => Math.sqrt(lowMs * highMs),
          title: describeTile,
        }),
      ),
    ],
  });
}

/** What is drawn, a row per tile. */
export function tidyItlHeatmap({ cells }: ItlHeatmapData): Readonly<Record<string, string | number>>[] {
  return cells.flatMap((grid) =>
    toTiles(grid).map(({ fromS, toS, lowMs, highMs, count }) => ({
      ...{ cell: grid.cell.label, from_s: fromS, to_s: toS, low_ms: lowMs, high_ms: highMs, gaps: count },
    }))
  );
}

function toTiles({ columns, columnMs, edgesMs, medianMs, ...grid }: Grid): Tile[] {
  return columns.flatMap(([first = 0, ...counts], column) =>
    counts.flatMap((count, i) => {
      const [lowMs = 0, highMs = 0] = [edgesMs[first + i], edgesMs[first + i + 1]];
      const place = { fromS: column * columnMs / 1000, toS: (column + 1) * columnMs / 1000, lowMs, highMs };
      const hasShorter = grid.hasShorter && first + i === 0;
      return count === 0 ? [] : [{ ...place, count, isStall: isStall(highMs, medianMs), hasShorter }];
    })
  );
}

function describeTile({ fromS, toS, lowMs, highMs, count, hasShorter }: Tile): string {
  const length = hasShorter ? `below ${formatMs(highMs)}` : `of ${formatMs(lowMs)} to ${formatMs(highMs)}`;
  const time = `${formatNumber(fromS)} to ${formatNumber(toS)} s`;
  return `${formatPlural(count, "gap")} ${length}\nended ${time} after the start of the cell`;
}
