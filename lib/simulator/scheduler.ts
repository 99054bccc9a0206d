/**
 * The scheduler of mini-sglang as a state machine without a clock: prefill first, first come first served, chunked
 * prefill, admission by memory, a prefix cache, overlap of host and GPU.
 *
 * Facts are those of https://github.com/sgl-project/mini-sglang/tree/main/python/minisgl/scheduler. What SGLang does
 * otherwise is in `admission.ts` and, where its estimate was too low, the retraction of requests here.
 *
 * @module
 */
import type { CacheCounts } from "../types.ts";
import { createAdmissionRule, type PrefillAdmission } from "./admission.ts";
import type { BatchCost, BatchWork } from "./cost.ts";
import type { AdmissionPolicy } from "./engine_presets.ts";
import { createKvMemory, type KvUsage } from "./kv/kv_memory.ts";
import { createNaiveCache } from "./kv/prefix_cache.ts";
import { createRadixCache } from "./kv/radix_cache.ts";
import {
  cacheableTokens,
  canDecode,
  clipAnswer,
  compute,
  type EngineRequest,
  mostTokens,
  type Sequence,
  startSequence,
  tokensUpTo,
} from "./sequence.ts";

/** Limits and costs of a scheduler. */
export interface SchedulerOptions {
  readonly admission: AdmissionPolicy;
  /** Whether prompts and answers are kept for prompts that begin alike. */
  readonly cache: "radix" | "naive";
  /** Pages of keys and values. */
  readonly capacityPages: number;
  /** Tokens per page. */
  readonly pageTokens: number;
  /** Longest prompt and answer together; at most `capacityPages · pageTokens`, below it with policy "estimated". */
  readonly contextTokens: number;
  /** Requests that can be in batches at a time: the slots of the page table. */
  readonly maxRunningRequests: number;
  /** Most prompt tokens in one batch. */
  readonly prefillBudgetTokens: number;
  /** Prompt tokens in a batch before a request that has more of them must wait; `null` is no limit. Policy "estimated". */
  readonly maxPrefillTokens: number | null;
  /** Largest decode batch with a captured CUDA graph; a multiple of 8. */
  readonly graphMaxRequests: number;
  /** Whether the host prepares the next batch while the GPU computes. */
  readonly overlap: boolean;
  /** Mean length of answers to requests that do not ask to go on past their end. */
  readonly meanAnswerTokens: number;
  readonly cost: BatchCost;
}

/** One token of one request. */
export interface TokenEvent {
  readonly id: number;
  /** Position in the answer, from 0. */
  readonly index: number;
  /** Why it is the last one: the limit was reached, or it is the end-of-sequence token. `null` when more will come. */
  readonly finishReason: "length" | "stop" | null;
}

/** A request whose prompt begins to be computed. */
export interface Admission {
  readonly id: number;
  /** Tokens to be had before the first new one: the prompt, and after a retraction the answer so far. */
  readonly promptTokens: number;
  /** Of those, tokens that the prefix cache had. */
  readonly cachedTokens: number;
}

/** One turn of the scheduler's loop. */
export interface Iteration {
  /** From its start to its end, where the next turn starts. */
  readonly durationMs: number;
  /** The batch launched at its start; `null` when there was only one to wait for. */
  readonly work: BatchWork | null;
  /** Requests that its batch is the first of; a request that was retracted is admitted again. */
  readonly admitted: readonly Admission[];
  /** Tokens that are known at its end. */
  readonly emitted: readonly TokenEvent[];
}

/** What is in use. */
export interface SchedulerUsage extends KvUsage {
  /** What the cache had of all prompts so far; those begun again after a retraction do not count twice. */
  readonly prompts: CacheCounts;
  /** Requests in the queue, the one whose prompt is partly computed included. */
  readonly waitingRequests: number;
  /** Requests that the next decode batch takes. */
  readonly runningRequests: number;
  /** Requests that hold a slot. */
  readonly admittedRequests: number;
  readonly freeSlots: number;
  readonly capacityPages: number;
  readonly pageTokens: number;
  /** Times a running request was thrown out for want of memory. */
  readonly retractions: number;
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
  /** Forgets every cached prefix that nobody uses. */
  flushCache(): void;
  usage(): SchedulerUsage;
}

/** A launched batch whose tokens are not known yet. */
interface Launched {
  readonly work: BatchWork;
  readonly admitted: readonly Admission[];
  /** The requests that get a token from it. */
  readonly sampled: readonly Sequence[];
}

