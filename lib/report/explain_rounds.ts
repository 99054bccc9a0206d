/**
 * Whether a later round was faster than the first, in a sentence; and where it was not, what the data says of the likely
 * causes.
 *
 * @module
 */
import { cacheIsOff, type HitRate, hitRates } from "../metrics/hit_rates.ts";
import { digestRun, sendLag } from "../metrics/mod.ts";
import type { RoundComparison } from "../metrics/paired_rounds.ts";
import { formatCount, formatMs, formatPlural, formatShare } from "../plots/mod.ts";
import type { Cell, Run } from "../types.ts";

/** What is said of a comparison. */
export interface RoundsExplanation {
  /** `unclear` where the interval of the median difference holds 0, `unknown` where there is none. */
  readonly verdict: "faster" | "slower" | "unclear" | "unknown";
  readonly text: string;
  /** What was found of the usual causes when the later round was not faster; each is held up by the data. */
  readonly causes: readonly string[];
}

/** Rates up to this are as good as nothing. */
const FEW_RATIO = 0.02;
/** Rates that differ by less than this do not explain a latency. */
const NOTABLE_RATIO = 0.1;
/** From here on, round 1 counts as warm. */
const WARM_RATIO = 0.5;

/** Explains a comparison by TTFT. */
export function explainRounds(run: Run, comparison: RoundComparison): RoundsExplanation {
  const { ttft, round, pairs } = comparison;
  if (ttft === null) {
    return {
      verdict: "unknown",
      text: `No request succeeded both in round 1 and in round ${round}.`,
      causes: [],
    };
  }
  const { median, interval } = ttft.medianMs;
  const counts = `${formatShare(ttft.faster / ttft.pairs)} of ${formatPlural(ttft.pairs, "request")} ${
    ttft.pairs === 1 ? "was" : "were"
  } faster`;
  if (interval === null) {
    return {
      verdict: "unknown",
      text: `The median TTFT difference of round ${round} to round 1 is ${formatMs(median)}, but ${
        formatPlural(pairs, "request")
      } are too few to tell it from chance. ${counts}.`,
      causes: [],
    };
  }
  const { low, high } = interval;
  const range = high <= 0
    ? `${formatMs(-high)} to ${formatMs(-low)}`
    : `${formatMs(low)} to ${formatMs(high)}`;
  const cached = spellCached(comparison);
  if (high < 0) {
    return {
      verdict: "faster",
      text: `Round ${round} reached its first token ${formatMs(-median)} (${range}) earlier in the middle; ` +
        `${counts}${cached}.`,
      causes: [],
    };
  }
  const found = findCauses(run, comparison);
  const causes = found.length > 0
    ? found
    : ["None of the usual causes shows in the data: cache off, other prompts, eviction, a reset in between."];
  if (low > 0) {
    return {
      verdict: "slower",
      text:
        `Round ${round} was not faster: it reached its first token ${
          formatMs(median)
        } (${range}) later in the ` +
        `middle; ${counts}${cached}.`,
      causes,
    };
  }
  return {
    verdict: "unclear",
    text: `Round ${round} was not measurably faster: the median TTFT difference, later − first, is ${
      formatMs(median)
    } and its interval, ${formatMs(low)} to ${formatMs(high)}, holds 0; ${counts}${cached}.`,
    causes,
  };
}

function spellCached({ cachedTokens, promptTokens }: RoundComparison): string {
  if (cachedTokens === null || promptTokens.later === 0) return "";
  return `; ${formatShare(cachedTokens.later / promptTokens.later)} of its prompt tokens were cached`;
}

interface Evidence {
  readonly run: Run;
  readonly comparison: RoundComparison;
  readonly firstCell: Cell;
  readonly laterCell: Cell;
  readonly first: Rates;
  readonly later: Rates;
}

/** What was cached by the best source there is, and what could have been. */
interface Rates {
  readonly actual: HitRate | null;
  readonly theoretical: HitRate | null;
}

function findCauses(run: Run, comparison: RoundComparison): string[] {
  const { cells } = run.manifest;
  const firstCell = cells.find(({ index }) => index === comparison.firstCell);
  const laterCell = cells.find(({ index }) => index === comparison.laterCell);
  if (firstCell === undefined || laterCell === undefined) return [];
  const evidence: Evidence = {
    ...{ run, comparison, firstCell, laterCell },
    first: ratesOf(run, firstCell),
    later: ratesOf(run, laterCell),
  };
  return checks.flatMap((check) => check(evidence) ?? []);
}

