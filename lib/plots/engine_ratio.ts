/**
 * By how much one engine differs from another, and how sure that is: ratios with their intervals, as a forest plot.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Comparison } from "../metrics/compare/group_comparison.ts";
import type { PairResult } from "../metrics/compare/judge_comparison.ts";
import {
  comparedMetrics,
  type DifferenceWord,
  type RatioRow,
  type RunComparison,
} from "../metrics/compare/mod.ts";
import type { Figure } from "../types.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { engineKeys, fitText, type LegendEntry, withLegend } from "./engine_marks.ts";
import { drawPanels } from "./engine_panels.ts";
import {
  BOTTOM_PX,
  describeRow,
  formatRatio,
  headTexts,
  type MaybeRatio,
  type PlacedRatio,
  placeRows,
  ratioDots,
  type Row,
  rowLabels,
  TOP_PX,
  whyNotTexts,
  widestLabel,
  wordSymbols,
} from "./engine_ratio_rows.ts";
import { formatCount, formatPlural } from "./format.ts";
import { drawFrame, type DrawOptions, gridX, showsCell } from "./frame.ts";
import { textWidth } from "./labels.ts";
import { logTicks } from "./latency_axis.ts";
import { colors, wordColors } from "./theme.ts";

type RatioGroup = {
  readonly title: string;
  /** What is better of its rows. */
  readonly better: "lower" | "higher";
  readonly rows: readonly Row[];
};

/** Ratios of {@linkcode drawEngineRatio}. */
export type EngineRatioData = {
  readonly names: { readonly a: string; readonly b: string };
  /** A group per latency, and one of all rates. */
  readonly groups: readonly RatioGroup[];
};

/** {@linkcode engineRatioFigure}'s figure. */
export type EngineRatio = Figure<EngineRatioData> & { readonly name: "engine_ratio" };

/** Makes the figure of two engines; `null` where no load was measured whole on both. */
export function engineRatioFigure(
  comparison: Pick<Comparison, "manifest" | "loads">,
  { a, b, statistics }: Pick<PairResult, "a" | "b" | "statistics">,
): EngineRatio | null {
  if (statistics === null) return null;
  const keys = engineKeys(comparison);
  const names = { a: keys[a]?.name ?? "", b: keys[b]?.name ?? "" };
  const groups = groupRows(statistics, layOutCells(comparison.loads).cells);
  return {
    name: "engine_ratio",
    title: `How ${names.b} differs from ${names.a}`,
    caption: `${describeRatios(statistics, names)}${describeCut(groups)}`,
    data: { names, groups },
  };
}

const RATES = "Rates";

function groupRows(statistics: RunComparison, cells: readonly CellKey[]): RatioGroup[] {
  const rows = statistics.overall.map((overall, place) => ({
    group: overall.statistic === "rate" ? RATES : labelOf(overall),
    better: overall.better,
    row: {
      label: overall.statistic === "rate" ? labelOf(overall) : overall.statistic,
      overall: takeRatio(overall),
      loads: statistics.cells.length < 2 ? [] : cells.flatMap((cell) => {
        const row = statistics.cells.find(({ label }) => label === cell.label)?.rows[place];
        return row === undefined ? [] : [{ cell, ...takeRatio(row) }];
      }),
    },
  }));
  return [...Map.groupBy(rows, ({ group }) => group)].map(([group, members]) => {
    const better = members[0]?.better ?? "lower";
    return { title: `${group}: ${better} is better`, better, rows: members.map(({ row }) => row) };
  });
}

function labelOf({ metric }: Pick<RatioRow, "metric">): string {
  return comparedMetrics.find(({ name }) => name === metric)?.label ?? metric;
}

function takeRatio({ estimate, whyNot }: RatioRow): MaybeRatio {
  if (estimate === null) return { ratio: null, whyNot: whyNot ?? "not known" };
  const round = (value: number) => Number(value.toPrecision(9));
  const { ratio, low, high, correctedLow, correctedHigh, word } = estimate;
  return {
    ratio: {
      ...{ ratio: round(ratio), low: round(low), high: round(high), word },
      ...{ correctedLow: round(correctedLow), correctedHigh: round(correctedHigh) },
    },
    whyNot: null,
  };
}

