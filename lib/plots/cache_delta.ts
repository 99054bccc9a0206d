/**
 * What a warm prefix cache does to the time to the first token, request by request: by prompt length, and as differences.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { pairRounds, type RoundComparison } from "../metrics/paired_rounds.ts";
import type { Figure, Run } from "../types.ts";
import { cellDots } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatPlural, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, gridY, showsCell } from "./frame.ts";
import { labelMargin, lineLabels, pickEvenly } from "./labels.ts";
import { fittingTicks, latencyAxis } from "./latency_axis.ts";
import { drawRow, drawStack } from "./panels.ts";
import { type QuantileCurve, quantileCurve, quantileGrid } from "./quantile_grid.ts";
import { cellColor, colors } from "./theme.ts";

/** More comparisons would not be looked at. */
const MOST_COMPARISONS = 6;

type Group = {
  /** Prompt lengths: "128–512 tokens". */
  readonly label: string;
  readonly pairs: number;
  readonly firstMs: number;
  readonly laterMs: number;
};

type Comparison = {
  /** "concurrency 5, round 2, against round 1". */
  readonly label: string;
  readonly round: number;
  readonly first: CellKey;
  readonly later: CellKey;
  /** Shortest prompts first. */
  readonly groups: readonly Group[];
  /** Differences of TTFT in ms, later − first. */
  readonly curve: QuantileCurve;
  readonly medianMs: number;
  /** `null` where the pairs are too few. */
  readonly interval:
    | { readonly lowMs: number; readonly highMs: number }
    | null;
  readonly fasterRatio: number;
};

/** Comparisons of later rounds with the first, least load first. */
export type CacheDeltaData = { readonly comparisons: readonly Comparison[] };

/** {@linkcode cacheDeltaFigure}'s figure. */
export type CacheDelta = Figure<CacheDeltaData> & { readonly name: "cache_delta" };

/** Makes the figure: of more than six comparisons, six evenly from the least load to the most. */
export function cacheDeltaFigure(run: Run): CacheDelta {
  const { cells } = layOutCells(run.manifest.cells);
  const found = pairRounds(run);
  const all = cells.flatMap((later) =>
    found.filter(({ laterCell }) => laterCell === later.index).flatMap((comparison) => {
      const first = cells.find(({ index }) => index === comparison.firstCell);
      return first === undefined ? [] : toComparison(comparison, { first, later });
    })
  );
  const comparisons = pickEvenly(all, MOST_COMPARISONS);
  return {
    name: "cache_delta",
    title: "TTFT of the same request in both rounds",
    caption: describeComparisons(comparisons, all.length),
    data: { comparisons },
  };
}

function toComparison(
  { round, groups, ttft }: RoundComparison,
  { first, later }: { readonly first: CellKey; readonly later: CellKey },
): Comparison[] {
  const curve = quantileCurve(ttft?.sortedMs ?? []);
  if (ttft === null || curve === null) return [];
  const { median, interval } = ttft.medianMs;
  return [{
    label: `${later.label}, against round 1`,
    ...{ round, first, later, curve },
    groups: groups.map(({ fromTokens, toTokens, pairs, firstMs, laterMs }) => ({
      label: spellTokens(fromTokens, toTokens),
      ...{ pairs, firstMs, laterMs },
    })),
    medianMs: median,
    interval: interval === null ? null : { lowMs: interval.low, highMs: interval.high },
    fasterRatio: ttft.faster / ttft.pairs,
  }];
}

function spellTokens(from: number, to: number): string {
  return from === to ? formatPlural(from, "token") : `${formatCount(from)}–${formatPlural(to, "token")}`;
}

function describeComparisons(comparisons: readonly Comparison[], found: number): string {
  const most = comparisons.at(-1);
  if (most === undefined) return "No request succeeded in both rounds.";
  const said = `At ${most.later.label} the median difference to round 1 is ${formatMs(most.medianMs)}${
    describeInterval(most)
  }; ${formatShare(most.fasterRatio)} of ${formatPlural(most.curve.count, "request")} got faster.`;
  const isCut = comparisons.some(({ curve }) => curve.count >= 200);
  return [
    said,
    "Left: medians by prompt length, in groups of about equal counts. Right: the difference of each request, later − first; " +
    "left of 0 is faster, the band is the interval of the median.",
    ...(isCut ? ["The outermost 1 % on either side are not drawn."] : []),
    ...(found > comparisons.length
      ? [
        `${formatCount(comparisons.length)} of ${
          formatCount(found)
        } comparisons are shown, evenly from least load to most.`,
      ]
      : []),
  ].join(" ");
}

function describeInterval({ interval }: Comparison): string {
  if (interval === null) return ", of too few requests for an interval";
  const holds = interval.lowMs <= 0 && interval.highMs >= 0 ? ", which does not tell it from 0" : "";
  return ` (95 % interval ${formatMs(interval.lowMs)} to ${formatMs(interval.highMs)}${holds})`;
}

/** Draws two panels per comparison whose later round is shown. */
export function drawCacheDelta(figure: CacheDelta, options: DrawOptions): Element {
  const shown = figure.data.comparisons.filter(({ later }) => showsCell(options.state, later.index));
  if (shown.length === 0) {
    return drawEmpty(figure, { ...options, message: "no request succeeded in both rounds" });
  }
  return drawStack(
    options,
    shown.map((comparison) =>
      drawRow(options, (width) => [
        drawGroups(figure, comparison, { ...options, width }),
        drawDifferences(figure, comparison, { ...options, width }),
      ])
    ),
  );
}

/** Height of a panel pair's frame without its rows, in pixels. */
const FRAME_PX = 96;
const TOP_PX = 62;
const ROW_PX = 24;
const FEWEST_PX = 220;

