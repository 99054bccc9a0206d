/**
 * How engines look, the same in every figure. Colour tells them apart; as print may be grey and lines may lie upon each other,
 * dashes and the shape of dots do too.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Comparison } from "../metrics/compare/group_comparison.ts";
import type { DrawOptions } from "./frame.ts";
import { CHARACTER_PX, textWidth } from "./labels.ts";
import { colors, engineColor } from "./theme.ts";

/** What a figure knows about an engine. */
export type EngineKey = {
  /** Place among the engines compared, from 0; look follows it. */
  readonly index: number;
  readonly name: string;
};

/** The engines of a comparison, the one that the others are compared with first. */
export function engineKeys({ manifest }: Pick<Comparison, "manifest">): EngineKey[] {
  return manifest.engines.map(({ name }, index) => ({ index, name }));
}

const dashes = [undefined, "6 5", "2 4", "9 4 2 4", "14 5"];
const symbols = ["circle", "triangle", "square", "diamond", "star", "wye", "cross"] as const;

/** Dashes of an engine's lines: the first has none, is broad and lies below the others, so that all are seen where they agree. */
export function engineDashes(index: number): string | undefined {
  return dashes[index % dashes.length];
}

/** Shape of an engine's dots. */
export function engineSymbol(index: number): (typeof symbols)[number] {
  return symbols[index % symbols.length] ?? "circle";
}

/**
 * A line per engine.
 *
 * @param points In the order of the line.
 * @param options Plot's own, over `engineOf`, which says whose a point is.
 */
export function engineLines<Point>(
  points: readonly Point[],
  { engineOf, ...options }: Plot.LineOptions & { readonly engineOf: (point: Point) => number },
): Plot.RenderableMark[] {
  return [...Map.groupBy(points, engineOf)].map(([engine, own]) =>
    Plot.line(own, {
      stroke: engineColor(engine),
      strokeDasharray: engineDashes(engine),
      ...(engine === 0 ? { strokeWidth: 4, strokeOpacity: 0.6 } : { strokeWidth: 2 }),
      ...options,
    })
  );
}

/** Dots in their engines' colours and shapes. */
export function engineDots<Point>(
  points: readonly Point[],
  { engineOf, ...options }: Plot.DotOptions & { readonly engineOf: (point: Point) => number },
): Plot.RenderableMark[] {
  return [...Map.groupBy(points, engineOf)].map(([engine, own]) =>
    Plot.dot(own, {
      fill: engineColor(engine),
      stroke: colors.paper,
      symbol: engineSymbol(engine),
      ...options,
    })
  );
}

/** Share of a figure's width that one name may take. */
const MOST_NAME_SHARE = 0.3;
const LONGEST_NAME_PX = 140;

/** A name as it fits beside a line of a figure of this width, in CSS pixels; the legend has the whole of it. */
export function shortenName(name: string, width: number): string {
  return fitText(name, Math.min(LONGEST_NAME_PX, MOST_NAME_SHARE * width));
}

/**
 * Leaves out a text's middle where it is too long.
 *
 * @param roomPx Width that there is, in CSS pixels.
 * @example
 * ```ts
 * import { fitText } from "./engine_marks.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(fitText("sglang", 100), "sglang");
 * assert.equal(fitText("sglang-without-prefix-cache", 100), "sglang-…-cache");
 * ```
 */
export function fitText(text: string, roomPx: number): string {
  if (textWidth(text) <= roomPx) return text;
  const letters = [...text];
  const kept = Math.max(2, Math.floor(roomPx / CHARACTER_PX) - 1);
  return `${letters.slice(0, Math.ceil(kept / 2)).join("")}…${letters.slice(-Math.floor(kept / 2)).join("")}`;
}

/** A line of a legend: what is drawn, and what it stands for. */
export interface LegendEntry {
  readonly text: string;
  /** `null` where the text explains and nothing is drawn. */
  readonly color: string | null;
  /** Shape of the dot. @default {"circle"} */
  readonly symbol?: (typeof symbols)[number];
  /** Only its outline is drawn. */
  readonly isHollow?: boolean;
  /** Dashes of the line through it; `null` where there is no line. */
  readonly dashes?: string | null;
}

/** Names of engines with how they are drawn. */
export function engineLegend(engines: readonly EngineKey[]): LegendEntry[] {
  return engines.map(({ index, name }) => ({
    text: name,
    color: engineColor(index),
    symbol: engineSymbol(index),
    dashes: engineDashes(index) ?? "",
  }));
}

/**
 * Puts a legend over a drawing. It stands behind it in the document, so that what reads a figure aloud meets the figure's own
 * text first.
 */
export function withLegend(
  drawing: Element,
  { document, entries }: Pick<DrawOptions, "document"> & { readonly entries: readonly LegendEntry[] },
): Element {
  const legend = document.createElement("div");
  legend.className = "legend";
  Object.assign(legend.style, {
    ...{ display: "flex", flexWrap: "wrap", gap: "2px 18px", order: "-1", fontSize: "12px" },
    ...{ marginBottom: "6px", overflowWrap: "anywhere" },
  });
  legend.append(...entries.map((entry) => drawEntry(entry, document)));
  const both = document.createElement("div");
  Object.assign(both.style, { display: "flex", flexDirection: "column" });
  both.append(drawing, legend);
  return both;
}

function drawEntry(entry: LegendEntry, document: Document): Element {
  const line = document.createElement("span");
  Object.assign(line.style, { display: "inline-flex", alignItems: "center", gap: "6px" });
  const words = document.createElement("span");
  words.textContent = entry.text;
  const { color } = entry;
  line.append(...(color === null ? [] : [drawSwatch({ ...entry, color }, document)]), words);
  return line;
}

const SWATCH_PX = { width: 34, height: 12 };

function drawSwatch(
  { color, symbol = "circle", isHollow = false, dashes: ofLine = null }: LegendEntry & {
    readonly color: string;
  },
  document: Document,
): Element {
  const { width, height } = ofLine === null ? { ...SWATCH_PX, width: SWATCH_PX.height } : SWATCH_PX;
  const line = [[0, height / 2], [width, height / 2]];
  const swatch = Plot.plot({
    ...{ document, width, height, margin: 0, className: "plot", axis: null },
    x: { type: "identity" },
    y: { type: "identity" },
    style: { background: "none", overflow: "visible" },
    marks: [
      ofLine === null ? null : Plot.line(line, {
        stroke: color,
        strokeWidth: 2,
        strokeDasharray: ofLine === "" ? "none" : ofLine,
      }),
      Plot.dot([[width / 2, height / 2]], {
        ...{ symbol, r: 4.5, fill: isHollow ? colors.paper : color, stroke: color, strokeWidth: 1.5 },
      }),
    ],
  });
  swatch.querySelector("style")?.remove();
  swatch.setAttribute("aria-hidden", "true");
  Object.assign(swatch.style, { flex: "none", width: `${width}px`, height: `${height}px` });
  return swatch;
}
