/**
 * How the cells of a run are laid out on axes and coloured, whatever was varied between them.
 *
 * @module
 */
import type { Cell } from "../types.ts";
import type { Tone } from "./theme.ts";

/** What a figure knows about a cell. */
export type CellKey = {
  readonly index: number;
  readonly label: string;
  /** For labels inside a figure whose axis or legend says the rest: "16, round 2" where the label is "concurrency 16, round 2". */
  readonly short: string;
  /** Place among the cells from least (0) to most (1) load; the colour follows it. Rounds of one load share it. */
  readonly level: number;
  /** In a run of several rounds, round 1 is cold and the later ones are warm. */
  readonly tone: Tone;
  /** Position on the load axis: offered requests/s, the main parameter, or the place in order. */
  readonly x: number;
  /** Value of the main parameter, for a second axis. */
  readonly second: string | null;
  /** The other parameters, joined; points of one series are connected. Empty where there is only one. */
  readonly series: string;
};

/** The load axis and the cells along it, least load first. */
export type CellLayout = {
  readonly axis: {
    readonly label: string;
    /** "category" when no number orders the cells: ticks are labels. */
    readonly kind: "offered" | "parameter" | "category";
    /** Name of the main parameter where it is not the axis itself. */
    readonly second: string | null;
  };
  readonly cells: readonly CellKey[];
};

type DescribedCell = Pick<Cell, "index" | "label" | "parameters" | "offeredRequestsPerS">;

/**
 * Lays cells out by load.
 *
 * The main parameter is the numeric one with the most distinct values, a round only where no other number varies. The axis
 * is offered requests per second where every cell has it, else the main parameter, else the cells' own order.
 *
 * @param cells Cells of a manifest or of a summary.
 */
export function layOutCells(cells: readonly DescribedCell[]): CellLayout {
  const main = findMainParameter(cells);
  const kind = chooseAxis(cells, main);
  const varying = varyingParameters(cells);
  const others = varying.filter((name) => name !== main);
  const mainWords = main === null ? null : spellParameter(main);
  const placed = cells.map((cell, place) => {
    const second = main === null ? undefined : cell.parameters[main];
    return {
      index: cell.index,
      label: cell.label,
      short: shorten(cell, { main, others, isRound: toneOf(cell, varying) !== "load" }),
      tone: toneOf(cell, varying),
      load: nameLoad(cell, varying),
      x: positionOf(cell, { kind, second, place }),
      second: second === undefined ? null : String(second),
      series: others.map((name) => spellValue(name, cell.parameters[name])).join(", "),
    };
  }).sort((a, b) => a.x - b.x || a.index - b.index);
  const loads = [...new Set(placed.map(({ load }) => load))];
  return {
    axis: {
      kind,
      label: kind === "offered" ? "Offered load (requests/s)" : kind === "parameter" ? mainWords ?? "" : "",
      second: kind === "offered" ? mainWords : null,
    },
    cells: placed.map(({ load, ...cell }) => ({
      ...cell,
      level: loads.length < 2 ? onlyLevel(cell) : loads.indexOf(load) / (loads.length - 1),
    })),
  };
}

/** Labels up to this are short enough. */
const SHORT_LABEL = 12;

/** The cell among its rounds, without the name of the parameter that all have. */
function shorten(
  { label, parameters }: DescribedCell,
  { main, others, isRound }: {
    readonly main: string | null;
    readonly others: readonly string[];
    readonly isRound: boolean;
  },
): string {
  if (!isRound || main === null || label.length <= SHORT_LABEL) return label;
  const rest = others.map((name) => spellValue(name, parameters[name]));
  return [...(main === "round" ? [spellValue(main, parameters[main])] : [parameters[main]]), ...rest].join(
    ", ",
  );
}

/**
 * Groups what belongs to cells by their series, in the order in which these begin.
 *
 * @example
 * ```ts
 * import { groupSeries } from "./cells.ts";
 * import assert from "node:assert/strict";
 *
 * const points = [{ cell: { series: "round 1" } }, { cell: { series: "round 2" } }];
 * assert.deepEqual([...groupSeries(points).keys()], ["round 1", "round 2"]);
 * ```
 */
export function groupSeries<Point extends { readonly cell: Pick<CellKey, "series"> }>(
  points: readonly Point[],
): Map<string, Point[]> {
  return Map.groupBy(points, ({ cell }) => cell.series);
}

/** Where there is one load, its rounds are told apart best by the middle of their tones. */
function onlyLevel({ tone }: Pick<CellKey, "tone">): number {
  return tone === "load" ? 1 : 0.5;
}

function toneOf({ parameters: { round } }: DescribedCell, varying: readonly string[]): Tone {
  if (!varying.includes("round") || typeof round !== "number") return "load";
  return round === 1 ? "cold" : "warm";
}

/** Tells cells apart, but not the rounds of one load. */
function nameLoad({ index, parameters }: DescribedCell, varying: readonly string[]): string {
  if (!varying.includes("round")) return String(index);
  return JSON.stringify(varying.filter((name) => name !== "round").map((name) => parameters[name] ?? null));
}

function chooseAxis(cells: readonly DescribedCell[], main: string | null): CellLayout["axis"]["kind"] {
  if (cells.length > 0 && cells.every((cell) => cell.offeredRequestsPerS !== null)) return "offered";
  return main === null ? "category" : "parameter";
}

function positionOf(
  cell: DescribedCell,
  { kind, second, place }: {
    kind: CellLayout["axis"]["kind"];
    second: number | string | undefined;
    place: number;
  },
): number {
  if (kind === "offered") return cell.offeredRequestsPerS ?? 0;
  return kind === "parameter" ? Number(second) : place;
}

function findMainParameter(cells: readonly DescribedCell[]): string | null {
  const distinct = (name: string) => new Set(cells.map((cell) => cell.parameters[name])).size;
  const numeric = parameterNames(cells)
    .filter((name) => cells.every((cell) => typeof cell.parameters[name] === "number"))
    .sort((a, b) => distinct(b) - distinct(a));
  return numeric.find((name) => name !== "round" && distinct(name) > 1) ??
    numeric.find((name) => distinct(name) > 1) ?? numeric[0] ?? null;
}

/** "round 2", "8 batch size"; what is no number speaks for itself. */
function spellValue(name: string, value: number | string | undefined): string {
  if (name === "round") return `round ${value ?? "–"}`;
  return typeof value === "string" ? value : `${value ?? "no"} ${spellParameter(name)}`;
}

/** "batchSize" → "batch size" */
function spellParameter(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function varyingParameters(cells: readonly DescribedCell[]): string[] {
  return parameterNames(cells).filter((name) => new Set(cells.map((cell) => cell.parameters[name])).size > 1);
}

function parameterNames(cells: readonly DescribedCell[]): string[] {
  return [...new Set(cells.flatMap((cell) => Object.keys(cell.parameters)))];
}
