/**
 * A request on its way through the engine.
 *
 * @module
 */
import { type Answer, answerOf, naturalLength } from "./answer.ts";
import type { KvLease } from "./kv/kv_memory.ts";
import { EOS_TOKEN } from "./tokenize.ts";

/** What the engine knows about a request. */
export interface EngineRequest {
  /** Unique among the requests in the engine. */
  readonly id: number;
  /** The prompt, one number per token, at least one. */
  readonly promptTokens: Int32Array;
  /** Longest answer wanted, in tokens, ≥ 1. */
  readonly maxTokens: number;
  /** Whether the answer goes on past its end-of-sequence token, up to `maxTokens`. */
  readonly ignoreEos: boolean;
}

/** How far the scheduler is with a request. */
export interface Sequence {
  readonly request: EngineRequest;
  readonly answer: Answer;
  /** Longest answer it can get: what it asks for, or what the context leaves. */
  readonly outputTokens: number;
  /** Length of the answer with its end-of-sequence token; `Infinity` where that is ignored. */
  readonly naturalTokens: number;
  /** Tokens whose keys and values are computed or cached, or will be when the launched batches are done. */
  computedTokens: number;
  /** Tokens to compute before the next one of the answer: the prompt, after a retraction also the answer so far. */
  prefillTokens: number;
  /** Tokens of the answer that are known. */
  emittedTokens: number;
  /** `null` until the request is admitted. */
  lease: KvLease | null;
  /** Finished or aborted: whatever a launched batch still brings for it is thrown away. */
  over: boolean;
}

/**
 * Length of the answer that a request gets: what it asks for, or what the context leaves.
 *
 * @returns tokens; 0 when the prompt fills the context.
 */
export function clipAnswer(
  { promptTokens, maxTokens }: Pick<EngineRequest, "promptTokens" | "maxTokens">,
  contextTokens: number,
): number {
  return Math.max(0, Math.min(maxTokens, contextTokens - promptTokens.length));
}

/**
 * A request that has not begun.
 *
 * @param request As it arrived.
 * @param lengths `outputTokens` from {@linkcode clipAnswer}; `meanAnswerTokens`, see {@linkcode naturalLength}.
 */
export function startSequence(
  request: EngineRequest,
  { outputTokens, meanAnswerTokens }: { outputTokens: number; meanAnswerTokens: number },
): Sequence {
  const answer = answerOf(request.promptTokens);
  return {
    request,
    answer,
    outputTokens,
    naturalTokens: request.ignoreEos ? Infinity : naturalLength(answer, meanAnswerTokens),
    computedTokens: 0,
    prefillTokens: request.promptTokens.length,
    emittedTokens: 0,
    lease: null,
    over: false,
  };
}

/** Takes memory for the next `newTokens` tokens, which are about to be computed. */
export function compute(sequence: Sequence, newTokens: number): void {
  sequence.computedTokens += newTokens;
  sequence.lease?.reserve(sequence.computedTokens);
}

/** Tokens of the prompt and the longest answer that ever have keys and values: the last one is never fed back. */
export function mostTokens({ request, outputTokens }: Sequence): number {
  return request.promptTokens.length + outputTokens - 1;
}

/** Decode batches that a request is still to be launched in, once its prompt is computed. */
export function remainingDecodes(sequence: Sequence): number {
  return mostTokens(sequence) - sequence.computedTokens;
}

/** Whether a request whose prompt is computed goes on to the next decode batch. */
export function canDecode(sequence: Sequence): boolean {
  return !sequence.over && remainingDecodes(sequence) > 0;
}

/** Prompt and answer up to a length; a view of the prompt where that is enough. */
export function tokensUpTo({ request, answer, naturalTokens }: Sequence, length: number): Int32Array {
  const { promptTokens } = request;
  if (length <= promptTokens.length) return promptTokens.subarray(0, length);
  const tokens = new Int32Array(length);
  tokens.set(promptTokens);
  for (let i = promptTokens.length; i < length; i++) {
    const index = i - promptTokens.length;
    tokens[i] = index + 1 === naturalTokens ? EOS_TOKEN : answer.token(index);
  }
  return tokens;
}

/** The tokens whose keys and values can be cached: computed, and known to the host. */
export function cacheableTokens(sequence: Sequence): Int32Array {
  const { request, computedTokens, emittedTokens } = sequence;
  return tokensUpTo(sequence, Math.min(computedTokens, request.promptTokens.length + emittedTokens));
}
