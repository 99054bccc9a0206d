import assert from "node:assert/strict";

import type { BatchCost, BatchWork } from "../../lib/simulator/cost.ts";
import { createScheduler, type Scheduler, type SchedulerOptions } from "../../lib/simulator/scheduler.ts";
import { request } from "../testdata/engine_request.ts";

/** 1 ms per prompt token and per decode step, nothing on the host. */
const simpleCost: BatchCost = {
  gpuMs: (work) => work.phase === "prefill" ? sum(work.chunks.map((chunk) => chunk.newTokens)) : 1,
  cpuMs: () => 0,
};

function scheduler(options: Partial<SchedulerOptions> = {}): Scheduler {
  return createScheduler({
    admission: "full",
    cache: "naive",
    maxPrefillTokens: null,
    meanAnswerTokens: 10,
    capacityPages: 10_000,
    pageTokens: 1,
    contextTokens: 10_000,
    maxRunningRequests: 256,
    prefillBudgetTokens: 100,
    graphMaxRequests: 256,
    overlap: false,
    cost: simpleCost,
    ...options,
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** A batch in short: "prefill 60+40@20" is two chunks, the second after 20 computed tokens; "decode 3". */
function brief(work: BatchWork | null): string {
  if (!work) return "nothing";
  if (work.phase === "decode") return `decode ${work.requests}`;
  const chunks = work.chunks.map(({ newTokens, cachedTokens }) =>
    cachedTokens === 0 ? newTokens : `${newTokens}@${cachedTokens}`
  );
  return `prefill ${chunks.join("+")}`;
}

/** Runs until idle: one line per turn with its batch, duration and tokens; "!" marks the last. */
function runAll(subject: Scheduler): string[] {
  const lines: string[] = [];
  for (let turn = subject.step(); turn; turn = subject.step()) {
    const tokens = turn.emitted.map(({ id, index, finishReason }) =>
      `${id}.${index}${finishReason === null ? "" : "!"}`
    );
    lines.push(`${brief(turn.work)} ${turn.durationMs} ms: ${tokens.join(" ")}`.trimEnd());
  }
  return lines;
}

Deno.test("Scheduler computes prompts first, then one token per request and step", () => {
  const subject = scheduler();
  subject.add(request({ id: 0, inputTokens: 30, maxTokens: 3 }));
  subject.add(request({ id: 1, inputTokens: 20, maxTokens: 1 }));
  subject.add(request({ id: 2, inputTokens: 10, maxTokens: 2 }));
  assert.deepEqual(runAll(subject), [
    "prefill 30+20+10 60 ms: 0.0 1.0! 2.0",
    "decode 2 1 ms: 0.1 2.1!",
    "decode 1 1 ms: 0.2!",
  ]);
});

Deno.test("Scheduler with overlap knows tokens one turn late and waits for the batch before", () => {
  const subject = scheduler({ overlap: true, cost: { ...simpleCost, cpuMs: () => 0.5 } });
  subject.add(request({ id: 0, inputTokens: 30, maxTokens: 3 }));
  assert.deepEqual(runAll(subject), [
    "prefill 30 0.5 ms:", // host only: nothing computes yet
    "decode 1 30 ms: 0.0", // launched while the prompt computes
    "decode 1 1 ms: 0.1",
    "nothing 1 ms: 0.2!",
  ]);
});

Deno.test("Scheduler with overlap takes as long as the slower of host and GPU, without it as both", () => {
  // 3 tokens: prefill (10 ms) and two decode steps (1 ms each), 4 ms of host for each of the three batches.
  const cost = { ...simpleCost, cpuMs: () => 4 };
  const durationsMs = [true, false].map((overlap) => {
    const subject = scheduler({ overlap, cost });
    subject.add(request({ id: 0, inputTokens: 10, maxTokens: 3 }));
    let totalMs = 0;
    for (let turn = subject.step(); turn; turn = subject.step()) totalMs += turn.durationMs;
    return totalMs;
  });
  // With: 4, max(4, 10), max(4, 1), 1. Without: 4 + 10, 4 + 1, 4 + 1.
  assert.deepEqual(durationsMs, [19, 24]);
});

Deno.test("Scheduler with overlap runs one more batch before a newcomer's", () => {
  // Request 1 arrives while the prompt of request 0 computes; with overlap a decode step is already launched.
  const afterArrival = [true, false].map((overlap) => {
    const subject = scheduler({ overlap });
    subject.add(request({ id: 0, inputTokens: 10, maxTokens: 9 }));
    for (let turn = 0; turn < (overlap ? 2 : 1); turn++) subject.step();
    subject.add(request({ id: 1, inputTokens: 20, maxTokens: 1 }));
    return runAll(subject).slice(0, 2);
  });
  assert.deepEqual(afterArrival, [
    ["prefill 20 1 ms: 0.1", "decode 1 20 ms: 1.0!"],
    ["prefill 20 20 ms: 1.0!", "decode 1 1 ms: 0.1"],
  ]);
});

Deno.test("Scheduler cuts a prompt at the budget and gives no token before its last piece", () => {
  const subject = scheduler();
  subject.add(request({ id: 0, inputTokens: 60, maxTokens: 1 }));
  subject.add(request({ id: 1, inputTokens: 230, maxTokens: 1 }));
  subject.add(request({ id: 2, inputTokens: 30, maxTokens: 1 }));
  assert.deepEqual(runAll(subject), [
    "prefill 60+40 100 ms: 0.0!",
    "prefill 100@40 100 ms:",
    "prefill 90@140+10 100 ms: 1.0!", // the rest of the budget goes to the next in line
    "prefill 20@10 20 ms: 2.0!",
  ]);
});

Deno.test("Scheduler interrupts decoding for a prompt and never mixes the two", () => {
  const subject = scheduler();
  subject.add(request({ id: 0, inputTokens: 10, maxTokens: 4 }));
  const batches = [subject.step(), subject.step()];
  subject.add(request({ id: 1, inputTokens: 150, maxTokens: 2 }));
  for (let turn = subject.step(); turn; turn = subject.step()) batches.push(turn);
  assert.deepEqual(batches.map((turn) => brief(turn?.work ?? null)), [
    "prefill 10",
    "decode 1",
    "prefill 100",
    "prefill 50@100",
    "decode 2",
    "decode 1",
  ]);
});

Deno.test("Scheduler lets nobody overtake a request that does not fit", () => {
  const subject = scheduler({ capacityPages: 100, contextTokens: 100 });
  subject.add(request({ id: 0, inputTokens: 40, maxTokens: 20 }));
  subject.add(request({ id: 1, inputTokens: 30, maxTokens: 20 })); // 40 + 20 + 30 + 20 > 100
  subject.add(request({ id: 2, inputTokens: 5, maxTokens: 5 })); // would fit
  const first = subject.step();
  assert.equal(brief(first?.work ?? null), "prefill 40");
  const order = runAll(subject).filter((line) => line.startsWith("prefill"));
  assert.deepEqual(order, ["prefill 30+5 35 ms: 1.0 2.0"]);
});

Deno.test("Scheduler reserves the whole answer at admission", () => {
  // Free: 100. Request 0 takes 20 and may need 29 more, request 1 needs 50 + 1: 29 + 51 ≤ 80.
  const fits = scheduler({ capacityPages: 100, contextTokens: 100 });
  fits.add(request({ id: 0, inputTokens: 20, maxTokens: 30 }));
  fits.step();
  fits.add(request({ id: 1, inputTokens: 50, maxTokens: 1 }));
  assert.equal(brief(fits.step()?.work ?? null), "prefill 50");
  // One token more does not.
  const waits = scheduler({ capacityPages: 100, contextTokens: 100 });
  waits.add(request({ id: 0, inputTokens: 20, maxTokens: 30 }));
  waits.step();
  waits.add(request({ id: 1, inputTokens: 51, maxTokens: 1 }));
  assert.equal(brief(waits.step()?.work ?? null), "decode 1");
});

Deno.test("Scheduler counts what the earlier requests of the same batch may need", () => {
  // Free: 100. 40 + 10 and 40 + 10 fit, 40 + 10 and 41 + 10 do not.
  for (const [inputTokens, work] of [[40, "prefill 40+40"], [41, "prefill 40"]] as const) {
    const subject = scheduler({ capacityPages: 100, contextTokens: 100 });
    subject.add(request({ id: 0, inputTokens: 40, maxTokens: 10 }));
    subject.add(request({ id: 1, inputTokens, maxTokens: 10 }));
    assert.equal(brief(subject.step()?.work ?? null), work);
  }
});

Deno.test("Scheduler reserves a page less one token for each running request", () => {
  // 8 pages of 16 = 128 tokens. Running: 17 tokens computed, 2 pages; 11 more to come and 15 in reserve: 26.
  // Free: 96. A newcomer of 70 tokens in all fits (70 + 26 = 96), one of 71 does not.
  for (const [inputTokens, work] of [[69, "prefill 69"], [70, "decode 1"]] as const) {
    const subject = scheduler({ capacityPages: 8, pageTokens: 16, contextTokens: 128 });
    subject.add(request({ id: 0, inputTokens: 17, maxTokens: 12 }));
    subject.step();
    subject.add(request({ id: 1, inputTokens, maxTokens: 1 }));
    assert.equal(brief(subject.step()?.work ?? null), work);
  }
});

Deno.test("Scheduler makes requests wait that the token rule admits but whole pages cannot hold", () => {
  // 2 pages of 256; three requests of 150 tokens: 450 ≤ 512 tokens, but three pages.
  const subject = scheduler({
    capacityPages: 2,
    pageTokens: 256,
    contextTokens: 512,
    prefillBudgetTokens: 1000,
  });
  for (const id of [0, 1, 2]) subject.add(request({ id, inputTokens: 149, maxTokens: 1 }));
  assert.deepEqual(runAll(subject).map((line) => line.split(":")[0]), [
    "prefill 149+149 298 ms",
    "prefill 149 149 ms",
  ]);
});

Deno.test("Scheduler admits as many requests as there are slots", () => {
  const subject = scheduler({ maxRunningRequests: 2 });
  for (const id of [0, 1, 2]) subject.add(request({ id, inputTokens: 10, maxTokens: 2 }));
  assert.deepEqual(runAll(subject).map((line) => line.split(" ", 2).join(" ")), [
    "prefill 10+10",
    "decode 2",
    "prefill 10",
    "decode 1",
  ]);
});

Deno.test("Scheduler with overlap frees a slot one turn after the last token was launched", () => {
  const subject = scheduler({ maxRunningRequests: 1, overlap: true });
  subject.add(request({ id: 0, inputTokens: 10, maxTokens: 1 }));
  subject.add(request({ id: 1, inputTokens: 20, maxTokens: 1 }));
  assert.deepEqual(runAll(subject), [
    "prefill 10 0 ms:",
    "nothing 10 ms: 0.0!",
    "prefill 20 0 ms:",
    "nothing 20 ms: 1.0!",
  ]);
});

Deno.test("Scheduler pads decode batches to captured sizes and runs larger ones eagerly", () => {
  // Sizes are 1, 2, 4, 8, 16, 24, …; each padding row attends to one token.
  const cases = [[1, 1], [2, 2], [3, 4], [5, 8], [8, 8], [9, 16], [17, 24], [24, 24], [25, 25]] as const;
  for (const [requests, paddedRequests] of cases) {
    const subject = scheduler({ graphMaxRequests: 24, prefillBudgetTokens: 1000 });
    for (let id = 0; id < requests; id++) subject.add(request({ id, inputTokens: 10, maxTokens: 2 }));
    subject.step();
    assert.deepEqual(subject.step()?.work, {
      phase: "decode",
      requests,
      paddedRequests,
      contextTokens: 11 * requests + paddedRequests - requests,
      eager: requests === 25,
    });
  }
});

Deno.test("Scheduler.add clips the answer to the context and drops a prompt that fills it", () => {
  const subject = scheduler({ contextTokens: 50 });
  assert.equal(subject.add(request({ id: 0, inputTokens: 50, maxTokens: 1 })), false);
  assert.equal(subject.step(), null);
  assert.equal(subject.add(request({ id: 1, inputTokens: 48, maxTokens: 1000 })), true);
  assert.deepEqual(runAll(subject), ["prefill 48 48 ms: 1.0", "decode 1 1 ms: 1.1!"]);
});

Deno.test("Scheduler.abort frees everything in every state and silences the request", () => {
  for (const overlap of [true, false]) {
    // After 0 turns it waits, after 1 a chunk is computed, after 2 the prompt is, after 3 it decodes.
    for (const turns of [0, 1, 2, 3]) {
      const subject = scheduler({ overlap });
      subject.add(request({ id: 0, inputTokens: 150, maxTokens: 9 }));
      for (let turn = 0; turn < turns; turn++) subject.step();
      subject.abort(0);
      subject.abort(0);
      const { heldPages, freePages, freeSlots, waitingRequests } = subject.usage();
      assert.deepEqual({ heldPages, freePages, freeSlots, waitingRequests }, {
        heldPages: 0,
        freePages: 10_000,
        freeSlots: 256,
        waitingRequests: 0,
      });
      assert.ok(runAll(subject).every((line) => line.endsWith(":")), `silent after ${turns} turns`);
    }
  }
});

Deno.test("Scheduler.abort does not disturb the others", () => {
  const subject = scheduler();
  for (const id of [0, 1, 2]) subject.add(request({ id, inputTokens: 10, maxTokens: 3 }));
  subject.step();
  subject.abort(1);
  subject.abort(99);
  assert.deepEqual(runAll(subject), ["decode 2 1 ms: 0.1 2.1", "decode 2 1 ms: 0.2! 2.2!"]);
});
