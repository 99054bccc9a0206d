/**
 * The scheduler of mini-sglang as a state machine without a clock: prefill first, first come first served, chunked
 * prefill, full reservation of the answer, overlap of host and GPU.
 *
 * Facts are those of https://github.com/sgl-project/mini-sglang/tree/main/python/minisgl/scheduler. With the naive
 * cache nothing is ever matched. The simulated text has no end-of-sequence token: every answer has its full length.
 *
 * @module
 */
import type { BatchCost, BatchWork } from "./cost.ts";
import { createPagePool } from "./page_pool.ts";
import {
  canDecode,
  clipAnswer,
  compute,
  type EngineRequest,
  remainingDecodes,
  type Sequence,
  startSequence,
} from "./sequence.ts";

/** Limits and costs of a scheduler. */
export interface SchedulerOptions {
  /** Pages of keys and values. */
  readonly capacityPages: number;
  /** Tokens per page. */
  readonly pageTokens: number;
  /** Longest prompt and answer together; at most `capacityPages · pageTokens`. */
  readonly contextTokens: number;
  /** Requests that can be in batches at a time: the slots of the page table. */
  readonly maxRunningRequests: number;
  /** Most prompt tokens in one batch. */
  readonly prefillBudgetTokens: number;
  /** Largest decode batch with a captured CUDA graph; a multiple of 8. */
  readonly graphMaxRequests: number;
  /** Whether the host prepares the next batch while the GPU computes. */
  readonly overlap: boolean;
  readonly cost: BatchCost;
}

/** One token of one request. */
export interface TokenEvent {
  readonly id: number;
  /** Position in the answer, from 0. */
  readonly index: number;
  /** Whether it is the last one. */
  readonly finished: boolean;
}

/** One turn of the scheduler's loop. */
export interface Iteration {
  /** From its start to its end, where the next turn starts. */
  readonly durationMs: number;
  /** The batch launched at its start; `null` when there was only one to wait for. */
  readonly work: BatchWork | null;
  /** Tokens that are known at its end. */
  readonly emitted: readonly TokenEvent[];
}

/** What is in use. */
export interface SchedulerUsage {
  /** Requests in the queue, the one whose prompt is partly computed included. */
  readonly waitingRequests: number;
  /** Requests that hold a slot. */
  readonly admittedRequests: number;
  readonly freeSlots: number;
  readonly freePages: number;
  /** Pages held, summed over the requests. */
  readonly heldPages: number;
}

/** A scheduler. Between two turns requests may be added and aborted; they take effect in the next one. */
export interface Scheduler {
  /**
   * Puts a request at the end of the queue. Its answer is clipped to what the context leaves.
   *
   * @returns false when the prompt leaves no room for an answer: the request is dropped.
   */
  add(request: EngineRequest): boolean;
  /** Drops a request and frees what it holds. Does nothing when it is unknown or its last token is being computed. */
  abort(id: number): void;
  /** Runs one turn; `null` when there is nothing to do until the next `add`. */
  step(): Iteration | null;
  usage(): SchedulerUsage;
}

/** A launched batch whose tokens are not known yet. */
interface Launched {
  readonly work: BatchWork;
  /** The requests that get a token from it. */
  readonly sampled: readonly Sequence[];
}