/**
 * Makes an empty scheduler.
 *
 * Each turn of the loop takes in what was added, launches a batch and processes results. Without overlap these are the
 * results of that batch, after `T_gpu + T_cpu`. With overlap they are those of the batch before: it computes while the
 * host prepares, so that the turn lasts `max(T_cpu of this batch, T_gpu of the batch before)`, a request that arrives
 * meanwhile waits one batch longer, a finished request frees its pages one turn late, and one that ends with its
 * end-of-sequence token has been launched once more by then, for nothing.
 *
 * A prompt enters the cache when the results of its last chunk are processed, and a whole request, but for its last
 * token, when it ends: of twins that arrive together both compute everything.
 *
 * mini-sglang compares tokens where it hands out pages. With pages of several tokens that can promise more than there
 * are, and it stops with an error when they run out; here such a request waits.
 *
 * @param options Limits and costs.
 * @example
 * ```ts
 * import { createScheduler } from "./scheduler.ts";
 * import assert from "node:assert/strict";
 *
 * const scheduler = createScheduler({
 *   admission: "full",
 *   cache: "radix",
 *   capacityPages: 1000,
 *   pageTokens: 1,
 *   contextTokens: 1000,
 *   maxRunningRequests: 8,
 *   prefillBudgetTokens: 512,
 *   maxPrefillTokens: null,
 *   graphMaxRequests: 8,
 *   overlap: false,
 *   meanAnswerTokens: 100,
 *   cost: { gpuMs: (work) => work.phase === "prefill" ? 50 : 5, cpuMs: () => 0 },
 * });
 * const promptTokens = Int32Array.from({ length: 100 }, (_, i) => i);
 * scheduler.add({ id: 7, promptTokens, maxTokens: 2, ignoreEos: true });
 * assert.deepEqual(scheduler.step()?.emitted, [{ id: 7, index: 0, finishReason: null }]);
 * assert.deepEqual(scheduler.step()?.emitted, [{ id: 7, index: 1, finishReason: "length" }]);
 * assert.equal(scheduler.step(), null);
 *
 * scheduler.add({ id: 8, promptTokens, maxTokens: 2, ignoreEos: true });
 * assert.deepEqual(scheduler.step()?.admitted, [{ id: 8, promptTokens: 100, cachedTokens: 99 }]);
 * ```
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { pageTokens, maxRunningRequests, overlap, cost } = options;
  const cache = options.cache === "radix" ? createRadixCache(pageTokens) : createNaiveCache();
  const memory = createKvMemory({ capacityPages: options.capacityPages, pageTokens, cache });
  const rule = createAdmissionRule({ ...options, policy: options.admission });
  const admitted = new Set<Sequence>();
  let waiting: Sequence[] = [];
  let running: Sequence[] = [];
  let previous: Launched | null = null;
  let retractions = 0;
  const prompts = { promptTokens: 0, cachedTokens: 0 };

  function admit(sequence: Sequence, admission: PrefillAdmission): Admission | null {
    if (admitted.size === maxRunningRequests) return null;
    const { prefillTokens } = sequence;
    sequence.lease = memory.lease({
      // The last token is computed in any case: the next one follows from it.
      tokens: tokensUpTo(sequence, prefillTokens - 1),
      mostTokens: mostTokens(sequence),
      promised: rule.isPromise,
      fits: (cachedTokens, availableTokens) =>
        admission.fits(sequence, prefillTokens - cachedTokens, availableTokens),
    });
    if (!sequence.lease) return null;
    admitted.add(sequence);
    const { cachedTokens } = sequence.lease;
    sequence.computedTokens = cachedTokens;
    if (sequence.emittedTokens === 0) {
      prompts.promptTokens += prefillTokens;
      prompts.cachedTokens += cachedTokens;
    }
    return { id: sequence.request.id, promptTokens: prefillTokens, cachedTokens };
  }

  /** Takes a request out. Its computed tokens go into the cache, unless their pages are needed at once. */
  function release(sequence: Sequence, keep: "cache" | "nothing"): void {
    sequence.lease?.end(keep === "cache" ? cacheableTokens(sequence) : null);
    sequence.lease = null;
    admitted.delete(sequence);
    running = running.filter((one) => one !== sequence);
  }

  function launchPrefill(): Launched | null {
    if (waiting.length === 0) return null;
    const admission = rule.openBatch(running);
    const batch: { sequence: Sequence; newTokens: number }[] = [];
    const newcomers: Admission[] = [];
    let budgetTokens = options.prefillBudgetTokens;
    for (const sequence of waiting) {
      if (budgetTokens === 0) break;
      // A prompt that is partly computed was admitted with its first chunk.
      if (!sequence.lease) {
        const newcomer = admit(sequence, admission);
        if (!newcomer) break;
        newcomers.push(newcomer);
      }
      const restTokens = sequence.prefillTokens - sequence.computedTokens;
      const newTokens = Math.min(budgetTokens, restTokens);
      budgetTokens -= newTokens;
      admission.charge(sequence, restTokens, newTokens);
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
      .filter(({ computedTokens, prefillTokens }) => computedTokens === prefillTokens);
    waiting = waiting.slice(sampled.length);
    running = running.concat(sampled.filter(canDecode));
    return { work: { phase: "prefill", chunks }, admitted: newcomers, sampled };
  }

  function launchDecode(): Launched | null {
    if (running.length === 0) return null;
    if (!rule.isPromise && !makeRoom()) return null;
    const sampled = running;
    for (const sequence of sampled) compute(sequence, 1);
    running = sampled.filter(canDecode);
    return { work: decodeWork(sampled, options.graphMaxRequests), admitted: [], sampled };
  }

  /** Retracts requests until the others have room for a token each; false when even one has to wait for a result. */
  function makeRoom(): boolean {
    const isRoom = () => memory.hasPages(sum(running, missingForNext));
    if (isRoom()) {
      rule.onDecode();
      return true;
    }
    const candidates = running.toSorted((a, b) =>
      b.emittedTokens - a.emittedTokens || a.request.promptTokens.length - b.request.promptTokens.length
    );
    while (!isRoom() && candidates.length > 1) retract(candidates.pop());
    rule.onRetract(running);
    if (isRoom()) return true;
    if (previous) return false;
    throw new RangeError("Cannot go on decoding as the last request left does not fit into memory");
  }

  /** Throws a request out and puts it at the end of the queue; what it had is computed again. */
  function retract(sequence: Sequence | undefined): void {
    if (!sequence) return;
    retractions++;
    release(sequence, "nothing");
    if (previous) previous = { ...previous, sampled: previous.sampled.filter((one) => one !== sequence) };
    sequence.prefillTokens = sequence.request.promptTokens.length + sequence.emittedTokens;
    waiting.push(sequence);
  }

  /** Takes in the tokens of a batch that is done. */
  function collect({ work, sampled }: Launched): TokenEvent[] {
    const events: TokenEvent[] = [];
    for (const sequence of sampled) {
      if (sequence.over) continue;
      const index = sequence.emittedTokens++;
      const finishReason = reasonToFinish(sequence);
      events.push({ id: sequence.request.id, index, finishReason });
      if (finishReason !== null) {
        sequence.over = true;
        release(sequence, "cache");
      } else if (work.phase === "prefill") {
        sequence.lease?.share(cacheableTokens(sequence));
      }
    }
    return events;
  }

  return {
    add(request) {
      const outputTokens = clipAnswer(request, options.contextTokens);
      if (outputTokens === 0) return false;
      waiting.push(startSequence(request, { outputTokens, meanAnswerTokens: options.meanAnswerTokens }));
      return true;
    },
    abort(id) {
      const isIt = (one: Sequence) => one.request.id === id;
      const sequence = waiting.find(isIt) ?? running.find(isIt);
      if (!sequence) return;
      sequence.over = true;
      waiting = waiting.filter((one) => one !== sequence);
      release(sequence, "cache");
    },
    step() {
      const launched = launchPrefill() ?? launchDecode();
      const done = overlap ? previous : launched;
      if (overlap) previous = launched;
      if (!launched && !done) {
        rule.onIdle();
        return null;
      }
      const cpuMs = launched ? cost.cpuMs(launched.work) : 0;
      const gpuMs = done ? cost.gpuMs(done.work) : 0;
      return {
        durationMs: overlap ? Math.max(cpuMs, gpuMs) : cpuMs + gpuMs,
        work: launched?.work ?? null,
        admitted: launched?.admitted ?? [],
        emitted: done ? collect(done) : [],
      };
    },
    flushCache: () => memory.flush(),
    usage: () => ({
      waitingRequests: waiting.length,
      runningRequests: running.length,
      admittedRequests: admitted.size,
      freeSlots: maxRunningRequests - admitted.size,
      capacityPages: options.capacityPages,
      pageTokens,
      ...memory.usage(),
      retractions,
      prompts: { ...prompts },
    }),
  };
}

