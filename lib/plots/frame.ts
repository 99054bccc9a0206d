/**
 * What all drawings share: the reader's choices, and the frame around the marks.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Figure } from "../types.ts";
import { cutToFrame } from "./cut.ts";
import { fittingTicks, logTicks } from "./log_ticks.ts";
import { colors } from "./theme.ts";

/** Latency metrics a reader can choose between. */
export const chosenMetrics = ["ttft", "tpot", "itl", "e2e"] as const;

/** One of {@linkcode chosenMetrics}. */
export type ChosenMetric = (typeof chosenMetrics)[number];

/** Percentiles a reader can choose between where a figure has several. */
export const percentiles = ["all", "p50", "p90", "p99"] as const;

/** What the reader of a page chose. */
export interface FigureState {
  readonly metric: ChosenMetric;
  /** Percentile drawn where a figure has several. */
  readonly percentile: (typeof percentiles)[number];
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
  percentile: "all",
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

/** Plot's own options, over the frame's defaults. */
export type FrameOptions = Plot.PlotOptions & { readonly document: Document; readonly width: number };

/**
 * Draws marks in the common frame: no boxes, light grid, text that follows the page, and an alternative text.
 *
 * The style sheet that Plot puts into every SVG is taken out: a page with a strict content policy would refuse it.
 *
 * @param figure Its title and caption become the text alternative.
 */
export function drawFrame(
  figure: Pick<Figure, "title" | "caption">,
  options: FrameOptions,
): SVGSVGElement & Plot.Plot {
  const { document, x, y, ...others } = options;
  const drawing = Plot.plot({
    document,
    height: 300,
    ...MARGINS,
    className: "plot",
    ariaLabel: figure.title,
    ariaDescription: figure.caption,
    style: { fontFamily: "inherit", fontSize: "12px", background: "none", overflow: "visible" },
    x: { labelArrow: "none", ...x },
    y: { labelArrow: "none", ...y },
    ...others,
  }) as SVGSVGElement & Plot.Plot;
  drawing.querySelector("style")?.remove();
  drawing.setAttribute("role", "img");
  // An image is read as a whole: Plot's names of its parts are for no one's ears.
  for (const part of drawing.children) part.setAttribute("aria-hidden", "true");
  frames.set(drawing, { figure, options });
  return drawing;
}

const MARGINS = { marginLeft: 56, marginRight: 64, marginTop: 28, marginBottom: 40 };

/** What each drawing was made of, to make it again. */
const frames = new WeakMap<Element, Frame>();

interface Frame {
  readonly figure: Pick<Figure, "title" | "caption">;
  readonly options: FrameOptions;
}

/**
 * Draws a frame again with a part of its horizontal axis.
 *
 * @param drawing By {@linkcode drawFrame}, or by this function.
 * @param domain Both ends in the axis's unit, low first; above 0 where the axis is logarithmic.
 * @returns `null` where the horizontal axis has no numbers to choose from.
 */
export function zoomFrame(
  drawing: Element,
  domain: readonly [number, number],
): (SVGSVGElement & Plot.Plot) | null {
  const frame = frames.get(drawing);
  const x = frame === undefined ? undefined : (drawing as Element & Plot.Plot).scale("x");
  if (frame === undefined || x?.invert === undefined) return null;
  const { figure, options } = frame;
  // Where a drawing runs from high to low it goes on doing so.
  const part = { domain: [...domain], clamp: false, nice: false, zero: false };
  const margins = { ...MARGINS, ...options };
  const bounds = [margins.marginLeft, options.width - margins.marginRight] as const;
  const draw = (marks: Plot.Markish[]) => {
    const zoomed = drawFrame(figure, { ...options, x: { ...options.x, ...part }, marks });
    cutToFrame(zoomed, bounds);
    return zoomed;
  };
  const marks = options.marks ?? [];
  const zoomed = draw(marks);
  if (x.type !== "log" || zoomed.querySelectorAll(TICKS).length >= FEWEST_TICKS) return zoomed;
  const ticks = logTicks(domain, fittingTicks(options.width));
  return withoutTwins(
    draw([gridX({ ticks }), Plot.axisX({ ticks, tickFormat: formatTick, label: null }), ...marks]),
  );
}

/** Takes out ticks that lie upon another: two of them look bold. */
function withoutTwins<Drawing extends Element>(drawing: Drawing): Drawing {
  const places = new Set<string | null>();
  for (const tick of drawing.querySelectorAll(TICKS)) {
    const place = tick.getAttribute("transform");
    if (places.has(place)) tick.remove();
    places.add(place);
  }
  return drawing;
}

/** Ticks were placed for the whole axis; fewer than these say nothing of a part. */
const FEWEST_TICKS = 2;
const formatTick = (value: number) => value.toLocaleString("en-US");
const TICKS = '[aria-label="x-axis tick label"] text';

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
