/**
 * What a configuration gives for what latency: throughput against a tail latency, one line per configuration.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type LoadPoint, paretoEfficient, type WhatIf } from "../metrics/what_if.ts";
import type { Figure } from "../types.ts";
import { nameCells } from "./cell_marks.ts";
import { formatMs, formatNumber, formatPlural } from "./format.ts";
import { type ChosenMetric, drawEmpty, drawFrame, type DrawOptions, gridY, showsCell } from "./frame.ts";
import { CHARACTER_PX, labelMargin, type LineLabel, lineLabels } from "./labels.ts";
import { latencyAxis } from "./latency_axis.ts";
import { colors, loadColor } from "./theme.ts";

type Point = {
  readonly scale: number;
  readonly latencyMs: number;
  readonly outputTokensPerS: number;
  readonly offeredRequestsPerS: number | null;
  /** No other point of the figure has both less latency and more throughput. */
  readonly efficient: boolean;
};

type Line = {
  /** Index of the configuration. */
  readonly index: number;
  readonly label: string;
  /** Place among the configurations; the colour follows it. */
  readonly level: number;
  /** Least load first. */
  readonly points: readonly Point[];
};

/** Lines of {@linkcode drawFrontier}. */
export type FrontierData = {
  readonly metric: { readonly name: ChosenMetric; readonly label: string };
  /** p99, or the median where a point has too few values for a p99. */
  readonly percentile: "p50" | "p99";
  readonly lines: readonly Line[];
  /** Limits on this percentile. */
  readonly limitsMs: readonly number[];
};

/** {@linkcode frontierFigure}'s figure. */
export type Frontier = Figure<FrontierData> & { readonly name: "frontier" };

/** Makes the figure of one metric, from the valid points of every configuration that gets a verdict, and the others. */
export function frontierFigure(
  { configurations, slo }: Pick<WhatIf, "configurations" | "slo">,
  metric: { readonly name: ChosenMetric; readonly label: string },
): Frontier {
  const { name, label } = metric;
  const runs = configurations.flatMap(({ index, label, noVerdict, outcome }) =>
    outcome.kind === "run"
      ? [{ index, label, noVerdict, points: outcome.points.filter(({ valid }) => valid) }]
      : []
  );
  const all = runs.flatMap(({ points }) => points);
  const percentile = all.every(({ latencies }) => latencies[name]?.p99Ms !== null) ? "p99" : "p50";
  const places = runs.map((run) => ({
    ...run,
    places: run.points.flatMap((point) => place(point, name, percentile)),
  }));
  const judged = places.filter(({ noVerdict }) => noVerdict === null).flatMap(({ places }) => places);
  const answers = paretoEfficient(
    judged.map(({ latencyMs, outputTokensPerS }) => ({ latencyMs, throughput: outputTokensPerS })),
  );
  const efficient = new Set(judged.filter((_, i) => answers[i]));
  const lines = places.map(({ index, label, places }): Line => ({
    index,
    label,
    level: configurations.length < 2 ? 1 : index / (configurations.length - 1),
    points: places.map((one) => ({ ...one, efficient: efficient.has(one) })),
  }));
  return {
    name: "frontier",
    title: `Output tokens/s against ${percentile} ${label}`,
    caption: describeLines(lines, `${percentile} ${label}`),
    data: {
      metric: { name, label },
      percentile,
      lines,
      limitsMs: slo.filter((limit) => limit.metric === name && limit.percentile === percentile)
        .map(({ limitMs }) => limitMs),
    },
  };
}

function place(point: LoadPoint, name: ChosenMetric, percentile: "p50" | "p99"): Omit<Point, "efficient">[] {
  const { scale, outputTokensPerS, offeredRequestsPerS } = point;
  const latencyMs = point.latencies[name]?.[`${percentile}Ms`] ?? null;
  return latencyMs === null || outputTokensPerS === null
    ? []
    : [{ scale, latencyMs, outputTokensPerS, offeredRequestsPerS }];
}

function describeLines(lines: readonly Line[], latency: string): string {
  const all = lines.flatMap((line) => line.points.map((point) => ({ line, point })));
  const best = all.filter(({ point }) => point.efficient)
    .sort((a, b) => a.point.latencyMs - b.point.latencyMs);
  const [fastest, busiest] = [best.at(0), best.at(-1)];
  if (fastest === undefined || busiest === undefined) return "There is no valid point.";
  const say = ({ line, point }: { readonly line: Line; readonly point: Point }) =>
    `${line.label} at scale ${point.scale} (${formatNumber(point.outputTokensPerS)} tokens/s, ${
      formatMs(point.latencyMs)
    })`;
  const ends = fastest === busiest ? say(fastest) : `from ${say(fastest)} to ${say(busiest)}`;
  return `Up and to the left is better. Of ${formatPlural(all.length, "point")} ${best.length} ${
    best.length === 1 ? "is" : "are"
  } efficient (large): no other has both a lower ${latency} and more tokens/s, ${ends}. Small numbers are scale factors.`;
}

interface Mark extends Point {
  readonly line: Line;
}

