/**
 * Where in time a measurement can be doubted: how late requests were sent, and when requests failed, cell by cell.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type CellDigest, describe, digestRun, SEND_LAG_LIMIT_MS, sendLag } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { nameCells } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatNumber, formatPlural } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, showsCell } from "./frame.ts";
import { placeRows, rowHeads } from "./rows.ts";
import { colors } from "./theme.ts";

const MOST_COLUMNS = 120;
const COLUMN_WIDTHS_MS = [10, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** Of one cell, in columns from its start. */
type Strip = {
  readonly cell: CellKey;
  readonly columnMs: number;
  /** Largest lag of the requests sent in each column; `null` where none was. */
  readonly lagMs: readonly (number | null)[];
  /** Requests that failed in each column, in pairs of column and count. */
  readonly failed: readonly (readonly [column: number, count: number])[];
  readonly sent: number;
  /** Over the whole cell. */
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly failures: number;
};

/** A strip per cell of which it is known when its requests were to be sent, least load first. */
export type TrustStripData = { readonly limitMs: number; readonly strips: readonly Strip[] };

/** {@linkcode trustStripFigure}'s figure. */
export type TrustStrip = Figure<TrustStripData> & { readonly name: "trust_strip" };

/** Makes the figure. */
export function trustStripFigure(run: Run): TrustStrip {
  const digests = digestRun(run);
  const strips = layOutCells(run.manifest.cells).cells.flatMap((cell) => {
    const digest = digests.get(cell.index);
    return digest === undefined || !digest.hasOneClock ? [] : makeStrip(cell, digest);
  });
  return {
    name: "trust_strip",
    title: "Send lag and failures over time",
    caption: describeStrips(strips),
    data: { limitMs: SEND_LAG_LIMIT_MS, strips },
  };
}

function makeStrip(cell: CellKey, digest: CellDigest): Strip[] {
  const lag = describe(digest.sample(sendLag));
  if (lag === null) return [];
  let lastMs = 0;
  for (const { doneMs } of digest.points()) lastMs = Math.max(lastMs, doneMs - digest.zeroMs);
  const columnMs = COLUMN_WIDTHS_MS.find((ms) => lastMs / ms < MOST_COLUMNS) ??
    Math.ceil(lastMs / MOST_COLUMNS);
  const lagMs = new Array<number | null>(Math.floor(lastMs / columnMs) + 1).fill(null);
  const failed = new Map<number, number>();
  const columnOf = (ms: number) => Math.max(0, Math.floor((ms - digest.zeroMs) / columnMs));
  for (const { sentMs, sendLagMs, outcome, doneMs } of digest.points()) {
    const column = columnOf(sentMs);
    if (sendLagMs !== undefined) lagMs[column] = Math.max(lagMs[column] ?? 0, roundTo(sendLagMs));
    if (outcome === "failed") failed.set(columnOf(doneMs), (failed.get(columnOf(doneMs)) ?? 0) + 1);
  }
  return [{
    ...{ cell, columnMs, lagMs, failed: [...failed].sort(([a], [b]) => a - b), sent: digest.sent },
    ...{ p99Ms: lag.p99, maxMs: lag.max, failures: digest.ended.failed },
  }];
}

/** What is drawn, a row per column. */
export function tidyTrustStrip(
  { strips }: TrustStripData,
): Readonly<Record<string, string | number | null>>[] {
  return strips.flatMap(({ cell, columnMs, lagMs, failed }) => {
    const failures = new Map(failed);
    return lagMs.map((ms, column) => ({
      cell: cell.label,
      from_s: column * columnMs / 1000,
      to_s: (column + 1) * columnMs / 1000,
      largest_send_lag_ms: ms,
      failed: failures.get(column) ?? 0,
    }));
  });
}

function describeStrips(strips: readonly Strip[]): string {
  if (strips.length === 0) return "It is not known when requests were to be sent, and when they were.";
  return `${describeLag(strips)} ${
    describeFailures(strips)
  } A bar is the largest lag of the requests sent meanwhile, ` +
    `and ends at one and a half limits.`;
}

function describeLag(strips: readonly Strip[]): string {
  const late = strips.filter(({ maxMs }) => maxMs > SEND_LAG_LIMIT_MS);
  const worst = strips.reduce((a, b) => b.maxMs > a.maxMs ? b : a);
  const limit = formatMs(SEND_LAG_LIMIT_MS);
  if (worst.maxMs === 0) return "Every request was sent at its scheduled instant.";
  if (late.length === 0) {
    return `No request was sent later than ${
      formatMs(worst.maxMs)
    } after its scheduled instant; the limit for p99 is ${limit}.`;
  }
  const column = worst.lagMs.findIndex((ms) => ms === roundTo(worst.maxMs));
  const columns = worst.lagMs.filter((ms) => (ms ?? 0) > SEND_LAG_LIMIT_MS).length;
  return `Requests were sent more than ${limit} late in ${
    formatPlural(late.length, "cell")
  }; at ${worst.cell.label} ` +
    `in ${formatPlural(columns, "column")} of ${formatCount(worst.lagMs.length)}, by up to ${
      formatMs(worst.maxMs)
    } ` +
    `around ${formatNumber((column + 0.5) * worst.columnMs / 1000)} s.`;
}

function describeFailures(strips: readonly Strip[]): string {
  const total = strips.reduce((sum, { failures }) => sum + failures, 0);
  if (total === 0) return "No request failed.";
  const worst = strips.reduce((a, b) => b.failures > a.failures ? b : a);
  const where = worst.failures === total ? "" : `, ${formatCount(worst.failures)} of them`;
  return `${formatPlural(total, "request")} failed${where} at ${worst.cell.label}, marked red.`;
}

