/**
 * A second scheduler to hold the first one against, written from mini-sglang's source
 * (https://github.com/sgl-project/mini-sglang/tree/main/python/minisgl/scheduler: scheduler.py, prefill.py, decode.py,
 * cache.py) as plainly as it goes: every page has a number, every request a page table, and what is free is a list.
 *
 * Knowingly otherwise than in the source:
 * - `running_reqs` is a set without order there; here it has the order in which requests were admitted.
 * - Under overlap the source asks `can_decode` when the next batch has been launched already. Unless a prefill batch came
 *   between, it therefore calls the last token but one the last, frees the request, and nobody gets its last token. Here
 *   a request ends with its last token.
 */
import assert from "node:assert/strict";

import { answerOf, naturalLength } from "../../lib/simulator/answer.ts";
import type { SchedulerUsage } from "../../lib/simulator/scheduler.ts";
import type { EngineRequest } from "../../lib/simulator/sequence.ts";
import type { CacheModel } from "./kv/radix_model.ts";

const EOS = 151_645;

/** Options of the model. */
export interface ModelOptions {
  readonly cache: CacheModel;
  readonly pages: number;
  readonly pageTokens: number;
  readonly contextTokens: number;
  readonly slots: number;
  readonly budgetTokens: number;
  readonly overlap: boolean;
  readonly meanAnswerTokens: number;
}

interface Req {
  readonly id: number;
  /** Prompt and known answer; for a chunk, the prompt up to its end. */
  ids: number[];
  /** Tokens with keys and values. */
  cachedLen: number;
  /** The same and the next one. */
  deviceLen: number;
  readonly maxDeviceLen: number;
  readonly isChunk: boolean;
  /** Tokens of the prefix that it locks. */
  handleLen: number;
  /** Page numbers in order. */
  readonly table: number[];
  readonly request: EngineRequest;
}

interface Pending {
  readonly request: EngineRequest;
  readonly outputLen: number;
  chunk: Req | null;
}

interface Batch {
  readonly phase: "prefill" | "decode";
  readonly reqs: readonly Req[];
}

/** One turn of the loop. */
export interface ModelTurn {
  /** What was launched: "id: new tokens after tokens before" of a prefill batch, ids and context of a decode batch. */
  readonly launched: string;
  /** "id.index", with the reason when it is the last. */
  readonly tokens: readonly string[];
  /** "id: cached tokens" of those whose prompt begins. */
  readonly admitted: readonly string[];
}

/** What is in use; as in the scheduler's own usage. */
export type ModelUsage = Pick<
  SchedulerUsage,
  "freePages" | "evictablePages" | "protectedPages" | "freeSlots" | "waitingRequests" | "runningRequests"
>;

/** The model of an engine. */
export interface MiniSglang {
  /** False when the prompt fills the context. */
  add(request: EngineRequest): boolean;
  /**
   * False where the source breaks: it frees a running request whose batch is in flight, and takes in the result of that
   * batch afterwards, which frees it again or locks its prefix for good.
   */
  canAbort(id: number): boolean;
  abort(id: number): void;
  /** `null` when nothing is left to do. */
  step(): ModelTurn | null;
  /** The source's own check when idle: each page is either free or cached. */
  checkIntegrity(): void;
  usage(): ModelUsage;
  /** Whether, by now, requests were let in that could come to need more pages than there are. */
  isOvercommitted(): boolean;
}

