/**
 * The two ways of deciding when a token comes (scheduled, fixed) behind one interface.
 *
 * @module
 */
import type { Admission, SchedulerUsage, TokenEvent } from "./scheduler.ts";
import type { EngineRequest } from "./sequence.ts";

/** Decides about instants. */
export interface Backend {
  /** A request arrives now. */
  submit(request: EngineRequest): void;
  /** The client of a request went away. */
  abort(id: number): void;
  /** Requests that arrived and are not over. */
  activeRequests(): number;
  /** Forgets every cached prefix, unless requests are active: then it returns false. */
  flushCache(): boolean;
  /** `null` where nothing is scheduled. */
  usage(): SchedulerUsage | null;
}

/** What one step of an engine brought. */
export interface EngineStep {
  /** Start of the step, when its batch was put together, on the engine's clock. */
  readonly startMs: number;
  readonly admitted: readonly Admission[];
  readonly tokens: readonly TokenEvent[];
}

/** What a backend gets from the engine. */
export interface BackendContext {
  /** The present, in ms. */
  now(): number;
  /** Calls `fn` at `atMs`, never before. Returns a function that cancels it. */
  at(atMs: number, fn: () => void): () => void;
  /** Hands out what a step brought that was due at `dueMs`. */
  emit(step: EngineStep, dueMs: number): void;
}
