/**
 * The same requests in a later round and in the first: differences per request, not of averages.
 *
 * @module
 */
import type { Cell, Run } from "../types.ts";
import type { CellDigest, RequestPoint } from "./digest.ts";
import { saysCached } from "./hit_rates.ts";
import { type MedianInterval, medianInterval } from "./median_interval.ts";
import { timeBetween } from "./metric.ts";
import { digestRun } from "./mod.ts";
import { quantileSorted } from "./quantile.ts";

/** Differences of one latency, later − first, in ms: negative is faster. */
export interface PairedDifference {
  readonly pairs: number;
  /** With its interval at 95 %. */
  readonly medianMs: MedianInterval;
  readonly meanMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
  /** Requests by their own difference. */
  readonly faster: number;
  readonly slower: number;
  readonly tied: number;
  /** Median of later / first; `null` where no first value is above 0. */
  readonly medianRatio: number | null;
  /** All differences in ms, ascending. */
  readonly sortedMs: readonly number[];
}

/** Requests of about the same prompt length. */
export interface LengthGroup {
  readonly fromTokens: number;
  readonly toTokens: number;
  readonly pairs: number;
  /** Median TTFT of each round. */
  readonly firstMs: number;
  readonly laterMs: number;
}

/** A later round against the first, at one level of concurrency and in one stage. */
export interface RoundComparison {
  /** `null` in a run without stages. */
  readonly stage: string | null;
  /** `null` where it is not a parameter of the run. */
  readonly concurrency: number | null;
  /** From 2. */
  readonly round: number;
  /** Indices of both cells. */
  readonly firstCell: number;
  readonly laterCell: number;
  /** Requests that succeeded in both rounds. */
  readonly pairs: number;
  /** Requests that succeeded in one of both rounds only. */
  readonly unpaired: number;
  /** `null` where no pair has that latency. */
  readonly ttft: PairedDifference | null;
  readonly tpot: PairedDifference | null;
  readonly e2e: PairedDifference | null;
  /** Pairs whose tokens the server counted in both rounds; only these are compared by their tokens, where there are any. */
  readonly counted: number;
  /** Prompt tokens of these pairs, by the server's count where it gave one. */
  readonly promptTokens: { readonly first: number; readonly later: number };
  /** Of those, tokens that were cached by the server's usage, and how many more in the later round; `null` where it does not say. */
  readonly cachedTokens: { readonly first: number; readonly later: number; readonly saved: number } | null;
  /** Pairs whose prompt had another length in the later round: not the same request. */
  readonly otherPrompts: number;
  /** Shortest prompts first. */
  readonly groups: readonly LengthGroup[];
}

/** More groups would be too small to have a median. */
const MOST_GROUPS = 6;
/** A group has at least this many requests, if there are as many. */
const FEWEST_IN_GROUP = 5;

const comparisons = new WeakMap<Run, readonly RoundComparison[]>();

/**
 * Compares each later round with the first one of its stage and concurrency, request by request: a request is the same where
 * its id is.
 *
 * @returns One comparison per later round, in the order of the cells; empty where the run has one round.
 */
export function pairRounds(run: Run): readonly RoundComparison[] {
  const known = comparisons.get(run);
  if (known !== undefined) return known;
  const { cells } = run.manifest;
  const digests = digestRun(run);
  const says = saysCached(run);
  const made = cells.flatMap((later) => {
    const round = roundOf(later);
    const first = cells.find((cell) => roundOf(cell) === 1 && isSameLoad(cell, later));
    const [before, after] = [digests.get(first?.index ?? -1), digests.get(later.index)];
    if (round === null || round < 2 || first === undefined || !before || !after) return [];
    return [compareRounds({ first, later, round, says }, { before, after })];
  });
  comparisons.set(run, made);
  return made;
}

/** One request in the first round and in a later one. */
export interface RoundPair extends Pair, Pick<RoundComparison, "stage" | "concurrency" | "round"> {}

/** The pairs of every comparison, in the order of sending in the later round. */
export function listPairs(run: Run): RoundPair[] {
  const digests = digestRun(run);
  return pairRounds(run).flatMap(({ stage, concurrency, round, firstCell, laterCell }) => {
    const [before, after] = [digests.get(firstCell), digests.get(laterCell)];
    if (!before || !after) return [];
    return findPairs({ before, after }).pairs.map((pair) => ({ stage, concurrency, round, ...pair }));
  });
}

/** Round of a cell, from 1; `null` where it is none of several. */
export function roundOf({ parameters }: Pick<Cell, "parameters">): number | null {
  return typeof parameters.round === "number" ? parameters.round : null;
}

/** Whether two cells differ in their round only. */
function isSameLoad(a: Cell, b: Cell): boolean {
  const names = new Set([...Object.keys(a.parameters), ...Object.keys(b.parameters)]);
  names.delete("round");
  return [...names].every((name) => a.parameters[name] === b.parameters[name]);
}

/** The same request twice. */
export interface Pair {
  readonly first: RequestPoint;
  readonly later: RequestPoint;
}

