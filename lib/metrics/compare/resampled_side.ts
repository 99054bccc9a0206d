/**
 * Statistics of one engine in one repeat, of any resample of its requests, without sorting again.
 *
 * @module
 */
import type { Column, Side } from "./align.ts";
import type { Stretches } from "./block_resample.ts";
import type { ComparedStatistic, LatencyStatistic } from "./compared_metrics.ts";

/** A statistic that is asked of a metric. */
export interface Question {
  readonly metric: string;
  readonly statistic: ComparedStatistic;
}

/** A resample: how often each request is in it, and the stretches that it is made of. */
export interface Resample {
  readonly counts: Int32Array;
  readonly stretches: Stretches;
}

/** Shares of the quantiles, ascending. */
const quantileShares: Readonly<Record<Exclude<LatencyStatistic, "mean">, number>> = {
  p50: 0.5,
  p90: 0.9,
  p99: 0.99,
};

/** Share of a statistic that is a quantile, else `null`. */
export function quantileShareOf(statistic: ComparedStatistic): number | null {
  return statistic === "mean" || statistic === "rate" ? null : quantileShares[statistic];
}

/** A column, sorted once and summed up once. */
export interface PreparedColumn {
  /** Places of the requests that have a value, by value. */
  readonly order: Int32Array;
  /** Their values, ascending. */
  readonly sorted: Float64Array;
  /** Sums from the front over two rounds of the circle. */
  readonly valueSums: Float64Array;
  readonly baseSums: Float64Array;
  readonly quantiles: readonly { readonly share: number; readonly place: number }[];
  /** Where the mean, or the rate, is written. */
  readonly meanPlaces: readonly number[];
}

/** Prepares the columns of a side for the questions; an answer's place is the question's. */
export function prepareSide(side: Side, questions: readonly Question[]): PreparedColumn[] {
  return side.map((column) => {
    const mine = questions
      .map(({ metric, statistic }, place) => ({ metric, share: quantileShareOf(statistic), place }))
      .filter(({ metric }) => metric === column.metric.name);
    return {
      ...sortColumn(column),
      valueSums: circularSums(column.values),
      baseSums: circularSums(column.base),
      quantiles: mine
        .flatMap(({ share, place }) => share === null ? [] : [{ share, place }])
        .sort((x, y) => x.share - y.share),
      meanPlaces: mine.filter(({ share }) => share === null).map(({ place }) => place),
    };
  });
}

function sortColumn({ metric, values }: Column): Pick<PreparedColumn, "order" | "sorted"> {
  if (metric.kind === "rate") return { order: new Int32Array(0), sorted: new Float64Array(0) };
  const places = Int32Array.from(values.keys()).filter((place) => !Number.isNaN(values[place] ?? NaN));
  const order = places.sort((x, y) => (values[x] ?? 0) - (values[y] ?? 0));
  return { order, sorted: Float64Array.from(order, (place) => values[place] ?? NaN) };
}

/** NaN counts as 0, unless every value is: then nothing is known, and so is no sum. */
function circularSums(values: Float64Array): Float64Array {
  const isKnown = values.some((value) => !Number.isNaN(value));
  const sums = new Float64Array(2 * values.length + 1);
  for (let i = 0; i < 2 * values.length; i++) {
    const value = values[i % values.length] ?? 0;
    sums[i + 1] = (sums[i] ?? 0) + (isKnown && Number.isNaN(value) ? 0 : value);
  }
  return sums;
}

/**
 * Answers the questions of a resample, each at its place in `answers`; NaN where nothing is left to take it of.
 *
 * A quantile is the one by linear interpolation of the values written out as often as they were drawn.
 */
export function answerSide(
  columns: readonly PreparedColumn[],
  { counts, stretches, answers }: Resample & { readonly answers: Float64Array },
): void {
  for (const column of columns) {
    const base = sumStretches(column.baseSums, stretches);
    if (column.meanPlaces.length > 0) {
      const mean = sumStretches(column.valueSums, stretches) / base;
      for (const place of column.meanPlaces) answers[place] = base > 0 ? mean : NaN;
    }
    if (column.quantiles.length > 0) answerQuantiles(column, { counts, answers, drawn: Math.round(base) });
  }
}

function sumStretches(sums: Float64Array, { starts, lengths }: Stretches): number {
  let sum = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] ?? 0;
    sum += (sums[start + (lengths[i] ?? 0)] ?? 0) - (sums[start] ?? 0);
  }
  return sum;
}

function answerQuantiles(
  { order, sorted, quantiles }: PreparedColumn,
  { counts, answers, drawn }: {
    readonly counts: Int32Array;
    readonly answers: Float64Array;
    /** Values, each as often as it was drawn. */
    readonly drawn: number;
  },
): void {
  let passed = 0;
  let at = -1;
  for (const { share, place } of quantiles) {
    if (drawn === 0) {
      answers[place] = NaN;
      continue;
    }
    const h = (drawn - 1) * share;
    const rank = Math.floor(h);
    while (passed <= rank) passed += counts[order[++at] ?? 0] ?? 0;
    const low = sorted[at] ?? NaN;
    let next = at;
    if (passed === rank + 1 && h > rank) {
      do next++; while (counts[order[next] ?? 0] === 0);
    }
    answers[place] = low + (h - rank) * ((sorted[next] ?? low) - low);
  }
}