/** Draws a line per configuration through its loads, efficient points large. */
export function drawFrontier(figure: Frontier, { document, width, state }: DrawOptions): Element {
  const { metric, percentile, limitsMs } = figure.data;
  const lines = figure.data.lines.filter(({ index }) => showsCell(state, index));
  const marks = lines.flatMap((line) => line.points.map((point): Mark => ({ ...point, line })));
  if (marks.length === 0) return drawEmpty(figure, { document, width, message: "no values" });
  const values = [...marks.map(({ latencyMs }) => latencyMs), ...limitsMs];
  const room = [0.65 * Math.min(...values), 1.1 * Math.max(...values)];
  const latency = latencyAxis([...values, ...room], {
    log: state.log,
    label: `${percentile} ${metric.label} (ms)`,
    mostTicks: Math.max(3, Math.floor(width / 90)),
  });
  const color = ({ line }: Mark) => loadColor(line.level);
  const most = Math.max(...marks.map(({ outputTokensPerS }) => outputTokensPerS));
  const limits = limitsMs.map((limitMs) => ({ limitMs, text: `SLO ${formatMs(limitMs)}` }));
  return drawFrame(figure, {
    document,
    width,
    height: 420,
    marginLeft: 64,
    marginRight: labelMargin(lines.map(({ label }) => label)),
    x: latency.scale,
    y: { domain: [0, 1.08 * most || 1], label: "Output tokens/s" },
    marks: [
      latency.x,
      gridY({ ticks: 6 }),
      Plot.axisY({ ticks: 6, labelArrow: "none" }),
      Plot.ruleX(limits, {
        x: "limitMs",
        stroke: colors.reference,
        strokeWidth: 1.5,
        strokeDasharray: "5 4",
      }),
      Plot.text(limits, { x: "limitMs", text: "text", frameAnchor: "top", dy: -10, fill: colors.muted }),
      Plot.line(marks, {
        x: "latencyMs",
        y: "outputTokensPerS",
        z: ({ line }: Mark) => line.index,
        stroke: color,
        strokeWidth: 1.75,
        strokeOpacity: 0.8,
        render: nameCells(marks, ({ line }) => line),
      }),
      scaleLabels(marks),
      Plot.dot(marks, {
        x: "latencyMs",
        y: "outputTokensPerS",
        r: ({ efficient }: Mark) => efficient ? POINT_PX : POINT_PX / 2,
        fill: color,
        stroke: colors.paper,
        render: nameCells(marks, ({ line }) => line),
      }),
      lineLabels(endLabels(lines), { dx: 11 }),
      Plot.tip(marks, Plot.pointer({ x: "latencyMs", y: "outputTokensPerS", title: describe(figure) })),
    ],
    r: { type: "identity" },
  });
}

const LABEL_HEIGHT_PX = 13;
/** From a point to the end of its label, left and up. */
const LABEL_GAP_PX = { x: 7, y: 9 };
/** Largest radius of a point. */
const POINT_PX = 6;

/**
 * Scale factors up and to the left of their points, those of efficient points first. What would cover another, a point
 * or the axis is left out.
 */
function scaleLabels(marks: readonly Mark[]): Plot.Markish {
  const labels = marks.toSorted((a, b) => Number(b.efficient) - Number(a.efficient));
  const keep: Plot.InitializerFunction = (data, _facets, _channels, { x, y }, { marginLeft }) => {
    const points = labels.map((mark) => ({
      x: Number(x?.(mark.latencyMs)),
      y: Number(y?.(mark.outputTokensPerS)),
    }));
    const boxes = points.map(({ x, y }, i): TextBox => {
      const right = x - LABEL_GAP_PX.x;
      return {
        left: right - String(labels[i]?.scale).length * CHARACTER_PX,
        right,
        middle: y - LABEL_GAP_PX.y,
      };
    });
    const kept: number[] = [];
    for (const [index, box] of boxes.entries()) {
      const isFree = box.left >= marginLeft && !points.some((point) => holds(box, point)) &&
        !kept.some((other) => overlap(box, boxes[other]));
      if (isFree) kept.push(index);
    }
    return { data, facets: [kept] };
  };
  const channels = { x: "latencyMs", y: "outputTokensPerS", text: ({ scale }: Mark) => String(scale) };
  const place = { textAnchor: "end" as const, dx: -LABEL_GAP_PX.x, dy: -LABEL_GAP_PX.y };
  const style = { fill: colors.muted, stroke: colors.paper, strokeWidth: 3 };
  return Plot.text(labels, Plot.initializer({ ...channels, ...place, ...style }, keep));
}

/** A line of text in pixels. */
interface TextBox {
  readonly left: number;
  readonly right: number;
  /** Vertical centre. */
  readonly middle: number;
}

function overlap(a: TextBox, b: TextBox | undefined): boolean {
  return b !== undefined && Math.abs(a.middle - b.middle) < LABEL_HEIGHT_PX && a.left < b.right &&
    b.left < a.right;
}

/** Whether a point reaches into a text. */
function holds(
  { left, right, middle }: TextBox,
  { x, y }: { readonly x: number; readonly y: number },
): boolean {
  return x > left - POINT_PX && x < right + POINT_PX &&
    Math.abs(y - middle) < POINT_PX + LABEL_HEIGHT_PX / 2 - 2;
}

/** A line's name stands at its largest load. */
function endLabels(lines: readonly Line[]): LineLabel[] {
  return lines.flatMap(({ index, label, level, points }) => {
    const end = points.at(-1);
    return end === undefined ? [] : [{
      ...{ x: end.latencyMs, y: end.outputTokensPerS, text: label },
      ...{ color: loadColor(level), cell: index },
    }];
  });
}

function describe({ data: { metric, percentile } }: Frontier): (mark: Mark) => string {
  return ({ line, scale, latencyMs, outputTokensPerS, offeredRequestsPerS, efficient }) =>
    [
      `${line.label}, scale ${scale}`,
      ...(offeredRequestsPerS === null ? [] : [`${formatNumber(offeredRequestsPerS)} requests/s offered`]),
      `${formatNumber(outputTokensPerS)} output tokens/s`,
      `${percentile} ${metric.label} ${formatMs(latencyMs)}`,
      ...(efficient ? ["efficient"] : []),
    ].join("\n");
}
