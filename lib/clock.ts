/**
 * The two clocks a run can be driven by.
 *
 * @module
 */
import { setImmediate } from "node:timers";

import type { Clock } from "./types.ts";

/** A clock that a run can be driven by: it also knows how to wait. */
export interface RunClock extends Clock {
  /** On a virtual clock no time is measured, it is computed. */
  readonly kind: "real" | "virtual";
  /**
   * Waits for what events of this clock bring about. In real time that is waiting; virtual time passes only while
   * somebody waits here.
   *
   * @throws {Error} On a virtual clock, when no event is left and the promise is still pending.
   */
  settle<T>(promise: Promise<T>): Promise<T>;
}

/** What a timer can hold; a longer sleep is slept in parts. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/** Options of {@linkcode realClock}. */
export interface RealClockOptions {
  /**
   * How long before an instant sleeping ends and polling begins, in ms. Timers are up to 1 ms early, 1 ms late in the
   * middle and 3 ms late one time in a hundred; polling costs a core while it lasts. @default {3}
   */
  readonly pollMs?: number;
}

/**
 * A monotonic clock in real time, zero at creation.
 *
 * `at` sleeps on a timer until `pollMs` before the instant and then yields to the event loop until it is reached, because
 * a timer alone is too early or too late. Callbacks due together share one poll.
 */
export function realClock(options: RealClockOptions = {}): RunClock {
  const { pollMs = 3 } = options;
  const zero = performance.now();
  const now = () => performance.now() - zero;
  const queue = new EventHeap();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAtMs = Infinity;
  let polling = false;

  const poll = () => {
    polling = false;
    for (let due = queue.pop(now()); due; due = queue.pop(now())) due();
    arm();
  };
  const arm = () => {
    const nextMs = queue.nextMs();
    if (nextMs === undefined || polling) return;
    const sleepMs = nextMs - now() - pollMs;
    if (sleepMs <= 0) {
      polling = true;
      setImmediate(poll);
    } else if (timer === undefined || nextMs < timerAtMs) {
      if (timer !== undefined) clearTimeout(timer);
      timerAtMs = nextMs;
      timer = setTimeout(() => {
        timer = undefined;
        timerAtMs = Infinity;
        arm();
      }, Math.min(sleepMs, LONGEST_SLEEP_MS));
    }
  };
  return {
    kind: "real",
    now,
    settle: (promise) => promise,
    at(atMs, fn) {
      const cancel = queue.push(atMs, fn);
      arm();
      return () => {
        cancel();
        if (queue.nextMs() === undefined && timer !== undefined) {
          clearTimeout(timer);
          timer = undefined;
          timerAtMs = Infinity;
        }
      };
    },
  };
}

/** A clock whose time passes only when it is told to run: an event heap, no timers. */
export interface VirtualClock extends RunClock {
  /** Runs events in order of time until none is left or `until` answers true. */
  run(until?: () => boolean): void;
}

/**
 * Events that run before the process may do something else: read Ctrl-C, draw a bar, go on after an `await`. It is a
 * number of events, not a time, so that what a run computes does not depend on the machine.
 */
const SLICE_EVENTS = 256;

/**
 * Makes a clock that jumps from event to event.
 *
 * @example
 * ```ts
 * import { virtualClock } from "./clock.ts";
 * import { strict as assert } from "node:assert";
 *
 * const clock = virtualClock();
 * let seenMs = 0;
 * clock.at(50, () => seenMs = clock.now());
 * clock.run();
 * assert.equal(seenMs, 50);
 * ```
 */
export function virtualClock(): VirtualClock {
  const queue = new EventHeap();
  let nowMs = 0;
  const run = (until: () => boolean = () => false) => {
    while (!until()) {
      const nextMs = queue.nextMs();
      if (nextMs === undefined) return;
      nowMs = nextMs;
      queue.pop(nowMs)?.();
    }
  };
  return {
    kind: "virtual",
    now: () => nowMs,
    at: (atMs, fn) => queue.push(Math.max(atMs, nowMs), fn),
    run,
    async settle(promise) {
      let pending = true;
      const stop = () => {
        pending = false;
      };
      promise.then(stop, stop);
      for (await nextTurn(); pending; await nextTurn()) {
        if (queue.nextMs() === undefined) {
          throw new Error(
            `Cannot wait any longer as nothing is left to happen at ${nowMs} ms of virtual time`,
          );
        }
        let events = 0;
        run(() => events++ === SLICE_EVENTS);
      }
      return await promise;
    },
  };
}

/** Lets the process do what it has to do between events. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  fn: (() => void) | null;
}

/** A binary heap of callbacks by time; equal times come out in the order they went in. Cancelled ones are skipped. */
class EventHeap {
  #events: Event[] = [];
  #order = 0;

  push(atMs: number, fn: () => void): () => void {
    const event: Event = { atMs, order: this.#order++, fn };
    const events = this.#events;
    let i = events.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, at(events, parent))) break;
      events[i] = at(events, parent);
      i = parent;
    }
    events[i] = event;
    return () => event.fn = null;
  }

  /** Instant of the first event still wanted. */
  nextMs(): number | undefined {
    while (this.#events[0]?.fn === null) this.#removeFirst();
    return this.#events[0]?.atMs;
  }

  /** Takes the first event if it is due. */
  pop(nowMs: number): (() => void) | undefined {
    const nextMs = this.nextMs();
    if (nextMs === undefined || nextMs > nowMs) return undefined;
    return this.#removeFirst().fn ?? undefined;
  }

  #removeFirst(): Event {
    const events = this.#events;
    const first = at(events, 0);
    const last = events.pop();
    if (last === undefined || events.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && isBefore(at(events, child + 1), at(events, child))) child++;
      if (!isBefore(at(events, child), last)) break;
      events[i] = at(events, child);
      i = child;
    }
    events[i] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function at(events: readonly Event[], index: number): Event {
  const event = events[index];
  if (event === undefined) throw new RangeError(`Cannot read event as the heap has no index ${index}`);
  return event;
}
