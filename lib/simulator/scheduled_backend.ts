/**
 * The scheduler in time: one step after the other while there is work.
 *
 * @module
 */
import type { Backend, BackendContext } from "./backend.ts";
import type { SimulatorConfig } from "./options.ts";
import { createScheduler, type TokenEvent } from "./scheduler.ts";

/** mini-sglang notices a lost client when the next token is due, and waits this long before it tells the scheduler. */
const ABORT_DELAY_MS = 100;

/**
 * Runs the scheduler on absolute deadlines: the end of a step is its start plus its duration, not the present plus the
 * duration, so that late timers never add up.
 *
 * @param config Resolved options.
 * @param context The engine.
 */
export function scheduledBackend(config: SimulatorConfig, context: BackendContext): Backend {
  const scheduler = createScheduler(config.scheduler);
  const active = new Set<number>();
  const abandoned = new Set<number>();
  let idle = true;

  function step(startMs: number): void {
    const iteration = scheduler.step();
    idle = iteration === null;
    if (!iteration) return;
    const endMs = startMs + iteration.durationMs;
    context.at(endMs, () => {
      const { admitted, emitted } = iteration;
      if (admitted.length + emitted.length > 0) context.emit({ startMs, admitted, tokens: emitted }, endMs);
      settle(iteration.emitted, endMs);
      step(endMs);
    });
  }

  function settle(events: readonly TokenEvent[], atMs: number): void {
    for (const { id, finishReason } of events) {
      if (finishReason !== null) active.delete(id);
      if (!abandoned.delete(id) || finishReason !== null) continue;
      context.at(atMs + ABORT_DELAY_MS, () => drop(id));
    }
  }

  function drop(id: number): void {
    scheduler.abort(id);
    active.delete(id);
  }

  return {
    submit(request) {
      const { id } = request;
      const arrivalMs = context.now() + config.frontEndMs;
      active.add(id);
      context.at(arrivalMs, () => {
        if (!active.has(id)) return;
        if (!scheduler.add(request)) active.delete(id);
        if (!idle) return;
        idle = false;
        // Not at once: others that arrive at the same instant belong to the first batch too.
        context.at(arrivalMs, () => step(arrivalMs));
      });
    },
    abort(id) {
      if (!active.has(id)) return;
      if (config.engine.abort === "at-once") drop(id);
      else abandoned.add(id);
    },
    activeRequests: () => active.size,
    flushCache() {
      if (active.size > 0) return false;
      scheduler.flushCache();
      return true;
    },
    usage: () => scheduler.usage(),
  };
}
