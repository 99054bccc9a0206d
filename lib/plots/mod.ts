/**
 * From records to pictures: each figure is plain JSON made by `xFigure` and drawn by `drawX`, in a browser or in any
 * other DOM.
 *
 * To add a figure: write its file, add it to the list of drawings, test it.
 *
 * @module
 */
import { type CacheDelta, drawCacheDelta } from "./cache_delta.ts";
import { drawEngineCdf, type EngineCdf } from "./engine_cdf.ts";
import { drawEngineFrontier, type EngineFrontier } from "./engine_frontier.ts";
import { drawEngineGoodput, type EngineGoodput } from "./engine_goodput.ts";
import { drawEngineRatio, type EngineRatio } from "./engine_ratio.ts";
import { drawEngineScatter, type EngineScatter } from "./engine_scatter.ts";
import type { DrawOptions } from "./frame.ts";
import { drawFrontier, type Frontier } from "./frontier.ts";
import { drawGoodput, type GoodputFigure } from "./goodput.ts";
import { drawHitRates, type HitRatesFigure } from "./hit_rates.ts";
import { drawItlHeatmap, type ItlHeatmap } from "./itl_heatmap.ts";
import { drawItlHistogram, type ItlHistogram } from "./itl_histogram.ts";
import { drawLatencyCdf, type LatencyCdf } from "./latency_cdf.ts";
import { drawLoadOverTime, type LoadOverTime } from "./load_over_time.ts";
import { drawPerRequest, type PerRequest } from "./per_request.ts";
import { drawScalingLatency, type ScalingLatency } from "./scaling_latency.ts";
import { drawScalingThroughput, type ScalingThroughput } from "./scaling_throughput.ts";
import { drawSendLag, type SendLag } from "./send_lag.ts";
import { drawSparkline, type Sparkline } from "./sparkline.ts";
import { drawTelemetrySeries, type TelemetrySeries } from "./telemetry_series.ts";
import { drawThroughputLatency, type ThroughputLatency } from "./throughput_latency.ts";
import { drawTimeline, type Timeline } from "./timeline.ts";
import { drawTrustStrip, type TrustStrip } from "./trust_strip.ts";
import { drawTurns, type Turns } from "./turns.ts";

/** Any figure that can be drawn. */
export type AnyFigure =
  | CacheDelta
  | EngineCdf
  | EngineFrontier
  | EngineGoodput
  | EngineRatio
  | EngineScatter
  | Frontier
  | GoodputFigure
  | HitRatesFigure
  | ItlHeatmap
  | ItlHistogram
  | LatencyCdf
  | LoadOverTime
  | PerRequest
  | ScalingLatency
  | ScalingThroughput
  | SendLag
  | Sparkline
  | TelemetrySeries
  | ThroughputLatency
  | Timeline
  | TrustStrip
  | Turns;

type Drawings = {
  readonly [Name in AnyFigure["name"]]: (
    figure: Extract<AnyFigure, { name: Name }>,
    options: DrawOptions,
  ) => Element;
};

/** Every figure's drawing function by name. */
export const drawings: Drawings = {
  cache_delta: drawCacheDelta,
  engine_cdf: drawEngineCdf,
  engine_frontier: drawEngineFrontier,
  engine_goodput: drawEngineGoodput,
  engine_ratio: drawEngineRatio,
  engine_scatter: drawEngineScatter,
  frontier: drawFrontier,
  goodput: drawGoodput,
  hit_rates: drawHitRates,
  itl_heatmap: drawItlHeatmap,
  itl_histogram: drawItlHistogram,
  latency_cdf: drawLatencyCdf,
  load_over_time: drawLoadOverTime,
  per_request: drawPerRequest,
  scaling_latency: drawScalingLatency,
  scaling_throughput: drawScalingThroughput,
  send_lag: drawSendLag,
  sparkline: drawSparkline,
  telemetry_series: drawTelemetrySeries,
  throughput_latency: drawThroughputLatency,
  timeline: drawTimeline,
  trust_strip: drawTrustStrip,
  turns: drawTurns,
};

/**
 * Draws a figure with the function of its name.
 *
 * @returns An element of `options.document`, not yet attached.
 */
export function drawFigure(figure: AnyFigure, options: DrawOptions): Element {
  // TypeScript does not see that the function looked up by a figure's name takes that very figure.
  const draw = drawings[figure.name] as (figure: AnyFigure, options: DrawOptions) => Element;
  return draw(figure, options);
}

export { cacheDeltaFigure } from "./cache_delta.ts";
export { type CellKey, type CellLayout, layOutCells } from "./cells.ts";
export { engineCdfFigure } from "./engine_cdf.ts";
export { engineFrontierFigure } from "./engine_frontier.ts";
export { engineGoodputFigure } from "./engine_goodput.ts";
export { engineRatioFigure } from "./engine_ratio.ts";
export { engineScatterFigure } from "./engine_scatter.ts";
export { formatCount, formatMs, formatNumber, formatPlural, formatShare, MISSING } from "./format.ts";
export {
  type ChosenMetric,
  chosenMetrics,
  type DrawOptions,
  type FigureState,
  initialState,
  percentiles,
  zoomFrame,
} from "./frame.ts";
export { frontierFigure } from "./frontier.ts";
export { goodputFigure } from "./goodput.ts";
export { hitRatesFigure } from "./hit_rates.ts";
export { itlHeatmapFigure, tidyItlHeatmap } from "./itl_heatmap.ts";
export { itlHistogramFigure, tidyItlHistogram } from "./itl_histogram.ts";
export { latencyCdfFigure } from "./latency_cdf.ts";
export { loadOverTimeFigure } from "./load_over_time.ts";
export { perRequestFigure } from "./per_request.ts";
export { quantileGrid } from "./quantile_grid.ts";
export { scalingLatencyFigure } from "./scaling_latency.ts";
export { scalingThroughputFigure } from "./scaling_throughput.ts";
export { sendLagFigure } from "./send_lag.ts";
export { sparklineFigure } from "./sparkline.ts";
export { describePlace } from "./load_axis.ts";
export { cellColor, engineColor, loadColor, type Tone } from "./theme.ts";
export { telemetrySeriesFigure } from "./telemetry_series.ts";
export { throughputLatencyFigure } from "./throughput_latency.ts";
export { timelineFigure } from "./timeline.ts";
export { tidyTrustStrip, trustStripFigure } from "./trust_strip.ts";
export { turnsFigure } from "./turns.ts";
