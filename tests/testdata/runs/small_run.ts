import type { Cell, RequestRecord, Run } from "../../../lib/types.ts";
import { makeRun } from "./make_run.ts";

/** A complete open-loop cell that starts at 0 and varies nothing, with anything changed. */
export function makeCell(change: Partial<Cell> = {}): Cell {
  return {
    index: 0,
    label: "1×",
    parameters: {},
    schedule: "open",
    requestCount: 1,
    offeredRequestsPerS: 1,
    startMs: 0,
    endMs: 1000,
    status: "complete",
    ...change,
  };
}

/** A run of the given cells and records, the manifest's rest as {@linkcode makeRun} makes it. */
export function makeSmallRun(cells: readonly Cell[], records: readonly RequestRecord[], change: Partial<Run> = {}): Run {
  const { manifest } = makeRun({ scales: [] });
  return { manifest: { ...manifest, cells }, records, telemetry: [], incomplete: false, problems: [], ...change };
}
