/**
 * Files that a flag names.
 *
 * @module
 */
import { rootMessage, UsageError } from "./errors.ts";

/**
 * Reads a text.
 *
 * @param what What it is, for messages: "recipe".
 * @throws {UsageError} When it cannot be read.
 */
export function readTextFile(path: string, what: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : rootMessage(cause);
    throw new UsageError(`Cannot read ${what} ${path}: ${why}`, { cause });
  }
}
