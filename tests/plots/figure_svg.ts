/**
 * A drawing as one SVG file: small, with the light colours written out, and the same on every machine.
 *
 * @module
 */
import { type AnyFigure, drawFigure, initialState } from "../../lib/plots/mod.ts";
import type { FigureState } from "../../lib/plots/mod.ts";
import { textWidth } from "../../lib/plots/labels.ts";
import { makeDrawOptions } from "./dom.ts";

/** Markup and its size in CSS pixels. */
interface Box {
  readonly markup: string;
  readonly width: number;
  readonly height: number;
}

const LINE_PX = 18;

/**
 * Draws a figure and writes it as an SVG file. Panels that a page lays out become nested drawings.
 *
 * @param options `width` is that of the page's column, in CSS pixels.
 */
export function figureSvg(
  figure: AnyFigure,
  { width = 640, state = {} }: { readonly width?: number; readonly state?: Partial<FigureState> },
): string {
  const drawing = drawFigure(figure, { ...makeDrawOptions({ ...initialState, ...state }), width });
  const { markup, height } = layOut(drawing, width);
  const file = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.ceil(height)}" ` +
    `font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="#ffffff"></rect>${markup}</svg>`;
  return onePerLine(renameClips(lightColors(roundPlaces(file))));
}

/** Only what the drawings use: blocks one below the other, flex boxes in rows, text in one line. */
function layOut(element: Element, width: number): Box {
  if (element.matches("svg")) return nest(element);
  if (element.children.length === 0) return writeText(element);
  const boxes = inOrder(element).map((child) => layOut(child, width));
  return isRow(element) ? putInRows(boxes, { width, gap: gapOf(element) }) : putInColumn(boxes, width);
}

/** Children as they are seen: a legend stands behind its drawing in the document, and above it on the page. */
function inOrder(element: Element): Element[] {
  const order = (child: Element) => /order:\s*-1/.test(styleOf(child)) ? 0 : 1;
  return [...element.children].sort((a, b) => order(a) - order(b));
}

function isRow(element: Element): boolean {
  return /flex;|flex$/.test(styleOf(element)) && !/flex-direction:\s*column/.test(styleOf(element));
}

function styleOf(element: Element): string {
  return element.getAttribute("style") ?? "";
}

function nest(svg: Element): Box {
  const size = (name: string) => Number(svg.getAttribute(name) ?? 0);
  return { markup: svg.outerHTML, width: size("width"), height: size("height") };
}

function writeText(element: Element): Box {
  const text = element.textContent ?? "";
  const isBold = /font-weight/.test(styleOf(element));
  const words = element.innerHTML;
  const markup = text === ""
    ? ""
    : `<svg height="${LINE_PX}" overflow="visible"><text y="13" ${
      isBold ? `font-weight="600"` : ""
    }>${words}</text></svg>`;
  return { markup, width: text === "" ? 0 : textWidth(text) + 6, height: text === "" ? 0 : LINE_PX };
}

function putInColumn(boxes: readonly Box[], width: number): Box {
  let y = 0;
  const markup = boxes.map((box) => {
    const placed = place(box, 0, y);
    y += box.height;
    return placed;
  }).join("");
  return {
    markup,
    width: Math.min(width, boxes.reduce((most, box) => Math.max(most, box.width), 0)),
    height: y,
  };
}

function putInRows(
  boxes: readonly Box[],
  { width, gap }: { readonly width: number; readonly gap: Gap },
): Box {
  let [x, y, rowHeight, widest] = [0, 0, 0, 0];
  const markup = boxes.map((box) => {
    if (x > 0 && x + box.width > width + 1) [x, y, rowHeight] = [0, y + rowHeight + gap.row, 0];
    const placed = place(box, x, y);
    widest = Math.max(widest, x + box.width);
    x += box.width + gap.column;
    rowHeight = Math.max(rowHeight, box.height);
    return placed;
  }).join("");
  return { markup, width: widest, height: y + rowHeight };
}

/** Between boxes, in CSS pixels. */
interface Gap {
  readonly row: number;
  readonly column: number;
}

function gapOf(element: Element): Gap {
  const [row = 0, column = row] = /gap:\s*([^;]*)/.exec(styleOf(element))?.[1]?.match(/\d+/g)?.map(Number) ??
    [];
  return { row, column };
}

function place({ markup }: Box, x: number, y: number): string {
  return x === 0 && y === 0 ? markup : `<g transform="translate(${x},${y})">${markup}</g>`;
}

/** Tenths of a pixel, so that no file is different for the last digit of a float. */
function roundPlaces(markup: string): string {
  const geometry = /\s(d|x|y|x1|x2|y1|y2|cx|cy|r|dx|dy|width|height|transform|points|viewBox)="([^"]*)"/g;
  return markup.replace(geometry, (_, name: string, value: string) => {
    const rounded = value.replace(
      /-?\d+\.\d+(e-?\d+)?/g,
      (number) => String(Number(Number(number).toFixed(1)) || 0),
    );
    return ` ${name}="${rounded}"`;
  });
}

/** Not every viewer knows `light-dark()`. */
function lightColors(markup: string): string {
  return markup.replace(/var\(--benchbook-[\w-]+, light-dark\((#\w+), #\w+\)\)/g, "$1");
}

/** Plot counts them over all drawings of a process. */
function renameClips(markup: string): string {
  const names = new Map<string, string>();
  return markup.replace(/plot-clip-\d+/g, (name) => {
    const renamed = names.get(name) ?? `clip-${names.size + 1}`;
    names.set(name, renamed);
    return renamed;
  });
}

function onePerLine(markup: string): string {
  return `${markup.replaceAll("><", ">\n<")}\n`;
}
