/**
 * Small multiples: as many panels side by side as fit.
 *
 * @module
 */
import type { DrawOptions } from "./frame.ts";

const GAP_PX = 24;
const NARROWEST_PANEL_PX = 320;

/** A panel before it is drawn. */
export interface Panel {
  /** Over the panel. */
  readonly title: string;
  /** Cell to isolate when the title is clicked. */
  readonly cell?: number;
  /** @param width In CSS pixels. */
  readonly draw: (width: number) => Element;
}

/**
 * Draws panels in rows.
 *
 * @param options `mostColumns` side by side at most.
 */
export function drawPanels(
  panels: readonly Panel[],
  { document, width, mostColumns }: Pick<DrawOptions, "document" | "width"> & {
    readonly mostColumns: number;
  },
): Element {
  const fitting = Math.floor((width + GAP_PX) / (NARROWEST_PANEL_PX + GAP_PX));
  const columns = Math.max(1, Math.min(mostColumns, panels.length, fitting));
  const panelWidth = Math.floor((width - GAP_PX * (columns - 1)) / columns);
  const grid = document.createElement("div");
  Object.assign(grid.style, { display: "flex", flexWrap: "wrap", gap: `18px ${GAP_PX}px` });
  grid.append(...panels.map(({ title, cell, draw }) => {
    const head = document.createElement("div");
    head.textContent = title;
    head.style.fontWeight = "600";
    head.style.fontSize = "13px";
    if (cell !== undefined) {
      head.setAttribute("data-cell", String(cell));
      head.style.cursor = "pointer";
    }
    const panel = document.createElement("div");
    panel.style.width = `${panelWidth}px`;
    panel.append(head, draw(panelWidth));
    return panel;
  }));
  return grid;
}
