/**
 * Ratios of B to A in one cell, of the data and of its resamples.
 *
 * @module
 */
import type { Random } from "../../random.ts";
import type { AlignedCell, Column } from "./align.ts";
import { blockLength } from "./block_length.ts";
import type { ComparedMetric } from "./compared_metrics.ts";
import {
  blockDrawer,
  countRequests,
  leaveOutBlocks,
  repeatDrawer,
  type Stretches,
  wholeRun,
} from "./block_resample.ts";
import { answerSide, prepareSide, quantileShareOf, type Question } from "./resampled_side.ts";
import { prepareShift, resampledShift } from "./resampled_shift.ts";

/** A cell has at least this many blocks, if it has as many requests. */
const FEWEST_BLOCKS = 10;
/**
 * Blocks are longer than those that tell the variance best: intervals that allow for few blocks, as Student's t does, hold
 * more often with long ones (`deno task bench:bootstrap` shows how often).
 */
const LENGTHENING = 2;

/** What is known of one quantity: a logarithm of a ratio B/A, or Cliff's delta. 0 means no difference; NaN, not defined. */
export interface Quantity {
  /** Mean over repeats. */
  readonly estimate: number;
  readonly perRepeat: readonly number[];
  /** Whether a run has one value of it, which resampled blocks say nothing of: a rate over time. */
  readonly isOfRun: boolean;
  /**
   * Whether one request more or less changes it by little. A ratio of quantiles is not smooth: A's and B's move together from
   * one pair of neighbours to the next, so that where the estimate stands among its resamples says nothing of a bias.
   */
  readonly isSmooth: boolean;
  /** Without one block, block after block; mean over repeats. */
  readonly jackknife: readonly number[];
  /** Of each resample of blocks, all repeats in it. */
  readonly overBlocks: Float64Array;
  /** Of each resample of blocks and repeats; the same list where there is one repeat. */
  readonly overBoth: Float64Array;
}

