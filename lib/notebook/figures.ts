/**
 * Every figure of the reports by its name, for a notebook.
 *
 * @module
 */
import {
  type AnyFigure,
  cacheDeltaFigure,
  type ChosenMetric,
  engineCdfFigure,
  engineFrontierFigure,
  engineGoodputFigure,
  engineRatioFigure,
  engineScatterFigure,
  frontierFigure,
  goodputFigure,
  hitRatesFigure,
  initialState,
  itlHeatmapFigure,
  itlHistogramFigure,
  latencyCdfFigure,
  loadOverTimeFigure,
  perRequestFigure,
  scalingLatencyFigure,
  scalingThroughputFigure,
  sendLagFigure,
  telemetrySeriesFigure,
  throughputLatencyFigure,
  timelineFigure,
  trustStripFigure,
  turnsFigure,
} from "../plots/mod.ts";
import { e2e, itl, summarizeRun, tpot, ttft } from "../metrics/mod.ts";
import type { PairResult } from "../metrics/compare/judge_comparison.ts";
import { html } from "../report/markup.ts";
import type { WhatIf } from "../metrics/what_if.ts";
import type { Run } from "../types.ts";
import { Display } from "./display.ts";
import { type DrawingOptions, drawStill } from "./draw.ts";
import type { JudgedComparison } from "./open.ts";

/** A figure as a notebook shows it: title, a sentence that says what is seen, and the picture. */
export class FigureDisplay extends Display {
  /** What is drawn, as plain data. */
  readonly figure: AnyFigure;

  constructor(figure: AnyFigure, options: DrawingOptions = {}) {
    const { title, caption } = figure;
    super(
      async () =>
        html`
          <figure>
            <h3>${title}</h3>
            <figcaption>${caption}</figcaption>
            ${await drawStill(figure, options)}
          </figure>
        `,
      `${title}\n${caption}`,
    );
    this.figure = figure;
  }
}

const latencies = { ttft, tpot, itl, e2e } as const;

/** The latency that `options.metric` asks for. */
function metricOf({ metric = initialState.metric }: DrawingOptions): {
  readonly name: ChosenMetric;
  readonly label: string;
} {
  return { name: metric, label: latencies[metric].label };
}

/**
 * Figures of a run. Of all, `options` choose what is shown: `metric` the latency ("ttft", "tpot", "itl", "e2e"), `cells` the
 * cells by their indices, `log` and `tail` the axes, `domainS` a part of the time, `width` the size.
 */
export const figures = {
  /** Share of requests (of tokens, for ITL) at or below each latency, one curve per cell. */
  latencyCdf: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(latencyCdfFigure(run, latencies[options.metric ?? initialState.metric]), options),
  /** A latency's percentiles against the load. */
  scalingLatency: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(scalingLatencyFigure(summarizeRun(run), metricOf(options)), options),
  /** Throughput against the load offered. */
  scalingThroughput: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(scalingThroughputFigure(summarizeRun(run)), options),
  /** Output tokens per second against a latency's tail. */
  throughputLatency: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(throughputLatencyFigure(summarizeRun(run), metricOf(options)), options),
  /** How many gaps between tokens are how long. */
  itlHistogram: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(itlHistogramFigure(run), options),
  /** Gaps between tokens over time: stalls stand out. */
  itlHeatmap: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(itlHeatmapFigure(run), options),
  /** Requests in flight and waiting, and tokens per second, over time. */
  loadOverTime: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(loadOverTimeFigure(run), options),
  /** Every request as a line: waiting, prefill, decoding. */
  timeline: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(timelineFigure(run), options),
  /** Latencies of single requests against their lengths. */
  perRequest: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(perRequestFigure(run), options),
  /** What keeps the run's limits, per second. */
  goodput: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(goodputFigure(summarizeRun(run)), options),
  /** The same requests in a later round against round 1. */
  cacheDelta: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(cacheDeltaFigure(run), options),
  /** Share of prompt tokens cached: in theory, by usage, by `/metrics`. */
  hitRates: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(hitRatesFigure(run), options),
  /** Turn by turn of conversations. */
  turns: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(turnsFigure(run), options),
  /** What the server's own metrics said. */
  telemetrySeries: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(telemetrySeriesFigure(run), options),
  /** Whether the client kept its schedule, over time, and what failed. */
  trustStrip: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(trustStripFigure(run), options),
  /** How late requests were sent. */
  sendLag: (run: Run, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(sendLagFigure(run), options),
} as const;

/** Figures of a comparison; where engines are compared in pairs, of the first pair if no other is given. */
export const engineFigures = {
  /** Ratios of the second engine to the first with their intervals; nothing to show where no load was measured on both. */
  ratio: (judged: JudgedComparison, options: PairOptions = {}): Display => {
    const figure = engineRatioFigure(judged.comparison, pairOf(judged, options));
    return figure === null
      ? nothing("No load was measured whole on both engines.")
      : new FigureDisplay(figure, options);
  },
  /** A latency's distribution on each engine, load by load. */
  latencyCdf: ({ comparison }: JudgedComparison, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(engineCdfFigure(comparison, latencies[options.metric ?? initialState.metric]), options),
  /** Output tokens per second against a latency's tail. */
  frontier: ({ comparison }: JudgedComparison, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(engineFrontierFigure(comparison, metricOf(options)), options),
  /** Goodput of each engine; nothing to show without limits. */
  goodput: ({ comparison }: JudgedComparison, options: DrawingOptions = {}): Display => {
    const figure = engineGoodputFigure(comparison);
    return figure === null
      ? nothing("The comparison was made without limits.")
      : new FigureDisplay(figure, options);
  },
  /** Every request on one engine against the same on the other. */
  scatter: (judged: JudgedComparison, options: PairOptions = {}): FigureDisplay =>
    new FigureDisplay(engineScatterFigure(judged.comparison, pairOf(judged, options)), options),
} as const;

/** Figures of a grid of simulated engines. */
export const planFigures = {
  /** Output tokens per second against a latency's tail, a line per configuration. */
  frontier: (whatIf: WhatIf, options: DrawingOptions = {}): FigureDisplay =>
    new FigureDisplay(frontierFigure(whatIf, metricOf(options)), options),
} as const;

/** Which engines are compared. */
export interface PairOptions extends DrawingOptions {
  /** Place among the comparison's pairs. @default {0} */
  readonly pair?: number;
}

/** @throws {RangeError} When there is no such pair. */
function pairOf({ result: { pairs } }: JudgedComparison, { pair = 0 }: PairOptions): PairResult {
  const found = pairs[pair];
  if (found === undefined) {
    throw new RangeError(
      `Cannot draw pair as 'pair' must be below ${pairs.length}: current value is ${pair}`,
    );
  }
  return found;
}

function nothing(why: string): Display {
  return new Display(() => html`<p>${why}</p>`, why);
}
