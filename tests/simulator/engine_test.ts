import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import type { EngineStep } from "../../lib/simulator/backend.ts";
import { createEngine } from "../../lib/simulator/engine.ts";
import { resolveSimulator, type SimulatorOptions } from "../../lib/simulator/options.ts";
import { createScheduler } from "../../lib/simulator/scheduler.ts";
import type { Clock } from "../../lib/types.ts";
import { request } from "../testdata/engine_request.ts";

/** An engine in virtual time that notes the instant of every token: "id.index" → ms. */
function engineWithLog(options: SimulatorOptions, clock: Clock) {
  const seenMs = new Map<string, number>();
  const steps: EngineStep[] = [];
  const engine = createEngine(resolveSimulator(options), {
    clock,
    onStep(step) {
      steps.push(step);
      for (const { id, index } of step.tokens) seenMs.set(`${id}.${index}`, clock.now());
    },
  });
  return { engine, seenMs, steps };
}

Deno.test("Engine with known timing gives each token its instant, whatever the load", () => {
  const clock = virtualClock();
  const { engine, seenMs } = engineWithLog({ fixed: { ttftMs: 50, itlMs: 5 } }, clock);
  for (let id = 0; id < 1000; id++) {
    clock.at(id, () => engine.submit(request({ id, inputTokens: 5000, maxTokens: 20 })));
  }
  clock.run();
  assert.equal(seenMs.size, 20_000);
  for (let id = 0; id < 1000; id++) {
    for (let index = 0; index < 20; index++) {
      assert.equal(seenMs.get(`${id}.${index}`), id + 50 + 5 * index);
    }
  }
});

Deno.test("Engine runs the scheduler's turns one after the other, after the front end's time", () => {
  const options = { model: "Qwen3-0.6B", tp: 1, frontEndMs: 4 };
  const one = request({ id: 0, inputTokens: 1000, maxTokens: 5 });
  const clock = virtualClock();
  const { engine, seenMs } = engineWithLog(options, clock);
  clock.at(100, () => engine.submit(one));
  clock.run();

  const scheduler = createScheduler(resolveSimulator(options).scheduler);
  scheduler.add(one);
  let nowMs = 104;
  const expectedMs = new Map<string, number>();
  for (let turn = scheduler.step(); turn; turn = scheduler.step()) {
    nowMs += turn.durationMs;
    for (const { id, index } of turn.emitted) expectedMs.set(`${id}.${index}`, nowMs);
  }
  assert.equal(expectedMs.size, 5);
  assert.deepEqual(seenMs, expectedMs);
});

Deno.test("Engine starts again after it was idle", () => {
  const clock = virtualClock();
  const { engine, seenMs } = engineWithLog({ model: "Qwen3-0.6B", tp: 1 }, clock);
  for (const [id, atMs] of [[0, 0], [1, 1000]] as const) {
    clock.at(atMs, () => engine.submit(request({ id, inputTokens: 100, maxTokens: 3 })));
  }
  clock.run();
  for (const index of [0, 1, 2]) {
    const differenceMs = (seenMs.get(`1.${index}`) ?? NaN) - (seenMs.get(`0.${index}`) ?? NaN);
    assert.ok(Math.abs(differenceMs - 1000) < 1e-9);
  }
});

Deno.test("Engine keeps absolute deadlines when the clock is late, and measures how late", () => {
  // Every callback comes 3 ms late; the 100th token must not be 300 ms late.
  const exact = virtualClock();
  const late: Clock = { now: () => exact.now(), at: (atMs, fn) => exact.at(atMs + 3, fn) };
  for (const options of [{ fixed: { ttftMs: 50, itlMs: 5 } }, { model: "Qwen3-0.6B", tp: 1 }]) {
    const punctual = virtualClock();
    const reference = engineWithLog(options, punctual);
    reference.engine.submit(request({ id: 0, inputTokens: 100, maxTokens: 100 }));
    punctual.run();
    const { engine, seenMs, steps } = engineWithLog(options, late);
    const startMs = exact.now();
    engine.submit(request({ id: 0, inputTokens: 100, maxTokens: 100 }));
    exact.run();
    const delayMs = (seenMs.get("0.99") ?? NaN) - startMs - (reference.seenMs.get("0.99") ?? NaN);
    assert.ok(Math.abs(delayMs - 3) < 1e-6, `${delayMs}`);
    assert.deepEqual(engine.stats().lag, { count: steps.length, p50Ms: 3, p99Ms: 3, maxMs: 3 });
    assert.deepEqual(reference.engine.stats().lag, { count: steps.length, p50Ms: 0, p99Ms: 0, maxMs: 0 });
  }
});

