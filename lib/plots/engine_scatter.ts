/**
 * The same request on two engines: each dot is one request of one repeat.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type ComparedRequest, comparedRequests } from "../metrics/compare/mod.ts";
import type { ComparedLoad, Comparison, MeasuredCell } from "../metrics/compare/group_comparison.ts";
import type { Figure } from "../types.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { engineKeys, fitText } from "./engine_marks.ts";
import { drawPanels } from "./engine_panels.ts";
import { formatCount, formatMs, formatPlural, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, showsCell } from "./frame.ts";
import { fittingTicks, latencyAxis } from "./latency_axis.ts";
import { cellColor, colors } from "./theme.ts";

/** Most dots of a figure, all loads together. */
const MOST_DOTS = 4000;

const scattered = ["ttft", "tpot", "e2e"] as const;
type Scattered = (typeof scattered)[number];
const labels: Readonly<Record<Scattered, string>> = { ttft: "TTFT", tpot: "TPOT", e2e: "E2E" };

type Side = { readonly [Name in Scattered]: readonly (number | null)[] };

/** Requests that succeeded on both; one entry per dot in each array, latencies in ms. */
type Dots = {
  readonly cell: CellKey;
  readonly id: readonly number[];
  readonly repeat: readonly number[];
  readonly a: Side;
  readonly b: Side;
};

/** Dots per load, least load first. */
export type EngineScatterData = {
  readonly names: { readonly a: string; readonly b: string };
  /** Ids that are multiples of this are drawn. */
  readonly every: number;
  readonly loads: readonly Dots[];
};

/** {@linkcode engineScatterFigure}'s figure. */
export type EngineScatter = Figure<EngineScatterData> & { readonly name: "engine_scatter" };

interface RequestPair {
  readonly repeat: number;
  readonly a: ComparedRequest;
  readonly b: ComparedRequest;
}

/** Two engines, and how much is drawn of them. */
export interface EngineScatterOptions {
  /** Indices of the engines. */
  readonly a: number;
  readonly b: number;
  /** Dots at most. @default {4000} */
  readonly mostDots?: number;
}

/** Makes the figure of engine b against engine a. */
export function engineScatterFigure(
  comparison: Comparison,
  { a, b, mostDots = MOST_DOTS }: EngineScatterOptions,
): EngineScatter {
  const keys = engineKeys(comparison);
  const names = { a: keys[a]?.name ?? "", b: keys[b]?.name ?? "" };
  const all = layOutCells(comparison.loads).cells.map((cell) => {
    const load = comparison.loads.find(({ index }) => index === cell.index);
    return { cell, pairs: load === undefined ? [] : pairRequests(load, { a, b }) };
  });
  const every = chooseEvery(all.flatMap(({ pairs }) => pairs), mostDots);
  const loads = all.map(({ cell, pairs }) => makeDots(cell, pairs.filter((pair) => pair.a.id % every === 0)));
  const total = all.flatMap(({ pairs }) => pairs);
  return {
    name: "engine_scatter",
    title: `The same request on ${names.a} and on ${names.b}`,
    caption: describePairs(total, { names, every }),
    data: { names, every, loads },
  };
}

function pairRequests(
  { engines }: ComparedLoad,
  { a, b }: Pick<EngineScatterOptions, "a" | "b">,
): RequestPair[] {
  const cellsOfB = new Map(engines[b]?.map((cell) => [cell.repeat, cell]));
  return (engines[a] ?? []).flatMap((left) => {
    const right = cellsOfB.get(left.repeat);
    if (right === undefined) return [];
    const others = new Map(answered(right).map((request) => [request.id, request]));
    return answered(left).flatMap((request): RequestPair[] => {
      const other = others.get(request.id);
      return other === undefined ? [] : [{ repeat: left.repeat, a: request, b: other }];
    });
  });
}

function answered({ digest }: MeasuredCell): ComparedRequest[] {
  return comparedRequests(digest.points()).filter(({ ttftMs }) => ttftMs !== null);
}

/** The smallest step that leaves few enough. */
function chooseEvery(pairs: readonly RequestPair[], most: number): number {
  let every = 1;
  while (pairs.reduce((sum, { a }) => a.id % every === 0 ? sum + 1 : sum, 0) > most && every < pairs.length) {
    every++;
  }
  return every;
}

