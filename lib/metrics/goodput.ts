/**
 * Goodput: what an engine delivers within a service level objective.
 *
 * @module
 */
import type { CellDigest } from "./digest.ts";
import type { JudgedCell } from "./latency_limits.ts";
import { type GoodRequests, hardestLimit, judgeRequests, type LimitAttainment } from "./limit_attainment.ts";
import { quantileSorted } from "./quantile.ts";
import type { Sample } from "./sample.ts";
import {
  describeLimit,
  formatPercent,
  formatSloValue,
  isUpperLimit,
  joinVerdicts,
  judgePercentile,
  type Slo,
  type SloLimit,
  type SloPercentile,
  type SloVerdict,
} from "./slo.ts";

/** A percentile and whether it keeps its limit. */
export interface PercentileVerdict {
  readonly limit: SloLimit;
  /** In the limit's unit; `null` where nothing was measured. */
  readonly measured: number | null;
  /** Values behind the percentile. */
  readonly count: number;
  readonly verdict: SloVerdict;
}

/** What a cell delivers within an objective. `null` means not known, or that no limit judges requests. */
export interface Goodput {
  /** Good requests: those that kept every limit on requests. */
  readonly requests: number | null;
  /** Output tokens of good requests. */
  readonly outputTokens: number | null;
  /** Good requests per second, over the same time as throughput: first request sent → last token of a success. */
  readonly requestsPerS: number | null;
  /** Output tokens of good requests per second, over that same time. */
  readonly outputTokensPerS: number | null;
  /** Good requests / all requests of the cell, sent or not. */
  readonly shareOfOffered: number | null;
  /** Good requests / requests that succeeded or failed; cancelled ones are not among them. */
  readonly shareOfCompleted: number | null;
  /** Good requests / successful requests. */
  readonly shareOfSuccessful: number | null;
  /** Output tokens of good requests / those of successful requests. */
  readonly shareOfTokens: number | null;
  /** The limits that judge requests, one by one. */
  readonly limits: readonly LimitAttainment[];
  /** The limits that judge the cell. */
  readonly percentiles: readonly PercentileVerdict[];
  /** Why no request was good, in a sentence; `null` when one was, or when no limit judges requests. */
  readonly whyNone: string | null;
  /** Whether the cell meets the objective. */
  readonly objective: SloVerdict;
}

/** The part of a cell's summary that goodput is measured with. */
export type GoodputCell = JudgedCell & {
  readonly requests: { readonly offered: number; readonly succeeded: number; readonly failed: number };
  /** Of successful requests. */
  readonly outputTokens: number;
  /** First request sent → last token of a successful request, in ms. */
  readonly durationMs: number | null;
};

/**
 * Measures the goodput of a cell.
 *
 * A successful request is good when it keeps every limit that judges requests. A limit does not judge a request for which
 * its metric is not defined, such as TPOT of an answer of one token; an answer without any token keeps no limit. Failed
 * and cancelled requests are never good.
 *
 * The objective is met by a valid cell whose good requests are at least `slo.attainment` of the offered ones and whose
 * percentiles keep their limits. A p99 of fewer than 100 values cannot be told.
 *
 * @param options `cell` is the summary of the same cell.
 * @returns `null` without an objective.
 * @example
 * ```ts
 * import { measureGoodput } from "./goodput.ts";
 * import { CellDigest } from "./digest.ts";
 * import assert from "node:assert/strict";
 *
 * const none = { ttft: null, tpot: null, itl: null, e2e: null, durationMs: null, outputTokens: 0 };
 * const verdict = { valid: false, reasons: ["no request succeeded"] };
 * const cell = { ...none, verdict, requests: { offered: 2, succeeded: 0, failed: 2 } };
 * const limits = [{ metric: "ttft", percentile: null, sign: "<", value: 1000 } as const];
 * const goodput = measureGoodput(new CellDigest({ startMs: 0 }, []), { cell, slo: { name: null, attainment: 1, limits } });
 * assert.equal(goodput?.shareOfOffered, 0);
 * assert.equal(goodput?.requestsPerS, null); // over no time
 * assert.equal(goodput?.whyNone, "no request succeeded");
 * ```
 */
export function measureGoodput(
  digest: CellDigest,
  { cell, slo }: { readonly cell: GoodputCell; readonly slo: Slo },
): Goodput | null {
  if (slo.limits.length === 0) return null;
  const ofRequests = slo.limits.filter(({ percentile }) => percentile === null);
  const { good, limits, rates } = judgeRequests(digest, ofRequests);
  const percentiles = slo.limits.flatMap((limit) => {
    const { percentile } = limit;
    return percentile === null ? [] : [judgeCellLimit({ ...limit, percentile }, { cell, rates })];
  });
  const shares = ofRequests.length === 0 ? noShares : sharesOf(good, cell);
  return {
    ...shares,
    limits,
    percentiles,
    whyNone: shares.requests === 0 ? explainNone(limits, cell) : null,
    objective: judgeObjective({ shares, limits, percentiles }, { cell, slo }),
  };
}

function judgeCellLimit(
  limit: SloLimit & { readonly percentile: SloPercentile },
  { cell, rates }: { readonly cell: GoodputCell; readonly rates: Sample },
): PercentileVerdict {
  const measured = percentileOf(limit, { cell, rates });
  const verdict = judgePercentile(limit, measured);
  return { limit, measured: measured?.value ?? null, count: measured?.count ?? 0, verdict };
}