Deno.test("Engine reports once per step, with all tokens of the batch and the prompts that began", () => {
  const clock = virtualClock();
  const { engine, steps } = engineWithLog({}, clock);
  for (let id = 0; id < 10; id++) engine.submit(request({ id, inputTokens: 100, maxTokens: 3 }));
  clock.run();
  // Under overlap the batch is launched in a step that brings no token yet.
  assert.deepEqual(steps.map(({ admitted, tokens }) => [admitted.length, tokens.length]), [
    [10, 0],
    [0, 10],
    [0, 10],
    [0, 10],
  ]);
  assert.deepEqual(steps[0]?.admitted[3], { id: 3, promptTokens: 100, cachedTokens: 0 });
  assert.equal(engine.stats().emittedTokens, 30);
});

Deno.test("Engine drops an abandoned request 100 ms after its next token", () => {
  const clock = virtualClock();
  const { engine, seenMs } = engineWithLog({ model: "Qwen3-32B" }, clock);
  engine.submit(request({ id: 0, inputTokens: 8000, maxTokens: 1000 }));
  engine.abort(0); // Before the first token: the prompt is computed all the same.
  clock.run();
  const firstMs = seenMs.get("0.0") ?? NaN;
  const lastMs = Math.max(...seenMs.values());
  // The step that runs when the scheduler is told (8.9 ms) still brings its token.
  assert.ok(lastMs > firstMs + 90 && lastMs < firstMs + 110, `${lastMs - firstMs}`);
  const { activeRequests, scheduler } = engine.stats();
  assert.deepEqual([activeRequests, scheduler?.heldPages, scheduler?.freeSlots], [0, 0, 256]);
});

Deno.test("Engine drops an abandoned request at once where the engine preset says so", () => {
  for (const name of ["sglang", "vllm"]) {
    const clock = virtualClock();
    const { engine, seenMs } = engineWithLog({ engine: name }, clock);
    engine.submit(request({ id: 0, inputTokens: 8000, maxTokens: 1000 }));
    engine.submit(request({ id: 1, inputTokens: 100, maxTokens: 2 }));
    clock.at(1, () => engine.abort(0)); // in the front end still
    clock.run();
    assert.deepEqual([...seenMs.keys()], ["1.0", "1.1"]);
    const { activeRequests, scheduler } = engine.stats();
    assert.deepEqual([activeRequests, scheduler?.heldPages, scheduler?.protectedPages], [0, 0, 0]);
  }
});

Deno.test("Engine.flushCache forgets prefixes, but not while requests are active", () => {
  const clock = virtualClock();
  const { engine, steps } = engineWithLog({}, clock);
  const again = () => {
    engine.submit(request({ id: 0, inputTokens: 100, maxTokens: 3 }));
    assert.equal(engine.flushCache(), false);
    clock.run();
    return steps.findLast(({ admitted }) => admitted.length > 0)?.admitted[0]?.cachedTokens;
  };
  assert.deepEqual([again(), again()], [0, 99]);
  assert.equal(engine.flushCache(), true);
  assert.equal(engine.stats().scheduler?.evictablePages, 0);
  assert.equal(again(), 0);
});

Deno.test("Engine drops an abandoned request at once with known timing", () => {
  const clock = virtualClock();
  const { engine, seenMs } = engineWithLog({ fixed: { ttftMs: 50, itlMs: 5 } }, clock);
  engine.submit(request({ id: 0, inputTokens: 10, maxTokens: 1000 }));
  clock.at(61, () => engine.abort(0));
  clock.run();
  assert.deepEqual([...seenMs.values()], [50, 55, 60]);
  assert.equal(engine.stats().activeRequests, 0);
});

Deno.test("Engine gives a request that fills the context nothing", () => {
  for (const timing of [{}, { fixed: { ttftMs: 50, itlMs: 5 } }]) {
    const clock = virtualClock();
    const { engine, seenMs } = engineWithLog({ contextTokens: 100, ...timing }, clock);
    engine.submit(request({ id: 0, inputTokens: 100, maxTokens: 5 }));
    engine.submit(request({ id: 1, inputTokens: 98, maxTokens: 5 }));
    clock.run();
    assert.deepEqual([...seenMs.keys()], ["1.0", "1.1"]);
    assert.equal(engine.stats().activeRequests, 0);
  }
});

Deno.test("Engine.close drops the step that is under way", () => {
  for (const timing of [{}, { fixed: { ttftMs: 50, itlMs: 5 } }]) {
    const clock = virtualClock();
    const { engine, seenMs } = engineWithLog(timing, clock);
    engine.submit(request({ id: 0, inputTokens: 10, maxTokens: 100 }));
    clock.run(() => seenMs.size === 2);
    engine.close();
    clock.run();
    assert.equal(seenMs.size, 2);
  }
});

Deno.test("Engine.close stops everything, even from within a callback", () => {
  const clock = virtualClock();
  let tokens = 0;
  const engine = createEngine(resolveSimulator(), {
    clock,
    onStep() {
      tokens++;
      engine.close();
    },
  });
  engine.submit(request({ id: 0, inputTokens: 10, maxTokens: 100 }));
  clock.run();
  assert.equal(tokens, 1);
});
