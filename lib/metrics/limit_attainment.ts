/**
 * How many requests of a cell keep the limits that judge requests.
 *
 * @module
 */
import type { CellDigest, RequestPoint } from "./digest.ts";
import { describe } from "./distribution.ts";
import { Sample } from "./sample.ts";
import { isUpperLimit, keepsLimit, type SloLimit } from "./slo.ts";

/** How many requests keep one limit. */
export interface LimitAttainment {
  readonly limit: SloLimit;
  /** Successful requests that the limit judges. */
  readonly judged: number;
  /** Of those, requests that keep the limit. */
  readonly kept: number;
  /** `kept / judged`; `null` when none was judged. */
  readonly share: number | null;
  /** Median of the requests' values in the limit's unit; `null` without any. */
  readonly p50: number | null;
  /** The smallest latency, the largest rate. */
  readonly best: number | null;
}

/** Good requests, counted. */
export interface GoodRequests {
  readonly requests: number;
  readonly outputTokens: number;
}

/**
 * Counts the successful requests that keep each limit, and the good ones, which keep all.
 *
 * A limit does not judge a request for which its metric is not defined; an answer without a token keeps no limit.
 *
 * @param limits Those that judge requests.
 * @returns Also the output rates, of which percentiles can be taken.
 */
export function judgeRequests(
  digest: CellDigest,
  limits: readonly SloLimit[],
): { readonly good: GoodRequests; readonly limits: LimitAttainment[]; readonly rates: Sample } {
  const counts = limits.map((limit) => ({ limit, judged: 0, kept: 0, values: new Sample() }));
  const good = { requests: 0, outputTokens: 0 };
  const rates = new Sample();
  for (const point of digest.points()) {
    if (point.outcome !== "ok") continue;
    const rate = valueOf(point, "outputRate");
    if (rate !== undefined) rates.add(rate);
    let isGood = true;
    for (const count of counts) {
      const value = valueOf(point, count.limit.metric);
      if (value !== undefined) count.values.add(value);
      const keeps = keepsOrEscapes(point, count.limit);
      const isJudged = value !== undefined || !hasToken(point);
      if (isJudged) count.judged++;
      if (isJudged && keeps) count.kept++;
      isGood &&= keeps;
    }
    if (!isGood) continue;
    good.requests++;
    good.outputTokens += point.outputTokens;
  }
  return {
    good,
    rates,
    limits: counts.map(({ values, ...count }) => ({ ...count, ...courseOf(values, count) })),
  };
}

/**
 * Whether a request keeps every limit on requests: only a successful one can.
 *
 * @param limits Those without a percentile.
 */
export function isGoodRequest(point: RequestPoint, limits: readonly SloLimit[]): boolean {
  return point.outcome === "ok" && limits.every((limit) => keepsOrEscapes(point, limit));
}

/** A limit does not judge an answer for which its metric is not defined; one without a token keeps no limit. */
function keepsOrEscapes(point: RequestPoint, limit: SloLimit): boolean {
  const value = valueOf(point, limit.metric);
  return value === undefined ? hasToken(point) : keepsLimit(value, limit);
}

/** A success whose first token never came has no TTFT. */
function hasToken({ ttftMs }: RequestPoint): boolean {
  return ttftMs !== undefined;
}

/** In the limit's unit; `undefined` where it is not defined. */
function valueOf(point: RequestPoint, metric: SloLimit["metric"]): number | undefined {
  switch (metric) {
    case "ttft":
      return point.ttftMs;
    case "tpot":
    case "itl":
      return point.tpotMs;
    case "e2e":
      return point.e2eMs;
    case "outputRate": {
      const e2eMs = valueOf(point, "e2e");
      return e2eMs === undefined || e2eMs === 0 ? undefined : point.outputTokens / e2eMs * 1000;
    }
  }
}

function courseOf(
  values: Sample,
  { limit, judged, kept }: { readonly limit: SloLimit; readonly judged: number; readonly kept: number },
): Pick<LimitAttainment, "share" | "p50" | "best"> {
  const distribution = describe(values);
  return {
    share: judged === 0 ? null : kept / judged,
    p50: distribution?.p50 ?? null,
    best: (isUpperLimit(limit) ? distribution?.min : distribution?.max) ?? null,
  };
}

/** The limit that the fewest keep. */
export function hardestLimit(limits: readonly LimitAttainment[]): LimitAttainment | undefined {
  return limits.filter(({ judged }) => judged > 0).sort((a, b) => (a.share ?? 0) - (b.share ?? 0))[0];
}
