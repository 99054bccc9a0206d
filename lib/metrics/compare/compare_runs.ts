/**
 * Two engines on the same schedule: by how much they differ, and how sure that is.
 *
 * @module
 */
import { createRandom } from "../../random.ts";
import { suggest } from "../../suggest.ts";
import { alignCells, type AlignedCell, type CellSet } from "./align.ts";
import { countBlocks } from "./block_resample.ts";
import {
  type ComparedMetric,
  comparedMetrics,
  type LatencyStatistic,
  latencyStatistics,
} from "./compared_metrics.ts";
import { judgeRatios, pivotOf, type RatioQuestion, type RatioRow } from "./judge_ratios.ts";
import { type MannWhitney, mannWhitney } from "./mann_whitney.ts";
import {
  chooseBlockLength,
  isOfRun,
  type Quantity,
  resampleCell,
  type ResampledCell,
} from "./resample_cell.ts";
import { quantileShareOf, type Question } from "./resampled_side.ts";
import { type ComparisonWord, comparisonWord } from "./verdict_words.ts";

/** What {@linkcode compareRuns} can be told. Metrics and statistics are the declared family: choose them before looking. */
export interface CompareOptions {
  /** Names from {@linkcode comparedMetrics}. @default all of them */
  readonly metrics?: readonly string[];
  /** Of latencies. @default mean, p50, p90, p99 */
  readonly statistics?: readonly LatencyStatistic[];
  /** At least 100. @default {10_000} */
  readonly resamples?: number;
  /** @default {42} */
  readonly seed?: number;
  /** In (0, 1). @default {0.95} */
  readonly confidence?: number;
}

/** How far the values of a latency are apart, as distributions. */
export interface ShiftRow {
  readonly metric: string;
  /** P(b > a) − P(b < a), mean over repeats: above 0, B tends to be slower. `null` where it is not defined. */
  readonly cliffsDelta: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Of all repeats together, as if requests were independent, which they are not: no word follows from it. */
  readonly mannWhitney: MannWhitney | null;
}

/** One cell of both engines. */
export interface CellComparison {
  readonly label: string;
  /** Requests that either of them sent. */
  readonly requests: number;
  /** Requests per block. */
  readonly blockRequests: number;
  readonly blocks: number;
  /** One per metric and statistic, in the order of the declaration. */
  readonly rows: readonly RatioRow[];
  /** One per latency. */
  readonly shifts: readonly ShiftRow[];
}

/** A comparison of B with A. */
export interface RunComparison {
  /** From the overall ratios. */
  readonly word: ComparisonWord;
  /** Geometric means over the cells, one per metric and statistic: the family that decides. */
  readonly overall: readonly RatioRow[];
  /** Their rows, all cells together, are a family of their own. */
  readonly cells: readonly CellComparison[];
  /** Runs of each engine. With one, nobody knows how much a run differs from the next of the same engine. */
  readonly repeats: number;
  readonly resamples: number;
  readonly seed: number;
  readonly confidence: number;
}

/** Fewer requests have no intervals. */
const FEWEST_REQUESTS = 10;
/** A quantile needs at least this many requests beyond it: a bootstrap knows nothing of values that it has not seen. */
const FEWEST_BEYOND = 10;
const FEWEST_RESAMPLES = 100;

/**
 * Compares two engines that were given the same requests by the same schedule, in one or more runs each.
 *
 * Statistics are taken per run, ratios B/A per repeat, and their geometric mean over repeats is the estimate. How well it is
 * known comes from a bootstrap of two levels. Requests of a run share batches and queues and are not independent: blocks of
 * requests in the order of sending are drawn, the same for A and B and every repeat and, where cells have as many requests,
 * for every cell. A rate over time is one number of a run: blocks of requests say nothing of it, and its interval comes from
 * repeats alone. Where there are repeats their weights are drawn too, A's and B's together (the two crossed, as in Owen's pigeonhole
 * bootstrap, which is rather too wide than too narrow). Intervals are BCa, of quantiles percentiles, with Student's t, see `bca.ts`; blocks are as
 * long as the data asks for, see {@linkcode chooseBlockLength}.
 *
 * The overall ratios are corrected together for their number, and so are those of all cells: of either family, the chance
 * that it shows a difference where there is none is at most 1 − confidence.
 *
 * @throws {RangeError} When A and B do not match or an option is out of its domain.
 * @see https://doi.org/10.1214/07-AOAS122
 * @example
 * ```ts
 * import { compareRuns } from "./compare_runs.ts";
 * import assert from "node:assert/strict";
 *
 * const repeat = (e2eMs: number) =>
 *   Array.from({ length: 20 }, (_, id) => ({
 *     ...{ id, sentMs: 10 * id, lastMs: 10 * id + e2eMs, outputTokens: 9, isGood: null },
 *     ...{ ttftMs: null, tpotMs: null, itlMs: null, e2eMs },
 *   }));
 * const cell = (e2eMs: number) => [{ label: "×1", repeats: [repeat(e2eMs)] }];
 * const { word, overall } = compareRuns({ a: cell(100), b: cell(110) }, { metrics: ["e2e"], statistics: ["mean"] });
 * assert.equal(word, "slower");
 * assert.equal(overall[0]?.estimate?.ratio.toFixed(6), "1.100000");
 * ```
 */
