/**
 * A grid as its folder keeps it: `what_if.json`.
 *
 * @module
 */
import { parseWhatIf } from "../artifact/what_if_head.ts";
import type { WhatIf } from "../metrics/what_if.ts";

/**
 * Understands the text of a `what_if.json`.
 *
 * @param path For messages.
 * @throws {SyntaxError} When it is none, or of a newer benchbook.
 */
export function parseWhatIfFile(text: string, path: string): WhatIf {
  const value = parseWhatIf(text, path);
  for (const key of ["id", "startedAt", "status", "command", "workload", "slo", "configurations"]) {
    if (!(key in value)) throw new SyntaxError(`Cannot read ${path} as "${key}" is missing`);
  }
  return value as unknown as WhatIf;
}
