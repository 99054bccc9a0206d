/**
 * The log of an engine.
 *
 * @module
 */
import { dirname } from "node:path";

import { rootMessage, UsageError } from "../../errors.ts";

/**
 * Makes an empty log, and its folder.
 *
 * @throws {UsageError} When it cannot be written.
 */
export async function makeLog(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, "");
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new UsageError(`Cannot write the engine's log ${path}: ${rootMessage(cause)}`, { cause });
  }
}

const TAIL_BYTES = 64 * 1024;

/** The last lines of a file, at most; none where it cannot be read. */
export async function readTail(path: string, lines: number): Promise<string[]> {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    await file.seek(Math.max(0, size - TAIL_BYTES), Deno.SeekMode.Start);
    const text = await new Response(file.readable).text();
    return text.replace(/\s+$/, "").split(/\r?\n/).slice(-lines);
  } catch {
    return [];
  }
}
