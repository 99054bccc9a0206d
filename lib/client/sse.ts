/**
 * Server-sent events, found in bytes as they arrive. Nothing is decoded and, where an event lies within one read,
 * nothing is copied.
 *
 * @module
 */

/** Called for each event with the range of its data in `bytes`; valid only during the call. */
export type OnEvent = (bytes: Uint8Array, start: number, end: number) => void;

/** An event larger than this means that the server does not speak SSE. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

const LF = 10;
const CR = 13;
const SPACE = 32;
const DATA = new TextEncoder().encode("data:");

/**
 * Makes a scanner for one response body.
 *
 * Follows the event stream format of the WHATWG HTML standard for lines ended by LF or CRLF: `data` lines of one event
 * are joined by LF, other fields and comments are skipped, and an event that the stream's end cuts off is dropped.
 *
 * @param onEvent Receives the data of every event that has any.
 * @returns `feed`, to be called with every read, split anywhere.
 * @throws {SyntaxError} From `feed`, when an event grows beyond 16 MiB.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @example
 * ```ts
 * import { sseScanner } from "./sse.ts";
 * import assert from "node:assert/strict";
 *
 * const seen: string[] = [];
 * const feed = sseScanner((bytes, start, end) => seen.push(new TextDecoder().decode(bytes.subarray(start, end))));
 * feed(new TextEncoder().encode("data: a\n\ndata: b"));
 * feed(new TextEncoder().encode("c\n\n"));
 * assert.deepEqual(seen, ["a", "bc"]);
 * ```
 */
export function sseScanner(onEvent: OnEvent): (read: Uint8Array) => void {
  let carry: Uint8Array | null = null;
  return (read) => {
    const bytes = carry === null ? read : concat(carry, read);
    const rest = scan(bytes, onEvent);
    if (bytes.length - rest > MAX_EVENT_BYTES) {
      throw new SyntaxError(`Cannot read event stream as one event has over ${MAX_EVENT_BYTES} bytes`);
    }
    carry = rest === bytes.length ? null : bytes.slice(rest);
  };
}

/** Reports every whole event in `bytes`. @returns Where the first unfinished event starts. */
function scan(bytes: Uint8Array, onEvent: OnEvent): number {
  let eventStart = 0;
  let dataStart = -1;
  let dataEnd = -1;
  let joined: Uint8Array | null = null;
  for (let lineStart = 0; lineStart < bytes.length;) {
    let lineEnd = lineStart;
    while (lineEnd < bytes.length && bytes[lineEnd] !== LF) lineEnd++;
    if (lineEnd === bytes.length) break;
    const next = lineEnd + 1;
    if (lineEnd > lineStart && bytes[lineEnd - 1] === CR) lineEnd--;
    if (lineEnd === lineStart) {
      if (joined !== null) onEvent(joined, 0, joined.length);
      else if (dataStart >= 0) onEvent(bytes, dataStart, dataEnd);
      eventStart = next;
      dataStart = -1;
      joined = null;
    } else if (isData(bytes, lineStart, lineEnd)) {
      const start = lineStart + DATA.length + (bytes[lineStart + DATA.length] === SPACE ? 1 : 0);
      if (dataStart >= 0) {
        const before: Uint8Array = joined ?? bytes.subarray(dataStart, dataEnd);
        joined = concat(before, Uint8Array.of(LF), bytes.subarray(start, lineEnd));
      }
      dataStart = start;
      dataEnd = Math.max(start, lineEnd);
    }
    lineStart = next;
  }
  return eventStart;
}

function isData(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < DATA.length) return false;
  for (let i = 0; i < DATA.length; i++) if (bytes[start + i] !== DATA[i]) return false;
  return true;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