function heightOf({ groups }: Comparison): number {
  return Math.max(FEWEST_PX, FRAME_PX + ROW_PX * groups.length);
}

function drawGroups(
  figure: CacheDelta,
  comparison: Comparison,
  { document, width, state }: DrawOptions,
): Element {
  const { groups, first, later, round } = comparison;
  const ends = groups.flatMap(({ label, firstMs, laterMs, pairs }) => [
    { label, pairs, cell: first, round: 1, ms: firstMs },
    { label, pairs, cell: later, round, ms: laterMs },
  ]);
  type End = (typeof ends)[number];
  const values = ends.map(({ ms }) => ms);
  const room = [0.85 * Math.min(...values), 1.15 * Math.max(...values)];
  const marginLeft = labelMargin(groups.map(({ label }) => label));
  const latency = latencyAxis([...values, ...room], {
    log: state.log,
    label: "Median TTFT (ms)",
    mostTicks: fittingTicks(width - marginLeft),
  });
  return drawFrame(figure, {
    document,
    width,
    height: heightOf(comparison),
    marginTop: TOP_PX,
    marginLeft,
    // Over the first row a round's name may stand right of its end.
    marginRight: 48,
    x: latency.scale,
    y: { type: "point", domain: groups.map(({ label }) => label), label: null, padding: 0.7 },
    marks: [
      latency.x,
      Plot.axisY({ tickSize: 0, label: null }),
      heading(comparison.label, marginLeft),
      Plot.link(groups, {
        x1: "firstMs",
        x2: "laterMs",
        y: "label",
        stroke: colors.reference,
        strokeWidth: 2,
      }),
      cellDots(ends, { x: "ms", y: "label", r: 5, strokeWidth: 1.8, cellOf: ({ cell }: End) => cell }),
      keyOfRounds(ends.slice(0, 2)),
      Plot.tip(
        ends,
        Plot.pointer({
          x: "ms",
          y: "label",
          title: ({ label, pairs, round, ms }: End) =>
            `${label}, ${formatPlural(pairs, "request")}\nround ${round}: ${formatMs(ms)}`,
        }),
      ),
    ],
  });
}

/** Over the panel, from its left edge. */
function heading(text: string, marginLeft: number): Plot.RenderableMark {
  return Plot.text([text], {
    frameAnchor: "top-left",
    dx: -marginLeft,
    dy: -48,
    fontWeight: 600,
    fill: "currentColor",
  });
}

type RoundEnd = {
  readonly label: string;
  readonly round: number;
  readonly ms: number;
  readonly cell: CellKey;
};

/** Names the ends of the first row, each on its outer side so that they never meet. */
function keyOfRounds(ends: readonly RoundEnd[]): Plot.RenderableMark[] {
  const sorted = ends.toSorted((a, b) => a.ms - b.ms);
  return sorted.map((end, place) =>
    Plot.text([end], {
      x: "ms",
      y: "label",
      text: () => `round ${end.round}`,
      textAnchor: place === 0 ? "end" : "start",
      dx: place === 0 ? -2 : 2,
      dy: -14,
      fill: cellColor(end.cell),
      stroke: colors.paper,
      strokeWidth: 4,
      fontWeight: 600,
    })
  );
}

function drawDifferences(
  figure: CacheDelta,
  comparison: Comparison,
  { document, width }: DrawOptions,
): Element {
  const { curve, interval, later, medianMs } = comparison;
  const points = curve.values.map((ms, i) => ({ ms, q: quantileGrid[i] ?? 1 }));
  const all = [...points, { ms: curve.max, q: 1 }];
  type Point = (typeof all)[number];
  const drawn = curve.count < 200 ? all : all.filter(({ q }) => q >= 0.01 && q <= 0.99);
  const [low, high] = extent([0, ...drawn.map(({ ms }) => ms)]);
  const pad = (high - low || 1) * 0.06;
  const color = cellColor(later);
  return drawFrame(figure, {
    document,
    width,
    height: heightOf(comparison),
    marginTop: TOP_PX,
    marginRight: 20,
    x: {
      domain: [low - pad, high + pad],
      label: "TTFT, later − first (ms)",
      ticks: Math.min(6, fittingTicks(width)),
    },
    y: {
      domain: [0, 1],
      label: "Share at or below (%)",
      tickFormat: (q: number) => `${Math.round(q * 100)}`,
      ticks: 5,
    },
    marks: [
      gridX({ ticks: 5 }),
      gridY({ ticks: 5 }),
      interval === null ? null : Plot.rectX([interval], {
        x1: "lowMs",
        x2: "highMs",
        fill: color,
        fillOpacity: 0.22,
      }),
      Plot.ruleX([0], { stroke: colors.reference, strokeWidth: 1.5, strokeDasharray: "5 4" }),
      Plot.line(drawn, { x: "ms", y: "q", stroke: color, strokeWidth: 1.8 }),
      Plot.dot([{ ms: medianMs, q: 0.5 }], { x: "ms", y: "q", fill: color, r: 3.5 }),
      lineLabels([{ x: medianMs, y: 0.5, text: `median ${formatMs(medianMs)}`, color }], {
        // On the side with more room, so that it stays within the frame.
        ...(medianMs - low > high - medianMs ? { dx: -8, textAnchor: "end" } : { dx: 8 }),
      }),
      Plot.tip(
        drawn,
        Plot.pointer({
          x: "ms",
          y: "q",
          title: ({ ms, q }: Point) => `${formatShare(q)} of the requests: ${formatMs(ms)} or less`,
        }),
      ),
    ],
  });
}

function extent(values: readonly number[]): [low: number, high: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}
