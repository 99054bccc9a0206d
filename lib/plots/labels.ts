/**
 * Direct labels at the ends of lines, moved so that none covers another.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { colors } from "./theme.ts";

/** A label at the position in the data it belongs to. */
export interface LineLabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly color: string;
  /** Cell to isolate when the label is clicked. */
  readonly cell?: number;
}

/** A box of text in pixels. */
export interface LabelBox {
  readonly left: number;
  readonly width: number;
  /** Vertical centre. */
  readonly middle: number;
}

const LINE_HEIGHT_PX = 14;
/** More would leave too little for the lines. */
const MOST_MARGIN_PX = 160;
/** Lines are labelled in a figure up to this many; more would hide the data. */
export const MOST_LABELS = 9;
/** Mean width of a character in a figure's text. */
export const CHARACTER_PX = 6.8;
const WIDE_CHARACTER_PX = 12.5;

/**
 * Moves labels up and down until none covers another, each as little as possible and in unchanged order.
 *
 * @param boxes Wanted places.
 * @param bounds Upper and lower limit of vertical centres in pixels.
 * @returns New vertical centres in the order of `boxes`; `null` for those that found no room.
 * @example
 * ```ts
 * import { placeLabels } from "./labels.ts";
 * import assert from "node:assert/strict";
 *
 * const boxes = [{ left: 0, width: 30, middle: 50 }, { left: 10, width: 30, middle: 48 }];
 * assert.deepEqual(placeLabels(boxes, [0, 100]), [56, 42]); // one line, 14 px, apart around 49
 * ```
 */
export function placeLabels(
  boxes: readonly LabelBox[],
  bounds: readonly [number, number],
): (number | null)[] {
  const middles: (number | null)[] = boxes.map(() => null);
  for (const column of groupColumns(boxes)) {
    const kept = pickEvenly(column, Math.max(2, Math.floor((bounds[1] - bounds[0]) / LINE_HEIGHT_PX)));
    const spread = spreadLines(kept.map(({ box }) => box.middle), bounds);
    for (const [place, { index }] of kept.entries()) middles[index] = spread[place] ?? null;
  }
  return middles;
}

interface IndexedBox {
  readonly index: number;
  readonly box: LabelBox;
}

/** Boxes whose widths overlap, directly or through others, from top to bottom. */
function groupColumns(boxes: readonly LabelBox[]): IndexedBox[][] {
  const columns: IndexedBox[][] = [];
  let right = -Infinity;
  const indexed = boxes.map((box, index) => ({ index, box }));
  for (const item of indexed.sort((a, b) => a.box.left - b.box.left)) {
    if (item.box.left >= right) columns.push([]);
    columns.at(-1)?.push(item);
    right = Math.max(right, item.box.left + item.box.width);
  }
  return columns.map((column) => column.sort((a, b) => a.box.middle - b.box.middle));
}

/** Ascending positions moved at least a line apart: runs that collide are merged and centred on their mean. */
function spreadLines(wanted: readonly number[], [top, bottom]: readonly [number, number]): number[] {
  const runs: LineRun[] = [];
  for (const middle of wanted) {
    let run: LineRun = { first: Math.min(Math.max(middle, top), bottom), count: 1 };
    for (let above = runs.at(-1); above !== undefined; above = runs.at(-1)) {
      if (above.first + above.count * LINE_HEIGHT_PX <= run.first) break;
      runs.pop();
      run = mergeRuns(above, run, [top, bottom]);
    }
    runs.push(run);
  }
  return runs.flatMap(({ first, count }) =>
    Array.from({ length: count }, (_, i) => first + i * LINE_HEIGHT_PX)
  );
}

/** Lines that touch, from the first one's centre down. */
interface LineRun {
  readonly first: number;
  readonly count: number;
}

function mergeRuns(above: LineRun, below: LineRun, [top, bottom]: readonly [number, number]): LineRun {
  const count = above.count + below.count;
  const centre = ({ first, count }: LineRun) => first + (count - 1) * LINE_HEIGHT_PX / 2;
  const mean = (centre(above) * above.count + centre(below) * below.count) / count;
  const height = (count - 1) * LINE_HEIGHT_PX;
  return { first: Math.max(top, Math.min(mean - height / 2, bottom - height)), count };
}

/**
 * Picks items evenly, the first and the last among them.
 *
 * @param most How many at most, ≥ 2.
 */
export function pickEvenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const places = Array.from({ length: most }, (_, i) => Math.round(i * (items.length - 1) / (most - 1)));
  return items.filter((_, place) => places.includes(place));
}

/** Room to the right of a figure for labels at the ends of its lines, in pixels. */
export function labelMargin(texts: readonly string[]): number {
  const longestPx = texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
  return Math.min(MOST_MARGIN_PX, 16 + longestPx);
}

/** About how wide a text is in a figure, in pixels; Chinese characters are as wide as high. */
export function textWidth(text: string): number {
  const wide = text.match(/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]/g)?.length ?? 0;
  return (text.length - wide) * CHARACTER_PX + wide * WIDE_CHARACTER_PX;
}

/** A mark that writes labels beside their points; text carries `data-cell` for the page to react to clicks. */
export function lineLabels(
  labels: readonly LineLabel[],
  { dx = 6, textAnchor = "start" }: { dx?: number; textAnchor?: "start" | "middle" | "end" } = {},
): Plot.RenderableMark {
  const before = { start: 0, middle: 0.5, end: 1 }[textAnchor];
  const place: Plot.InitializerFunction = (
    data,
    _facets,
    _channels,
    { x, y },
    { width, height, marginBottom, marginLeft, marginRight },
  ) => {
    // Of a part of the axis only.
    const isOutside = ({ x: value }: LineLabel) => {
      const at = Number(x?.(value));
      return at < marginLeft - 1 || at > width - marginRight + 1;
    };
    const boxes = labels.map((label) => {
      const own = textWidth(label.text);
      const wanted = Number(x?.(label.x)) + dx - before * own;
      // Over the left axis are its ticks; what reaches over the right edge is cut off by the page.
      return {
        left: Math.max(Math.min(marginLeft + 2, width - own), Math.min(wanted, width - own)),
        width: own,
        middle: Number(y?.(label.y)),
      };
    });
    const middles = placeLabels(boxes, [LINE_HEIGHT_PX / 2, height - marginBottom]);
    const kept = [...middles.keys()].filter((index) => {
      const label = labels[index];
      return middles[index] !== null && label !== undefined && !isOutside(label);
    });
    return {
      data,
      facets: [kept],
      channels: {
        x: { value: boxes.map(({ left, width }) => left + before * width - dx) },
        y: { value: middles.map((middle) => middle ?? NaN) },
      },
    };
  };
  const render: Plot.RenderFunction = (index, scales, values, dimensions, context, next) => {
    const group = next?.(index, scales, values, dimensions, context) ?? null;
    for (const [position, text] of [...(group?.children ?? [])].entries()) {
      const cell = labels[index[position] ?? -1]?.cell;
      if (cell !== undefined) text.setAttribute("data-cell", String(cell));
    }
    return group;
  };
  const style = { stroke: colors.paper, strokeWidth: 4, fontWeight: 600, dx, textAnchor, render };
  const channels = { x: "x", y: "y", text: "text", fill: (label: LineLabel) => label.color };
  return Plot.text(labels, Plot.initializer({ ...channels, ...style }, place));
}
