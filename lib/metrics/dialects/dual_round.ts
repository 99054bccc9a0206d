/**
 * The numbers of a round in the terms of fluxperf's dual-round benchmark.
 *
 * They differ from ours in words and in two definitions: "ITL" is the mean gap of each request (our TPOT), and "latency" ends
 * with the response, not with the last token, as does the time over which throughput is taken. They differ from the script's
 * too: tokens are tokens (it splits texts on spaces), a percentile is interpolated (it takes the value at an index), and what
 * was not measured is `null` (it writes 0). Its own ITL row pools gaps; that is the gap between chunks here.
 *
 * @see https://github.com/clateral912/fluxperf
 * @module
 */
import type { RoundMetricName, StatisticName } from "../../labels.ts";
import type { TelemetryLine } from "../../types.ts";
import type { CellDigest } from "../digest.ts";
import { describe, type Distribution } from "../distribution.ts";
import { timeBetween } from "../metric.ts";
import { Sample } from "../sample.ts";
import type { CellSummary } from "../summary.ts";
import {
  isGauge,
  recordedFamilies,
  samplesDuringLoad,
  samplesOfCell,
  type TelemetrySample,
} from "../telemetry_series.ts";

/** A sample in the script's words. `stddev` divides by n − 1 and is `null` of a single value; `count` is of values. */
export type RoundStatistics =
  & Readonly<Record<Exclude<StatisticName, "stddev">, number>>
  & { readonly stddev: number | null };

/** What was delivered within the objective. `null` where no limit judges requests. */
export interface RoundGoodput {
  readonly requests: number | null;
  readonly tokens: number | null;
  /** Over {@linkcode RoundNumbers.durationS}. */
  readonly requestsPerS: number | null;
  readonly tokensPerS: number | null;
  /** Of successful requests, 0 to 100. */
  readonly requestPercent: number | null;
  /** Of the output tokens of successful requests, 0 to 100. */
  readonly tokenPercent: number | null;
}

/** Everything that is said of a round. `null` means not measured. */
export interface RoundNumbers {
  readonly requests: {
    readonly total: number;
    readonly successful: number;
    readonly failed: number;
    /** Cancelled, or never sent. */
    readonly unfinished: number;
  };
  /** First request sent → end of the last successful response. */
  readonly durationS: number | null;
  /** Of successful requests; latencies in ms. Prompts whose length nobody knows are not among the input tokens. */
  readonly metrics: Readonly<Record<RoundMetricName, RoundStatistics | null>>;
  /** Output tokens of successful requests per second. */
  readonly tokensPerS: number | null;
  /** Successful requests per second. */
  readonly requestsPerS: number | null;
  /** `null` without an objective. */
  readonly goodput: RoundGoodput | null;
  /** Statistics over the samples taken during the round, by series, in alphabetical order. */
  readonly prometheus: ReadonlyMap<string, RoundStatistics>;
}

/** What a round is measured with beside its digest. */
export interface MeasureRoundOptions {
  /** Of the same cell. */
  readonly summary: CellSummary;
  /** Of the whole run, or of the cell. @default {[]} */
  readonly telemetry?: readonly TelemetryLine[];
}

/**
 * Measures a round.
 *
 * TTFT, ITL and the gaps are the summary's own, so that the same number stands everywhere.
 *
 * @example
 * ```ts
 * import { digestCell, summarizeDigest } from "../mod.ts";
 * import { measureRound } from "./dual_round.ts";
 * import assert from "node:assert/strict";
 *
 * const none = { connectMs: null, freshConnection: null, headersMs: null, controlMs: [] };
 * const request = { cell: 0, id: 0, scheduledMs: 0, sentMs: 0, ticsMs: [100, 110, 140], doneMs: 150, ...none };
 * const digest = digestCell({ startMs: 0 });
 * digest.add({ ...request, inputTokens: 9, outputTokens: 3, outcome: { kind: "ok", finishReason: "stop" } });
 * const cell = { index: 0, label: "concurrency 1, round 1", parameters: {}, schedule: "closed", requestCount: 1 } as const;
 * const times = { offeredRequestsPerS: null, startMs: 0, endMs: 150, status: "complete" } as const;
 * const { metrics, durationS, tokensPerS } = measureRound(digest, { summary: summarizeDigest({ ...cell, ...times }, digest) });
 * assert.equal(metrics.itl?.avg, 20); // (140 − 100) / 2
 * assert.equal(metrics.latency?.avg, 150);
 * assert.equal(metrics.latency?.stddev, null); // of one value
 * assert.deepEqual([durationS, tokensPerS], [0.15, 20]);
 * ```
 */
