/**
 * Rows of a forest plot: where they stand, their ratios, and what is written beside them.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { DifferenceWord } from "../metrics/compare/mod.ts";
import type { CellKey } from "./cells.ts";
import { fitText } from "./engine_marks.ts";
import { textWidth } from "./labels.ts";
import { colors, wordColors } from "./theme.ts";

/** A ratio B/A, its own interval, and the one that the word follows from. */
export type Ratio = {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly correctedLow: number;
  readonly correctedHigh: number;
  readonly word: DifferenceWord;
};

/** `ratio` is `null` where `whyNot` says why. */
export type MaybeRatio = { readonly ratio: Ratio | null; readonly whyNot: string | null };

/** A statistic of a metric. */
export type Row = {
  /** "p99", or a rate's name. */
  readonly label: string;
  readonly overall: MaybeRatio;
  /** Least load first. Empty where there is one load: it is the overall ratio. */
  readonly loads: readonly (MaybeRatio & { readonly cell: CellKey })[];
};

/**
 * 1.0512 → "1.051"; more digits where the difference is small: 1.00034 → "1.0003".
 *
 * @param of The ratio that decides how many, for the ends of its interval.
 */
export function formatRatio(ratio: number, of = ratio): string {
  return ratio.toFixed(Math.abs(of - 1) < 0.01 ? 4 : 3);
}

/** Heights in a panel. */
const HEAD_PX = 17;
const OVERALL_PX = 15;
const LOAD_PX = 12;
const GAP_PX = 10;
/** Above the rows. */
export const TOP_PX = 24;
/** Of the axis below the rows. */
export const BOTTOM_PX = 40;
const SMALL_PX = 10;
/** Mean width of a character of the small labels. */
const SMALL_CHARACTER_PX = 5.8;
const LONGEST_LOAD_LABEL_PX = 84;

/** Shapes by meaning, beside the colours. */
export const wordSymbols = { faster: "circle", slower: "square", "no difference shown": "circle" } as const;

/** A ratio with its place, in pixels from the panel's upper edge. */
export interface Placed {
  readonly label: string;
  /** Over all loads, not of a single one. */
  readonly isOverall: boolean;
  readonly y: number;
  readonly value: MaybeRatio;
}

/** One that is known. */
export interface PlacedRatio extends Placed {
  readonly ratio: Ratio;
}

/** Puts rows one below the other: its name, the ratio over all loads, those of single loads. */
export function placeRows(
  rows: readonly Row[],
): { readonly placed: readonly Placed[]; readonly heads: readonly Head[]; readonly height: number } {
  const placed: Placed[] = [];
  const heads: Head[] = [];
  let y = TOP_PX + 4;
  for (const { label, overall, loads } of rows) {
    heads.push({ label, y: y + HEAD_PX / 2, value: overall });
    y += HEAD_PX;
    placed.push({ label, isOverall: true, y: y + OVERALL_PX / 2, value: overall });
    y += OVERALL_PX;
    // Where no load has a ratio, the reason stands once.
    for (const { cell, ...value } of loads.some(({ ratio }) => ratio !== null) ? loads : []) {
      const text = fitText(cell.short, LONGEST_LOAD_LABEL_PX);
      placed.push({ label: text, isOverall: false, y: y + LOAD_PX / 2, value });
      y += LOAD_PX;
    }
    y += GAP_PX;
  }
  return { placed, heads, height: y + BOTTOM_PX };
}

function smallWidth(text: string): number {
  return text.length * SMALL_CHARACTER_PX;
}

/** Room that {@linkcode rowLabels} needs, in pixels. */
export function widestLabel(placed: readonly Placed[]): number {
  return Math.max(0, ...placed.map(({ isOverall, label }) => isOverall ? 0 : smallWidth(label)));
}

