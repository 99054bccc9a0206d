/**
 * What an engine's own metrics need to know about the requests in it: the seam between counting and naming.
 *
 * @module
 */
import type { EngineStats } from "../engine.ts";
import type { SchedulerUsage } from "../scheduler.ts";

/** Whose metrics are spoken. */
export type TelemetryKind = "sglang" | "vllm";

/** What is simulated, for the labels. */
export interface TelemetryInfo {
  /** As `/v1/models` names it. */
  readonly model: string;
  /** "H200". */
  readonly gpu: string;
  /** GPUs that share the model. */
  readonly tp: number;
  /** The engine preset's name. */
  readonly preset: string;
}

/** The story of one request so far. Instants are in ms on the engine's clock. */
export interface RequestLife {
  readonly promptTokens: number;
  readonly receivedMs: number;
  /** Start of the first batch it was in; `null` until then, and always with known timing. */
  scheduledMs: number | null;
  /** Prompt tokens that the prefix cache had at that instant. */
  cachedTokens: number;
  /** `null` before the first token. */
  firstTokenMs: number | null;
  /** `receivedMs` before the first token. */
  lastTokenMs: number;
  /** Tokens it got. */
  outputTokens: number;
}

/** A request that is over. */
export interface FinishedRequest extends RequestLife {
  /** Why. */
  readonly finishReason: "length" | "stop";
}

/** What one step brought, summed over its requests. */
export interface StepTotals {
  readonly atMs: number;
  /** Tokens of all answers. */
  readonly tokens: number;
  /** Of those, tokens that are not the first of their answer. */
  readonly decodeTokens: number;
  /** Requests whose prompt began to be computed. */
  readonly admittedRequests: number;
  /** Their prompts, in tokens. */
  readonly admittedTokens: number;
  /** Of those, tokens that the prefix cache had. */
  readonly cachedTokens: number;
}

/** The metrics of one engine, under its names. */
export interface Dialect {
  /** A prompt begins to be computed for the first time. */
  admitted(life: RequestLife): void;
  firstToken(life: RequestLife): void;
  /** Any later token, `gapS` after the one before. Called per token: it must be cheap. */
  nextToken(gapS: number): void;
  finished(request: FinishedRequest): void;
  /** The client went away. */
  aborted(life: RequestLife): void;
  /** After everything else of a step. */
  stepped(totals: StepTotals): void;
  /** Brings what is read, not counted, up to date. */
  collect(snapshot: TelemetrySnapshot): void;
}

/** What is read at the instant of a scrape. */
export interface TelemetrySnapshot {
  readonly stats: EngineStats;
  readonly nowMs: number;
}

/**
 * From one instant to another.
 *
 * @param fromMs Earlier instant, ms.
 * @param toMs Later instant, ms.
 * @returns seconds, rounded to 1 µs, so that 50.1 ms − 45.1 ms is in the bucket up to 5 ms.
 */
export function secondsBetween(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1000) / 1e6;
}

/** Pages of KV that requests hold, those they share with the cache included; what only the cache holds can be had. */
export function usedPages(
  { heldPages, protectedPages }: Pick<SchedulerUsage, "heldPages" | "protectedPages">,
): number {
  return heldPages + protectedPages;
}