function ratesOf(run: Run, cell: Cell): Rates {
  const { theoretical, usage, metrics } = hitRates(run, cell);
  return { theoretical, actual: usage ?? metrics ?? fromEngine(cell) };
}

/** A simulated engine's own count, where nothing that a server would say tells of its cache. */
function fromEngine({ engineCache }: Cell): HitRate | null {
  if (engineCache === undefined || engineCache.promptTokens === 0) return null;
  const { promptTokens, cachedTokens } = engineCache;
  return { promptTokens, cachedTokens, ratio: cachedTokens / promptTokens };
}

/** Each says what it found, or nothing. */
const checks: readonly ((evidence: Evidence) => string | null)[] = [
  ({ run, first, later, laterCell }) => {
    if (cacheIsOff(run)) return "The cache is off: the engine says that it keeps no prefixes.";
    const isEmpty = first.actual?.cachedTokens === 0 && later.actual?.cachedTokens === 0 &&
      laterCell.cacheReset?.done !== true;
    return isEmpty && (later.theoretical?.ratio ?? 1) > FEW_RATIO
      ? "The cache seems to be off: not one prompt token was cached in either round."
      : null;
  },
  ({ later: { theoretical }, laterCell }) =>
    theoretical !== null && theoretical.ratio <= FEW_RATIO && laterCell.cacheReset?.done !== true
      ? `There was nothing to find: by their tokens, ${
        formatShare(theoretical.ratio)
      } of the later round's prompts ` +
        "had been asked before. Either the prompts differ, or they are shorter than a page of the cache."
      : null,
  ({ comparison: { otherPrompts, pairs } }) =>
    otherPrompts === 0
      ? null
      : `The requests are not identical: ${formatCount(otherPrompts)} of ${
        formatCount(pairs)
      } prompts have another length ` +
        "in the later round by the server's count.",
  ({ laterCell }) =>
    laterCell.cacheReset?.done === true
      ? "The cache was emptied between the rounds, so both were cold."
      : null,
  ({ later: { actual, theoretical }, laterCell }) =>
    actual !== null && theoretical !== null && actual.cachedTokens > 0 &&
      theoretical.ratio - actual.ratio > NOTABLE_RATIO && laterCell.cacheReset?.done !== true
      ? `Prefixes were evicted: ${
        formatShare(theoretical.ratio)
      } of the later round's prompt tokens had been ` +
        `computed before, ${formatShare(actual.ratio)} were still cached.`
      : null,
  ({ first: { actual }, firstCell }) => {
    if (actual === null || actual.ratio < WARM_RATIO) return null;
    return firstCell.cacheReset?.done === true
      ? `There was little left to gain: the rows share so much that ${
        formatShare(actual.ratio)
      } of round 1's prompt tokens were cached, although the cache was emptied before it.`
      : `Round 1 was warm already: ${
        formatShare(actual.ratio)
      } of its prompt tokens were cached, and the cache was not emptied before it.`;
  },
  (evidence) => explainNoise(evidence),
  ({ first, later }) =>
    first.actual !== null && later.actual !== null &&
      later.actual.ratio - first.actual.ratio > WARM_RATIO
      ? `The cache worked: ${formatShare(later.actual.ratio)} of the prompt tokens were cached, after ${
        formatShare(first.actual.ratio)
      }. Then the time to the first token is not spent on computing prompts, but for example on waiting for a place.`
      : null,
];

/** Differences below what client and simulated engine add by themselves tell nothing. */
function explainNoise({ run, comparison: { ttft }, laterCell }: Evidence): string | null {
  const isReal = run.manifest.clock === "real";
  const lags = digestRun(run).get(laterCell.index)?.sample(sendLag).sorted();
  const client = isReal && lags !== undefined && lags.length > 0 ? lags.at(lags.length >> 1) ?? 0 : 0;
  const engine = laterCell.engineLag?.p99Ms ?? 0;
  const noiseMs = Math.max(client, engine);
  const medianMs = Math.abs(ttft?.medianMs.median ?? Infinity);
  if (noiseMs === 0 || medianMs >= noiseMs) return null;
  const what = engine > client ? "the p99 lag of the simulated engine" : "the median lag of the client";
  return `The difference of ${formatMs(medianMs)} is too small to tell: it is below ${what}, ${
    formatMs(noiseMs)
  }.`;
}
