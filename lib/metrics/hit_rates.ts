/**
 * What a prefix cache had of a cell's prompts, by everybody who says so, and why they differ.
 *
 * @module
 */
import type { CacheCounts, Cell, Run } from "../types.ts";
import type { CellDigest } from "./digest.ts";
import { digestRun } from "./mod.ts";

/** Who says what was cached: the prompts themselves, the server's usage per request, or the counters of its `/metrics`. */
export type HitRateSource = "theoretical" | "usage" | "metrics";

/** Cached tokens, and the tokens they are a share of. */
export type HitRate = {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** `cachedTokens` / `promptTokens`, in [0, 1]. */
  readonly ratio: number;
};

/** The three rates of a cell; `null` is not available, which is not 0. */
export interface HitRates {
  /** Of every prompt of the cell, in an unlimited cache, one prompt after the other. */
  readonly theoretical: HitRate | null;
  /** Sums over the successful requests. */
  readonly usage: HitRate | null;
  /** From the cell's start to its end, whoever asked. */
  readonly metrics: HitRate | null;
  /** Which of the rates agree, and for each gap the reasons that the data supports. */
  readonly reconciliation: readonly string[];
}

/** For people. */
export const hitRateNames: Readonly<Record<HitRateSource, string>> = {
  theoretical: "theoretical",
  usage: "usage",
  metrics: "/metrics",
};

/** Rates that differ by no more than this are called the same. */
const SAME_RATIO = 0.001;
/** Gaps above this are told from other ways of counting tokens. */
const NOTABLE_RATIO = 0.02;

/**
 * Puts the hit rates of a cell side by side.
 *
 * SGLang and vLLM say nothing of a request that hit nothing: where the server said something of any request of the run, its
 * silence is 0.
 *
 * @param cell Of that run.
 */
export function hitRates(run: Run, cell: Cell): HitRates {
  const digests = digestRun(run);
  const digest = digests.get(cell.index);
  const says = saysCached(run);
  const rates = {
    theoretical: toRate(cell.theoreticalCache),
    usage: toRate(says && digest ? fromUsage(digest) : undefined),
    metrics: toRate(cell.metricsCache),
  };
  return { ...rates, reconciliation: digest === undefined ? [] : reconcile({ run, cell, digest, rates }) };
}

/** Whether the server's usage tells of cached tokens anywhere in the run. */
export function saysCached(run: Run): boolean {
  return digestRun(run).values().some(({ cache }) => cache.reports > 0);
}

/** Whether the engine says that it keeps no prefixes. */
export function cacheIsOff({ manifest: { engine } }: Run): boolean {
  return engine.details?.cache === "naive";
}

function fromUsage({ cache }: CellDigest): CacheCounts {
  return { promptTokens: cache.countedTokens, cachedTokens: cache.cachedTokens };
}

function toRate(counts: CacheCounts | undefined): HitRate | null {
  if (counts === undefined || counts.promptTokens === 0) return null;
  const { promptTokens, cachedTokens } = counts;
  return { promptTokens, cachedTokens, ratio: cachedTokens / promptTokens };
}

type Rates = Readonly<Record<HitRateSource, HitRate | null>>;

interface Context {
  readonly run: Run;
  readonly cell: Cell;
  readonly digest: CellDigest;
  readonly rates: Rates;
}

const comparisons = [["theoretical", "usage"], ["theoretical", "metrics"], ["usage", "metrics"]] as const;

function reconcile(context: Context): string[] {
  const { rates } = context;
  const missing = (["theoretical", "usage", "metrics"] as const).filter((source) => rates[source] === null);
  const said = comparisons.flatMap(([one, other]) => {
    // With usage at hand, the counters are held against it alone.
    if (one === "theoretical" && other === "metrics" && rates.usage !== null) return [];
    const [a, b] = [rates[one], rates[other]];
    return a === null || b === null ? [] : [compare({ one, other, a, b }, context)];
  });
  return [...said, ...missing.map((source) => `${hitRateNames[source]}: ${whyMissing(source)}.`)];
}

interface Comparison {
  readonly one: HitRateSource;
  readonly other: HitRateSource;
  readonly a: HitRate;
  readonly b: HitRate;
}

