/**
 * The two ways of deciding when a token comes (scheduled, fixed) behind one interface.
 *
 * @module
 */
import type { SchedulerUsage, TokenEvent } from "./scheduler.ts";
import type { EngineRequest } from "./sequence.ts";

/** Decides about instants. */
export interface Backend {
  /** A request arrives now. */
  submit(request: EngineRequest): void;
  /** The client of a request went away. */
  abort(id: number): void;
  /** Requests that arrived and are not over. */
  activeRequests(): number;
  /** `null` where nothing is scheduled. */
  usage(): SchedulerUsage | null;
}

/** What a backend gets from the engine. */
export interface BackendContext {
  /** The present, in ms. */
  now(): number;
  /** Calls `fn` at `atMs`, never before. Returns a function that cancels it. */
  at(atMs: number, fn: () => void): () => void;
  /** Hands out the tokens of a step that was due at `dueMs`. */
  emit(events: readonly TokenEvent[], dueMs: number): void;
}
