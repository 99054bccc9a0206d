/**
 * A simulated engine on a clock: requests in, tokens out, each at its instant.
 *
 * @module
 */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

import type { Clock, EngineLag } from "../types.ts";
import type { BackendContext, EngineStep } from "./backend.ts";
import { fixedBackend } from "./fixed_backend.ts";
import type { SimulatorConfig } from "./options.ts";
import { scheduledBackend } from "./scheduled_backend.ts";
import type { SchedulerUsage } from "./scheduler.ts";
import type { EngineRequest } from "./sequence.ts";

/** Counters of an engine. */
export interface EngineStats {
  /** Requests that arrived and are not over. */
  readonly activeRequests: number;
  readonly emittedTokens: number;
  /** `null` before the first token. */
  readonly lag: EngineLag | null;
  /** `null` with known timing, which schedules nothing. */
  readonly scheduler: SchedulerUsage | null;
}

/** A running engine. */
export interface SimulatedEngine {
  /** A request arrives now. One that fills the context never gets a token. */
  submit(request: EngineRequest): void;
  /** The client of a request went away; nothing happens when the request is over. Tokens may come for a while yet. */
  abort(id: number): void;
  stats(): EngineStats;
  /** How late steps were since the last call of this function; `null` when there was none. */
  takeLag(): EngineLag | null;
  /** Forgets every cached prefix. Returns false, and does nothing, while requests are active. */
  flushCache(): boolean;
  /** Stops: no token comes any more. */
  close(): void;
}

/** What an engine runs on. */
export interface EngineContext {
  readonly clock: Clock;
  /** Called at the end of each step that began a prompt or brought a token. */
  readonly onStep: (step: EngineStep) => void;
}

/**
 * Makes an engine.
 *
 * @param config From `resolveSimulator`.
 * @param context `clock` to run on and `onStep` to report to.
 * @example
 * ```ts
 * import { virtualClock } from "../clock.ts";
 * import { createEngine } from "./engine.ts";
 * import { resolveSimulator } from "./options.ts";
 * import assert from "node:assert/strict";
 *
 * const clock = virtualClock();
 * const seenMs: number[] = [];
 * const config = resolveSimulator({ fixed: { ttftMs: 50, itlMs: 5 } });
 * const engine = createEngine(config, { clock, onStep: () => seenMs.push(clock.now()) });
 * engine.submit({ id: 0, promptTokens: new Int32Array(10), maxTokens: 3, ignoreEos: true });
 * clock.run();
 * assert.deepEqual(seenMs, [50, 55, 60]);
 * ```
 */
export function createEngine(config: SimulatorConfig, { clock, onStep }: EngineContext): SimulatedEngine {
  const pending = new Set<() => void>();
  const lag = createHistogram();
  const recentLag = createHistogram();
  let emittedTokens = 0;
  let closed = false;
  const context: BackendContext = {
    now: () => clock.now(),
    at(atMs, fn) {
      if (closed) return () => {};
      const cancel = clock.at(atMs, () => {
        pending.delete(cancel);
        fn();
      });
      pending.add(cancel);
      return () => {
        pending.delete(cancel);
        cancel();
      };
    },
    emit(step, dueMs) {
      emittedTokens += step.tokens.length;
      onStep(step);
      // Only now: what it takes to hand out the last token of a large step is late too.
      const late = toHistogram(clock.now() - dueMs);
      lag.record(late);
      recentLag.record(late);
    },
  };
  const { contextTokens } = config.scheduler;
  const backend = config.fixed
    ? fixedBackend({ ...config.fixed, contextTokens }, context)
    : scheduledBackend(config, context);
  return {
    submit: backend.submit,
    abort: backend.abort,
    stats: () => ({
      activeRequests: backend.activeRequests(),
      emittedTokens,
      lag: readLag(lag),
      scheduler: backend.usage(),
    }),
    takeLag() {
      const taken = readLag(recentLag);
      recentLag.reset();
      return taken;
    },
    flushCache: () => backend.flushCache(),
    close() {
      closed = true;
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}

function readLag(lag: RecordableHistogram): EngineLag | null {
  if (lag.count === 0) return null;
  return {
    count: lag.count,
    p50Ms: fromHistogram(lag.percentile(50)),
    p99Ms: fromHistogram(lag.percentile(99)),
    maxMs: fromHistogram(lag.max),
  };
}

/** The histogram counts whole numbers from 1: µs, plus 1. */
function toHistogram(lagMs: number): number {
  return 1 + Math.max(0, Math.round(1000 * lagMs));
}

function fromHistogram(value: number): number {
  return (value - 1) / 1000;
}