/** Makes the model of an idle engine. */
export function miniSglang(options: ModelOptions): MiniSglang {
  const { cache, pageTokens, budgetTokens, overlap } = options;
  const free = Array.from({ length: options.pages }, (_, page) => page);
  let slots = options.slots;
  let pending: Pending[] = [];
  let running: Req[] = [];
  let finished = new Set<Req>();
  let last: Batch | null = null;
  let isOvercommitted = false;
  /** Requests that were freed, to notice what was launched in vain. */
  const gone = new Set<number>();

  const pagesFor = (tokens: number) => Math.ceil(tokens / pageTokens);
  const available = () => (free.length + cache.evictablePages()) * pageTokens;
  const canDecode = (req: Req) => !req.isChunk && req.maxDeviceLen > req.deviceLen;

  function allocateTable(pend: Pending, reserved: number): { handleLen: number; table: number[] } | null {
    if (slots === 0) return null;
    const ids = [...pend.request.promptTokens];
    const table = cache.match(ids.slice(0, -1));
    const handleLen = table.length * pageTokens;
    const estimated = ids.length - handleLen + pend.outputLen;
    if (estimated + reserved > available()) return null;
    cache.lock(ids.slice(0, handleLen), 1);
    if (estimated + reserved > available()) {
      cache.lock(ids.slice(0, handleLen), -1);
      return null;
    }
    slots--;
    return { handleLen, table };
  }

  function nextPrefill(admitted: string[]): Batch | null {
    let budget = budgetTokens;
    let reserved = (pageTokens - 1) * running.length;
    for (const req of running) reserved += req.maxDeviceLen - req.deviceLen;
    const reqs: Req[] = [];
    const chunked: Pending[] = [];
    for (const pend of pending) {
      if (budget <= 0) break;
      const { request, outputLen, chunk } = pend;
      const begun = chunk ?? allocateTable(pend, reserved);
      if (!begun) break;
      if (!chunk) admitted.push(`${request.id}: ${begun.handleLen}`);
      const cachedLen = chunk ? chunk.cachedLen : begun.handleLen;
      const rest = request.promptTokens.length - cachedLen;
      const size = Math.min(budget, rest);
      budget -= size;
      reserved += rest + outputLen;
      const req: Req = {
        ...{ id: request.id, request, cachedLen, deviceLen: cachedLen + size, isChunk: size < rest },
        ids: [...request.promptTokens.subarray(0, cachedLen + size)],
        // As in the source, where a chunk adds the whole answer to its own length; it is never decoded.
        maxDeviceLen: cachedLen + size + outputLen,
        handleLen: begun.handleLen,
        table: begun.table,
      };
      pend.chunk = req.isChunk ? req : null;
      if (req.isChunk) chunked.push(pend);
      reqs.push(req);
    }
    if (reqs.length === 0) return null;
    pending = [...chunked, ...pending.slice(reqs.length)];
    return { phase: "prefill", reqs };
  }

  function launch(batch: Batch): void {
    const needed = batch.reqs.map((req) => pagesFor(req.deviceLen) - pagesFor(req.cachedLen));
    const total = needed.reduce((a, b) => a + b, 0);
    if (total > free.length + cache.evictablePages()) {
      isOvercommitted = true; // here the source fails
      return;
    }
    if (total > free.length) free.push(...cache.evict(total - free.length));
    batch.reqs.forEach((req, i) => req.table.push(...free.splice(0, needed[i])));
    for (const req of batch.reqs) req.cachedLen = req.deviceLen++;
    running = [...new Set([...running, ...batch.reqs])].filter(canDecode);
    isOvercommitted ||= promisesTooMuch();
  }

  /** Whether requests have been let in that could come to need more pages than there are. */
  function promisesTooMuch(): boolean {
    const chunks = pending.flatMap(({ request, outputLen, chunk }) =>
      chunk ? pagesFor(request.promptTokens.length + outputLen - 1) - pagesFor(chunk.cachedLen) : []
    );
    const toCome = running.map((req) => pagesFor(req.maxDeviceLen - 1) - pagesFor(req.cachedLen));
    return [...chunks, ...toCome].reduce((a, b) => a + b, 0) > free.length + cache.evictablePages();
  }

  function cacheReq(req: Req, isOver: boolean): void {
    const ids = req.ids.slice(0, req.cachedLen);
    const { known, cached } = cache.insert(ids, req.table);
    cache.lock(ids.slice(0, req.handleLen), -1);
    free.push(...req.table.slice(req.handleLen / pageTokens, known / pageTokens));
    if (isOver) {
      free.push(...req.table.slice(cached / pageTokens, pagesFor(req.cachedLen)));
    } else {
      req.handleLen = cached;
      cache.lock(ids.slice(0, cached), 1);
    }
  }

  function freeReq(req: Req): void {
    gone.add(req.id);
    slots++;
    cacheReq(req, true);
  }

  function processLast(batch: Batch | null): string[] {
    if (!batch) return [];
    const tokens: string[] = [];
    const newFinished = new Set<Req>();
    for (const req of batch.reqs) {
      if (req.isChunk) continue;
      const { promptTokens, ignoreEos } = req.request;
      const answer = answerOf(promptTokens);
      const index = req.ids.length - promptTokens.length;
      const isEos = !ignoreEos && index + 1 === naturalLength(answer, options.meanAnswerTokens);
      req.ids.push(isEos ? EOS : answer.token(index));
      const isLast = isEos || req.ids.length === req.maxDeviceLen;
      if (!gone.has(req.id)) tokens.push(`${req.id}.${index}${isEos ? " stop" : isLast ? " length" : ""}`);
      if (isLast && !finished.has(req)) {
        running = running.filter((one) => one !== req);
        freeReq(req);
        newFinished.add(req);
      } else if (batch.phase === "prefill") {
        cacheReq(req, false);
      }
    }
    finished = newFinished;
    return tokens;
  }

  return {
    add(request) {
      const outputLen = Math.min(request.maxTokens, options.contextTokens - request.promptTokens.length);
      if (outputLen <= 0) return false;
      pending.push({ request, outputLen, chunk: null });
      return true;
    },
    canAbort(id) {
      if (!last?.reqs.some((req) => req.id === id && !req.isChunk)) return true;
      if (last.phase === "prefill") return false;
      const { request, ids } = last.reqs.find((req) => req.id === id) ?? {};
      if (!request || !ids || request.ignoreEos) return true;
      const natural = naturalLength(answerOf(request.promptTokens), options.meanAnswerTokens);
      return ids.length - request.promptTokens.length + 1 !== natural;
    },
    abort(id) {
      const waits = pending.find(({ request }) => request.id === id);
      const runs = running.find((req) => req.id === id);
      pending = pending.filter((one) => one !== waits);
      if (!waits) running = running.filter((one) => one !== runs);
      const req = waits ? waits.chunk : runs;
      if (req) freeReq(req);
    },
    step() {
      const admitted: string[] = [];
      const batch = nextPrefill(admitted) ??
        (running.length > 0 ? { phase: "decode" as const, reqs: running } : null);
      let launched = "nothing";
      if (batch) {
        launched = batch.phase === "prefill"
          ? `prefill ${
            batch.reqs.map((req) => `${req.deviceLen - req.cachedLen}@${req.cachedLen}`).join(" ")
          }`
          : `decode ${batch.reqs.length}: ${batch.reqs.reduce((sum, req) => sum + req.deviceLen, 0)}`;
        launch(batch);
      }
      const done = overlap ? last : batch;
      if (!batch && !done) return null;
      const tokens = processLast(done);
      last = overlap ? batch : null;
      return { launched, tokens, admitted };
    },
    checkIntegrity() {
      const pages = [...free, ...cache.evict(cache.evictablePages())];
      assert.deepEqual(
        pages.toSorted((a, b) => a - b),
        Array.from({ length: options.pages }, (_, page) => page),
      );
    },
    usage: () => ({
      freePages: free.length,
      evictablePages: cache.evictablePages(),
      protectedPages: cache.protectedPages(),
      freeSlots: slots,
      waitingRequests: pending.length,
      runningRequests: running.length,
    }),
    isOvercommitted: () => isOvercommitted,
  };
}
