/**
 * From records to the numbers of a table row.
 *
 * @module
 */
import type { Cell, RequestRecord, Run } from "../types.ts";
import { concurrencySteps, type LoadStep } from "./concurrency.ts";
import { describe, type Distribution } from "./distribution.ts";
import { e2e } from "./e2e.ts";
import { itl } from "./itl.ts";
import { type Metric, sampleMetric, succeeded } from "./metric.ts";
import { sendLag } from "./send_lag.ts";
import { countInputTokens, countOutputTokens, type TokenSource } from "./tokens.ts";
import { tpot } from "./tpot.ts";
import { ttft, ttftFromSchedule } from "./ttft.ts";
import { judgeCell, type Verdict } from "./verdict.ts";

/** Equal failures, counted. */
export interface FailureCount {
  readonly kind: string;
  readonly message: string;
  readonly count: number;
}

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
  readonly peakInFlight: number;
  /** Most requests sent and still without a token at once. */
  readonly peakQueued: number;
  /** Requests that opened a connection; `null` where the transport cannot tell. */
  readonly freshConnections: number | null;
  readonly verdict: Verdict;
}

/** All cells of a run, in order. */
export interface RunSummary {
  readonly runId: string;
  readonly cells: readonly CellSummary[];
}

/** Summarises a run, cell by cell. */
export function summarizeRun(run: Run): RunSummary {
  const byCell = groupByCell(run);
  return {
    runId: run.manifest.runId,
    cells: run.manifest.cells.map((cell) => summarizeCell(cell, byCell.get(cell.index) ?? [])),
  };
}

/** The records of each cell, in the order they ended. */
export function groupByCell(run: Run): Map<number, RequestRecord[]> {
  return Map.groupBy(run.records, (record) => record.cell);
}

/** Summarises one cell. */
export function summarizeCell(cell: Cell, records: readonly RequestRecord[]): CellSummary {
  const successes = records.filter(succeeded);
  const failures = records.filter((record) => record.outcome.kind === "failed");
  const over = (metric: Metric) => describe(sampleMetric(metric, records));
  const outputTokens = sum(successes, (record) => countOutputTokens(record).tokens);
  const inputTokens = sum(successes, countInputTokens);
  const window = findWindow(records);
  const durationMs = window === null ? null : window.endMs - window.startMs;
  const perS = (amount: number) => durationMs === null ? null : amount / durationMs * 1000;
  const lag = over(sendLag);
  const steps = concurrencySteps(records);
  const fresh = records.filter((record) => record.freshConnection !== null);
  return {
    index: cell.index,
    label: cell.label,
    parameters: cell.parameters,
    status: cell.status,
    requests: {
      offered: cell.requestCount,
      succeeded: successes.length,
      failed: failures.length,
      cancelled: records.filter((record) => record.outcome.kind === "cancelled").length,
      unrecorded: cell.requestCount - records.length,
    },
    failures: countFailures(records),
    ttft: over(ttft),
    ttftFromSchedule: over(ttftFromSchedule),
    tpot: over(tpot),
    itl: over(itl),
    e2e: over(e2e),
    sendLag: lag,
    inputTokens,
    outputTokens,
    tokenSources: countTokenSources(successes),
    promptsOfOtherLength: countOtherPrompts(successes),
    answersOfOtherLength:
      successes.filter((record) => countOutputTokens(record).tokens !== record.outputTokens).length,
    durationMs,
    outputTokensPerS: perS(outputTokens),
    totalTokensPerS: perS(inputTokens + outputTokens),
    requestsPerS: perS(successes.length),
    offeredRequestsPerS: cell.offeredRequestsPerS,
    meanConcurrency: window === null ? null : meanInFlight(steps, window),
    peakInFlight: peak(steps, (step) => step.inFlight),
    peakQueued: peak(steps, (step) => step.queued),
    freshConnections: fresh.length === 0 ? null : fresh.filter((record) => record.freshConnection).length,
    verdict: judgeCell(cell, { sendLag: lag, succeeded: successes.length, failed: failures.length }),
  };
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** First `sentMs` → last tic of a success; `null` without a success or when both coincide. */
function findWindow(records: readonly RequestRecord[]): Window | null {
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const record of records) {
    if (record.sentMs !== null) startMs = Math.min(startMs, record.sentMs);
    if (succeeded(record)) endMs = Math.max(endMs, record.ticsMs.at(-1) ?? -Infinity);
  }
  return endMs > startMs ? { startMs, endMs } : null;
}

function meanInFlight(steps: readonly LoadStep[], { startMs, endMs }: Window): number {
  let requestMs = 0;
  for (const [i, { atMs, inFlight }] of steps.entries()) {
    const untilMs = Math.min(steps[i + 1]?.atMs ?? endMs, endMs);
    if (untilMs > atMs) requestMs += inFlight * (untilMs - atMs);
  }
  return requestMs / (endMs - startMs);
}

function countFailures(records: readonly RequestRecord[]): FailureCount[] {
  const counts = new Map<string, FailureCount>();
  for (const { outcome } of records) {
    if (outcome.kind !== "failed") continue;
    const key = `${outcome.failure}\n${outcome.message}`;
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { kind: outcome.failure, message: outcome.message, count });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

function countTokenSources(records: readonly RequestRecord[]): Partial<Record<TokenSource, number>> {
  const counts: Partial<Record<TokenSource, number>> = {};
  for (const record of records) {
    const { source } = countOutputTokens(record);
    counts[source] = (counts[source] ?? 0) + 1;
  }
  return counts;
}

function countOtherPrompts(records: readonly RequestRecord[]): number | null {
  const counted = records.filter((record) => record.usage !== undefined && record.inputTokens > 0);
  if (counted.length === 0) return null;
  return counted.filter((record) => record.usage?.promptTokens !== record.inputTokens).length;
}

function peak(steps: readonly LoadStep[], of: (step: LoadStep) => number): number {
  return steps.reduce((highest, step) => Math.max(highest, of(step)), 0);
}

function sum(records: readonly RequestRecord[], of: (record: RequestRecord) => number): number {
  return records.reduce((total, record) => total + of(record), 0);
}
