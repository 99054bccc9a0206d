/** The shapes that were published about mini-sglang and SGLang; their numbers are in pictures only. */
import assert from "node:assert/strict";

import { createRandom } from "../../lib/random.ts";
import { resolveSimulator, type SimulatorOptions } from "../../lib/simulator/options.ts";
import { createScheduler } from "../../lib/simulator/scheduler.ts";
import { request } from "../testdata/engine_request.ts";
import { replay, type TimedRequest } from "./replay.ts";

function run(options: SimulatorOptions, list: readonly TimedRequest[]) {
  return replay(createScheduler(resolveSimulator(options).scheduler), list);
}

/** Arrivals by chance with lengths like those of the Qwen trace. */
function poisson(count: number, perS: number): TimedRequest[] {
  const random = createRandom(7);
  let atMs = 0;
  return Array.from({ length: count }, (_, id) => {
    atMs += random.exponential(1000 / perS);
    const inputTokens = Math.ceil(Math.min(4000, random.lognormal(1000, 1)));
    const maxTokens = Math.ceil(Math.min(2000, random.lognormal(358, 0.9)));
    return { atMs, request: request({ id, inputTokens, maxTokens }) };
  });
}

const totalTokens = (list: readonly TimedRequest[]) =>
  list.reduce((sum, { request }) => sum + request.maxTokens, 0);

Deno.test("mini-sglang and SGLang coincide while fewer than 256 requests run and memory suffices", () => {
  const list = poisson(300, 8);
  const [mini, sglang] = ["mini-sglang", "sglang"].map((engine) => run({ engine }, list).tokenMs);
  assert.equal(mini?.size, totalTokens(list));
  assert.deepEqual(mini, sglang);
});

Deno.test("mini-sglang makes the 257th request wait, SGLang does not", () => {
  const list = Array.from({ length: 257 }, (_, id) => ({
    atMs: 0,
    request: request({ id, inputTokens: 10, maxTokens: 100 }),
  }));
  const [miniMs = 0, sglangMs = 0] = ["mini-sglang", "sglang"].map((engine) =>
    run({ engine }, list).tokenMs.get("256.0") ?? NaN
  );
  assert.ok(sglangMs < 0.2 * miniMs, `${sglangMs} ms, ${miniMs} ms`);
});

Deno.test("Overlap raises offline throughput, of a small model more than of a large one", () => {
  // As in mini-sglang's benchmark/offline/bench.py: 256 requests at once, of 100 to 1024 tokens in and out.
  const random = createRandom(0);
  const list = Array.from({ length: 256 }, (_, id) => ({
    atMs: 0,
    request: request({ id, inputTokens: random.int(100, 1024), maxTokens: random.int(100, 1024) }),
  }));
  const [small = 0, large = 0] = ["Qwen3-0.6B", "Qwen3-14B"].map((model) => {
    const [on = NaN, off = NaN] = [true, false].map((overlap) =>
      run({ model, tp: 1, overlap, pageTokens: 256, prefillBudgetTokens: 16_384 }, list).durationMs
    );
    return off / on;
  });
  assert.ok(large > 1 && small > large, `0.6B × ${small}, 14B × ${large}`);
});

Deno.test("Throughput is bound by arrivals where they are slow, and by the engine where they are fast", () => {
  const share = (perS: number) => {
    const list = poisson(1000, perS);
    const offeredPerMs = totalTokens(list) / (list.at(-1)?.atMs ?? NaN);
    return totalTokens(list) / run({}, list).durationMs / offeredPerMs;
  };
  // The first 1,000 rows of Qwen trace A take about 289 s: 3.46/s, at scale 1.6 2.16/s.
  const slow = share(3.46 / 1.6);
  assert.ok(slow > 0.97 && slow <= 1, `${slow}`);
  const fast = share(3.46 / 0.1);
  assert.ok(fast < 0.7, `${fast}`);
});
