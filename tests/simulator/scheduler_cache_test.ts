import assert from "node:assert/strict";

import { answerOf, naturalLength } from "../../lib/simulator/answer.ts";
import { createScheduler, type Scheduler, type SchedulerOptions } from "../../lib/simulator/scheduler.ts";
import type { EngineRequest } from "../../lib/simulator/sequence.ts";
import { request } from "../testdata/engine_request.ts";

function scheduler(options: Partial<SchedulerOptions> = {}): Scheduler {
  return createScheduler({
    ...{ admission: "full", cache: "radix", capacityPages: 2000, pageTokens: 1, contextTokens: 1000 },
    ...{ maxRunningRequests: 256, prefillBudgetTokens: 1000, maxPrefillTokens: null, graphMaxRequests: 256 },
    ...{ overlap: true, meanAnswerTokens: 10, cost: { gpuMs: () => 1, cpuMs: () => 1 } },
    ...options,
  });
}

/** Runs until idle; cached tokens of every prompt by id. */
function cachedById(subject: Scheduler): Record<number, number> {
  const cached: Record<number, number> = {};
  for (let turn = subject.step(); turn; turn = subject.step()) {
    for (const { id, cachedTokens } of turn.admitted) cached[id] = cachedTokens;
  }
  return cached;
}

const prompt = request({ id: 0, inputTokens: 100, maxTokens: 5 });
const twin = { ...prompt, id: 1 };

Deno.test("Scheduler computes both of two twins that come in one batch", () => {
  const subject = scheduler();
  subject.add(prompt);
  subject.add(twin);
  assert.deepEqual(cachedById(subject), { 0: 0, 1: 0 });
  const { evictablePages, freePages } = subject.usage();
  assert.equal(
    evictablePages,
    104,
    "but keeps only one: 100 of the prompt and all of its answer but the last",
  );
  assert.equal(freePages, 2000 - 104);
});

Deno.test("Scheduler computes a twin that comes one batch later under overlap, and finds it without", () => {
  for (const [overlap, cachedTokens] of [[true, 0], [false, 99]] as const) {
    const subject = scheduler({ overlap });
    subject.add(prompt);
    subject.step();
    subject.add(twin);
    assert.equal(cachedById(subject)[1], cachedTokens);
  }
});

Deno.test("Scheduler finds a twin two batches later under overlap", () => {
  const subject = scheduler();
  subject.add(prompt);
  subject.step();
  subject.step();
  subject.add(twin);
  assert.equal(cachedById(subject)[1], 99);
});

Deno.test("Scheduler finds all whole pages of a prompt in a second round, but never its last token", () => {
  // ⌊(length − 1) / page⌋ · page
  const cases = [[1, 100, 99], [1, 1, 0], [16, 100, 96], [16, 97, 96], [16, 96, 80], [64, 100, 64], [
    64,
    64,
    0,
  ]] as const;
  for (const [pageTokens, inputTokens, cachedTokens] of cases) {
    const subject = scheduler({ pageTokens, capacityPages: 40 * 64 / pageTokens });
    for (const id of [0, 1]) {
      const { promptTokens } = request({ id: 0, inputTokens, maxTokens: 1 });
      subject.add({ id, promptTokens, maxTokens: 40, ignoreEos: true });
      assert.equal(
        cachedById(subject)[id],
        id === 0 ? 0 : cachedTokens,
        `${inputTokens} in pages of ${pageTokens}`,
      );
    }
  }
});

Deno.test("Scheduler finds nothing with a naive cache, which keeps nothing", () => {
  const subject = scheduler({ cache: "naive" });
  subject.add(prompt);
  cachedById(subject);
  subject.add(twin);
  assert.equal(cachedById(subject)[1], 0);
  assert.equal(subject.usage().freePages, 2000);
});

Deno.test("Scheduler finds an answer, but for its last token, where the next prompt goes on from it", () => {
  const subject = scheduler();
  subject.add(prompt);
  cachedById(subject);
  const answer = answerOf(prompt.promptTokens);
  const history = [...prompt.promptTokens, ...[0, 1, 2, 3, 4].map(answer.token), -1, -2];
  subject.add({ ...prompt, id: 1, promptTokens: Int32Array.from(history) });
  assert.equal(cachedById(subject)[1], 104);
});

Deno.test("Scheduler caches a prompt only after its last chunk", () => {
  const subject = scheduler({ prefillBudgetTokens: 40, overlap: false });
  subject.add(prompt);
  const cached = [1, 2, 3].map(() => {
    subject.step();
    const { heldPages, protectedPages } = subject.usage();
    return [heldPages, protectedPages];
  });
  assert.deepEqual(cached, [[40, 0], [80, 0], [0, 100]]);
});

