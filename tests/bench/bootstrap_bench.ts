/**
 * `deno task bench:bootstrap`: how long a comparison takes, and how often its intervals hold the true ratio.
 *
 * Runs are drawn whose noise is correlated from request to request (AR(1)) and, in some rows, shared by a whole run. The
 * true ratio is 1 in every cell, so an interval of 95 % should hold it in 95 of 100 comparisons, and the corrected words
 * should find no difference in at least 95. `--no-coverage` leaves that part out.
 *
 * @module
 */
import { type CompareOptions, compareRuns } from "../../lib/metrics/compare/mod.ts";
import { type CorrelatedOptions, correlatedWorkload } from "../testdata/compare/correlated_run.ts";
import { median, printTable } from "./table.ts";

const TIMINGS = 3;
const TRIALS = 400;

/** Compares A with B in cells drawn alike. */
function compareDrawn(
  { seed, cells, repeats, factor = 1, ...drawn }: CorrelatedOptions & {
    readonly seed: string;
    readonly cells: number;
    readonly repeats: number;
    readonly factor?: number;
  },
  options: CompareOptions,
) {
  const numbers = Array.from({ length: cells }, (_, index) => `${index}`);
  const workloads = numbers.map((label) => ({
    label,
    workload: correlatedWorkload(`${seed}/${label}`, drawn),
  }));
  const side = (name: string, factor: number) =>
    workloads.map(({ label, workload }) => ({
      label,
      repeats: Array.from({ length: repeats }, (_, repeat) => workload.run(`${name}${repeat}`, factor)),
    }));
  const sets = { a: side("a", 1), b: side("b", factor) };
  const startMs = performance.now();
  const comparison = compareRuns(sets, options);
  return { comparison, tookS: (performance.now() - startMs) / 1000 };
}

function benchTime(): void {
  const rows = [1, 3].map((repeats) => {
    const drawn = { requests: 1000, correlationRatio: 0.8, seed: "time", cells: 6, repeats };
    const timings = Array.from({ length: TIMINGS }, () => compareDrawn(drawn, {}));
    const { overall = [], resamples = 0 } = timings[0]?.comparison ?? {};
    const metrics = new Set(overall.map(({ metric }) => metric)).size;
    const tookS = median(timings.map(({ tookS }) => tookS));
    return [`${repeats}`, `${resamples}`, `${metrics}`, `${overall.length}`, `${tookS.toFixed(2)} s`];
  });
  printTable(
    `1,000 requests in 6 cells (median of ${TIMINGS})`,
    ["repeats", "resamples", "metrics", "ratios per cell", "took"],
    rows,
  );
}

const conditions: readonly (CorrelatedOptions & { readonly repeats: number })[] = [
  { requests: 300, correlationRatio: 0, repeats: 1 },
  { requests: 300, correlationRatio: 0.8, repeats: 1 },
  { requests: 300, correlationRatio: 0.8, repeats: 3 },
  { requests: 300, correlationRatio: 0.8, runNoiseRatio: 0.05, repeats: 3 },
  { requests: 1000, correlationRatio: 0.9, repeats: 1 },
];

function benchCoverage(): void {
  const statistics = ["mean", "p50", "p90"] as const;
  const rows = conditions.map((condition) => {
    const held = new Map<string, number>();
    let quiet = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const { comparison } = compareDrawn(
        { ...condition, seed: `coverage ${trial}`, cells: 1 },
        { metrics: ["ttft", "requestsPerS"], statistics, resamples: 1000, seed: trial },
      );
      if (comparison.word === "no difference shown") quiet++;
      for (const { statistic, estimate } of comparison.overall) {
        const holds = estimate !== null && estimate.low <= 1 && estimate.high >= 1;
        if (holds) held.set(statistic, (held.get(statistic) ?? 0) + 1);
      }
    }
    const percent = (count: number) => `${(100 * count / TRIALS).toFixed(1)} %`;
    const { requests, correlationRatio, runNoiseRatio = 0, repeats } = condition;
    return [
      ...[`${requests}`, `${correlationRatio}`, `${runNoiseRatio}`, `${repeats}`],
      ...[...statistics, "rate"].map((statistic) => percent(held.get(statistic) ?? 0)),
      percent(quiet),
    ];
  });
  printTable(
    `Intervals of 95 % that hold the true ratio, of ${TRIALS} comparisons, and comparisons that show no difference`,
    ["requests", "AR(1)", "run noise", "repeats", ...statistics, "requests/s", "no difference"],
    rows,
  );
}

benchTime();
if (!Deno.args.includes("--no-coverage")) benchCoverage();
