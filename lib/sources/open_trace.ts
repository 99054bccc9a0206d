/**
 * Opens a trace by its name or path.
 *
 * @module
 */
import { RunError, UsageError } from "../errors.ts";
import { join } from "../std.ts";
import type { Trace } from "../types.ts";
import { syntheticTrace } from "../workload/synthetic_trace.ts";
import { downloadFile, type DownloadProgress } from "./download.ts";
import { assertUnchanged, readDownloadRecord } from "./download_record.ts";
import { type KnownTrace, knownTraces } from "./known_traces.ts";
import { readTraceFile } from "./trace_file.ts";

/** Options of {@linkcode openTrace}. */
export interface OpenTraceOptions {
  /** Keeps this many entries; an integer ≥ 1. @default {Infinity} */
  limit?: number;
  /** Of `"synthetic"`. @default {42} */
  seed?: number;
  /** Where downloaded traces are kept. @default {"data/traces"} */
  directory?: string;
  /** Called while a trace is downloaded. */
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
}

/**
 * Opens a trace.
 *
 * - `"synthetic"` is generated.
 * - The name of one of {@linkcode knownTraces} is read from the cache, after a download if it is not there yet.
 *   A cached file that is not the one that was downloaded is an error.
 * - Everything else is a path; the format is found from the first row.
 *
 * What is asked for is opened, or nothing: no trace ever takes the place of another.
 *
 * @throws {UsageError} If there is no such file, it is a Git LFS pointer, or it changed since its download.
 * @throws {RunError} If it cannot be downloaded.
 * @throws {SyntaxError} With `path:line:` in front, for the first row that is wrong.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { openTrace } from "./open_trace.ts";
 *
 * const trace = await openTrace("synthetic", { limit: 10 });
 * assert.equal(trace.entries.length, 10);
 * ```
 */
export async function openTrace(nameOrPath: string, options: OpenTraceOptions = {}): Promise<Trace> {
  const { limit, seed } = options;
  if (nameOrPath === "synthetic") return syntheticTrace({ seed, requests: limit });
  const known = knownTraces.find(({ name }) => name === nameOrPath);
  if (known === undefined && !nameOrPath.includes(".") && await fileSizeBytes(nameOrPath) === undefined) {
    const names = [...knownTraces.map(({ name }) => name), "synthetic"].join(", ");
    throw new UsageError(
      `Cannot open trace as '${nameOrPath}' is neither a file nor one of the names: ${names}`,
    );
  }
  return known === undefined
    ? await readTraceFile(nameOrPath, { limit })
    : await openKnownTrace(known, options);
}

/** Opens a trace from the cache, downloading it first if needed; see {@linkcode openTrace}. */
export async function openKnownTrace(known: KnownTrace, options: OpenTraceOptions = {}): Promise<Trace> {
  const { directory = "data/traces", limit } = options;
  const { name, format } = known;
  const path = join(directory, known.fileName);
  const sizeBytes = await fileSizeBytes(path) ?? await download(known, path, options);
  const record = await readDownloadRecord(path);
  if (record !== undefined) assertUnchanged(path, record, { sizeBytes });
  const trace = await readTraceFile(path, { name, format, limit });
  if (record === undefined || trace.source.kind !== "file") return trace;
  assertUnchanged(path, record, trace.source);
  return { ...trace, source: { ...trace.source, url: record.url } };
}

async function download(known: KnownTrace, path: string, options: OpenTraceOptions): Promise<number> {
  const { url, sha256 } = known;
  const { onProgress, signal } = options;
  try {
    return (await downloadFile(url, path, { sha256, onProgress, signal })).sizeBytes;
  } catch (cause) {
    if (!(cause instanceof RunError)) throw cause;
    throw new RunError(
      `${cause.message}. Put the file at ${path} by hand, give one you have with --trace PATH, or use a generated one with --trace synthetic`,
      { cause },
    );
  }
}

async function fileSizeBytes(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
