/**
 * Figures as still pictures in HTML, drawn without a browser.
 *
 * @module
 */
import { type AnyFigure, drawFigure, type FigureState, initialState } from "../plots/mod.ts";
import { type Html, trusted } from "../report/markup.ts";

/** How a figure is drawn; what is left out is as on a page that was just opened. */
export interface DrawingOptions extends Partial<FigureState> {
  /** In CSS pixels; narrower screens shrink it. @default {900} */
  readonly width?: number;
}

const DEFAULT_WIDTH_PX = 900;
/** Beside another figure. */
const HALF_RATIO = 0.48;

/** An empty document to draw into. The DOM is loaded when something is drawn. */
export async function openDocument(): Promise<Document> {
  const { parseHTML } = await import("linkedom");
  // linkedom has no types of its own for what parseHTML returns.
  return parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document;
}

/** Draws a figure. */
export async function drawStill(figure: AnyFigure, options: DrawingOptions = {}): Promise<Html> {
  return drawInto(await openDocument(), figure, options);
}

/**
 * Fills the places that the report's renderer left for its figures.
 *
 * @param content HTML with `<div data-figure="i">` for figure i.
 */
export async function fillFigures(
  content: Html,
  figures: readonly AnyFigure[],
  options: DrawingOptions = {},
): Promise<Html> {
  const document = await openDocument();
  document.body.innerHTML = String(content);
  for (const frame of document.querySelectorAll('[data-only-for]:not([data-only-for=""])')) {
    if (frame.getAttribute("data-only-for") !== (options.metric ?? initialState.metric)) frame.remove();
  }
  for (const slot of document.querySelectorAll("[data-figure]")) {
    const figure = figures[Number(slot.getAttribute("data-figure"))];
    if (figure === undefined) continue;
    const isHalf = slot.closest("figure.half") !== null;
    const width = (options.width ?? DEFAULT_WIDTH_PX) * (isHalf ? HALF_RATIO : 1);
    slot.innerHTML = String(drawInto(document, figure, { ...options, width }));
  }
  return trusted(document.body.innerHTML);
}

function drawInto(document: Document, figure: AnyFigure, { width, ...state }: DrawingOptions): Html {
  const drawing = drawFigure(figure, {
    document,
    width: Math.round(width ?? DEFAULT_WIDTH_PX),
    state: { ...initialState, ...state },
  });
  return trusted(drawing.outerHTML);
}
