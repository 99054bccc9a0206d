/**
 * Files that the page of a comparison carries within itself.
 *
 * @module
 */
import { formatCsv } from "../../csv.ts";
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import type { ComparisonResult } from "../../metrics/compare/judge_comparison.ts";
import { listRatioRows } from "../../metrics/compare/ratio_rows.ts";
import { type DownloadFile, flatten, MOST_REQUEST_ROWS, packFiles, requestRow } from "../downloads.ts";

/**
 * Packs the ratios, what each engine did at each load in each repeat, and the requests as CSV; everything that was judged,
 * with the manifest, as JSON.
 */
export function comparisonDownloads(comparison: Comparison, result: ComparisonResult): DownloadFile[] {
  const { manifest, loads } = comparison;
  const measured = loads.flatMap((load) =>
    load.engines.flatMap((cells, engine) =>
      cells.map((cell) => ({ ...cell, load: load.label, engine: manifest.engines[engine]?.name ?? "" }))
    )
  );
  const runs = new Map(
    measured.map(({ run, engine, repeat }) => [run.manifest.runId, { run, engine, repeat }]),
  );
  const requests = [...runs.values()].reduce((sum, { run }) => sum + run.records.length, 0);
  const table = (label: string, name: string, text: string) =>
    ({ label, name: `${manifest.comparisonId}.${name}`, type: "text/csv", text }) as const;
  return packFiles([
    table("Ratios, CSV", "ratios.csv", formatCsv(listRatioRows(comparison, result))),
    table(
      "Summary, CSV",
      "summary.csv",
      formatCsv(
        measured.map(({ load, engine, repeat, summary }) => ({ load, engine, repeat, ...flatten(summary) })),
      ),
    ),
    ...(requests > MOST_REQUEST_ROWS ? [] : [table(
      "Requests, CSV",
      "requests.csv",
      formatCsv(
        [...runs].flatMap(([id, { run, engine, repeat }]) =>
          Array.from(run.records, (record) => ({ run: id, engine, repeat, ...requestRow(record) }))
        ),
      ),
    )]),
    {
      label: "Result, JSON",
      name: `${manifest.comparisonId}.result.json`,
      type: "application/json",
      text: JSON.stringify({ manifest, result }, null, 2),
    },
  ]);
}
