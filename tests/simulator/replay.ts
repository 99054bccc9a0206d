import type { Scheduler } from "../../lib/simulator/scheduler.ts";
import type { EngineRequest } from "../../lib/simulator/sequence.ts";

/** A request and the instant of its arrival. */
export interface TimedRequest {
  readonly atMs: number;
  readonly request: EngineRequest;
}

/** When tokens came. */
export interface Replayed {
  /** "id.index" → instant of the token. */
  readonly tokenMs: ReadonlyMap<string, number>;
  /** Instant when all was done. */
  readonly durationMs: number;
}

/** Runs a scheduler in virtual time. */
export function replay(scheduler: Scheduler, list: readonly TimedRequest[]): Replayed {
  const tokenMs = new Map<string, number>();
  let nowMs = 0;
  let next = 0;
  for (;;) {
    for (let one = list[next]; one && one.atMs <= nowMs; one = list[++next]) scheduler.add(one.request);
    const turn = scheduler.step();
    if (turn) {
      nowMs += turn.durationMs;
      for (const { id, index } of turn.emitted) tokenMs.set(`${id}.${index}`, nowMs);
    } else {
      const one = list[next];
      if (!one) return { tokenMs, durationMs: nowMs };
      nowMs = one.atMs;
    }
  }
}