export function measureRound(
  digest: Pick<CellDigest, "points">,
  { summary, telemetry = [] }: MeasureRoundOptions,
): RoundNumbers {
  const { offered, succeeded, failed } = summary.requests;
  const [latency, inputTokens, outputTokens] = [new Sample(), new Sample(), new Sample()];
  let firstSentMs = Infinity;
  let lastDoneMs = -Infinity;
  for (const point of digest.points()) {
    firstSentMs = Math.min(firstSentMs, point.sentMs);
    if (point.outcome !== "ok") continue;
    lastDoneMs = Math.max(lastDoneMs, point.doneMs);
    latency.add(timeBetween(point.sentMs, point.doneMs));
    if (point.inputTokens > 0) inputTokens.add(point.inputTokens);
    outputTokens.add(point.outputTokens);
  }
  const durationS = lastDoneMs > firstSentMs ? timeBetween(firstSentMs, lastDoneMs) / 1000 : null;
  const perS = (amount: number | null) => amount === null || durationS === null ? null : amount / durationS;
  return {
    requests: {
      ...{ total: offered, successful: succeeded, failed },
      unfinished: offered - succeeded - failed,
    },
    durationS,
    metrics: {
      ttft: describeRound(summary.ttft),
      itl: describeRound(summary.tpot),
      latency: describeRound(describe(latency)),
      inter_chunk_gap: describeRound(summary.itl),
      input_tokens: describeRound(describe(inputTokens)),
      output_tokens: describeRound(describe(outputTokens)),
    },
    tokensPerS: perS(succeeded === 0 ? null : summary.outputTokens),
    requestsPerS: perS(succeeded === 0 ? null : succeeded),
    goodput: goodputOf(summary, perS),
    prometheus: describeTelemetry(telemetry, summary.index),
  };
}

/** The same sample with the script's standard deviation: √(Σ(x − mean)² / (n − 1)). */
function describeRound(distribution: Distribution | null): RoundStatistics | null {
  if (distribution === null) return null;
  const { mean, stddev, ...rest } = distribution;
  const { count } = rest;
  return { avg: mean, ...rest, stddev: count < 2 ? null : stddev * Math.sqrt(count / (count - 1)) };
}

function goodputOf(
  { goodput }: CellSummary,
  perS: (amount: number | null) => number | null,
): RoundGoodput | null {
  if (goodput === null) return null;
  const { requests, outputTokens: tokens, shareOfSuccessful, shareOfTokens } = goodput;
  return {
    ...{ requests, tokens },
    requestsPerS: perS(requests),
    tokensPerS: perS(tokens),
    requestPercent: shareOfSuccessful === null ? null : shareOfSuccessful * 100,
    tokenPercent: shareOfTokens === null ? null : shareOfTokens * 100,
  };
}

/** A bucket of a histogram, whose counts say nothing one by one. */
const BUCKET = /^[^{]*_bucket\{(.*,)?le="/;

/**
 * Every series of a cell as it was read: counters as they stand, gauges while the load ran, sums and counts of histograms; no
 * buckets. A metric that has one series is called as it is named, without labels.
 */
function describeTelemetry(
  telemetry: readonly TelemetryLine[],
  cell: number,
): ReadonlyMap<string, RoundStatistics> {
  const gauges = new Set(recordedFamilies(telemetry).filter(isGauge).map(({ name }) => name));
  const samples = new Map<string, Sample>();
  const read = (lines: readonly TelemetrySample[], wants: (name: string) => boolean) => {
    for (const { values } of lines) {
      for (const [series, value] of Object.entries(values)) {
        if (!Number.isFinite(value) || BUCKET.test(series) || !wants(nameOf(series))) continue;
        const sample = samples.get(series) ?? new Sample();
        samples.set(series, sample);
        sample.add(value);
      }
    }
  };
  read(samplesOfCell(telemetry, cell), (name) => !gauges.has(name));
  read(samplesDuringLoad(telemetry, cell), (name) => gauges.has(name));
  const all = [...samples.keys()].sort();
  const isAlone = (series: string) => all.filter((other) => nameOf(other) === nameOf(series)).length === 1;
  return new Map(all.flatMap((series) => {
    const statistics = describeRound(describe(samples.get(series) ?? []));
    return statistics === null ? [] : [[isAlone(series) ? nameOf(series) : series, statistics]];
  }));
}

function nameOf(series: string): string {
  return series.replace(/\{.*$/s, "");
}
