import assert from "node:assert/strict";

import { createAdmissionRule } from "../../lib/simulator/admission.ts";
import { createScheduler, type SchedulerOptions } from "../../lib/simulator/scheduler.ts";
import { type Sequence, startSequence } from "../../lib/simulator/sequence.ts";
import { request } from "../testdata/engine_request.ts";

/** A request that is computed up to its last known token. */
function sequence(inputTokens: number, maxTokens: number, emittedTokens = 0): Sequence {
  const one = startSequence(request({ id: 0, inputTokens, maxTokens }), {
    outputTokens: maxTokens,
    meanAnswerTokens: 10,
  });
  return { ...one, emittedTokens, computedTokens: inputTokens + Math.max(0, emittedTokens - 1) };
}

const full = (pageTokens = 1) => createAdmissionRule({ policy: "full", pageTokens, maxPrefillTokens: null });
const estimated = (options: { pageTokens?: number; maxPrefillTokens?: number | null } = {}) =>
  createAdmissionRule({ policy: "estimated", pageTokens: 1, maxPrefillTokens: null, ...options });

Deno.test("Admission by full reservation adds what is new, wanted, and still to come", () => {
  const newcomer = sequence(50, 10);
  // 40 of 50 are new; running: 100 wanted, 31 known, so that 69 more are computed; 40 + 10 + 69 = 119
  const batch = full().openBatch([sequence(20, 100, 31)]);
  assert.equal(batch.fits(newcomer, 40, 119), true);
  assert.equal(batch.fits(newcomer, 40, 118), false);
  // With pages of 16 tokens, 15 more for the running request.
  assert.equal(full(16).openBatch([sequence(20, 100, 31)]).fits(newcomer, 40, 134), true);
  assert.equal(full(16).openBatch([sequence(20, 100, 31)]).fits(newcomer, 40, 133), false);
  // Whoever is in the batch already counts as a whole, whatever its chunk: 119 + 30 + 10
  batch.charge(sequence(30, 10), 30, 8);
  assert.equal(batch.fits(newcomer, 40, 159), true);
  assert.equal(batch.fits(newcomer, 40, 158), false);
});

Deno.test("Admission by estimate counts a share of what is still to come", () => {
  const newcomer = sequence(50, 10);
  // 40 + 10 < available − 0.7 · 70 = available − 49
  const batch = estimated().openBatch([sequence(20, 100, 30)]);
  assert.equal(batch.fits(newcomer, 40, 100), true);
  assert.equal(batch.fits(newcomer, 40, 99), false);
  // Within a batch nothing is a share: 49 + 30 + 10.
  batch.charge(sequence(30, 10), 30, 30);
  assert.equal(batch.fits(newcomer, 40, 140), true);
  assert.equal(batch.fits(newcomer, 40, 139), false);
  // A chunk takes its whole pages and reserves no answer yet: 89 + 16.
  const paged = estimated({ pageTokens: 16 }).openBatch([]);
  paged.charge(sequence(30, 10), 30, 9);
  assert.equal(paged.fits(newcomer, 40, 67), true); // 50 < 67 − 16
  assert.equal(paged.fits(newcomer, 40, 66), false);
});

Deno.test("Admission by estimate counts at most 4096 tokens of an answer", () => {
  assert.equal(estimated().openBatch([]).fits(sequence(10, 30_000), 10, 4107), true); // 10 + 4096 < 4107
  assert.equal(estimated().openBatch([]).fits(sequence(10, 30_000), 10, 4106), false);
  // 0.7 · 4096 = 2867.2
  const batch = estimated().openBatch([sequence(10, 30_000)]);
  assert.equal(batch.fits(sequence(10, 5), 10, 2883), true); // 15 < 15.8
  assert.equal(batch.fits(sequence(10, 5), 10, 2882), false);
});