const ROW_PX = 30;
/** Of more cells than {@linkcode FEW_CELLS}. */
const LOW_ROW_PX = 12;
const FEW_CELLS = 8;
/** Highest bar, in limits. */
const MOST_LIMITS = 1.5;
/** Every bar is at least so high, in limits: it is seen that requests were sent, and in time. */
const FOOT_LIMITS = 0.15;

interface Column {
  readonly strip: Strip;
  /** Place of the strip from the top. */
  readonly place: number;
  readonly fromS: number;
  readonly toS: number;
  readonly lagMs: number | null;
  readonly failed: number;
}

/** Draws a strip per cell: bars that are orange above the limit, failures as red ticks over them. */
export function drawTrustStrip(figure: TrustStrip, { document, width, state }: DrawOptions): Element {
  const { limitMs } = figure.data;
  const strips = figure.data.strips.filter(({ cell }) => showsCell(state, cell.index));
  if (strips.length === 0) {
    return drawEmpty(figure, { document, width, message: "not known when requests were sent" });
  }
  const columns = strips.flatMap(toColumns);
  const endS = columns.reduce((end, { toS }) => Math.max(end, toS), 0);
  const rows = placeRows(strips.length, strips.length > FEW_CELLS ? LOW_ROW_PX : ROW_PX);
  const yOf = (place: number, ms: number) =>
    rows.at(place, (Math.min(MOST_LIMITS, ms / limitMs) + FOOT_LIMITS) / (MOST_LIMITS + FOOT_LIMITS));
  const limit = ({ place }: { readonly place: number }) => yOf(place, limitMs);
  const top = ({ place }: Column) => rows.at(place, 1);
  const sent = columns.filter(({ lagMs }) => lagMs !== null);
  const bars = (some: readonly Column[], fill: string) =>
    Plot.rect(some, {
      ...{ x1: "fromS", x2: "toS", y1: ({ place }) => rows.at(place, 0), y2: lagY, fill, insetRight: 0.5 },
      ...{ clip: true, render: nameCells(some, cellOf) },
    });
  const lagY = ({ place, lagMs }: Column) => yOf(place, lagMs ?? 0);
  const failed = columns.filter((column) => column.failed > 0);
  const places = strips.map((_, place) => ({ place }));
  const heads = strips.map((strip) => ({
    ...{ cell: strip.cell, says: sayStrip(strip) },
    color: strip.failures > 0 ? colors.failure : colors.muted,
  }));
  return drawFrame(figure, {
    document,
    width,
    height: rows.heightPx + 44,
    marginTop: 4,
    marginLeft: 52,
    marginRight: 16,
    x: { domain: state.domainS ?? [0, endS || 1], label: "Time from the start of the cell (s)" },
    y: rows.scale,
    marks: [
      Plot.ruleY(places, { y: ({ place }) => rows.at(place, 0), stroke: colors.muted, strokeOpacity: 0.5 }),
      bars(sent.filter(({ lagMs }) => (lagMs ?? 0) <= limitMs), colors.decode),
      bars(sent.filter(({ lagMs }) => (lagMs ?? 0) > limitMs), colors.prefill),
      Plot.ruleY(places, { y: limit, stroke: colors.reference, strokeDasharray: "5 4" }),
      Plot.text(places, {
        ...{ y: limit, text: () => `${limitMs} ms`, frameAnchor: "left", textAnchor: "end", dx: -5 },
        fill: colors.muted,
      }),
      Plot.ruleX(failed, {
        ...{ x: middle, y1: limit, y2: top, stroke: colors.failure, strokeWidth: 2, clip: true },
        render: nameCells(failed, cellOf),
      }),
      ...rowHeads(heads, { rows, roomPx: width - 68 }),
      Plot.tip(columns, Plot.pointer({ x: middle, y: lagY, title: describeColumn })),
    ],
  });
}

/** In full, and ever shorter. */
function sayStrip({ p99Ms, maxMs, failures, sent }: Strip): string[] {
  const failed = failures === 0 ? "none failed" : `${formatCount(failures)} failed`;
  return [
    `p99 lag ${formatMs(p99Ms)}, max ${formatMs(maxMs)}; ${formatPlural(sent, "request")} sent, ${failed}`,
    `p99 lag ${formatMs(p99Ms)}; ${failed}`,
    failed,
  ];
}

function toColumns(strip: Strip, place: number): Column[] {
  const failed = new Map(strip.failed);
  return strip.lagMs.map((lagMs, column) => ({
    strip,
    place,
    fromS: column * strip.columnMs / 1000,
    toS: (column + 1) * strip.columnMs / 1000,
    lagMs,
    failed: failed.get(column) ?? 0,
  }));
}

const cellOf = ({ strip }: Column) => strip.cell;

const middle = ({ fromS, toS }: Column) => (fromS + toS) / 2;

function describeColumn({ strip, fromS, toS, lagMs, failed }: Column): string {
  const lag = lagMs === null ? "nothing was sent" : `sent up to ${formatMs(lagMs)} late`;
  const failures = failed === 0 ? "" : `\n${formatPlural(failed, "request")} failed`;
  return `${strip.cell.label}, ${formatNumber(fromS)} to ${formatNumber(toS)} s\n${lag}${failures}`;
}

/** Hundredths of a millisecond. */
function roundTo(ms: number): number {
  return Math.round(ms * 100) / 100;
}
