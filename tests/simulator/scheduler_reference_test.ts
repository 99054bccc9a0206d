/**
 * Scheduler and cost model against an independent implementation: a reference model in Python that was validated with
 * measured SGLang runs. Its numbers below are means over all requests, in ms, without front end.
 */
import assert from "node:assert/strict";

import { resolveSimulator } from "../../lib/simulator/options.ts";
import { createScheduler } from "../../lib/simulator/scheduler.ts";
import { request } from "../testdata/engine_request.ts";

interface Arrival {
  readonly atMs: number;
  readonly inputTokens: number;
  readonly maxTokens: number;
}

interface Result {
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly durationMs: number;
}

interface Case {
  readonly model: string;
  readonly gpu: string;
  readonly tp: number;
  readonly arrivals: readonly Arrival[];
  /** Requests kept in flight; without it each request starts at its `atMs`. */
  readonly concurrency?: number;
  /** What the reference model gives. */
  readonly expected: Result;
}

function simulate({ model, gpu, tp, arrivals, concurrency }: Case, overlap: boolean): Result {
  const scheduler = createScheduler(resolveSimulator({ model, gpu, tp, overlap, cache: "naive" }).scheduler);
  const startsMs: number[] = [];
  const firstsMs: number[] = [];
  const tpotsMs: number[] = [];
  const queue = arrivals.map((arrival, id) => request({ id, ...arrival }));
  let nowMs = 0;
  let ended = 0;
  const isDue = (id: number) =>
    id < queue.length &&
    (concurrency === undefined ? (arrivals[id]?.atMs ?? 0) <= nowMs : id < ended + concurrency);

  while (ended < queue.length) {
    for (let next = queue[startsMs.length]; next && isDue(next.id); next = queue[startsMs.length]) {
      scheduler.add(next);
      startsMs.push(concurrency === undefined ? arrivals[next.id]?.atMs ?? 0 : nowMs);
    }
    const turn = scheduler.step();
    nowMs = turn ? nowMs + turn.durationMs : arrivals[startsMs.length]?.atMs ?? Infinity;
    for (const { id, index, finishReason } of turn?.emitted ?? []) {
      if (index === 0) firstsMs[id] = nowMs;
      if (finishReason === null) continue;
      ended++;
      tpotsMs.push((nowMs - (firstsMs[id] ?? 0)) / index);
    }
  }
  const ttftsMs = firstsMs.map((firstMs, id) => firstMs - (startsMs[id] ?? 0));
  return { ttftMs: mean(ttftsMs), tpotMs: mean(tpotsMs), durationMs: nowMs };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function repeat(count: number, inputTokens: number, maxTokens: number): Arrival[] {
  return Array.from({ length: count }, () => ({ atMs: 0, inputTokens, maxTokens }));
}

/** 40 requests 60 ms apart, of uneven lengths. */
const openLoop: readonly Arrival[] = Array.from({ length: 40 }, (_, i) => ({
  atMs: 60 * i,
  inputTokens: 500 + (i * 397) % 3000,
  maxTokens: 10 + (i * 53) % 90,
}));

function assertNear(actual: Result, expected: Result, relative: number): void {
  for (const key of ["ttftMs", "tpotMs", "durationMs"] as const) {
    const error = Math.abs(actual[key] / expected[key] - 1);
    assert.ok(error <= relative, `${key} is ${actual[key]}, expected ${expected[key]}`);
  }
}

Deno.test("Scheduler without overlap agrees with the reference model", () => {
  const cases: readonly Case[] = [
    {
      ...{ model: "Qwen3-32B", gpu: "H100", tp: 4, arrivals: repeat(64, 1024, 128), concurrency: 16 },
      expected: { ttftMs: 425.3190, tpotMs: 12.19332, durationMs: 7895.4832 },
    },
    {
      ...{ model: "Qwen3-0.6B", gpu: "H200", tp: 1, arrivals: repeat(96, 512, 64), concurrency: 32 },
      expected: { ttftMs: 27.8677, tpotMs: 3.27944, durationMs: 703.4170 },
    },
    { // Prompts longer than the budget.
      ...{ model: "Qwen3-14B", gpu: "H200", tp: 1, arrivals: repeat(8, 12_000, 32), concurrency: 4 },
      expected: { ttftMs: 1638.1163, tpotMs: 37.39105, durationMs: 5594.4775 },
    },
    { // More requests than slots.
      ...{ model: "Qwen3-0.6B", gpu: "H200", tp: 1, arrivals: repeat(300, 100, 20) },
      expected: { ttftMs: 62.3733, tpotMs: 6.74300, durationMs: 248.0666 },
    },
    {
      ...{ model: "Qwen3-32B", gpu: "H200", tp: 4, arrivals: openLoop },
      expected: { ttftMs: 309.7559, tpotMs: 41.88448, durationMs: 3668.6357 },
    },
  ];
  for (const one of cases) {
    // The reference lets the output projection skip unfinished prompts and gives padding rows a token more.
    assertNear(simulate(one, false), one.expected, 2e-4);
  }
});

Deno.test("Scheduler with overlap agrees with the reference model where nobody arrives meanwhile", () => {
  const cases: readonly Case[] = [
    {
      ...{ model: "Qwen3-32B", gpu: "H100", tp: 4, arrivals: repeat(64, 1024, 128), concurrency: 16 },
      expected: { ttftMs: 424.1310, tpotMs: 11.49420, durationMs: 7535.5792 },
    },
    {
      ...{ model: "Qwen3-14B", gpu: "H200", tp: 1, arrivals: repeat(8, 12_000, 32), concurrency: 4 },
      expected: { ttftMs: 1635.5663, tpotMs: 36.72621, durationMs: 5548.1575 },
    },
  ];
  for (const one of cases) {
    // The reference does not show the host's time before the first batch: 0.7 to 1 ms per wave of requests.
    assertNear(simulate(one, true), one.expected, 2e-3);
  }
});
