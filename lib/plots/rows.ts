/**
 * A row per cell, one below the other over one horizontal axis, each with a head over its marks.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { nameCells } from "./cell_marks.ts";
import type { CellKey } from "./cells.ts";
import { textWidth } from "./labels.ts";
import { cellColor, colors } from "./theme.ts";

/** Height of a head in pixels. */
const HEAD_PX = 20;
const HEAD_GAP_PX = 10;

/** Where rows are. */
export interface Rows {
  /** Of all rows together, in pixels. */
  readonly heightPx: number;
  /** The vertical scale of the frame, without an axis. */
  readonly scale: Plot.ScaleOptions;
  /**
   * Place on the vertical scale.
   *
   * @param row From 0 at the top.
   * @param ratio Height within the row's marks, from 0 to 1.
   */
  at(row: number, ratio: number): number;
}

/**
 * Places rows.
 *
 * @param count ≥ 1.
 * @param rowPx Height of the marks of a row, without its head.
 * @example
 * ```ts
 * import { placeRows } from "./rows.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = placeRows(3, 20); // the head is another 20 px
 * assert.equal(rows.heightPx, 120);
 * assert.deepEqual([rows.at(0, 0), rows.at(0, 1), rows.at(2, 0)], [1, 0.5, 3]);
 * ```
 */
export function placeRows(count: number, rowPx: number): Rows {
  const share = rowPx / (rowPx + HEAD_PX);
  return {
    heightPx: count * (rowPx + HEAD_PX),
    scale: { type: "linear", domain: [count, 0], axis: null, label: null },
    at: (row, ratio) => row + 1 - share * ratio,
  };
}

/** What is said of a cell over its marks. */
export interface RowHead {
  readonly cell: CellKey;
  /** From the longest to the shortest way to say it; the longest that fits is taken. */
  readonly says: readonly string[];
  readonly color?: string;
}

/** Writes heads, one per row from the top; the label of a cell isolates it when clicked. */
export function rowHeads(
  heads: readonly RowHead[],
  { rows, roomPx }: { readonly rows: Rows; readonly roomPx: number },
): Plot.Markish[] {
  const widest = Math.max(0, ...heads.map(({ cell }) => textWidth(cell.short)));
  const left = widest + HEAD_GAP_PX;
  const texts = heads.map(({ says, ...head }, row) => ({
    ...head,
    y: rows.at(row, 1),
    text: says.find((text) => left + textWidth(text) <= roomPx) ?? "",
  }));
  const place = { y: "y", frameAnchor: "left", lineAnchor: "bottom", textAnchor: "start", dy: -3 } as const;
  return [
    Plot.text(texts, {
      ...{ ...place, text: ({ cell }) => cell.short, fill: ({ cell }) => cellColor(cell), fontWeight: 600 },
      render: nameCells(texts, ({ cell }) => cell),
    }),
    Plot.text(texts, { ...place, dx: left, text: "text", fill: ({ color }) => color ?? colors.muted }),
  ];
}