const percents = { p50: 50, p90: 90, p95: 95, p99: 99 } as const;

function percentileOf(
  { metric, percentile }: { readonly metric: SloLimit["metric"]; readonly percentile: SloPercentile },
  { cell, rates }: { readonly cell: GoodputCell; readonly rates: Sample },
): { readonly value: number; readonly count: number } | null {
  if (metric !== "outputRate") {
    const distribution = cell[metric];
    return distribution === null ? null : { value: distribution[percentile], count: distribution.count };
  }
  if (rates.count === 0) return null;
  // 99 % of the requests are at least as fast as the one at 1 %.
  const value = quantileSorted(rates.sorted(), (100 - percents[percentile]) / 100);
  return { value, count: rates.count };
}

type Shares = Omit<Goodput, "limits" | "percentiles" | "whyNone" | "objective">;

const noShares: Shares = {
  ...{ requests: null, outputTokens: null, requestsPerS: null, outputTokensPerS: null },
  ...{ shareOfOffered: null, shareOfCompleted: null, shareOfSuccessful: null, shareOfTokens: null },
};

function sharesOf({ requests, outputTokens }: GoodRequests, cell: GoodputCell): Shares {
  const { offered, succeeded, failed } = cell.requests;
  const perS = (amount: number) => cell.durationMs === null ? null : amount / cell.durationMs * 1000;
  const share = (of: number, amount = requests) => of === 0 ? null : amount / of;
  return {
    requests,
    outputTokens,
    requestsPerS: perS(requests),
    outputTokensPerS: perS(outputTokens),
    shareOfOffered: share(offered),
    shareOfCompleted: share(succeeded + failed),
    shareOfSuccessful: share(succeeded),
    shareOfTokens: share(cell.outputTokens, outputTokens),
  };
}

function explainNone(limits: readonly LimitAttainment[], { requests }: GoodputCell): string {
  const hardest = hardestLimit(limits);
  if (requests.succeeded === 0) return "no request succeeded";
  if (hardest === undefined || hardest.p50 === null || hardest.best === null) {
    return "no answer had a token";
  }
  const { limit, kept, judged, p50, best } = hardest;
  const median = `the median ${formatSloValue(p50, limit)}`;
  if (kept > 0) {
    return `no request kept every limit: ${describeLimit(limit)} was kept by ${kept} of ${judged}, and ${
      median.replace("median", "median was")
    }`;
  }
  const fastest = `the fastest ${isUpperLimit(limit) ? "took" : "had"} ${formatSloValue(best, limit)}`;
  return `no request kept ${describeLimit(limit)}: ${fastest}, ${median}`;
}

function judgeObjective(
  { shares, limits, percentiles }: {
    readonly shares: Shares;
    readonly limits: readonly LimitAttainment[];
    readonly percentiles: readonly PercentileVerdict[];
  },
  { cell, slo }: { readonly cell: GoodputCell; readonly slo: Slo },
): SloVerdict {
  if (!cell.verdict.valid) return { met: false, reasons: cell.verdict.reasons };
  return joinVerdicts([
    ...(limits.length === 0 ? [] : [judgeShare({ shares, limits }, { cell, slo })]),
    ...percentiles.map(({ verdict }) => verdict),
  ]);
}

function judgeShare(
  { shares, limits }: { readonly shares: Shares; readonly limits: readonly LimitAttainment[] },
  { cell, slo: { attainment } }: { readonly cell: GoodputCell; readonly slo: Slo },
): SloVerdict {
  const { requests, shareOfOffered } = shares;
  if (requests === null || shareOfOffered === null) return { met: null, reasons: ["no request was offered"] };
  if (shareOfOffered >= attainment) return { met: true, reasons: [] };
  if (requests === 0) return { met: false, reasons: [explainNone(limits, cell)] };
  const hardest = hardestLimit(limits);
  const missed = hardest === undefined || hardest.kept === hardest.judged
    ? ""
    : `; ${describeLimit(hardest.limit)} was kept by ${hardest.kept} of ${hardest.judged}`;
  return {
    met: false,
    reasons: [
      `${requests} of ${cell.requests.offered} offered requests (${
        formatPercent(shareOfOffered)
      }) kept every limit, and ${formatPercent(attainment)} have to${missed}`,
    ],
  };
}

/** A cell that may have been judged. */
type MaybeJudged = { readonly label: string; readonly goodput: Pick<Goodput, "objective"> | null };

/**
 * Whether a run misses its objective: what `--fail-on-slo` asks.
 *
 * Every cell has to be known to meet it. A cell that is not valid, or of which it cannot be told, such as by a p99 of 40
 * values, counts as a miss: a gate that opens when it knows nothing is none.
 *
 * @param summary Of a run; cells without an objective are left out.
 * @returns With a reason per cell and limit, each behind the cell's label.
 */
export function missesSlo(
  { cells }: { readonly cells: readonly MaybeJudged[] },
): { readonly missed: boolean; readonly reasons: readonly string[] } {
  const missing = cells.flatMap(({ label, goodput }) =>
    goodput === null || goodput.objective.met === true ? [] : [{ label, ...goodput.objective }]
  );
  return {
    missed: missing.length > 0,
    reasons: missing.flatMap(({ label, reasons }) => reasons.map((reason) => `${label}: ${reason}`)),
  };
}
