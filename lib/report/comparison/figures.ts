/**
 * The figures of a comparison, in the order of reading.
 *
 * @module
 */
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import type { ComparisonResult, PairResult } from "../../metrics/compare/judge_comparison.ts";
import { e2e, itl, tpot, ttft } from "../../metrics/mod.ts";
import {
  type AnyFigure,
  chosenMetrics,
  engineCdfFigure,
  engineFrontierFigure,
  engineGoodputFigure,
  engineRatioFigure,
  engineScatterFigure,
} from "../../plots/mod.ts";
import type { Block, Section } from "../blocks.ts";

const chosen = { ttft, tpot, itl, e2e } as const;
/** Dots of all scatter plots of a page together: each is some 60 bytes. */
const MOST_DOTS = 4000;

/** Makes the section of the ratios, the first of the page; there is none where nothing could be compared. */
export function differenceSection(comparison: Comparison, { pairs }: ComparisonResult): Section[] {
  const blocks = pairs.flatMap((pair): Block[] => figureBlocks(engineRatioFigure(comparison, pair)));
  return comparison.loads.length === 0 || blocks.length === 0
    ? []
    : [{ id: "differences", title: "What differs, and by how much", blocks }];
}

/** Makes the other sections with figures. */
export function comparisonFigures(comparison: Comparison, { pairs }: ComparisonResult): Section[] {
  if (comparison.loads.length === 0) return [];
  return [
    distributionSection(comparison),
    capacitySection(comparison),
    requestSection(comparison, pairs),
  ];
}

function figureBlocks(figure: AnyFigure | null): Block[] {
  return figure === null ? [] : [{ kind: "figure", figure, width: "full" }];
}

function distributionSection(comparison: Comparison): Section {
  return {
    id: "distributions",
    title: "How latencies are distributed",
    blocks: chosenMetrics.map((name) => ({
      kind: "figure",
      figure: engineCdfFigure(comparison, chosen[name]),
      width: "full",
      onlyFor: name,
    })),
  };
}

function capacitySection(comparison: Comparison): Section {
  return {
    id: "capacity",
    title: "What each engine gives for what latency",
    blocks: [
      ...chosenMetrics.map((name): Block => ({
        kind: "figure",
        figure: engineFrontierFigure(comparison, { name, label: chosen[name].label }),
        width: "full",
        onlyFor: name,
      })),
      ...figureBlocks(engineGoodputFigure(comparison)),
    ],
  };
}

function requestSection(comparison: Comparison, pairs: readonly PairResult[]): Section {
  const mostDots = Math.ceil(MOST_DOTS / Math.max(1, pairs.length));
  return {
    id: "requests",
    title: "Request by request",
    blocks: pairs.map(({ a, b }) => ({
      kind: "figure",
      figure: engineScatterFigure(comparison, { a, b, mostDots }),
      width: "full",
    })),
  };
}
