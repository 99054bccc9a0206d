/**
 * A quantity of every engine at every load: its mean over repeats, and how far these are apart.
 *
 * @module
 */
import type { Comparison, MeasuredCell } from "../metrics/compare/group_comparison.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { type EngineKey, engineKeys } from "./engine_marks.ts";

/** An engine at a load, with a value per repeat. */
export interface EngineLoad<Value> {
  readonly engine: EngineKey;
  readonly cell: CellKey;
  /** At least one, in the order of repeats. */
  readonly repeats: readonly Value[];
}

/**
 * Takes a value of every measured cell, engine by engine, least load first.
 *
 * @param take `null` leaves a cell out; where all repeats are left out, so is the load.
 */
export function takeLoads<Value>(
  comparison: Comparison,
  take: (cell: MeasuredCell) => Value | null,
): EngineLoad<Value>[] {
  const { cells } = layOutCells(comparison.loads);
  const byIndex = new Map(comparison.loads.map((load) => [load.index, load]));
  return engineKeys(comparison).flatMap((engine) =>
    cells.flatMap((cell) => {
      const measured = byIndex.get(cell.index)?.engines[engine.index] ?? [];
      const repeats = measured.flatMap((one): Value[] => {
        const value = take(one);
        return value === null ? [] : [value];
      });
      return repeats.length === 0 ? [] : [{ engine, cell, repeats }];
    })
  );
}

/** The mean of what is measured of some members. At least one is needed. */
export function meanOf<Member>(members: readonly Member[], of: (member: Member) => number): number {
  return members.reduce((sum, member) => sum + of(member), 0) / members.length;
}

/** "3 repeats", "2 to 3 repeats" */
export function sayRepeats(loads: readonly { readonly repeats: readonly unknown[] }[]): string {
  const counts = loads.map(({ repeats }) => repeats.length);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return `${low === high ? "" : `${low} to `}${high} repeat${high === 1 ? "" : "s"}`;
}

/**
 * Says which stretch of its engine's line a point is on: a line is broken where a load was not measured.
 *
 * @param points Engine by engine, in the order of loads.
 * @param cells All loads shown, in that order.
 */
export function stretchesOf<Point extends Pick<EngineLoad<unknown>, "engine" | "cell">>(
  points: readonly Point[],
  cells: readonly Pick<CellKey, "index">[],
): (point: Point) => string {
  const places = new Map(cells.map(({ index }, place) => [index, place]));
  const stretches = new Map<Point, string>();
  for (const own of Map.groupBy(points, ({ engine }) => engine.index).values()) {
    for (const [i, point] of own.entries()) {
      // Places grow by one along a stretch, as positions do.
      stretches.set(point, `${point.engine.index} ${(places.get(point.cell.index) ?? 0) - i}`);
    }
  }
  return (point) => stretches.get(point) ?? "";
}

/** The loads that any of the points is at, least load first. */
export function cellsOf(points: readonly { readonly cell: CellKey }[]): CellKey[] {
  return [...new Map(points.map(({ cell }) => [cell.index, cell])).values()]
    .sort((a, b) => a.x - b.x || a.index - b.index);
}
