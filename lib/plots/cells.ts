/**
 * How the cells of a run are laid out on axes and coloured, whatever was varied between them.
 *
 * @module
 */
import type { Cell } from "../types.ts";

/** What a figure knows about a cell. */
export type CellKey = {
  readonly index: number;
  readonly label: string;
  /** Place among the cells from least (0) to most (1) load; the colour follows it. */
  readonly level: number;
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
 * The main parameter is the numeric one with the most distinct values. The axis is offered requests per second where
 * every cell has it, else the main parameter, else the cells' own order.
 *
 * @param cells Cells of a manifest or of a summary.
 */
export function layOutCells(cells: readonly DescribedCell[]): CellLayout {
  const main = findMainParameter(cells);
  const kind = chooseAxis(cells, main);
  const others = varyingParameters(cells).filter((name) => name !== main);
  const mainWords = main === null ? null : spellParameter(main);
  const placed = cells.map((cell, place) => {
    const second = main === null ? undefined : cell.parameters[main];
    return {
      index: cell.index,
      label: cell.label,
      x: positionOf(cell, { kind, second, place }),
      second: second === undefined ? null : String(second),
      series: others.map((name) => `${cell.parameters[name] ?? "no"} ${spellParameter(name)}`).join(", "),
    };
  }).sort((a, b) => a.x - b.x || a.index - b.index);
  return {
    axis: {
      kind,
      label: kind === "offered" ? "Offered load (requests/s)" : kind === "parameter" ? mainWords ?? "" : "",
      second: kind === "offered" ? mainWords : null,
    },
    cells: placed.map((cell, rank) => ({
      ...cell,
      level: placed.length < 2 ? 1 : rank / (placed.length - 1),
    })),
  };
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
  const numeric = parameterNames(cells).filter((name) =>
    cells.every((cell) => typeof cell.parameters[name] === "number")
  );
  return numeric.sort((a, b) => distinct(b) - distinct(a))[0] ?? null;
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
