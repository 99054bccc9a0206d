/**
 * What each engine gives for what latency: throughput against a tail latency, a line per engine through its loads.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Comparison } from "../metrics/compare/group_comparison.ts";
import type { Figure } from "../types.ts";
import type { CellKey } from "./cells.ts";
import { cellsOf, type EngineLoad, meanOf, sayRepeats, stretchesOf, takeLoads } from "./engine_loads.ts";
import {
  engineDots,
  type EngineKey,
  engineKeys,
  engineLegend,
  engineLines,
  shortenName,
  withLegend,
} from "./engine_marks.ts";
import { formatMs, formatNumber } from "./format.ts";
import { type ChosenMetric, drawEmpty, drawFrame, type DrawOptions, gridY, showsCell } from "./frame.ts";
import { labelMargin, type LineLabel, lineLabels } from "./labels.ts";
import { fittingTicks, latencyAxis } from "./latency_axis.ts";
import { colors, engineColor } from "./theme.ts";

type Place = { readonly latencyMs: number; readonly outputTokensPerS: number };

/** An engine at a load: means over its repeats, and the repeats. */
type EnginePoint = Place & {
  readonly engine: EngineKey;
  readonly cell: CellKey;
  readonly repeats: readonly Place[];
};

/** Points of {@linkcode drawEngineFrontier}. */
export type EngineFrontierData = {
  readonly metric: { readonly name: ChosenMetric; readonly label: string };
  /** p99, or the median where a cell has too few values for a p99. */
  readonly percentile: "p50" | "p99";
  readonly engines: readonly EngineKey[];
  /** Engine by engine, least load first. */
  readonly points: readonly EnginePoint[];
};

/** {@linkcode engineFrontierFigure}'s figure. */
export type EngineFrontier = Figure<EngineFrontierData> & { readonly name: "engine_frontier" };

/** Makes the figure of one metric. */
export function engineFrontierFigure(
  comparison: Comparison,
  { name, label }: { readonly name: ChosenMetric; readonly label: string },
): EngineFrontier {
  const measured = comparison.loads.flatMap(({ engines }) => engines.flat());
  const isTail = measured.every(({ summary }) => summary[name] === null || summary[name].p99 !== null);
  const percentile = isTail ? "p99" : "p50";
  const points = takeLoads(comparison, ({ summary }): Place | null => {
    const [latencyMs, outputTokensPerS] = [summary[name]?.[percentile] ?? null, summary.outputTokensPerS];
    return latencyMs === null || outputTokensPerS === null ? null : { latencyMs, outputTokensPerS };
  }).map((load): EnginePoint => ({
    ...load,
    latencyMs: meanOf(load.repeats, ({ latencyMs }) => latencyMs),
    outputTokensPerS: meanOf(load.repeats, ({ outputTokensPerS }) => outputTokensPerS),
  }));
  return {
    name: "engine_frontier",
    title: `Output tokens/s against ${percentile} ${label}, engine by engine`,
    caption: describePoints(points, `${percentile} ${label}`),
    data: { metric: { name, label }, percentile, engines: engineKeys(comparison), points },
  };
}

function describePoints(points: readonly EnginePoint[], latency: string): string {
  if (points.length === 0) return `No ${latency} was measured.`;
  const ends = [...Map.groupBy(points, engineOf).values()].flatMap((own) => own.at(-1) ?? []);
  const said = ends.map(({ engine, cell, latencyMs, outputTokensPerS }) =>
    `${engine.name} gives ${formatNumber(outputTokensPerS)} tokens/s at ${
      formatMs(latencyMs)
    } (${cell.label})`
  );
  const isRepeated = points.some(({ repeats }) => repeats.length > 1);
  return `Up and to the left is better. At its highest load ${said.join(", ")}. ${
    isRepeated ? `Large: mean of ${sayRepeats(points)}; small: each of them.` : "One repeat each."
  }`;
}

const engineOf = ({ engine }: Pick<EngineLoad<Place>, "engine">) => engine.index;