Deno.test("Scheduler keeps the computed prefix of an aborted request and frees the rest", () => {
  const subject = scheduler({ prefillBudgetTokens: 40, overlap: false, pageTokens: 16, capacityPages: 100 });
  subject.add(prompt);
  subject.step();
  subject.step(); // 80 tokens: 5 pages
  subject.abort(0);
  const { freePages, evictablePages, heldPages, protectedPages } = subject.usage();
  assert.deepEqual([freePages, evictablePages, heldPages, protectedPages], [95, 5, 0, 0]);
  subject.add(twin);
  assert.equal(cachedById(subject)[1], 80);
});

/** A request whose answer ends by itself after 2 to 8 tokens, long before its limit. */
function endingRequest(id: number): EngineRequest & { readonly naturalTokens: number } {
  for (let stem = 0;; stem++) {
    const promptTokens = Int32Array.of(id, stem, 3, 4, 5);
    const naturalTokens = naturalLength(answerOf(promptTokens), 10);
    if (naturalTokens >= 2 && naturalTokens <= 8) {
      return { id, promptTokens, maxTokens: 20, ignoreEos: false, naturalTokens };
    }
  }
}

Deno.test("Scheduler under overlap has launched a request once more when its answer ends, for nothing", () => {
  for (const [overlap, wasted] of [[true, 1], [false, 0]] as const) {
    const subject = scheduler({ overlap });
    const one = endingRequest(0);
    subject.add(one);
    let launches = 0;
    const seen: string[] = [];
    for (let turn = subject.step(); turn; turn = subject.step()) {
      if (turn.work?.phase === "decode") launches += turn.work.requests;
      seen.push(...turn.emitted.map(({ index, finishReason }) => `${index} ${finishReason}`));
    }
    // The first token is the prefill batch's.
    assert.equal(launches, one.naturalTokens - 1 + wasted);
    const indexes = Array.from({ length: one.naturalTokens }, (_, i) => i);
    assert.deepEqual(seen, indexes.map((i) => `${i} ${i === one.naturalTokens - 1 ? "stop" : "null"}`));
    // What it computed in vain is the end-of-sequence token, which was known then: it is cached as the source does.
    assert.equal(subject.usage().evictablePages, 5 + one.naturalTokens - 1 + wasted);
  }
});

Deno.test("Scheduler says length where limit and end of an answer are not the same, and goes on past an end that is ignored", () => {
  const { naturalTokens, ...one } = endingRequest(0);
  const last = (change: Partial<EngineRequest>) => {
    const subject = scheduler();
    subject.add({ ...one, ...change });
    const events = [];
    for (let turn = subject.step(); turn; turn = subject.step()) events.push(...turn.emitted);
    const { index = NaN, finishReason } = events.at(-1) ?? {};
    return [index + 1, finishReason];
  };
  assert.deepEqual(last({}), [naturalTokens, "stop"]);
  assert.deepEqual(last({ maxTokens: naturalTokens }), [naturalTokens, "stop"]);
  assert.deepEqual(last({ maxTokens: naturalTokens - 1 }), [naturalTokens - 1, "length"]);
  assert.deepEqual(last({ ignoreEos: true }), [20, "length"]);
});

Deno.test("Scheduler.flushCache forgets what nobody uses", () => {
  const subject = scheduler();
  subject.add(prompt);
  cachedById(subject);
  subject.add(request({ id: 2, inputTokens: 50, maxTokens: 5 }));
  subject.step();
  subject.step();
  subject.flushCache();
  const { evictablePages, protectedPages, freePages, heldPages } = subject.usage();
  assert.deepEqual([evictablePages, protectedPages + heldPages, freePages], [0, 51, 1949]);
  subject.add(twin);
  assert.equal(cachedById(subject)[1], 0);
});

Deno.test("Scheduler evicts what was used least recently when memory is short", () => {
  const subject = scheduler({ capacityPages: 300, contextTokens: 300 });
  const answer = (id: number, promptId: number) => {
    const { promptTokens } = request({ id: promptId, inputTokens: 100, maxTokens: 1 });
    subject.add({ id, promptTokens, maxTokens: 1, ignoreEos: true });
    return cachedById(subject)[id];
  };
  assert.deepEqual([answer(0, 0), answer(1, 1), answer(2, 0)], [0, 0, 99]);
  assert.deepEqual(
    [answer(3, 2), answer(4, 3)],
    [0, 0],
    "two more, of which the fourth needs the room of one",
  );
  assert.deepEqual([answer(5, 0), answer(6, 1)], [99, 0]);
});
