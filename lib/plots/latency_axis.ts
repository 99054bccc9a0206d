/**
 * The axis of a latency, logarithmic or linear.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { gridX, gridY } from "./frame.ts";
import { logTicks } from "./log_ticks.ts";

export { fittingTicks, logTicks } from "./log_ticks.ts";

/** A logarithmic axis spans at most this many decades below its largest value. */
const MOST_DECADES = 4;

/** A scale, and the grid and ticks that belong to it. */
export interface LatencyAxis {
  readonly scale: Plot.ScaleOptions;
  /** Marks where the latency is horizontal. */
  readonly x: Plot.Markish;
  /** Marks where the latency is vertical. */
  readonly y: Plot.Markish;
}

/**
 * Chooses the axis of a latency.
 *
 * Gaps of 0 ms are real (two chunks read at once) but have no place on a logarithmic axis: what lies below the axis is
 * drawn at its lower end.
 *
 * @param valuesMs Everything that will be drawn, in ms.
 */
export function latencyAxis(
  valuesMs: readonly number[],
  { log, label, mostTicks }: { log: boolean; label: string; mostTicks?: number },
): LatencyAxis {
  const high = valuesMs.reduce((a, b) => Math.max(a, b), 0);
  if (!log || high <= 0) {
    const scale = { domain: [0, high || 1], nice: true, label };
    return withTicks(scale, { ticks: 5 });
  }
  const smallest = valuesMs.reduce((a, b) => b > 0 ? Math.min(a, b) : a, high);
  const low = Math.max(smallest, high / 10 ** MOST_DECADES);
  const domain: [number, number] = low < high ? [low, high] : [low / 2, high * 2];
  return withTicks({ type: "log", domain, clamp: true, label }, {
    ticks: ticksWithin(mostTicks),
    text: (ms: number) => ms.toLocaleString("en-US"),
  });
}

/** Ticks for whatever part of the axis is drawn: Plot asks an interval for those between both ends. */
function ticksWithin(most: number | undefined): Plot.RangeInterval<number> {
  return { floor: Number, offset: Number, range: (low, high) => logTicks([low, high], most) };
}

/** Plot would leave out labels of a logarithmic axis by a rule of its own; marks with a `text` keep them all. */
function withTicks(scale: Plot.ScaleOptions, options: Plot.AxisOptions): LatencyAxis {
  return {
    scale,
    x: [gridX({ ticks: options.ticks }), Plot.axisX({ ...options, labelArrow: "none" })],
    y: [gridY({ ticks: options.ticks }), Plot.axisY({ ...options, labelArrow: "none" })],
  };
}