/**
 * Makes an empty scheduler.
 *
 * Each turn of the loop takes in what was added, launches a batch and processes results. Without overlap these are the
 * results of that batch, after `T_gpu + T_cpu`. With overlap they are those of the batch before: it computes while the
 * host prepares, so that the turn lasts `max(T_cpu of this batch, T_gpu of the batch before)`, a request that arrives
 * meanwhile waits one batch longer, and a finished request frees its pages one turn late.
 *
 * Admission compares tokens as mini-sglang does: `input + output + reserved ≤ free`, where `reserved` is what the running
 * requests may still need and `pageTokens − 1` for each. With pages of several tokens that rule can promise more pages
 * than there are, and mini-sglang stops with an error when they run out; here such a request waits.
 *
 * @param options Limits and costs.
 * @example
 * ```ts
 * import { createScheduler } from "./scheduler.ts";
 * import assert from "node:assert/strict";
 *
 * const scheduler = createScheduler({
 *   capacityPages: 1000,
 *   pageTokens: 1,
 *   contextTokens: 1000,
 *   maxRunningRequests: 8,
 *   prefillBudgetTokens: 512,
 *   graphMaxRequests: 8,
 *   overlap: false,
 *   cost: { gpuMs: (work) => work.phase === "prefill" ? 50 : 5, cpuMs: () => 0 },
 * });
 * scheduler.add({ id: 7, inputTokens: 100, maxTokens: 2 });
 * assert.deepEqual(scheduler.step()?.emitted, [{ id: 7, index: 0, finished: false }]);
 * assert.deepEqual(scheduler.step()?.emitted, [{ id: 7, index: 1, finished: true }]);
 * assert.equal(scheduler.step(), null);
 * ```
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { pageTokens, maxRunningRequests, overlap, cost } = options;
  const pool = createPagePool(options.capacityPages, pageTokens);
  const admitted = new Set<Sequence>();
  let waiting: Sequence[] = [];
  let running: Sequence[] = [];
  let previous: Launched | null = null;

  function admit(sequence: Sequence, reservedTokens: number): boolean {
    if (admitted.size === maxRunningRequests) return false;
    const totalTokens = sequence.inputTokens + sequence.outputTokens;
    if (totalTokens + reservedTokens > pool.freePages() * pageTokens) return false;
    // The last token of an answer is never fed back, so it needs no room.
    sequence.lease = pool.lease(totalTokens - 1);
    if (!sequence.lease) return false;
    admitted.add(sequence);
    return true;
  }

  function release(sequence: Sequence): void {
    sequence.lease?.release();
    admitted.delete(sequence);
  }

  function launchPrefill(): Launched | null {
    let budgetTokens = options.prefillBudgetTokens;
    let reservedTokens = (pageTokens - 1) * running.length;
    for (const sequence of running) reservedTokens += remainingDecodes(sequence);
    const batch: { sequence: Sequence; newTokens: number }[] = [];
    for (const sequence of waiting) {
      if (budgetTokens === 0) break;
      // A prompt that is partly computed was admitted with its first chunk.
      if (!sequence.lease && !admit(sequence, reservedTokens)) break;
      const restTokens = sequence.inputTokens - sequence.computedTokens;
      const newTokens = Math.min(budgetTokens, restTokens);
      budgetTokens -= newTokens;
      reservedTokens += restTokens + sequence.outputTokens;
      batch.push({ sequence, newTokens });
    }
    if (batch.length === 0) return null;
    // Only now: admission compares with what was free before the batch.
    const chunks = batch.map(({ sequence, newTokens }) => {
      const cachedTokens = sequence.computedTokens;
      compute(sequence, newTokens);
      return { newTokens, cachedTokens };
    });
    const sampled = batch.map(({ sequence }) => sequence)
      .filter((sequence) => sequence.computedTokens === sequence.inputTokens);
    waiting = waiting.slice(sampled.length);
    running = running.concat(sampled.filter(canDecode));
    return { work: { phase: "prefill", chunks }, sampled };
  }

  function launchDecode(): Launched | null {
    if (running.length === 0) return null;
    const sampled = running;
    for (const sequence of sampled) compute(sequence, 1);
    running = sampled.filter(canDecode);
    return { work: decodeWork(sampled, options.graphMaxRequests), sampled };
  }

  /** Takes in the tokens of a batch that is done. */
  function collect({ sampled }: Launched): TokenEvent[] {
    const events: TokenEvent[] = [];
    for (const sequence of sampled) {
      if (sequence.aborted) continue;
      const index = sequence.emittedTokens++;
      const finished = sequence.emittedTokens === sequence.outputTokens;
      if (finished) release(sequence);
      events.push({ id: sequence.id, index, finished });
    }
    return events;
  }

  return {
    add(request) {
      const outputTokens = clipAnswer(request, options.contextTokens);
      if (outputTokens === 0) return false;
      waiting.push(startSequence(request, outputTokens));
      return true;
    },
    abort(id) {
      const sequence = waiting.find((one) => one.id === id) ?? running.find((one) => one.id === id);
      if (!sequence) return;
      waiting = waiting.filter((one) => one !== sequence);
      running = running.filter((one) => one !== sequence);
      sequence.aborted = true;
      release(sequence);
    },
    step() {
      const launched = launchPrefill() ?? launchDecode();
      const done = overlap ? previous : launched;
      if (overlap) previous = launched;
      if (!launched && !done) return null;
      const cpuMs = launched ? cost.cpuMs(launched.work) : 0;
      const gpuMs = done ? cost.gpuMs(done.work) : 0;
      return {
        durationMs: overlap ? Math.max(cpuMs, gpuMs) : cpuMs + gpuMs,
        work: launched?.work ?? null,
        emitted: done ? collect(done) : [],
      };
    },
    usage() {
      let heldPages = 0;
      for (const { lease } of admitted) heldPages += lease?.heldPages() ?? 0;
      return {
        waitingRequests: waiting.length,
        admittedRequests: admitted.size,
        freeSlots: maxRunningRequests - admitted.size,
        freePages: pool.freePages(),
        heldPages,
      };
    },
  };
}

function decodeWork(sampled: readonly Sequence[], graphMaxRequests: number): BatchWork {
  const requests = sampled.length;
  const eager = requests > graphMaxRequests;
  const paddedRequests = eager ? requests : graphSize(requests);
  // A padding row is a request of one token.
  let contextTokens = paddedRequests - requests;
  for (const { computedTokens } of sampled) contextTokens += computedTokens;
  return { phase: "decode", requests, paddedRequests, contextTokens, eager };
}

/** Smallest captured graph for a batch: 1, 2, 4, then multiples of 8. */
function graphSize(requests: number): number {
  if (requests <= 2) return requests;
  return requests <= 4 ? 4 : 8 * Math.ceil(requests / 8);
}
