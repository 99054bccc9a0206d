/**
 * Several drawings in one figure.
 *
 * @module
 */
import type { DrawOptions } from "./frame.ts";

const GAP_PX = 24;
const NARROWEST_PANEL_PX = 340;

/**
 * Puts two panels side by side, or one above the other where they would become too narrow.
 *
 * @param draw Draws both at the width given, in CSS pixels.
 */
export function drawRow(
  { document, width }: Pick<DrawOptions, "document" | "width">,
  draw: (panelWidth: number) => readonly Element[],
): Element {
  const half = (width - GAP_PX) / 2;
  const sideBySide = half >= NARROWEST_PANEL_PX;
  const row = document.createElement("div");
  row.style.display = "flex";
  row.style.flexWrap = "wrap";
  row.style.gap = `${GAP_PX}px`;
  row.append(...draw(sideBySide ? half : width));
  return row;
}

/** Puts panels that share their horizontal axis one above the other. */
export function drawStack({ document }: Pick<DrawOptions, "document">, panels: readonly Element[]): Element {
  const stack = document.createElement("div");
  stack.append(...panels);
  return stack;
}