/** A cell, resampled. */
export interface ResampledCell {
  /** One per question: logarithms of ratios. */
  readonly ratios: readonly Quantity[];
  /** One per latency: Cliff's deltas. */
  readonly shifts: readonly { readonly metric: string; readonly delta: Quantity }[];
  /** The statistics themselves, one per question: geometric means over repeats. */
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** What {@linkcode resampleCell} needs. */
export interface ResampleOptions {
  readonly questions: readonly Question[];
  readonly resamples: number;
  readonly blockRequests: number;
  /** Cells with as many requests and the same stream are drawn the same blocks. */
  readonly blocks: Random;
  /** Cells with the same stream are drawn the same repeats. */
  readonly repeats: Random;
}

/**
 * Block length of a cell: twice the longest that {@linkcode blockLength} finds in its metrics, rounded up, and at most a tenth of
 * the requests. It is asked of what the ratio of means depends on, xB/x̄B − xA/x̄A request by request, as mean over repeats.
 *
 * @returns Requests per block, at least 1.
 */
export function chooseBlockLength({ a, b, requests }: AlignedCell): number {
  const most = Math.max(1, Math.floor(requests / FEWEST_BLOCKS));
  const lengths = (a[0] ?? []).map(({ metric }, column) => {
    if (isOfRun(metric)) return 1;
    const series = new Float64Array(requests);
    for (let repeat = 0; repeat < a.length; repeat++) {
      const [left, right] = [a[repeat]?.[column], b[repeat]?.[column]];
      if (!left || !right) continue;
      const [fromA, fromB] = [influence(left), influence(right)];
      for (let i = 0; i < requests; i++) series[i] = (series[i] ?? 0) + (fromB[i] ?? 0) - (fromA[i] ?? 0);
    }
    return blockLength(series);
  });
  return Math.min(most, Math.ceil(LENGTHENING * Math.max(1, ...lengths)));
}

/** What each request adds to the logarithm of Σvalues/Σbase, times the number of requests; 0 where it has no value. */
function influence({ values, base }: Column): Float64Array {
  const known = values.map((value) => Number.isNaN(value) ? 0 : value);
  const sum = (list: Float64Array) => list.reduce((total, value) => total + value, 0);
  const [valueSum, baseSum] = [sum(known), sum(base)];
  if (!(valueSum > 0 && baseSum > 0)) return new Float64Array(values.length);
  return known.map((value, i) => values.length * (value / valueSum - (base[i] ?? 0) / baseSum));
}

/** Takes all quantities of a cell, of the data, of the data without each block, and of every resample. */
export function resampleCell(cell: AlignedCell, options: ResampleOptions): ResampledCell {
  const { questions, resamples, blockRequests } = options;
  const pair = preparePair(cell, questions);
  const { quantities, repeats } = pair;
  const answers = { a: new Float64Array(questions.length), b: new Float64Array(questions.length) };
  const values = new Float64Array(quantities * repeats);
  answerPair(pair, { stretches: wholeRun(cell.requests), values, answers });
  const perRepeat = Array.from(
    { length: quantities },
    (_, q) => Array.from({ length: repeats }, (_, repeat) => values[repeat * quantities + q] ?? NaN),
  );
  const jackknife = perRepeat.map((): number[] => []);
  for (const stretches of leaveOutBlocks(cell.requests, blockRequests)) {
    answerPair(pair, { stretches, values });
    for (const [q, list] of jackknife.entries()) list.push(meanOver(values, { q, quantities, repeats }));
  }
  const overBlocks = perRepeat.map(() => new Float64Array(resamples));
  const overBoth = repeats === 1 ? overBlocks : perRepeat.map(() => new Float64Array(resamples));
  const drawBlocks = blockDrawer(options.blocks, { requests: cell.requests, blockRequests });
  const drawRepeats = repeatDrawer(options.repeats, repeats);
  for (let i = 0; i < resamples; i++) {
    answerPair(pair, { stretches: drawBlocks(), values });
    const weights = drawRepeats();
    for (let q = 0; q < quantities; q++) {
      const [blocksOf, bothOf] = [overBlocks[q], overBoth[q]];
      if (blocksOf) blocksOf[i] = meanOver(values, { q, quantities, repeats });
      if (bothOf && repeats > 1) bothOf[i] = meanOver(values, { q, quantities, repeats, weights });
    }
  }
  const ofRun = new Set((cell.a[0] ?? []).flatMap(({ metric }) => isOfRun(metric) ? [metric.name] : []));
  const made = perRepeat.map((list, q): Quantity => ({
    estimate: list.reduce((sum, value) => sum + value, 0) / repeats,
    perRepeat: list,
    isOfRun: ofRun.has(questions[q]?.metric ?? ""),
    isSmooth: quantileShareOf(questions[q]?.statistic ?? "mean") === null,
    jackknife: jackknife[q] ?? [],
    overBlocks: overBlocks[q] ?? new Float64Array(0),
    overBoth: overBoth[q] ?? new Float64Array(0),
  }));
  return {
    ratios: made.slice(0, questions.length),
    shifts: made.slice(questions.length).map((delta, i) => ({ metric: pair.shifts[i]?.metric ?? "", delta })),
    a: answers.a.map((sum) => Math.exp(sum / repeats)),
    b: answers.b.map((sum) => Math.exp(sum / repeats)),
  };
}

/** Whether a run has one value of it, which its blocks have no part in. */
export function isOfRun(metric: ComparedMetric): boolean {
  return metric.kind === "rate" && metric.over === "time";
}

type Pair = ReturnType<typeof preparePair>;

function preparePair({ a, b, requests }: AlignedCell, questions: readonly Question[]) {
  const prepare = (sides: AlignedCell["a"]) => sides.map((side) => prepareSide(side, questions));
  const shifts = (a[0] ?? []).flatMap(({ metric }, column) => {
    if (metric.kind !== "latency") return [];
    const perRepeat = a.flatMap((side, repeat) => {
      const [left, right] = [side[column], b[repeat]?.[column]];
      return left && right ? [prepareShift({ a: left, b: right })] : [];
    });
    return [{ metric: metric.name, perRepeat }];
  });
  return {
    ...{ a: prepare(a), b: prepare(b), shifts, repeats: a.length },
    quantities: questions.length + shifts.length,
    counts: new Int32Array(requests),
    fromA: new Float64Array(questions.length),
    fromB: new Float64Array(questions.length),
  };
}

/**
 * Takes all quantities of every repeat, repeat after repeat, into `values`; logarithms of the statistics are summed over
 * repeats into `answers`.
 */
function answerPair(
  { a, b, shifts, quantities, repeats, counts, fromA, fromB }: Pair,
  { stretches, values, answers }: {
    readonly stretches: Stretches;
    readonly values: Float64Array;
    readonly answers?: { readonly a: Float64Array; readonly b: Float64Array };
  },
): void {
  countRequests(stretches, counts);
  for (let repeat = 0; repeat < repeats; repeat++) {
    answerSide(a[repeat] ?? [], { counts, stretches, answers: fromA });
    answerSide(b[repeat] ?? [], { counts, stretches, answers: fromB });
    const start = repeat * quantities;
    for (let q = 0; q < fromA.length; q++) {
      values[start + q] = Math.log((fromB[q] ?? NaN) / (fromA[q] ?? NaN));
      if (answers) {
        answers.a[q] = (answers.a[q] ?? 0) + Math.log(fromA[q] ?? NaN);
        answers.b[q] = (answers.b[q] ?? 0) + Math.log(fromB[q] ?? NaN);
      }
    }
    for (let i = 0; i < shifts.length; i++) {
      const shift = shifts[i]?.perRepeat[repeat];
      values[start + fromA.length + i] = shift === undefined ? NaN : resampledShift(shift, counts);
    }
  }
}

/** Mean of a quantity over repeats, with these weights, which sum up to 1, or with equal ones. */
function meanOver(
  values: Float64Array,
  { q, quantities, repeats, weights }: {
    readonly q: number;
    readonly quantities: number;
    readonly repeats: number;
    readonly weights?: Float64Array;
  },
): number {
  let sum = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    sum += (weights === undefined ? 1 / repeats : weights[repeat] ?? 0) *
      (values[repeat * quantities + q] ?? NaN);
  }
  return sum;
}