Deno.test("Admission by estimate lets its share fall over 600 decode batches and starts anew when idle", () => {
  const rule = estimated();
  /** With 1000 tokens to come, 1 + 1 more fit where just more than the share and 2 are available. */
  const assertReserved = (tokens: number) => {
    const batch = rule.openBatch([sequence(20, 1000)]);
    assert.equal(batch.fits(sequence(1, 1), 1, tokens + 2.001), true);
    assert.equal(batch.fits(sequence(1, 1), 1, tokens + 1.999), false);
  };
  assertReserved(700);
  for (let i = 0; i < 300; i++) rule.onDecode();
  assertReserved(399); // 1000 · (0.7 + 0.098) / 2
  for (let i = 0; i < 1000; i++) rule.onDecode();
  assertReserved(98);
  rule.onIdle();
  assertReserved(700);
  // After a retraction: known so far and 20 more each, of all that is wanted: (10 + 30 + 2 · 20) / (100 + 219 + 1)
  rule.onRetract([sequence(5, 100, 10), sequence(5, 219, 30)]);
  assertReserved(250);
  rule.onRetract([sequence(5, 10, 9)]); // (9 + 20) / 11 is above 1
  assertReserved(1000);
});

Deno.test("Admission by estimate caps the prompt tokens of a batch, but for its first request", () => {
  const batch = estimated({ maxPrefillTokens: 100, pageTokens: 16 }).openBatch([]);
  assert.equal(batch.fits(sequence(500, 5), 500, 10_000), true);
  batch.charge(sequence(33, 5), 33, 33); // three pages: 48
  assert.equal(batch.fits(sequence(48, 5), 48, 10_000), true); // 48 < 100 − 48
  assert.equal(batch.fits(sequence(49, 5), 49, 10_000), false); // 64 ≥ 52
  batch.charge(sequence(4, 5), 4, 4); // a page more: 64
  assert.equal(batch.fits(sequence(32, 5), 32, 10_000), true); // 32 < 100 − 64
  const even = estimated({ maxPrefillTokens: 96, pageTokens: 16 }).openBatch([]);
  even.charge(sequence(48, 5), 48, 48);
  assert.equal(even.fits(sequence(48, 5), 48, 10_000), false); // 48 ≥ 96 − 48
});

function estimatedScheduler(options: Partial<SchedulerOptions> = {}) {
  return createScheduler({
    ...{ admission: "estimated", cache: "naive", capacityPages: 60, pageTokens: 1, contextTokens: 59 },
    ...{ maxRunningRequests: 100, prefillBudgetTokens: 1000, maxPrefillTokens: null, graphMaxRequests: 8 },
    ...{ overlap: false, meanAnswerTokens: 10, cost: { gpuMs: () => 1, cpuMs: () => 0 } },
    ...options,
  });
}

Deno.test("Scheduler that estimates runs more requests at a time than one that reserves", () => {
  const mostRunning = (["estimated", "full"] as const).map((admission) => {
    const subject = estimatedScheduler({ admission, capacityPages: 2000, contextTokens: 500 });
    let most = 0;
    let id = 0;
    do {
      if (id < 100) subject.add(request({ id: id++, inputTokens: 10, maxTokens: 200 }));
      subject.step();
      most = Math.max(most, subject.usage().runningRequests);
    } while (subject.usage().admittedRequests > 0);
    return most;
  });
  const [estimating = 0, reserving = 0] = mostRunning;
  assert.equal(reserving, 9); // 10 · (10 + 200) > 2000
  assert.ok(estimating > 10, `${estimating}`);
});

/** Steps until a request is retracted, and says which: it is admitted again with what it had. */
function firstRetracted(subject: ReturnType<typeof estimatedScheduler>, lateAfterDecodes: number) {
  const admitted: string[] = [];
  // 4 + 20 < 60; 6 + 20 < 60 − 24
  subject.add(request({ id: 0, inputTokens: 4, maxTokens: 20 }));
  subject.add(request({ id: 1, inputTokens: 6, maxTokens: 20 }));
  for (let turn = 0;; turn++) {
    if (turn === 1 + lateAfterDecodes) {
      subject.add(request({ id: 2, inputTokens: 5, maxTokens: 18 - Math.ceil(lateAfterDecodes / 2) }));
    }
    const done = subject.step();
    if (!done) return admitted;
    admitted.push(...done.admitted.map(({ id, promptTokens }) => `${id}: ${promptTokens}`));
  }
}

Deno.test("Scheduler retracts the longest prompt among those with the fewest answer tokens", () => {
  // Third request at once: 5 + 18 < 60 − 10 − 0.7 · 38. All have one token then, and 15 more when 60 pages are full.
  const subject = estimatedScheduler();
  assert.deepEqual(firstRetracted(subject, 0), ["0: 4", "1: 6", "2: 5", `1: ${6 + 16}`]);
  assert.equal(subject.usage().retractions, 1);
});