function makeDots(cell: CellKey, pairs: readonly RequestPair[]): Dots {
  const side = (of: "a" | "b"): Side => ({
    ttft: pairs.map((pair) => rounded(pair[of].ttftMs)),
    tpot: pairs.map((pair) => rounded(pair[of].tpotMs)),
    e2e: pairs.map((pair) => rounded(pair[of].e2eMs)),
  });
  return {
    cell,
    id: pairs.map(({ a }) => a.id),
    repeat: pairs.map(({ repeat }) => repeat),
    ...{ a: side("a"), b: side("b") },
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(1000 * ms) / 1000;
}

/** Shares of equal latencies below this are not worth a word. */
const LEAST_SHARE = 0.005;

function describePairs(
  pairs: readonly RequestPair[],
  { names, every }: Pick<EngineScatterData, "names" | "every">,
): string {
  if (pairs.length === 0) return "No request succeeded on both in the same repeat.";
  const shares = scattered.flatMap((name) => {
    const known = pairs.flatMap(({ a, b }) => {
      const [onA, onB] = [a[`${name}Ms`], b[`${name}Ms`]];
      return onA === null || onB === null ? [] : [Math.sign(onB - onA)];
    });
    if (known.length === 0) return [];
    const share = (sign: number) => known.filter((one) => one === sign).length / known.length;
    const same = share(0) < LEAST_SHARE ? "" : ` (the same: ${formatShare(share(0))})`;
    return [`${labels[name]} ${formatShare(share(-1))}${same}`];
  });
  const rule = every === 1 ? "Every one is a dot" : `One id in ${formatCount(every)} is drawn`;
  return `Below the diagonal ${names.b} is faster. Share of ${
    formatPlural(pairs.length, "pair")
  } of the same request in the same repeat in which it is: ${shares.join(", ")}. ${rule}.`;
}

interface Dot {
  readonly cell: CellKey;
  readonly id: number;
  readonly repeat: number;
  readonly a: number;
  readonly b: number;
}

const TALLEST_PX = 480;

/** Draws a panel per load for the metric chosen, a dot per request, all on axes of one scale. */
export function drawEngineScatter(figure: EngineScatter, options: DrawOptions): Element {
  const { document, width, state } = options;
  const metric = scattered.find((name) => name === state.metric);
  if (metric === undefined) {
    return drawEmpty(figure, { document, width, message: "a request has many gaps, but no ITL" });
  }
  const { loads } = figure.data;
  const shown = loads.filter(({ cell }) => showsCell(state, cell.index))
    .map((load) => ({ cell: load.cell, dots: dotsOf(load, metric) }));
  const values = shown.flatMap(({ dots }) => dots.flatMap(({ a, b }) => [a, b]));
  if (values.length === 0) return drawEmpty(figure, { document, width, message: "no values on both" });
  const panels = shown.map(({ cell, dots }) => ({
    title: cell.label,
    ...(loads.length === 1 ? {} : { cell: cell.index }),
    draw: (panelWidth: number) =>
      dots.length === 0
        ? drawEmpty(figure, { document, width: panelWidth, message: "not measured on both" })
        : drawPanel(figure, dots, { ...options, width: Math.min(panelWidth, TALLEST_PX), values, metric }),
  }));
  return drawPanels(panels, { document, width, mostColumns: shown.length === 4 ? 2 : 3 });
}

interface PanelOptions extends DrawOptions {
  /** Of all panels, in ms. */
  readonly values: readonly number[];
  readonly metric: Scattered;
}

function drawPanel(
  figure: EngineScatter,
  dots: readonly Dot[],
  { document, width, state, values, metric }: PanelOptions,
): Element {
  const { names } = figure.data;
  const axisOf = (name: string) =>
    latencyAxis(values, {
      log: state.log,
      label: `${labels[metric]} on ${fitText(name, 0.4 * width)} (ms)`,
      mostTicks: Math.min(8, fittingTicks(width + 24)),
    });
  const [x, y] = [axisOf(names.a), axisOf(names.b)];
  const [low, high] = domainOf(x.scale.domain);
  return drawFrame(figure, {
    ...{ document, width, height: width - 10, marginLeft: 60, marginRight: 18 },
    x: x.scale,
    y: y.scale,
    marks: [
      x.x,
      y.y,
      Plot.dot(dots, {
        ...{ x: "a", y: "b", r: 2.2, fillOpacity: 0.5 },
        fill: ({ cell }: Dot) => cellColor(cell),
      }),
      Plot.line([[low, low], [high, high]], { stroke: colors.reference, strokeWidth: 1.5 }),
      Plot.text([`${fitText(names.b, 0.35 * width)} slower`], side("top-left", 8)),
      Plot.text([`${fitText(names.b, 0.35 * width)} faster`], side("bottom-right", -8)),
      Plot.tip(dots, Plot.pointer({ x: "a", y: "b", title: describe({ names, metric }) })),
    ],
  });
}

function side(frameAnchor: "top-left" | "bottom-right", inward: number): Plot.TextOptions {
  return {
    ...{ frameAnchor, dx: inward, dy: inward, fill: colors.muted, fontWeight: 600 },
    ...{ stroke: colors.paper, strokeWidth: 4 },
  };
}

function domainOf(domain: Plot.ScaleOptions["domain"]): [number, number] {
  const [low = 0, high = 1] = Array.from(domain ?? [], Number);
  return [low, high];
}

function dotsOf({ cell, id, repeat, a, b }: Dots, metric: Scattered): Dot[] {
  return id.flatMap((id, i): Dot[] => {
    const [onA, onB] = [a[metric][i] ?? null, b[metric][i] ?? null];
    return onA === null || onB === null ? [] : [{ cell, id, repeat: repeat[i] ?? 0, a: onA, b: onB }];
  });
}

function describe(
  { names, metric }: { readonly names: EngineScatterData["names"]; readonly metric: Scattered },
): (dot: Dot) => string {
  return ({ cell, id, repeat, a, b }) =>
    [
      `Request ${id}, ${cell.label}, repeat ${repeat}`,
      `${labels[metric]} on ${names.a} ${formatMs(a)}`,
      `${labels[metric]} on ${names.b} ${formatMs(b)}`,
    ].join("\n");
}