function compareRounds(
  { first, later, round, says }: { first: Cell; later: Cell; round: number; says: boolean },
  digests: { readonly before: CellDigest; readonly after: CellDigest },
): RoundComparison {
  const { pairs, unpaired } = findPairs(digests);
  const { stage, concurrency } = later.parameters;
  // What the server counted in one round only cannot be compared.
  const counted = pairs.filter(({ first, later }) => first.isCounted && later.isCounted);
  const known = counted.length > 0 ? counted : pairs;
  const sum = (of: (pair: Pair) => number) => known.reduce((total, pair) => total + of(pair), 0);
  const cached = {
    first: sum(({ first }) => first.cachedTokens ?? 0),
    later: sum(({ later }) => later.cachedTokens ?? 0),
  };
  return {
    stage: typeof stage === "string" ? stage : null,
    concurrency: typeof concurrency === "number" ? concurrency : null,
    round,
    firstCell: first.index,
    laterCell: later.index,
    pairs: pairs.length,
    unpaired,
    ttft: compareLatency(pairs, ({ ttftMs }) => ttftMs),
    tpot: compareLatency(pairs, ({ tpotMs }) => tpotMs),
    e2e: compareLatency(pairs, ({ e2eMs }) => e2eMs),
    promptTokens: {
      first: sum(({ first }) => first.inputTokens),
      later: sum(({ later }) => later.inputTokens),
    },
    counted: counted.length,
    cachedTokens: says && counted.length > 0 ? { ...cached, saved: cached.later - cached.first } : null,
    otherPrompts: counted.filter(({ first, later }) => first.inputTokens !== later.inputTokens).length,
    groups: groupByLength(pairs),
  };
}

function findPairs(
  { before, after }: { readonly before: CellDigest; readonly after: CellDigest },
): { readonly pairs: readonly Pair[]; readonly unpaired: number } {
  const waiting = new Map<number, RequestPoint>();
  for (const point of before.points()) if (point.outcome === "ok") waiting.set(point.id, point);
  const pairs: Pair[] = [];
  let unpaired = 0;
  for (const later of after.points()) {
    if (later.outcome !== "ok") continue;
    const first = waiting.get(later.id);
    waiting.delete(later.id);
    if (first === undefined) unpaired++;
    else pairs.push({ first, later });
  }
  return { pairs, unpaired: unpaired + waiting.size };
}

function compareLatency(
  pairs: readonly Pair[],
  of: (point: RequestPoint) => number | undefined,
): PairedDifference | null {
  const differences: number[] = [];
  const ratios: number[] = [];
  for (const { first, later } of pairs) {
    const [before, after] = [of(first), of(later)];
    if (before === undefined || after === undefined) continue;
    differences.push(timeBetween(before, after));
    if (before > 0) ratios.push(after / before);
  }
  const medianMs = medianInterval(differences);
  if (medianMs === null) return null;
  const sortedMs = differences.toSorted((a, b) => a - b);
  return {
    pairs: sortedMs.length,
    medianMs,
    meanMs: sortedMs.reduce((sum, ms) => sum + ms, 0) / sortedMs.length,
    p10Ms: quantileSorted(sortedMs, 0.1),
    p90Ms: quantileSorted(sortedMs, 0.9),
    faster: sortedMs.filter((ms) => ms < 0).length,
    slower: sortedMs.filter((ms) => ms > 0).length,
    tied: sortedMs.filter((ms) => ms === 0).length,
    medianRatio: medianInterval(ratios)?.median ?? null,
    sortedMs,
  };
}

/** Groups of about equal counts; prompts of one length are in one group. */
function groupByLength(all: readonly Pair[]): LengthGroup[] {
  const pairs = all
    .filter(({ first, later }) => first.ttftMs !== undefined && later.ttftMs !== undefined)
    .sort((a, b) => a.first.inputTokens - b.first.inputTokens);
  const most = Math.max(1, Math.min(MOST_GROUPS, Math.floor(pairs.length / FEWEST_IN_GROUP)));
  const groups: Pair[][] = [];
  let share = -1;
  for (const [place, pair] of pairs.entries()) {
    const isLonger = pair.first.inputTokens !== pairs[place - 1]?.first.inputTokens;
    if (isLonger && Math.floor(place * most / pairs.length) > share) {
      share = Math.floor(place * most / pairs.length);
      groups.push([]);
    }
    groups.at(-1)?.push(pair);
  }
  return groups.map((group) => ({
    fromTokens: group.at(0)?.first.inputTokens ?? 0,
    toTokens: group.at(-1)?.first.inputTokens ?? 0,
    pairs: group.length,
    firstMs: medianOf(group.map(({ first }) => first.ttftMs)),
    laterMs: medianOf(group.map(({ later }) => later.ttftMs)),
  }));
}

function medianOf(values: readonly (number | undefined)[]): number {
  return quantileSorted(values.filter((value) => value !== undefined).sort((a, b) => a - b), 0.5);
}
