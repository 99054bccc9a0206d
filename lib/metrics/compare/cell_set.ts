/**
 * Runs as what {@linkcode compareRuns} takes.
 *
 * @module
 */
import type { Run } from "../../types.ts";
import { type CellDigest, digestRun } from "../mod.ts";
import { isGoodRequest } from "../limit_attainment.ts";
import { type Slo, type SloLimit, sloOf } from "../slo.ts";
import { type CellSet, comparedRequests } from "./align.ts";
import type { ComparedRequest } from "./compared_metrics.ts";

/** Limits that each request keeps or not; those on percentiles are of a cell. */
export function limitsOfRequests(slo: Slo | undefined): SloLimit[] {
  return slo?.limits.filter(({ percentile }) => percentile === null) ?? [];
}

/** Makes the requests of a cell, each judged by the run's limits on requests where it has some. */
export function requestsOfCell(digest: CellDigest, slo: Slo): ComparedRequest[] {
  const limits = limitsOfRequests(slo);
  return comparedRequests(digest.points(), {
    hasOneClock: digest.hasOneClock,
    ...(limits.length === 0 ? {} : { isGood: (point) => isGoodRequest(point, limits) }),
  });
}

/**
 * Makes the cells of one engine from its runs, which are its repeats.
 *
 * @param runs At least one; of the first one's cells, those that all of them measured whole.
 * @example
 * ```ts
 * import { cellSetOf, compareRuns, openRun } from "../../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const sample = "data/samples/runs/engine-comparison/engine-comparison";
 * const runsOf = (engine: string) => Promise.all([1, 2, 3].map((i) => openRun(`${sample}-${engine}-${i}`)));
 * const { overall } = compareRuns({
 *   a: cellSetOf(await runsOf("overlap")),
 *   b: cellSetOf(await runsOf("no-overlap")),
 * }, { metrics: ["tpot"], statistics: ["mean"] });
 * const { ratio = 0, low = 0, high = 0, word } = overall[0]?.estimate ?? {};
 * assert.ok(1 < low && low < ratio && ratio < high);
 * assert.equal(word, "slower");
 * ```
 */
export function cellSetOf(runs: readonly Run[]): CellSet {
  const parts = runs.map((run) => {
    const digests = digestRun(run);
    return run.manifest.cells.flatMap(({ index, label, status }) => {
      const digest = digests.get(index);
      return status !== "complete" || digest === undefined
        ? []
        : [{ label, requests: requestsOfCell(digest, sloOf(run.manifest)) }];
    });
  });
  return (parts[0] ?? []).flatMap(({ label }) => {
    const repeats = parts.flatMap((cells) => cells.filter((cell) => cell.label === label))
      .map(({ requests }) => requests);
    return repeats.length === runs.length ? [{ label, repeats }] : [];
  });
}