function describeRatios(
  { overall, cells, confidence, repeats }: RunComparison,
  { a, b }: EngineRatioData["names"],
): string {
  const known = overall.flatMap((row) => row.estimate === null ? [] : [{ row, ...row.estimate }]);
  const over = cells.length === 1 ? `at ${cells[0]?.label}` : `over ${formatPlural(cells.length, "load")}`;
  const percent = Number((100 * confidence).toPrecision(4));
  return [
    `${b} / ${a} ${over}, ${formatPlural(repeats, "repeat")}${cells.length === 1 ? "" : " each"}: ${
      known.length === 0 ? "no ratio has an interval" : describeWords(known)
    }.`,
    `Left of the line ${b} is better, also for rates: their axis runs from high to low.`,
    `Thick: ${percent} % interval of a ratio alone. Thin: corrected for the number of ratios; a difference is shown where the corrected one leaves out 1.`,
    ...(cells.length === 1 ? [] : ["Single loads have their corrected interval in the tip."]),
  ].join(" ");
}

function describeCut(groups: readonly RatioGroup[]): string {
  const most = farthest(groups);
  const isCut = groups.flatMap(drawnEnds).some((end) => end > most || end < 1 / most);
  return isCut ? ` Intervals are cut off at a factor of ${Number(most.toPrecision(2))}.` : "";
}

