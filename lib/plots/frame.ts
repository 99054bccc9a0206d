/**
 * What all drawings share: the reader's choices, and the frame around the marks.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Figure } from "../types.ts";
import { colors } from "./theme.ts";

/** Latency metrics a reader can choose between. */
export const chosenMetrics = ["ttft", "tpot", "itl", "e2e"] as const;

/** One of {@linkcode chosenMetrics}. */
export type ChosenMetric = (typeof chosenMetrics)[number];

/** What the reader of a page chose. */
export interface FigureState {
  readonly metric: ChosenMetric;
  /** Indices of the cells shown; `null` shows all. */
  readonly cells: readonly number[] | null;
  /** Whether latency axes are logarithmic. */
  readonly log: boolean;
  /** Whether distributions stretch their tail instead of showing the CDF. */
  readonly tail: boolean;
  /** Part of the time axis shown, in s from the cell's start; `null` shows all. */
  readonly domainS: readonly [number, number] | null;
}

/** How a page looks before anything was chosen. */
export const initialState: FigureState = {
  metric: "ttft",
  cells: null,
  log: true,
  tail: false,
  domainS: null,
};

/** What a drawing needs besides its figure. */
export interface DrawOptions {
  /** The page's document, or linkedom's. */
  readonly document: Document;
  /** Width in CSS pixels. */
  readonly width: number;
  readonly state: FigureState;
}

/** Whether the reader wants to see the cell. */
export function showsCell(state: FigureState, index: number): boolean {
  return state.cells === null || state.cells.includes(index);
}

/**
 * Draws marks in the common frame: no boxes, light grid, text that follows the page, and an alternative text.
 *
 * The style sheet that Plot puts into every SVG is taken out: a page with a strict content policy would refuse it.
 *
 * @param figure Its title and caption become the text alternative.
 * @param options Plot's own options, over the frame's defaults.
 */
export function drawFrame(
  figure: Pick<Figure, "title" | "caption">,
  { document, x, y, ...options }: Plot.PlotOptions & { document: Document; width: number },
): SVGSVGElement & Plot.Plot {
  const drawing = Plot.plot({
    document,
    height: 300,
    marginLeft: 56,
    marginRight: 64,
    marginTop: 28,
    marginBottom: 40,
    className: "plot",
    ariaLabel: figure.title,
    ariaDescription: figure.caption,
    style: { fontFamily: "inherit", fontSize: "12px", background: "none", overflow: "visible" },
    x: { labelArrow: "none", ...x },
    y: { labelArrow: "none", ...y },
    ...options,
  }) as SVGSVGElement & Plot.Plot;
  drawing.querySelector("style")?.remove();
  drawing.setAttribute("role", "img");
  return drawing;
}

/** Grid lines behind the marks of the y axis. */
export function gridY(options: Plot.GridYOptions = {}): Plot.RenderableMark {
  return Plot.gridY({ stroke: colors.muted, strokeOpacity: 0.18, ...options });
}

/** Grid lines behind the marks of the x axis. */
export function gridX(options: Plot.GridXOptions = {}): Plot.RenderableMark {
  return Plot.gridX({ stroke: colors.muted, strokeOpacity: 0.18, ...options });
}

/** Says inside an empty frame why it is empty. */
export function drawEmpty(
  figure: Pick<Figure, "title" | "caption">,
  { document, width, message }: { document: Document; width: number; message: string },
): Element {
  const text = Plot.text([message], { frameAnchor: "middle", fill: colors.muted });
  return drawFrame(figure, { document, width, height: 80, marks: [text] });
}
