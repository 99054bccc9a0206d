/**
 * The cells of a comparison side by side: load by load, engine by engine, repeat by repeat.
 *
 * @module
 */
import type { ComparisonManifest, StoredComparison } from "../../comparison.ts";
import type { Cell, Run } from "../../types.ts";
import { type CellDigest, type CellSummary, digestRun, summarizeRun } from "../mod.ts";

/** A cell that was measured whole. */
export interface MeasuredCell {
  /** From 1. */
  readonly repeat: number;
  readonly run: Run;
  readonly cell: Cell;
  readonly digest: CellDigest;
  readonly summary: CellSummary;
}

/** One load of the comparison. */
export interface ComparedLoad {
  readonly index: number;
  /** As in the runs: "scale 0.4". */
  readonly label: string;
  readonly parameters: Cell["parameters"];
  readonly offeredRequestsPerS: number | null;
  /** Per engine, in their order: the repeats that were measured whole, in order. */
  readonly engines: readonly (readonly MeasuredCell[])[];
}

/** A comparison, grouped. */
export interface Comparison {
  readonly manifest: ComparisonManifest;
  /** In the order of asking. */
  readonly loads: readonly ComparedLoad[];
}

/**
 * Groups what was measured.
 *
 * A load that was begun more than once, because the comparison was interrupted in it, counts as it was measured last.
 * Cells that did not reach their end are left out.
 */
export function groupComparison({ manifest, runs }: StoredComparison): Comparison {
  const loads = new Map<string, Omit<ComparedLoad, "engines"> & { cells: Map<string, MeasuredCell> }>();
  const placed = manifest.steps.flatMap((step) =>
    step.runs.flatMap((folder) => {
      const run = runs.get(folder);
      return run === undefined ? [] : [{ ...step, run }];
    })
  );
  for (const { engine, repeat, run } of placed) {
    const digests = digestRun(run);
    const summaries = new Map(summarizeRun(run).cells.map((summary) => [summary.index, summary]));
    for (const cell of run.manifest.cells) {
      const [digest, summary] = [digests.get(cell.index), summaries.get(cell.index)];
      const key = JSON.stringify(cell.parameters);
      const { label, parameters, offeredRequestsPerS } = cell;
      const load = loads.get(key) ??
        { index: loads.size, label, parameters, offeredRequestsPerS, cells: new Map() };
      loads.set(key, load);
      if (cell.status !== "complete" || digest === undefined || summary === undefined) continue;
      load.cells.set(`${engine} ${repeat}`, { repeat, run, cell, digest, summary });
    }
  }
  return {
    manifest,
    loads: [...loads.values()].map(({ cells, ...load }) => ({
      ...load,
      engines: manifest.engines.map((_, engine) =>
        Array.from({ length: manifest.repeats }, (_, i) => cells.get(`${engine} ${i + 1}`))
          .filter((cell) => cell !== undefined)
      ),
    })),
  };
}