function reasonToFinish(
  { emittedTokens, naturalTokens, outputTokens }: Sequence,
): TokenEvent["finishReason"] {
  if (emittedTokens === naturalTokens) return "stop";
  return emittedTokens === outputTokens ? "length" : null;
}

/** New pages that a request takes when it is launched in the next decode batch. */
function missingForNext({ lease, computedTokens }: Sequence): number {
  return lease?.missingPages(computedTokens + 1) ?? 0;
}

function decodeWork(sampled: readonly Sequence[], graphMaxRequests: number): BatchWork {
  const requests = sampled.length;
  const eager = requests > graphMaxRequests;
  const paddedRequests = eager ? requests : graphSize(requests);
  // A padding row is a request of one token.
  const contextTokens = paddedRequests - requests + sum(sampled, ({ computedTokens }) => computedTokens);
  return { phase: "decode", requests, paddedRequests, contextTokens, eager };
}

/** Smallest captured graph for a batch: 1, 2, 4, then multiples of 8. */
function graphSize(requests: number): number {
  if (requests <= 2) return requests;
  return requests <= 4 ? 4 : 8 * Math.ceil(requests / 8);
}

function sum(sequences: readonly Sequence[], of: (sequence: Sequence) => number): number {
  let total = 0;
  for (const sequence of sequences) total += of(sequence);
  return total;
}