export function compareRuns(
  sets: { readonly a: CellSet; readonly b: CellSet },
  options: CompareOptions = {},
): RunComparison {
  const { metrics, statistics, resamples, seed, confidence } = checkOptions(options);
  const aligned = alignCells(sets, metrics);
  const questions = metrics.flatMap((metric): Question[] =>
    metric.kind === "rate"
      ? [{ metric: metric.name, statistic: "rate" }]
      : statistics.map((statistic) => ({ metric: metric.name, statistic }))
  );
  const random = createRandom(seed);
  const blockRequests = chooseBlocks(aligned);
  const resampled = aligned.map((cell, index) =>
    resampleCell(cell, {
      ...{ questions, resamples, blockRequests: blockRequests[index] ?? 1 },
      blocks: random.fork(`blocks of ${cell.requests}`),
      repeats: random.fork("repeats"),
    })
  );
  const rowsPerCell = aligned.map((cell, index) =>
    questions.map((question, q) => askCell(question, { cell, q, resampled: resampled[index], metrics }))
  );
  const overall = judgeRatios(questions.map((_, q) => askOverall(rowsPerCell, q)), { confidence });
  const cellRows = judgeRatios(rowsPerCell.flat(), { confidence });
  return {
    word: comparisonWord(overall.flatMap(({ estimate }) => estimate === null ? [] : [estimate.word])),
    overall,
    cells: aligned.map((cell, index) => ({
      ...{ label: cell.label, requests: cell.requests, blockRequests: blockRequests[index] ?? 1 },
      blocks: countBlocks(cell.requests, blockRequests[index] ?? 1),
      rows: cellRows.slice(index * questions.length, (index + 1) * questions.length),
      shifts: describeShifts(cell, { shifts: resampled[index]?.shifts ?? [], confidence }),
    })),
    repeats: aligned[0]?.a.length ?? 0,
    ...{ resamples, seed, confidence },
  };
}