/** Names of single loads, left of the frame. */
export function rowLabels(placed: readonly Placed[]): Plot.RenderableMark {
  return Plot.text(placed.filter(({ isOverall }) => !isOverall), {
    ...{ y: "y", text: "label", frameAnchor: "left", textAnchor: "end", dx: -6 },
    ...{ fill: colors.muted, fontSize: SMALL_PX },
  });
}

/** A dot per ratio, large over all loads; hollow where no difference is shown. */
export function ratioDots(known: readonly PlacedRatio[]): Plot.RenderableMark[] {
  return [...Map.groupBy(known, ({ ratio }) => ratio.word)].map(([word, own]) =>
    Plot.dot(own, {
      ...{ x: ({ ratio }: PlacedRatio) => ratio.ratio, y: "y", symbol: wordSymbols[word] },
      r: ({ isOverall }: PlacedRatio) => isOverall ? 5 : 2.8,
      fill: word === "no difference shown" ? colors.paper : wordColors[word],
      ...{ stroke: wordColors[word], strokeWidth: 1.5 },
    })
  );
}

interface Head {
  readonly label: string;
  readonly y: number;
  readonly value: MaybeRatio;
}

interface KnownHead extends Head {
  readonly ratio: Ratio;
}

/** A row's name at the left, its ratio in words at the right. */
export function headTexts(
  heads: readonly Head[],
  { width, marginLeft }: { readonly width: number; readonly marginLeft: number },
): Plot.RenderableMark[] {
  const known = heads.flatMap((head): KnownHead[] =>
    head.value.ratio === null ? [] : [{ ...head, ratio: head.value.ratio }]
  );
  const paper = { stroke: colors.paper, strokeWidth: 4 };
  return [
    Plot.text(heads, {
      ...{ y: "y", text: "label", frameAnchor: "left", textAnchor: "start", dx: -marginLeft },
      ...{ fontWeight: 600, fill: "currentColor", ...paper },
    }),
    Plot.text(known, {
      ...{ y: "y", frameAnchor: "right", textAnchor: "end", dx: 12, ...paper },
      fill: ({ ratio }: KnownHead) => wordColors[ratio.word],
      text: ({ label, ratio }: KnownHead) => {
        const [short, ...longer] = sayRatio(ratio);
        const fits = (text: string) => textWidth(label) + 16 + textWidth(text) <= width;
        return longer.toReversed().find(fits) ?? short;
      },
    }),
  ];
}

/** Shortest first. */
function sayRatio({ ratio, low, high, word }: Ratio): [string, ...string[]] {
  const interval = `${formatRatio(ratio)} (${formatRatio(low, ratio)} to ${formatRatio(high, ratio)})`;
  const said = word === "no difference shown" ? [] : [`${interval} ${word}`];
  return [formatRatio(ratio), interval, ...said];
}

/** Over all loads in full; of a single load in full where there is room, else the tip has it. */
export function whyNotTexts(placed: readonly Placed[], roomPx: number): Plot.RenderableMark[] {
  const unknown = placed.flatMap(({ isOverall, y, value }) => {
    if (value.ratio !== null) return [];
    const text = value.whyNot ?? "";
    return [{ y, text: isOverall || smallWidth(text) <= roomPx ? text : "too little for a ratio" }];
  });
  return [
    Plot.text(unknown, {
      ...{ y: "y", text: "text", frameAnchor: "left", textAnchor: "start", dx: 2 },
      ...{ fill: colors.muted, fontSize: SMALL_PX, stroke: colors.paper, strokeWidth: 3 },
      lineWidth: roomPx / SMALL_PX,
    }),
  ];
}

/** What the tip says. */
export function describeRow({ label, isOverall, ratio: estimate }: PlacedRatio): string {
  const { ratio, correctedLow, correctedHigh, word } = estimate;
  const [, interval] = sayRatio(estimate);
  return [
    `${label}${isOverall ? ", all loads" : ""}: ${word}`,
    interval,
    `corrected ${formatRatio(correctedLow, ratio)} to ${formatRatio(correctedHigh, ratio)}`,
  ].join("\n");
}
