/**
 * Files that the page of a grid carries within itself.
 *
 * @module
 */
import { formatCsv } from "../csv.ts";
import type { WhatIf } from "../metrics/what_if.ts";
import { type DownloadFile, flatten, packFiles, type Row } from "./downloads.ts";

/** Packs a row per configuration and load as CSV, and everything as JSON. */
export function whatIfDownloads(whatIf: WhatIf): DownloadFile[] {
  const rows = whatIf.configurations.flatMap(({ label, description, gpus, outcome }): Row[] =>
    outcome.kind === "impossible"
      ? [{ configuration: label, engine: description, gpus, run: null, not_possible: outcome.reason }]
      : outcome.points.map((point) => ({
        ...{ configuration: label, engine: description, gpus, run: outcome.runId, not_possible: null },
        ...flatten(point),
      }))
  );
  return packFiles([
    { label: "Numbers, CSV", name: `${whatIf.id}.what_if.csv`, type: "text/csv", text: formatCsv(rows) },
    {
      label: "Everything, JSON",
      name: `${whatIf.id}.what_if.json`,
      type: "application/json",
      text: JSON.stringify(whatIf, null, 2),
    },
  ]);
}
