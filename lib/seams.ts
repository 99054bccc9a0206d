/**
 * The two seams of the design: a clock and a transport are handed in, so that the same code measures a server in real time
 * and a simulated engine in virtual time.
 *
 * @module
 */

/** A monotonic clock, real or virtual. */
export interface Clock {
  /** Milliseconds since the clock was made. */
  now(): number;
  /** Calls `fn` once at `atMs` or as soon as possible after it, never before. Returns a function that cancels it. */
  at(atMs: number, fn: () => void): () => void;
}

/** A request as bytes. */
export interface WireRequest {
  readonly method: "GET" | "POST";
  /** Absolute URL. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for GET. */
  readonly body: Uint8Array;
}

/** What a transport reports back. All calls are synchronous and carry the instant on the transport's clock. */
export interface ResponseSink {
  /** A connection was acquired; `fresh` when it had to be opened for this request. */
  onConnect?(atMs: number, fresh: boolean): void;
  onHeaders(status: number, headers: Readonly<Record<string, string>>, atMs: number): void;
  /** Bytes of the body, as read. The array is only valid during the call. */
  onBytes(bytes: Uint8Array, atMs: number): void;
  /** The response ended well. Exactly one of `onEnd` and `onError` is called, once. */
  onEnd(atMs: number): void;
  onError(error: TransportError, atMs: number): void;
}

/** Why no complete response came. `code` is the system's word (ECONNREFUSED), where there is one. */
export interface TransportError {
  readonly kind: "connect" | "disconnected" | "aborted";
  readonly message: string;
  readonly code?: string;
}

/** A way to send requests: sockets, an SDK, or a simulated engine in the same process. */
export interface Transport extends AsyncDisposable {
  readonly name: string;
  /** Sends at once. The returned function aborts, after which `onError` follows with kind "aborted". */
  send(request: WireRequest, sink: ResponseSink): () => void;
}
