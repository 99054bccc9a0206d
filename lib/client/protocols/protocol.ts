/**
 * How requests and answers look on the wire. Pure.
 *
 * @module
 */
import type { RequestSpec, Usage } from "../../types.ts";

/** What one event of a stream means. Absent fields mean "nothing of that kind". */
export interface StreamEvent {
  /** A token-bearing chunk: it makes a tic. */
  readonly isToken: boolean;
  /** Output tokens so far, where the server says so in every chunk. */
  readonly completionTokensSoFar?: number;
  readonly finishReason?: string;
  readonly usage?: Usage;
  /** The engine reports a failure inside the stream. */
  readonly error?: string;
  /** The protocol's end mark. */
  readonly isEnd?: boolean;
}

/** What differs between servers that speak the same protocol. */
export interface WireQuirks {
  /** The server sends a chunk for every token, also when its text is empty: an empty delta is a token. */
  readonly emptyDeltaIsToken: boolean;
  /** Ask for usage at the end of the stream (`stream_options.include_usage`). */
  readonly asksUsage: boolean;
  /** Send the prompt's length as `input_length_override`. */
  readonly takesInputLength?: boolean;
}

/** A wire protocol: how to ask, and how to understand what streams back. */
export interface Protocol {
  readonly name: string;
  /** Path below the API's base: "/chat/completions". */
  readonly path: string;
  /** The request body as JSON text. */
  body(request: RequestSpec, options: { model: string; quirks: WireQuirks }): string;
  /**
   * Understands the data of one event.
   *
   * @throws {SyntaxError} When it is not what the protocol says.
   */
  read(bytes: Uint8Array, range: { start: number; end: number }, quirks: WireQuirks): StreamEvent;
  /** What a token-bearing event adds to the answer; reasoning is no part of it, as it is not sent back in a conversation. */
  text(bytes: Uint8Array, range: { start: number; end: number }): string;
}
