/**
 * The horizontal axis of scaling figures: load below, the parameter that made it above.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { CellKey, CellLayout } from "./cells.ts";
import { formatNumber } from "./format.ts";
import { gridX } from "./frame.ts";
import { colors } from "./theme.ts";

/** Loads that differ by more than this factor are spread on a logarithmic axis. */
const LOG_FROM_RATIO = 30;
/** About what a figure's margins take of its width. */
const MARGINS_PX = 130;
const TICK_GAP_PX = 26;

/**
 * Makes scale and axes for the cells shown.
 *
 * @param layout Axis and cells of a run.
 * @param width Of the whole figure, in CSS pixels; ticks that would collide are left out.
 */
export function loadAxis(
  { axis, cells }: CellLayout,
  width: number,
): { scale: Plot.ScaleOptions; marks: Plot.Markish } {
  const positions = cells.map(({ x }) => x);
  const high = Math.max(...positions);
  const low = Math.min(...positions);
  if (axis.kind === "category") {
    const labels = new Map(cells.map((cell) => [cell.x, cell.label]));
    const scale = { domain: [-0.5, high + 0.5], label: null };
    return { scale, marks: Plot.axisX({ ticks: positions, text: (x: number) => labels.get(x) ?? "" }) };
  }
  if (axis.kind === "parameter" && axis.label === "round") {
    const ticks = [...new Set(positions)];
    const marks = [gridX({ ticks }), Plot.axisX({ ticks, tickFormat: String, labelArrow: "none" })];
    return { scale: { domain: [low - 0.5, high + 0.5], label: axis.label }, marks };
  }
  const log = low > 0 && high / low > LOG_FROM_RATIO;
  const scale: Plot.ScaleOptions = log
    ? { type: "log", domain: [low / 1.2, high * 1.2], label: axis.label }
    : { domain: [0, high * 1.05 || 1], label: axis.label };
  const toPixels = (x: number) =>
    (log ? Math.log(x / low) / Math.log(high / low) : x / high) * (width - MARGINS_PX);
  // A parameter is written as it was given: 64, not 64.0.
  const text = axis.kind === "parameter" ? String : formatNumber;
  const below = log ? { ticks: positions, text } : { ticks: 6 };
  return {
    scale,
    marks: [
      gridX({ ticks: 6 }),
      Plot.axisX({ ...below, labelArrow: "none" }),
      axisAbove({ axis, cells }, toPixels),
    ],
  };
}

/** The parameter's values where the cells are; of those that would collide, the one with less load is left out. */
function axisAbove({ axis, cells }: CellLayout, toPixels: (x: number) => number): Plot.Markish {
  if (axis.second === null) return null;
  const second = new Map(cells.map((cell) => [cell.x, cell.second ?? ""]));
  let freePx = Infinity;
  const ticks = [...second.keys()].sort((a, b) => b - a).filter((x) => {
    if (toPixels(x) > freePx) return false;
    freePx = toPixels(x) - TICK_GAP_PX;
    return true;
  });
  return Plot.axisX({
    anchor: "top",
    ticks,
    text: (x: number) => second.get(x) ?? "",
    label: axis.second,
    labelArrow: "none",
    color: colors.muted,
  });
}

/** Says where on the axis a cell is: "5.1 requests/s", "concurrency 32", or its label; its series aside. */
export function describePlace(axis: CellLayout["axis"], cell: CellKey): string {
  if (axis.kind === "offered") return `${formatNumber(cell.x)} requests/s`;
  return axis.kind === "parameter" ? `${axis.label} ${cell.second ?? ""}` : cell.label;
}

/**
 * Puts a change into words that claim no more than the two numbers do.
 *
 * @example
 * ```ts
 * import { describeChange } from "./load_axis.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(describeChange(100, 180), "rises");
 * assert.equal(describeChange(100, 104), "stays about the same"); // less than 5 % either way
 * ```
 */
export function describeChange(from: number, to: number): string {
  if (Math.abs(to - from) <= 0.05 * Math.max(from, to)) return "stays about the same";
  return to > from ? "rises" : "falls";
}
