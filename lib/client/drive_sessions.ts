/**
 * A load of conversations: each asks its next turn when the answer to the one before has come.
 *
 * @module
 */
import type { List, RequestSpec } from "../types.ts";
import { type DriveOptions, type DriveResult, LEAD_MS, newProgress } from "./drive.ts";
import { send } from "./send.ts";

/** What came of a turn. */
export interface TurnAnswer {
  readonly text: string;
  /** Why it ended, as the engine says: "stop", "length". */
  readonly finishReason: string | null;
}

/** A conversation that is about to be asked. It keeps its own history. */
export interface Session {
  /** Turns it has, ≥ 1. */
  readonly turns: number;
  /**
   * Makes the request of the next turn. Called once per turn, in order.
   *
   * @param answer To the turn before; `null` for the first.
   */
  next(answer: TurnAnswer | null): RequestSpec;
}

/** How conversations are had. */
export interface SessionLoad {
  readonly sessions: List<Session>;
  /** Conversations at a time. */
  readonly concurrency: number;
  /** From the end of an answer to the next turn of its conversation, in ms. @default 0 */
  readonly thinkMs?: number;
}

/** A conversation that is going on. */
interface Talk {
  readonly position: number;
  readonly session: Session;
  turn: number;
  answer: TurnAnswer | null;
  /** When its next turn is due. */
  dueMs: number;
}

/**
 * Drives conversations until every one has ended.
 *
 * Closed loop: `concurrency` conversations go on at a time, each with one request in flight or thinking about it; when one
 * ends, the next begins. A turn that fails ends its conversation: what would follow has no answer to build on.
 */
export function driveSessions(load: SessionLoad, options: DriveOptions): Promise<DriveResult> {
  const { sessions, concurrency, thinkMs = 0 } = load;
  const { clock, leadMs = LEAD_MS, progress = newProgress(), cell = 0, target, transport, signal } = options;
  const startMs = clock.now() + leadMs;
  options.onStart?.(startMs);

  return new Promise((resolve) => {
    /** By position of a conversation that waits for an answer or thinks: ends it. */
    const stops = new Map<number, () => void>();
    const ready: Talk[] = [];
    let begun = 0;
    let ended = 0;
    let stopTimer = () => {};

    const begin = (): Talk | undefined => {
      const session = begun - ended < concurrency ? sessions.at(begun) : undefined;
      if (session === undefined) return undefined;
      return { position: begun++, session, turn: 1, answer: null, dueMs: clock.now() };
    };
    const askTurn = (talk: Talk) => {
      const { position, dueMs: scheduledMs } = talk;
      const request = talk.session.next(talk.answer);
      const pieces: string[] = [];
      let isOver = false;
      options.onRequest?.(request);
      const cancel = send(request, {
        ...{ target, clock, transport, cell, scheduledMs, progress },
        onText: (text) => pieces.push(text),
        onRecord(record) {
          isOver = true;
          stops.delete(position);
          options.onRecord(record);
          const { outcome } = record;
          if (outcome.kind === "ok" && talk.turn < talk.session.turns && !signal?.aborted) {
            const answer = { text: pieces.join(""), finishReason: outcome.finishReason };
            think({ ...talk, turn: talk.turn + 1, answer, dueMs: clock.now() + thinkMs });
          } else {
            ended++;
          }
          pace();
        },
      });
      if (!isOver) stops.set(position, cancel);
    };
    const think = (talk: Talk) => {
      if (thinkMs === 0) {
        ready.push(talk);
        return;
      }
      const stopThinking = clock.at(talk.dueMs, () => {
        stops.delete(talk.position);
        ready.push(talk);
        pace();
      });
      stops.set(talk.position, () => {
        stopThinking();
        stops.delete(talk.position);
        ended++;
      });
    };

    let pacing = false;
    /** Asks whatever may be asked now. */
    const pace = () => {
      if (pacing) return;
      pacing = true;
      while (!signal?.aborted) {
        const talk = ready.shift() ?? begin();
        if (talk === undefined) break;
        askTurn(talk);
      }
      if (signal?.aborted) ended += ready.splice(0).length;
      pacing = false;
      if (ended === begun && (begun === sessions.length || signal?.aborted)) finish();
    };
    const stop = () => {
      stopTimer();
      for (const end of [...stops.values()]) end();
      pace();
    };
    const finish = () => {
      signal?.removeEventListener("abort", stop);
      options.onEnd?.();
      resolve({ startMs, endMs: clock.now() });
    };

    signal?.addEventListener("abort", stop, { once: true });
    stopTimer = clock.at(startMs, pace);
    if (signal?.aborted) stop();
  });
}
