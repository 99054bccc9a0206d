/**
 * From records to the numbers of a table row.
 *
 * @module
 */
import type { Cell, EngineLag, Run } from "../types.ts";
import type { CellDigest, FailureCount, RunDigest } from "./digest.ts";
import { describe, type Distribution } from "./distribution.ts";
import { e2e } from "./e2e.ts";
import { type Goodput, measureGoodput } from "./goodput.ts";
import { itl } from "./itl.ts";
import type { Metric } from "./metric.ts";
import { sendLag } from "./send_lag.ts";
import { sloOf } from "./slo.ts";
import type { TokenSource } from "./tokens.ts";
import { tpot } from "./tpot.ts";
import { ttft, ttftFromSchedule } from "./ttft.ts";
import { judgeCell, type Verdict } from "./verdict.ts";

/** Everything a table says about one cell. `null` means not measured. */
export interface CellSummary {
  readonly index: number;
  readonly label: string;
  readonly parameters: Cell["parameters"];
  readonly status: Cell["status"];
  readonly requests: {
    readonly offered: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly cancelled: number;
    /** Offered, but without a record: never sent, or lost with a killed process. */
    readonly unrecorded: number;
  };
  readonly failures: readonly FailureCount[];
  readonly ttft: Distribution | null;
  readonly ttftFromSchedule: Distribution | null;
  readonly tpot: Distribution | null;
  readonly itl: Distribution | null;
  readonly e2e: Distribution | null;
  readonly sendLag: Distribution | null;
  /** Prompt tokens of successful requests. */
  readonly inputTokens: number;
  /** Output tokens of successful requests. */
  readonly outputTokens: number;
  /**
   * Share of prompt tokens that came from the prefix cache, by the server's usage, else by a simulated engine's own count;
   * `null` when nobody says so of any request.
   * SGLang and vLLM say nothing of a request that hit nothing, so where one says something silence is 0.
   */
  readonly cachedShare: number | null;
  /** Requests by who counted their output tokens. */
  readonly tokenSources: Readonly<Partial<Record<TokenSource, number>>>;
  /** Successful requests whose prompt had another length by the server's count than was asked for; `null` without any count. */
  readonly promptsOfOtherLength: number | null;
  /** Successful requests whose answer had another length than was asked for. */
  readonly answersOfOtherLength: number;
  /** First request sent → last token of a successful request, in ms. */
  readonly durationMs: number | null;
  readonly outputTokensPerS: number | null;
  /** Input and output tokens per second. */
  readonly totalTokensPerS: number | null;
  /** Successful requests per second. */
  readonly requestsPerS: number | null;
  readonly offeredRequestsPerS: number | null;
  /** Requests in flight on the average over that same time, failed ones included. */
  readonly meanConcurrency: number | null;
  /** Most requests sent and not ended at once. */
  readonly peakInFlight: number | null;
  /** Most requests sent and still without a token at once. */
  readonly peakQueued: number | null;
  /** Requests that opened a connection; `null` where the transport cannot tell. */
  readonly freshConnections: number | null;
  /** Lag of a simulated engine in real time; `null` for other engines, and in virtual time. */
  readonly engineLag: EngineLag | null;
  /** What was delivered within the run's objective; `null` without one. */
  readonly goodput: Goodput | null;
  readonly verdict: Verdict;
}

/** All cells of a run, in order. */
export interface RunSummary {
  readonly runId: string;
  readonly cells: readonly CellSummary[];
}

/** Summarises a run, cell by cell. */
export function summarizeDigests({ manifest }: Pick<Run, "manifest">, digests: RunDigest): RunSummary {
  const slo = sloOf(manifest);
  return {
    runId: manifest.runId,
    cells: manifest.cells.flatMap((cell) => {
      const digest = digests.get(cell.index);
      if (digest === undefined) return [];
      const summary = summarizeDigest(cell, digest);
      return [{ ...summary, goodput: measureGoodput(digest, { cell: summary, slo }) }];
    }),
  };
}

/** Summarises one cell, without an objective. */
export function summarizeDigest(cell: Cell, digest: CellDigest): CellSummary {
  const { ended, prompts, connections, inputTokens, outputTokens } = digest;
  const { ok: succeeded, failed, cancelled } = ended;
  const over = (metric: Metric) => describe(digest.sample(metric));
  const window = findWindow(digest);
  const durationMs = window === null ? null : window.endMs - window.startMs;
  const perS = (amount: number) => durationMs === null ? null : amount / durationMs * 1000;
  const lag = over(sendLag);
  const load = measureLoad(digest, window);
  return {
    index: cell.index,
    label: cell.label,
    parameters: cell.parameters,
    status: cell.status,
    requests: {
      offered: cell.requestCount,
      succeeded,
      failed,
      cancelled,
      unrecorded: cell.requestCount - succeeded - failed - cancelled,
    },
    failures: digest.failures(),
    ttft: over(ttft),
    ttftFromSchedule: over(ttftFromSchedule),
    tpot: over(tpot),
    itl: over(itl),
    e2e: over(e2e),
    sendLag: lag,
    inputTokens,
    outputTokens,
    cachedShare: cachedShare(cell, digest),
    tokenSources: { ...digest.tokenSources },
    promptsOfOtherLength: prompts.counted === 0 ? null : prompts.ofOtherLength,
    answersOfOtherLength: digest.answersOfOtherLength,
    durationMs,
    outputTokensPerS: perS(outputTokens),
    totalTokensPerS: perS(inputTokens + outputTokens),
    requestsPerS: perS(succeeded),
    offeredRequestsPerS: cell.offeredRequestsPerS,
    ...load,
    freshConnections: connections.known === 0 ? null : connections.fresh,
    engineLag: cell.engineLag ?? null,
    goodput: null,
    verdict: judgeCell(cell, {
      ...{ sendLag: lag, succeeded, failed },
      unrecorded: cell.requestCount - succeeded - failed - cancelled,
    }),
  };
}

/** By the server's usage, else by a simulated engine's own count. */
function cachedShare({ engineCache }: Cell, { cache }: CellDigest): number | null {
  if (cache.reports > 0) return cache.cachedTokens / cache.countedTokens;
  return engineCache?.promptTokens ? engineCache.cachedTokens / engineCache.promptTokens : null;
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** First `sentMs` → last tic of a success; `null` without a success, when both coincide, and without a common clock. */
function findWindow({ firstSentMs: startMs, lastTicMs: endMs, hasOneClock }: CellDigest): Window | null {
  return hasOneClock && endMs > startMs ? { startMs, endMs } : null;
}

function measureLoad(
  digest: CellDigest,
  window: Window | null,
): Pick<CellSummary, "meanConcurrency" | "peakInFlight" | "peakQueued"> {
  if (window === null && digest.sent > 0 && !digest.hasOneClock || digest.sent === 0 && digest.ended.ok > 0) {
    return { meanConcurrency: null, peakInFlight: null, peakQueued: null };
  }
  let requestMs = 0;
  let peakInFlight = 0;
  let peakQueued = 0;
  for (const { atMs, untilMs, inFlight, queued } of digest.loadSpans()) {
    peakInFlight = Math.max(peakInFlight, inFlight);
    peakQueued = Math.max(peakQueued, queued);
    const endMs = Math.min(untilMs, window?.endMs ?? atMs);
    if (endMs > atMs) requestMs += inFlight * (endMs - atMs);
  }
  return {
    meanConcurrency: window === null ? null : requestMs / (window.endMs - window.startMs),
    peakInFlight,
    peakQueued,
  };
}
