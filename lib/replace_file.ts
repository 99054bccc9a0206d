/**
 * Writing files whole or not at all.
 *
 * @module
 */
import { RunError } from "./errors.ts";

/**
 * Writes a file beside its final place and moves it there, so that it is never seen half-written.
 *
 * @throws {RunError} When it cannot be written: no room, no permission.
 */
export function replaceFile(path: string, text: string): void {
  const part = `${path}.part`;
  try {
    Deno.writeTextFileSync(part, text);
    Deno.renameSync(part, path);
  } catch (cause) {
    try {
      Deno.removeSync(part);
    } catch { /* it was never made */ }
    throw new RunError(`Cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
