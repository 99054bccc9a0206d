/**
 * Telemetry on its way into an artifact.
 *
 * @module
 */
import { TELEMETRY_FILE } from "../artifact/telemetry_file.ts";
import type { RunWriter } from "../artifact/write.ts";
import { RunError } from "../errors.ts";
import type { TelemetryLine } from "../types.ts";

/** Telemetry as it comes in; what cannot be written is told when the cell has ended. */
export class TelemetryLog {
  readonly lines: TelemetryLine[] = [];
  readonly #writer: RunWriter;
  #cause: unknown;

  constructor(writer: RunWriter) {
    this.#writer = writer;
  }

  add(line: TelemetryLine): void {
    this.lines.push(line);
    try {
      this.#writer.appendLine(TELEMETRY_FILE, line);
    } catch (cause) {
      this.#cause ??= cause;
    }
  }

  /** @throws {RunError} When a line could not be written. */
  throwIfLost(): void {
    if (this.#cause !== undefined) throw cannotWrite(this.#writer, this.#cause);
  }
}

/** Says that an artifact cannot be written any further. */
export function cannotWrite({ folder }: RunWriter, cause: unknown): RunError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RunError(
    `Cannot write to ${folder}: ${reason}. The run has ended; what was written before is readable`,
    { cause },
  );
}