function compare({ one, other, a, b }: Comparison, context: Context): string {
  const names = `${hitRateNames[one]} and ${hitRateNames[other]}`;
  if (a.cachedTokens === b.cachedTokens && a.promptTokens === b.promptTokens) {
    return `${names} agree to the token.`;
  }
  if (Math.abs(a.ratio - b.ratio) <= SAME_RATIO) return `${names} agree within 0.1 percentage points.`;
  const gap = `${hitRateNames[other]} is ${points(Math.abs(a.ratio - b.ratio))} percentage points ${
    b.ratio < a.ratio ? "below" : "above"
  } ${hitRateNames[one]}`;
  const reasons = one === "theoretical"
    ? reasonsBesideTheory({ a, b }, context)
    : reasonsBesideUsage({ a, b }, context);
  return reasons.length === 0 ? `${gap}; nothing recorded says why.` : `${gap}: ${reasons.join("; ")}.`;
}

/** `a` is what the prompts say, `b` what the server says. */
function reasonsBesideTheory(
  { a, b }: Pick<Comparison, "a" | "b">,
  { run, cell, digest }: Context,
): string[] {
  const { failed, cancelled } = digest.ended;
  const isLess = b.ratio < a.ratio;
  const off = isLess && b.cachedTokens === 0 && cacheIsOff(run);
  const concurrency = cell.parameters.concurrency;
  const atOnce = typeof concurrency === "number" ? concurrency > 1 : true;
  const isLater = typeof cell.parameters.round === "number" && cell.parameters.round > 1;
  const wasEmptied = cell.cacheReset?.done === true;
  const isOtherCount = failed + cancelled === 0 &&
    Math.abs(a.promptTokens - b.promptTokens) > SAME_RATIO * a.promptTokens;
  return [
    ...(off ? ["the engine keeps no prefixes"] : []),
    ...(failed + cancelled > 0
      ? [`${count(failed + cancelled)} requests got no whole answer and are in the theoretical rate only`]
      : []),
    ...(isOtherCount
      ? [
        `${count(a.promptTokens)} prompt tokens were counted here and ${count(b.promptTokens)} by the server`,
      ]
      : []),
    ...(isLess && !off && isLater && !wasEmptied && b.cachedTokens > 0 && failed + cancelled === 0 &&
        !isOtherCount
      ? ["the cache works but lost part of what the rounds before had put in: evicted"]
      : []),
    ...(isLess && !off && isLater && !wasEmptied && b.cachedTokens === 0
      ? ["nothing was found that the rounds before had put in: the cache is off, or all of it was evicted"]
      : []),
    ...(isLess && !off && (!isLater || wasEmptied) && atOnce
      ? [
        "requests in flight together compute a prefix that they share each by itself, or prefixes were evicted",
      ]
      : []),
    ...(isLess && !off && (!isLater || wasEmptied) && !atOnce
      ? ["requests came one by one, so prefixes were evicted or are not shared"]
      : []),
    ...(!isLess && b.ratio - a.ratio > NOTABLE_RATIO
      ? [
        wasEmptied
          ? "the engine said that its cache was emptied, and yet it had more than these prompts share"
          : "the cache was not emptied before this cell and may have held prompts from before",
      ]
      : []),
  ];
}

/** `a` is what usage says, `b` what the counters say. */
function reasonsBesideUsage({ a, b }: Pick<Comparison, "a" | "b">, { digest }: Context): string[] {
  const { failed, cancelled, ok } = digest.ended;
  const { reports } = digest.cache;
  const more = b.promptTokens - a.promptTokens;
  const isFull = more > SAME_RATIO * a.promptTokens;
  return [
    ...(failed + cancelled > 0
      ? [`${count(failed + cancelled)} requests got no whole answer: the counters have them, usage has not`]
      : []),
    ...(isFull && failed + cancelled === 0
      ? [`the counters have ${count(more)} prompt tokens more: somebody else asked the server too`]
      : []),
    ...(more < 0 ? [`the counters lack ${count(-more)} prompt tokens: they were read before the end`] : []),
    ...(reports < ok && b.cachedTokens > a.cachedTokens
      ? [`usage is silent on ${count(ok - reports)} of ${count(ok)} requests, which count as 0`]
      : []),
  ];
}

function whyMissing(source: HitRateSource): string {
  if (source === "theoretical") {
    return "not available, the prompts' tokens were not known or too many to remember";
  }
  return source === "usage"
    ? "not available, the server's usage does not tell of cached tokens (SGLang's does with --enable-cache-report, vLLM's with --enable-prompt-tokens-details)"
    : "not available, the server's counters were not read or do not tell of cached tokens (SGLang has them with --enable-metrics)";
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function points(ratio: number): string {
  return (100 * ratio).toFixed(ratio < 0.01 ? 2 : 1);
}