function checkOptions(options: CompareOptions) {
  const { resamples = 10_000, seed = 42, confidence = 0.95, statistics = latencyStatistics } = options;
  if (!Number.isSafeInteger(resamples) || resamples < FEWEST_RESAMPLES) {
    throw new RangeError(
      `Cannot compare as 'resamples' must be a whole number ≥ ${FEWEST_RESAMPLES}: current value is ${resamples}`,
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot compare as 'confidence' must be in (0, 1): current value is ${confidence}`);
  }
  const names = comparedMetrics.map(({ name }) => name);
  const metrics = (options.metrics ?? names).map((name): ComparedMetric => {
    const found = comparedMetrics.find((metric) => metric.name === name);
    if (found !== undefined) return found;
    throw new RangeError(`Cannot compare as there is no metric "${name}"${suggest(name, names)}`);
  });
  return { metrics, statistics, resamples, seed, confidence };
}

/** Cells with as many requests have blocks of one length, the longest that any of them asks for. */
function chooseBlocks(cells: readonly AlignedCell[]): number[] {
  const longest = new Map<number, number>();
  for (const cell of cells) {
    longest.set(cell.requests, Math.max(longest.get(cell.requests) ?? 1, chooseBlockLength(cell)));
  }
  return cells.map(({ requests }) => longest.get(requests) ?? 1);
}

function askCell(
  { metric, statistic }: Question,
  { cell, q, resampled, metrics }: {
    readonly cell: AlignedCell;
    readonly q: number;
    readonly resampled: ResampledCell | undefined;
    readonly metrics: readonly ComparedMetric[];
  },
): RatioQuestion {
  const [a, b] = [orNull(resampled?.a[q]), orNull(resampled?.b[q])];
  const compared = metrics.find(({ name }) => name === metric);
  const whyNot = whyNoRatio(cell, {
    ...{ metric, share: quantileShareOf(statistic), a, b },
    isOfRun: compared !== undefined && isOfRun(compared),
  });
  return {
    ...{ metric, statistic, a, b, whyNot },
    better: compared?.better ?? "lower",
    quantity: whyNot === null ? resampled?.ratios[q] ?? null : null,
  };
}

function whyNoRatio(
  { a, b, requests }: AlignedCell,
  { metric, share, isOfRun, ...measured }: {
    readonly metric: string;
    readonly share: number | null;
    readonly isOfRun: boolean;
    readonly a: number | null;
    readonly b: number | null;
  },
): string | null {
  for (const name of ["a", "b"] as const) {
    const value = measured[name];
    if (value === null) return `not measured of ${name.toUpperCase()}`;
    if (value === 0) return `0 of ${name.toUpperCase()}: there is no ratio`;
  }
  if (requests < FEWEST_REQUESTS) return `${requests} requests are fewer than ${FEWEST_REQUESTS}`;
  if (isOfRun && a.length < 2) return "measured once: nobody knows how it varies from run to run";
  if (share === null) return null;
  const counts = [...a, ...b].flatMap((side) =>
    side.filter((column) => column.metric.name === metric)
      .map(({ base }) => base.reduce((sum, one) => sum + one, 0))
  );
  const least = Math.min(...counts);
  // 100 · 0.1 must not come out as less than 10.
  const beyond = Math.round(least * (1 - share) * 1e6) / 1e6;
  return beyond >= FEWEST_BEYOND
    ? null
    : `${least} values are too few for this quantile: ${
      Math.ceil(FEWEST_BEYOND / (1 - share) - 1e-6)
    } would do`;
}

/** The geometric mean over the cells that have the ratio. */
function askOverall(rowsPerCell: readonly (readonly RatioQuestion[])[], q: number): RatioQuestion {
  const rows = rowsPerCell.flatMap((rows) => rows[q] ?? []);
  const known = rows.filter(({ quantity }) => quantity !== null);
  const quantities = known.flatMap(({ quantity }) => quantity ?? []);
  const first = rows[0];
  // A rate that was measured once is shown; a quantile of too few values is not.
  const shown = known.length === 0 && first?.statistic === "rate" ? rows.filter(({ a, b }) => a && b) : known;
  const geometric = (of: (row: RatioQuestion) => number | null) =>
    shown.length === 0
      ? null
      : Math.exp(shown.reduce((sum, row) => sum + Math.log(of(row) ?? NaN), 0) / shown.length);
  return {
    ...{
      metric: first?.metric ?? "",
      statistic: first?.statistic ?? "mean",
      better: first?.better ?? "lower",
    },
    ...{ a: geometric(({ a }) => a), b: geometric(({ b }) => b) },
    whyNot: known.length === 0 ? first?.whyNot ?? "there is no cell" : null,
    quantity: known.length === 0 ? null : meanOfQuantities(quantities),
  };
}

function meanOfQuantities(quantities: readonly Quantity[]): Quantity {
  const count = quantities.length;
  const mean = (of: (quantity: Quantity) => number) =>
    quantities.reduce((sum, quantity) => sum + of(quantity), 0) / count;
  const meanList = (of: (quantity: Quantity) => Float64Array) => {
    const sums = new Float64Array(quantities.reduce((most, one) => Math.max(most, of(one).length), 0));
    for (const quantity of quantities) {
      for (const [i, value] of of(quantity).entries()) sums[i] = (sums[i] ?? 0) + value / count;
    }
    return sums;
  };
  return {
    estimate: mean(({ estimate }) => estimate),
    perRepeat: (quantities[0]?.perRepeat ?? []).map((_, i) => mean(({ perRepeat }) => perRepeat[i] ?? NaN)),
    isOfRun: quantities.some(({ isOfRun }) => isOfRun),
    isSmooth: quantities.every(({ isSmooth }) => isSmooth),
    jackknife: joinJackknives(quantities),
    overBlocks: meanList(({ overBlocks }) => overBlocks),
    overBoth: meanList(({ overBoth }) => overBoth),
  };
}

/** Blocks of cells that have as many are the same requests; else each cell has its own. */
function joinJackknives(quantities: readonly Quantity[]): number[] {
  const blocks = quantities[0]?.jackknife.length ?? 0;
  const total = quantities.reduce((sum, { estimate }) => sum + estimate, 0);
  if (quantities.every(({ jackknife }) => jackknife.length === blocks)) {
    return Array.from(
      { length: blocks },
      (_, block) =>
        quantities.reduce((sum, { jackknife }) => sum + (jackknife[block] ?? NaN), 0) / quantities.length,
    );
  }
  return quantities.flatMap(({ estimate, jackknife }) =>
    jackknife.map((value) => (total - estimate + value) / quantities.length)
  );
}

function describeShifts(
  { a, b }: AlignedCell,
  { shifts, confidence }: Pick<ResampledCell, "shifts"> & { readonly confidence: number },
): ShiftRow[] {
  return shifts.map(({ metric, delta }) => {
    const valuesOf = (sides: AlignedCell["a"]) =>
      sides.flatMap((side) => [...side.find((column) => column.metric.name === metric)?.values ?? []])
        .filter((value) => !Number.isNaN(value));
    const interval = delta.jackknife.length < 2 ? undefined : pivotOf(delta)?.pivot.interval(1 - confidence);
    const within = (value: number) => Math.max(-1, Math.min(1, value));
    return {
      metric,
      cliffsDelta: interval === undefined
        ? null
        : { value: delta.estimate, low: within(interval.low), high: within(interval.high) },
      mannWhitney: mannWhitney(valuesOf(a), valuesOf(b)),
    };
  });
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
