/**
 * Reads a trace from a file on disk.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { basename } from "../std.ts";
import type { Trace } from "../types.ts";
import { detectTraceFormat } from "../workload/formats/mod.ts";
import { mooncake } from "../workload/formats/mooncake.ts";
import { qwenBailian } from "../workload/formats/qwen_bailian.ts";
import { readTraceLines, type TraceFormat } from "../workload/formats/trace_format.ts";
import { openLines, readFirstLine } from "./file_lines.ts";
import { isLfsPointer } from "./lfs_pointer.ts";

/** Options of {@linkcode readTraceFile}. */
export interface ReadTraceFileOptions {
  /** @default {the file's name} */
  name?: string;
  /** @default {found from the first row} */
  format?: TraceFormat;
  /** Keeps this many entries; an integer ≥ 1. The rest is not even checked. @default {Infinity} */
  limit?: number;
}

/**
 * Reads a trace and measures its file in the same pass.
 *
 * @returns The trace; size and SHA-256 in `source` are those of the whole file, whatever `limit` is.
 * @throws {UsageError} If there is no such file, or if it is a Git LFS pointer.
 * @throws {SyntaxError} With `path:line:` in front, for the first row that is wrong.
 */
export async function readTraceFile(path: string, options: ReadTraceFileOptions = {}): Promise<Trace> {
  const firstLine = await readFirstLine(path);
  if (isLfsPointer(firstLine)) {
    throw new UsageError(
      `Cannot read trace as '${path}' is a Git LFS pointer, not the file itself: run 'git lfs pull' where it came from`,
    );
  }
  const { name = basename(path), format = detectTraceFormat(firstLine, path), limit } = options;
  const { lines, measure } = await openLines(path);
  try {
    const entries = await Array.fromAsync(
      readTraceLines(lines.values({ preventCancel: true }), { format, file: path, limit }),
    );
    await lines.pipeTo(new WritableStream()); // What `limit` left over belongs to the hash too.
    return {
      name,
      format: format.name,
      blockTokens: format.blockTokens,
      entries,
      source: { kind: "file", path, ...measure() },
    };
  } catch (error) {
    await lines.cancel();
    throw error;
  }
}

/** Reads a file in the Qwen-Bailian format: mini-sglang's `read_qwen_trace`. See {@linkcode readTraceFile}. */
export function readQwenTrace(
  path: string,
  options: Omit<ReadTraceFileOptions, "format"> = {},
): Promise<Trace> {
  return readTraceFile(path, { ...options, format: qwenBailian });
}

/** Reads a file in the Mooncake format: mini-sglang's `read_mooncake_trace`. See {@linkcode readTraceFile}. */
export function readMooncakeTrace(
  path: string,
  options: Omit<ReadTraceFileOptions, "format"> = {},
): Promise<Trace> {
  return readTraceFile(path, { ...options, format: mooncake });
}
