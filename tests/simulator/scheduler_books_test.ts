/** What must hold whatever the requests, the limits and the policy: the books of memory, and every answer whole. */
import assert from "node:assert/strict";

import fc from "fast-check";

import { createScheduler, type Scheduler, type SchedulerOptions } from "../../lib/simulator/scheduler.ts";
import { answerLength, type Arrival, arrivals, MEAN_ANSWER_TOKENS } from "./workloads.ts";

const CONTEXT_TOKENS = 60;
const BUDGET_TOKENS = 24;

const options: fc.Arbitrary<SchedulerOptions> = fc.record({
  admission: fc.constantFrom("full", "estimated"),
  cache: fc.constantFrom("radix", "radix", "naive"),
  pageTokens: fc.constantFrom(1, 4, 16),
  capacityTokens: fc.constantFrom(64, 96, 160, 512),
  maxRunningRequests: fc.integer({ min: 1, max: 40 }),
  maxPrefillTokens: fc.constantFrom(null, 16),
  overlap: fc.boolean(),
}).map(({ capacityTokens, ...rest }) => ({
  ...rest,
  capacityPages: capacityTokens / rest.pageTokens,
  contextTokens: CONTEXT_TOKENS,
  prefillBudgetTokens: BUDGET_TOKENS,
  graphMaxRequests: 8,
  meanAnswerTokens: MEAN_ANSWER_TOKENS,
  cost: { gpuMs: () => 1, cpuMs: () => 1 },
}));

const mixed = arrivals({ promptTokens: 30, maxTokens: [1, 50], maxLength: 25 });
/** Short prompts and long answers, which estimates of memory do not see coming. */
const growing = arrivals({ promptTokens: 6, maxTokens: [40, 50], maxLength: 40, ignoreEosPercent: 90 });

Deno.test("Scheduler keeps its books and answers every request in full, once and in order", () => {
  let retractions = 0;
  fc.assert(
    fc.property(fc.oneof(mixed, growing), options, (list, options) => {
      const subject = createScheduler(options);
      check(list, options, subject);
      retractions += subject.usage().retractions;
    }),
    { seed: 5, numRuns: 3000 },
  );
  assert.ok(retractions > 200, `${retractions} retractions are a test of them`);
});

function check(list: readonly Arrival[], { admission, overlap }: SchedulerOptions, subject: Scheduler): void {
  const queue = [...list];
  const aborts = new Map<number, number>();
  const aborted = new Set<number>();
  const emitted = new Map<number, number>();
  const begun: number[] = [];
  let nextTurn = queue[0]?.pauseTurns ?? 0;
  for (let turn = 0;; turn++) {
    assert.ok(turn < 10_000, "it comes to an end");
    for (let next = queue[0]; next && turn >= nextTurn; next = queue[0]) {
      queue.shift();
      subject.add(next.request);
      if (next.abortAfterTurns !== null) aborts.set(next.request.id, turn + next.abortAfterTurns);
      nextTurn = turn + (queue[0]?.pauseTurns ?? 0);
    }
    for (const [id, atTurn] of aborts) {
      if (atTurn !== turn) continue;
      subject.abort(id);
      aborted.add(id);
    }
    const done = subject.step();
    checkBooks(subject);
    if (done?.work?.phase === "prefill") {
      const newTokens = done.work.chunks.map((chunk) => chunk.newTokens);
      assert.ok(newTokens.every((tokens) => tokens > 0));
      assert.ok(newTokens.reduce((a, b) => a + b) <= BUDGET_TOKENS, "a batch stays within the budget");
    }
    for (const { id } of done?.admitted ?? []) if (!begun.includes(id)) begun.push(id);
    for (const { id, index, finishReason } of done?.emitted ?? []) {
      const request = list[id]?.request;
      if (!request) throw new Error(`nobody asked for ${id}`);
      assert.equal(index, emitted.get(id) ?? 0, "tokens come in order");
      emitted.set(id, index + 1);
      const isLast = index + 1 === answerLength(request, CONTEXT_TOKENS);
      const isEnd = isLast && answerLength({ ...request, ignoreEos: true }, CONTEXT_TOKENS) > index + 1;
      if (!isLast) assert.equal(finishReason, null);
      else if (isEnd) assert.equal(finishReason, "stop");
      else assert.notEqual(finishReason, null);
    }
    if (!done && queue.length === 0) break;
  }
  assert.deepEqual(begun, begun.toSorted((a, b) => a - b), "first come, first served");
  for (const { request } of list) {
    const length = answerLength(request, CONTEXT_TOKENS);
    if (!aborted.has(request.id)) {
      assert.equal(emitted.get(request.id) ?? 0, length, `answer of ${request.id}`);
    }
  }
  const { heldPages, protectedPages, admittedRequests, waitingRequests, retractions, ...rest } = subject
    .usage();
  assert.deepEqual(
    [heldPages, protectedPages, admittedRequests, waitingRequests],
    [0, 0, 0, 0],
    "nothing leaks",
  );
  if (admission === "full") assert.equal(retractions, 0);
  subject.flushCache();
  assert.equal(subject.usage().freePages, rest.capacityPages, `all is free again, overlap ${overlap}`);
}

function checkBooks(subject: Scheduler): void {
  const usage = subject.usage();
  const { freePages, evictablePages, protectedPages, heldPages, capacityPages } = usage;
  assert.equal(freePages + evictablePages + protectedPages + heldPages, capacityPages);
  assert.ok(Math.min(freePages, evictablePages, protectedPages, heldPages, usage.freeSlots) >= 0);
  assert.ok(Number.isInteger(freePages) && Number.isInteger(evictablePages));
}
