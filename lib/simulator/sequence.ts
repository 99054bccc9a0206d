/**
 * A request on its way through the engine.
 *
 * @module
 */
import type { PageLease } from "./page_pool.ts";

/** What the engine knows about a request. */
export interface EngineRequest {
  /** Unique among the requests in the engine. */
  readonly id: number;
  /** Prompt length in tokens, ≥ 1. */
  readonly inputTokens: number;
  /** Longest answer wanted, in tokens, ≥ 1. */
  readonly maxTokens: number;
}

/** How far the scheduler is with a request. */
export interface Sequence {
  readonly id: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Tokens whose keys and values are computed, or will be when the launched batches are done. */
  computedTokens: number;
  /** Tokens of the answer that are known. */
  emittedTokens: number;
  /** `null` until the request is admitted. */
  lease: PageLease | null;
  aborted: boolean;
}

/**
 * Length of the answer that a request gets: what it asks for, or what the context leaves.
 *
 * @returns tokens; 0 when the prompt fills the context.
 */
export function clipAnswer({ inputTokens, maxTokens }: EngineRequest, contextTokens: number): number {
  return Math.max(0, Math.min(maxTokens, contextTokens - inputTokens));
}

/**
 * A request that has not begun.
 *
 * @param request As it arrived.
 * @param outputTokens Length of its answer, ≥ 1.
 */
export function startSequence({ id, inputTokens }: EngineRequest, outputTokens: number): Sequence {
  const progress = { computedTokens: 0, emittedTokens: 0, lease: null, aborted: false };
  return { id, inputTokens, outputTokens, ...progress };
}

/** Takes memory for the next `newTokens` tokens, which are about to be computed. */
export function compute(sequence: Sequence, newTokens: number): void {
  sequence.computedTokens += newTokens;
  sequence.lease?.reserve(sequence.computedTokens);
}

/** Decode batches that a request is still to be launched in, once its prompt is computed. */
export function remainingDecodes({ inputTokens, outputTokens, computedTokens }: Sequence): number {
  return inputTokens + outputTokens - 1 - computedTokens;
}

/** Whether a request whose prompt is computed goes on to the next decode batch. */
export function canDecode(sequence: Sequence): boolean {
  return remainingDecodes(sequence) > 0;
}
