/**
 * Writing files whole or not at all.
 *
 * @module
 */
import { RunError } from "./errors.ts";

/**
 * Writes a file beside its final place and moves it there, so that it is never seen half-written.
 *
 * @param text The file's text, or the pieces of one that need not fit into memory.
 * @throws {RunError} When it cannot be written: no room, no permission.
 * @throws Whatever making the pieces throws.
 */
export function replaceFile(path: string, text: string | Iterable<string>): void {
  const part = `${path}.part`;
  const pieces = (typeof text === "string" ? [text] : joinPieces(text))[Symbol.iterator]();
  try {
    const file = attempt(path, () => Deno.openSync(part, { write: true, create: true, truncate: true }));
    try {
      for (let next = pieces.next(); !next.done; next = pieces.next()) {
        const bytes = encoder.encode(next.value);
        attempt(path, () => writeAll(file, bytes));
      }
    } finally {
      file.close();
    }
    attempt(path, () => Deno.renameSync(part, path));
  } catch (error) {
    try {
      Deno.removeSync(part);
    } catch { /* it was never made */ }
    throw error;
  }
}

const encoder = new TextEncoder();

/** A write of a few bytes costs as much as one of this many characters. */
const PIECE_LENGTH = 65_536;

function* joinPieces(pieces: Iterable<string>): Generator<string> {
  let joined = "";
  for (const piece of pieces) {
    joined += piece;
    if (joined.length < PIECE_LENGTH) continue;
    yield joined;
    joined = "";
  }
  yield joined;
}

/** Writes all bytes, in as many calls as that takes. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += file.writeSync(bytes.subarray(offset));
}

function attempt<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new RunError(`Cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