/** Draws a line per engine through the means of its loads, and a small dot per repeat. */
export function drawEngineFrontier(figure: EngineFrontier, options: DrawOptions): Element {
  const { document, width, state } = options;
  const { metric, percentile, engines } = figure.data;
  const points = figure.data.points.filter(({ cell }) => showsCell(state, cell.index));
  if (points.length === 0) return drawEmpty(figure, { document, width, message: "no values" });
  const repeats = points.flatMap(({ engine, repeats }) =>
    repeats.length === 1 ? [] : repeats.map((repeat) => ({ engine, ...repeat }))
  );
  const values = [...points, ...repeats].map(({ latencyMs }) => latencyMs);
  const room = [0.8 * Math.min(...values), 1.1 * Math.max(...values)];
  const latency = latencyAxis([...values, ...room], {
    log: state.log,
    label: `${percentile} ${metric.label} (ms)`,
    mostTicks: Math.min(10, fittingTicks(width - 80)),
  });
  const most = Math.max(...[...points, ...repeats].map(({ outputTokensPerS }) => outputTokensPerS));
  const names = engines.map(({ name }) => shortenName(name, width));
  const place = { x: "latencyMs", y: "outputTokensPerS", engineOf };
  const drawing = drawFrame(figure, {
    ...{ document, width, height: 400, marginLeft: 64, marginRight: labelMargin(names) },
    x: latency.scale,
    y: { domain: [0, 1.08 * most || 1], label: "Output tokens/s" },
    r: { type: "identity" },
    marks: [
      latency.x,
      gridY({ ticks: 6 }),
      Plot.axisY({ ticks: 6, labelArrow: "none" }),
      ...engineLines(points, { ...place, z: stretchesOf(points, cellsOf(points)) }),
      ...engineDots(repeats, { ...place, r: 2.2, fillOpacity: 0.6, strokeOpacity: 0 }),
      ...engineDots(points, { ...place, r: 5.5 }),
      lineLabels(loadLabels(points), { dx: -9, textAnchor: "end" }),
      lineLabels(endLabels(points, width), { dx: 11 }),
      Plot.tip(
        points,
        Plot.pointer({ x: "latencyMs", y: "outputTokensPerS", title: describePoint(figure) }),
      ),
    ],
  });
  return withLegend(drawing, { document, entries: engineLegend(engines) });
}

/** Every load, left of what was measured at it; again where the next engine is far away. */
function loadLabels(points: readonly EnginePoint[]): LineLabel[] {
  return [...Map.groupBy(points, ({ cell }) => cell.index).values()].flatMap((own) => {
    const places = own.flatMap(({ cell, latencyMs, outputTokensPerS, repeats }) =>
      [{ latencyMs, outputTokensPerS }, ...repeats].map((place) => ({ cell, ...place }))
    ).sort((a, b) => a.latencyMs - b.latencyMs);
    const firsts = places.filter(({ latencyMs }, i) =>
      latencyMs > NEAR_RATIO * (places[i - 1]?.latencyMs ?? -Infinity)
    );
    return firsts.map(({ cell, latencyMs, outputTokensPerS }) => ({
      ...{ x: latencyMs, y: outputTokensPerS, color: colors.muted },
      ...{ text: cell.second ?? cell.short, cell: cell.index },
    }));
  });
}

/** Latencies nearer than this factor share a label. */
const NEAR_RATIO = 1.25;

/** Part of the largest throughput, about the height of a label. */
const NEAR_SHARE = 0.06;

/** An engine's name stands at its highest load, right of all dots there that are near. */
function endLabels(points: readonly EnginePoint[], width: number): LineLabel[] {
  const ends = [...Map.groupBy(points, engineOf).values()].flatMap((own) => own.at(-1) ?? []);
  const most = Math.max(...ends.map(({ outputTokensPerS }) => outputTokensPerS));
  const isNear = (a: Place, b: Place) =>
    a.latencyMs <= NEAR_RATIO * b.latencyMs &&
    Math.abs(a.outputTokensPerS - b.outputTokensPerS) <= NEAR_SHARE * most;
  return ends.map((end) => {
    const near = ends.flatMap(({ repeats }) => repeats).filter((repeat) => isNear(repeat, end));
    return {
      x: Math.max(end.latencyMs, ...near.map(({ latencyMs }) => latencyMs)),
      y: end.outputTokensPerS,
      text: shortenName(end.engine.name, width),
      color: engineColor(end.engine.index),
    };
  });
}

function describePoint({ data: { metric, percentile } }: EngineFrontier): (point: EnginePoint) => string {
  return (point) =>
    [
      `${point.engine.name}, ${point.cell.label}`,
      `${formatNumber(point.outputTokensPerS)} output tokens/s`,
      `${percentile} ${metric.label} ${formatMs(point.latencyMs)}`,
      `mean of ${sayRepeats([point])}`,
    ].join("\n");
}
