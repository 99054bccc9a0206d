/**
 * A whole load: requests sent by a schedule, answers turned into records.
 *
 * @module
 */
import type { Clock, List, RequestRecord, RequestSpec, Schedule, Transport, WireRequest } from "../types.ts";
import { encode, type Progress, send, type Target } from "./send.ts";

/** What driving a load needs. */
export interface DriveOptions {
  readonly target: Target;
  readonly clock: Clock;
  readonly transport: Transport;
  /** Index of the cell, copied into every record. @default 0 */
  readonly cell?: number;
  /** Time between the call and the schedule's zero, in ms. @default LEAD_MS */
  readonly leadMs?: number;
  /** Counters to keep up to date. */
  readonly progress?: Progress;
  /** Receives every record as its request ends. */
  readonly onRecord: (record: RequestRecord) => void;
  /** Called once, before the first request, with the instant of the schedule's zero. */
  readonly onStart?: (startMs: number) => void;
  /** Receives every request just before it is sent; what it does counts as send lag. */
  readonly onRequest?: (request: RequestSpec) => void;
  /** Called at the very event that ends the load, before virtual time can go on. */
  readonly onEnd?: () => void;
  /** Stops sending and cancels what is in flight. */
  readonly signal?: AbortSignal;
}

/** What is known only after the load. */
export interface DriveResult {
  /** The schedule's zero. */
  readonly startMs: number;
  /** The end of the last request. */
  readonly endMs: number;
}

/** Time to get ready before a schedule begins. */
export const LEAD_MS = 500;

/** Bodies kept ready; a burst larger than this encodes the rest while it is being sent. */
const MOST_ENCODED = 256;
/** Encoding stops this long before the next request is due. */
const ENCODING_MARGIN_MS = 2;

/** Fresh counters. */
export function newProgress(): Progress {
  return { sent: 0, done: 0, failed: 0, prefilled: 0, decoded: 0 };
}

/**
 * Drives a load until every request has ended.
 *
 * Open loop: request i is sent at start + `arrivalsMs[i]`, as an absolute instant and never early, however slow the
 * answers are. Closed loop: `concurrency` requests are kept in flight. One failing request never stops the others.
 *
 * @throws {RangeError} When an open schedule has not one arrival per request.
 */
export function drive(
  requests: List<RequestSpec>,
  schedule: Schedule,
  options: DriveOptions,
): Promise<DriveResult> {
  if (schedule.kind === "open" && schedule.arrivalsMs.length !== requests.length) {
    throw new RangeError(
      `Cannot drive load as the schedule must have one arrival per request: it has ${schedule.arrivalsMs.length} for ${requests.length}`,
    );
  }
  const { clock, target, transport, cell = 0, leadMs = LEAD_MS, progress = newProgress(), signal } = options;
  const startMs = clock.now() + leadMs;
  options.onStart?.(startMs);

  return new Promise((resolve) => {
    /** Cancels, by request id. */
    const inFlight = new Map<number, () => void>();
    /** Encoded requests from `next` on. A request may be made when it is asked for: each is asked for once. */
    const encoded: { readonly request: RequestSpec; readonly wire: WireRequest }[] = [];
    let next = 0;
    let stopTimer = () => {};

    /** Encodes what comes next, so that nothing but sending is left to do when it is due. */
    const encodeAhead = (dueMs: number) => {
      while (encoded.length < MOST_ENCODED && dueMs - clock.now() > ENCODING_MARGIN_MS) {
        const request = requests.at(next + encoded.length);
        if (request === undefined) return;
        encoded.push({ request, wire: encode(request, target) });
      }
    };
    const sendNext = (scheduledMs: number) => {
      const { request, wire } = encoded.shift() ?? { request: requests.at(next), wire: undefined };
      next++;
      if (request === undefined) return;
      inFlight.set(request.id, () => {});
      options.onRequest?.(request);
      const onRecord = (record: RequestRecord) => {
        inFlight.delete(request.id);
        options.onRecord(record);
        pace();
      };
      const cancel = send(request, {
        target,
        clock,
        transport,
        cell,
        scheduledMs,
        wire,
        progress,
        onRecord,
      });
      if (inFlight.has(request.id)) inFlight.set(request.id, cancel);
    };

    let pacing = false;
    /** Sends whatever may be sent now; called when time has come and when a request has ended. */
    const pace = () => {
      if (pacing) return;
      pacing = true;
      stopTimer();
      while (next < requests.length && !signal?.aborted) {
        const dueMs = schedule.kind === "open" ? startMs + (schedule.arrivalsMs[next] ?? 0) : clock.now();
        if (schedule.kind === "closed" && inFlight.size >= schedule.concurrency) break;
        if (dueMs > clock.now()) {
          stopTimer = clock.at(dueMs, pace);
          encodeAhead(dueMs);
          break;
        }
        sendNext(dueMs);
      }
      pacing = false;
      if (inFlight.size === 0 && (next === requests.length || signal?.aborted)) finish();
    };
    const stop = () => {
      stopTimer();
      for (const cancel of [...inFlight.values()]) cancel();
      pace();
    };
    const finish = () => {
      signal?.removeEventListener("abort", stop);
      options.onEnd?.();
      resolve({ startMs, endMs: clock.now() });
    };

    signal?.addEventListener("abort", stop, { once: true });
    stopTimer = clock.at(startMs, pace);
    encodeAhead(startMs);
    if (signal?.aborted) stop();
  });
}