function describeWords(
  known: readonly { readonly row: RatioRow; readonly ratio: number; readonly word: DifferenceWord }[],
): string {
  const shown = known.filter(({ word }) => word !== "no difference shown")
    .toSorted((x, y) => Math.abs(Math.log(y.ratio)) - Math.abs(Math.log(x.ratio)));
  const [largest] = shown;
  const ratios = formatPlural(known.length, "ratio");
  if (largest === undefined) return `no difference is shown in any of ${ratios}`;
  const words = (["faster", "slower"] as const)
    .map((word) => ({ word, count: shown.filter((one) => one.word === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${formatCount(count)} ${word}`);
  const rest = known.length - shown.length;
  return `of ${ratios} ${words.join(", ")}${
    rest === 0 ? "" : `, ${formatCount(rest)} with no difference shown`
  }; the largest difference is in ${nameOf(largest.row)}, ${formatRatio(largest.ratio)}`;
}

function nameOf(row: RatioRow): string {
  return row.statistic === "rate" ? labelOf(row) : `${labelOf(row)} ${row.statistic}`;
}

/** Intervals are cut off this far from 1, see {@linkcode farthest}. */
const MOST_RATIO = 10;

/** Draws a panel per latency and one of rates, all on one logarithmic axis of ratios. */
export function drawEngineRatio(figure: EngineRatio, options: DrawOptions): Element {
  const { groups } = figure.data;
  const shown = groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => ({
      ...row,
      loads: row.loads.filter(({ cell }) => showsCell(options.state, cell.index)),
    })),
  }));
  const domain = domainOf(shown);
  const panels = shown.map((group) => ({
    title: group.title,
    draw: (width: number) => drawGroup(figure, group, { ...options, width, domain }),
  }));
  const drawing = drawPanels(panels, { ...options, mostColumns: 2 });
  return withLegend(drawing, { document: options.document, entries: legend(figure.data) });
}

function legend({ names: { b }, groups }: EngineRatioData): LegendEntry[] {
  const entry = (word: DifferenceWord): LegendEntry => ({
    text: word === "no difference shown" ? word : `${b} ${word}`,
    color: wordColors[word],
    symbol: wordSymbols[word],
    isHollow: word === "no difference shown",
    dashes: "",
  });
  const hasLoads = groups.some(({ rows }) => rows.some(({ loads }) => loads.length > 0));
  const words = (["faster", "slower", "no difference shown"] as const).map(entry);
  return hasLoads ? [...words, { text: "large: all loads; small: each load", color: null }] : words;
}

/** All ratios, their intervals as far as the edge, and 1; a little room, and never without a width. */
function domainOf(groups: readonly RatioGroup[]): [number, number] {
  const most = farthest(groups);
  const ends = groups.flatMap(drawnEnds);
  const low = Math.max(1 / most, Math.min(0.999, ...ends));
  const high = Math.min(most, Math.max(1.001, ...ends));
  const room = (high / low) ** 0.04;
  return [low / room, high * room];
}

/** How far from 1 the axis may go: a wide interval must not make all others unreadable, but no ratio is left out. */
function farthest(groups: readonly RatioGroup[]): number {
  const ratios = groups.flatMap(({ rows }) =>
    rows.flatMap(({ overall, loads }) => [overall, ...loads].flatMap(({ ratio }) => ratio?.ratio ?? []))
  );
  return Math.max(MOST_RATIO, ...ratios.map((ratio) => 1.2 * Math.max(ratio, 1 / ratio)));
}

/** Ends of all intervals that are drawn: corrected ones only over all loads. */
function drawnEnds({ rows }: RatioGroup): number[] {
  return rows.flatMap(({ overall, loads }) => [
    ...[overall.ratio].flatMap((ratio) => ratio === null ? [] : [ratio.correctedLow, ratio.correctedHigh]),
    ...[overall, ...loads].flatMap(({ ratio }) => ratio === null ? [] : [ratio.low, ratio.high]),
  ]);
}

interface GroupOptions extends DrawOptions {
  readonly domain: readonly [number, number];
}

function drawGroup(figure: EngineRatio, group: RatioGroup, options: GroupOptions): Element {
  const { document, width, domain } = options;
  const { names } = figure.data;
  const { placed, heads, height } = placeRows(group.rows);
  const marginLeft = 8 + widestLabel(placed);
  const known = placed.flatMap((one): PlacedRatio[] =>
    one.value.ratio === null ? [] : [{ ...one, ratio: one.value.ratio }]
  );
  const ticks = logTicks([...domain], Math.max(3, Math.floor((width - marginLeft) / 46)));
  const roomPx = width / 2 - textWidth("← better ") - 4;
  const toEdge = (value: number) => Math.min(domain[1], Math.max(domain[0], value));
  const color = ({ ratio }: PlacedRatio) => wordColors[ratio.word];
  return drawFrame(figure, {
    ...{ document, width, height, marginLeft, marginRight: 12, marginTop: TOP_PX, marginBottom: BOTTOM_PX },
    x: {
      ...{ type: "log", domain: [...domain], clamp: true, reverse: group.better === "higher" },
      label: `Ratio ${fitText(names.b, 0.3 * width)} / ${fitText(names.a, 0.3 * width)}`,
    },
    y: { type: "identity", axis: null },
    r: { type: "identity" },
    marks: [
      gridX({ ticks }),
      Plot.axisX({ ticks, text: String, labelArrow: "none" }),
      Plot.ruleX([1], { stroke: colors.reference, strokeWidth: 1.5 }),
      Plot.ruleY(known.filter(({ isOverall }) => isOverall), {
        ...{ x1: ({ ratio }: PlacedRatio) => toEdge(ratio.correctedLow), y: "y", stroke: color },
        ...{ x2: ({ ratio }: PlacedRatio) => toEdge(ratio.correctedHigh), strokeWidth: 1 },
      }),
      ...[true, false].map((isOverall) =>
        Plot.ruleY(known.filter((one) => one.isOverall === isOverall), {
          ...{ x1: ({ ratio }: PlacedRatio) => toEdge(ratio.low), y: "y", stroke: color },
          ...{ x2: ({ ratio }: PlacedRatio) => toEdge(ratio.high), strokeWidth: isOverall ? 4 : 2.5 },
        })
      ),
      ...ratioDots(known),
      rowLabels(placed),
      ...headTexts(heads, { width, marginLeft }),
      ...whyNotTexts(placed, width - marginLeft - 12),
      Plot.text([`← ${fitText(names.b, roomPx)} better`], {
        ...{ frameAnchor: "top-left", textAnchor: "start", dx: -marginLeft, dy: -18, fill: colors.muted },
      }),
      Plot.text([`${fitText(names.a, roomPx)} better →`], {
        ...{ frameAnchor: "top-right", textAnchor: "end", dx: 12, dy: -18, fill: colors.muted },
      }),
      Plot.tip(
        known,
        Plot.pointerY({
          ...{ x: ({ ratio }: PlacedRatio) => toEdge(ratio.ratio), y: "y", title: describeRow },
        }),
      ),
    ],
  });
}
