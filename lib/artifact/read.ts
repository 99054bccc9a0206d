/**
 * Reading an artifact back, whole or broken off.
 *
 * @module
 */
import { join } from "node:path";

import { rootMessage, UsageError } from "../errors.ts";
import type { Run } from "../types.ts";
import { findRecords } from "./record_file.ts";
import { readTelemetry, TELEMETRY_FILE } from "./telemetry_file.ts";
import { describeEnding, parseManifest } from "./schema.ts";

/**
 * Reads a run.
 *
 * A run that was killed is read as far as it got: a last line without its end is dropped and named in `problems`.
 *
 * @param folder The run's folder: `data/runs/<run-id>`.
 * @throws {UsageError} When there is no run in the folder.
 * @throws {SyntaxError} With `file:line` when a record other than the last is broken; for a long run, whose records
 *   stay on disk, when that record is read.
 */
export async function readRun(folder: string): Promise<Run> {
  const path = join(folder, "manifest.json");
  const manifest = parseManifest(await attempt(path, () => Deno.readTextFile(path)), path);
  const recordsPath = join(folder, "requests.jsonl");
  const { records, isCutOff } = await attempt(recordsPath, () => findRecords(recordsPath));
  const telemetry = await attempt(join(folder, TELEMETRY_FILE), () => readTelemetry(folder));
  const problems = [
    ...(telemetry.isCutOff
      ? [`the last line of ${TELEMETRY_FILE} was cut off in the middle and is left out`]
      : []),
    ...(isCutOff ? [`the last record of ${recordsPath} was cut off in the middle and is left out`] : []),
    ...describeEnding(manifest),
  ];
  return {
    manifest,
    records,
    telemetry: telemetry.lines,
    incomplete: manifest.status !== "complete",
    problems,
  };
}

async function attempt<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause;
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : rootMessage(cause);
    throw new UsageError(`Cannot read ${path}: ${why}; give the folder of a run, data/runs/<run-id>`, {
      cause,
    });
  }
}
