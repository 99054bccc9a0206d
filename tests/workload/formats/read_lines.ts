import type { TraceEntry } from "../../../lib/types.ts";
import {
  readTraceLines,
  type ReadTraceOptions,
  type TraceFormat,
} from "../../../lib/workload/formats/trace_format.ts";

/** Reads all entries from lines in memory. */
export function readLines(
  lines: readonly string[],
  options: ReadTraceOptions & { format: TraceFormat },
): Promise<TraceEntry[]> {
  return Array.fromAsync(readTraceLines(ReadableStream.from(lines), options));
}
