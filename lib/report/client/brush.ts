/**
 * Dragging across a drawing chooses a part of its horizontal axis.
 *
 * @module
 */

/** A drag shorter than this is a click. */
const SHORTEST_DRAG_PX = 6;

/** How to read a drag, and what to do with it. */
export interface BrushOptions {
  /** Both ends of the axis within the SVG, in its own pixels. */
  readonly range: readonly [number, number];
  /** Converts a horizontal position within the SVG, in its own pixels, to the axis's value. */
  invert(x: number): number;
  /** Gets both ends, low first. */
  onSelect(range: readonly [number, number]): void;
}

/**
 * Lets the reader drag across an SVG.
 *
 * @param svg Drawn by Plot, attached, with a continuous x scale.
 */
export function brushAxis(svg: SVGSVGElement, { range, invert, onSelect }: BrushOptions): void {
  const page = svg.ownerDocument;
  const [left, right] = [Math.min(...range), Math.max(...range)];
  const place = (event: PointerEvent) => Math.min(right, Math.max(left, toSvgX(svg, event)));
  const start = (down: PointerEvent) => {
    if (down.button !== 0) return;
    down.preventDefault();
    const startX = place(down);
    const band = makeBand(svg);
    const drag = new AbortController();
    const { signal } = drag;
    const stop = () => {
      drag.abort();
      band.remove();
    };
    page.addEventListener("pointermove", (event) => showBand(band, startX, place(event)), { signal });
    page.addEventListener("pointercancel", stop, { signal });
    page.addEventListener("pointerup", (event) => {
      stop();
      const endX = place(event);
      if (Math.abs(endX - startX) < SHORTEST_DRAG_PX) return;
      const ends = [invert(startX), invert(endX)] as const;
      onSelect([Math.min(...ends), Math.max(...ends)]);
    }, { signal });
  };
  // Plot keeps the press from all who listen after it.
  svg.addEventListener("pointerdown", start, { capture: true });
}

/**
 * A range not below 0, with as many digits as its length needs.
 *
 * @param range Low end first.
 * @example
 * ```ts
 * import { roundRange } from "./brush.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(roundRange([2.3456, 12.3456]), [2.3, 12.3]); // 10 long: tenths
 * ```
 */
export function roundRange([low, high]: readonly [number, number]): readonly [number, number] {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(high - low)));
  const round = (value: number) => Number(Math.max(0, value).toFixed(digits));
  return [round(low), round(high)];
}

function toSvgX(svg: SVGSVGElement, event: PointerEvent): number {
  const box = svg.getBoundingClientRect();
  return (event.clientX - box.left) * (svg.viewBox.baseVal.width / box.width);
}

function makeBand(svg: SVGSVGElement): SVGRectElement {
  const band = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const { height } = svg.viewBox.baseVal;
  const attributes = { y: "0", height: String(height), fill: "currentColor", "fill-opacity": "0.12" };
  for (const [key, value] of Object.entries(attributes)) band.setAttribute(key, value);
  svg.append(band);
  return band;
}

function showBand(band: SVGRectElement, startX: number, endX: number): void {
  band.setAttribute("x", String(Math.min(startX, endX)));
  band.setAttribute("width", String(Math.abs(endX - startX)));
}