Deno.test("Scheduler retracts the request with the fewest answer tokens, however short its prompt", () => {
  // Third request two decode batches later: 5 + 17 < 60 − 14 − 0.698 · 34. 13 more batches find room:
  // 19 + 3 · 13 = 58; it has 14 tokens by then, the others 16.
  const subject = estimatedScheduler();
  assert.deepEqual(firstRetracted(subject, 2), ["0: 4", "1: 6", "2: 5", `2: ${5 + 14}`]);
  assert.equal(subject.usage().retractions, 1);
});

Deno.test("Scheduler keeps the cached prefix of a retracted request, and finds it again", () => {
  const subject = estimatedScheduler({ cache: "radix" });
  const cached: number[] = [];
  subject.add(request({ id: 0, inputTokens: 4, maxTokens: 20 }));
  subject.add(request({ id: 1, inputTokens: 6, maxTokens: 20 }));
  subject.step();
  subject.add(request({ id: 2, inputTokens: 5, maxTokens: 18 }));
  for (let turn = subject.step(); turn; turn = subject.step()) {
    cached.push(...turn.admitted.map(({ cachedTokens }) => cachedTokens));
  }
  const { retractions, heldPages, protectedPages } = subject.usage();
  assert.deepEqual([retractions, heldPages, protectedPages], [1, 0, 0]);
  assert.deepEqual(cached, [0, 6]); // its prompt was cached when it was computed, what it answered is gone
});

Deno.test("Scheduler puts a retracted request behind the others, and estimates higher after it", () => {
  const subject = estimatedScheduler({ capacityPages: 84, contextTokens: 83 });
  const admitted: string[] = [];
  [[5, 41], [4, 42], [5, 39]].forEach(([inputTokens = 0, maxTokens = 0], id) => {
    subject.add(request({ id, inputTokens, maxTokens }));
    if (id < 2) admitted.push(`turn ${id}: ${subject.step()?.admitted.map(({ id }) => id)}`);
  });
  for (let turn = 2, done = subject.step(); done; turn++, done = subject.step()) {
    if (done.admitted.length > 0) admitted.push(`turn ${turn}: ${done.admitted.map(({ id }) => id)}`);
  }
  assert.deepEqual(admitted, [
    "turn 0: 0",
    "turn 1: 1", // 4 + 42 < 84 − 5 − 0.7 · 40
    // 37 decode batches of two later 83 pages are full. 0 is retracted with 38 tokens; 38 + 20 > 42 + 1: the share is 1.
    "turn 43: 2", // 1 has its 42 tokens
    "turn 82: 0", // 43 + 3 < 84 − 5 − 1 · 38 does not hold before 2 has its 39 tokens; with 0.66 in place of 1 it would
  ]);
});

Deno.test("Scheduler estimates lower the longer it decodes, and as at first after it was idle", () => {
  const subject = estimatedScheduler({ capacityPages: 2100, contextTokens: 2050 });
  /** Whether a second request is admitted at once when the first has gone on for some turns. */
  const admits = (turns: number, maxTokens: number) => {
    subject.add(request({ id: 0, inputTokens: 10, maxTokens: 2000 }));
    for (let turn = 0; turn < turns; turn++) subject.step();
    subject.add(request({ id: 1, inputTokens: 10, maxTokens }));
    const isAdmitted = subject.step()?.admitted.length === 1;
    while (subject.step());
    return isAdmitted;
  };
  // 600 decode batches later: 10 + 1300 < 2100 − 610 − 0.098 · 1399, and not with 0.7.
  assert.equal(admits(601, 1300), true);
  // After one: 10 + 650 < 2100 − 11 − 0.699 · 1998 and 10 + 700 is not; with 0.098 it would be.
  assert.equal(admits(2, 650), true);
  assert.equal(admits(2, 700), false);
});

Deno.test("Scheduler that estimates takes a request that fills all memory but one token", () => {
  const subject = estimatedScheduler({ capacityPages: 60, contextTokens: 59 });
  subject.add(request({ id: 0, inputTokens: 30, maxTokens: 1000 }));
  let tokens = 0;
  for (let turn = subject.step(); turn; turn = subject.step()) tokens += turn.emitted.length;
  assert.equal(tokens, 29);
});
