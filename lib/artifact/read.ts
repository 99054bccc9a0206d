/**
 * Reading an artifact back, whole or broken off.
 *
 * @module
 */
import { join } from "node:path";

import { rootMessage, UsageError } from "../errors.ts";
import type { RequestRecord, Run } from "../types.ts";
import { describeEnding, parseManifest, parseRecord } from "./schema.ts";

/**
 * Reads a run.
 *
 * A run that was killed is read as far as it got: a last line without its end is dropped and named in `problems`.
 *
 * @param folder The run's folder: `data/runs/<run-id>`.
 * @throws {UsageError} When there is no run in the folder.
 * @throws {SyntaxError} With `file:line` when a record other than the last is broken.
 */
export async function readRun(folder: string): Promise<Run> {
  const manifest = parseManifest(
    await readFile(join(folder, "manifest.json")),
    join(folder, "manifest.json"),
  );
  const path = join(folder, "requests.jsonl");
  const lines = (await readFile(path)).split("\n");
  const problems: string[] = [];
  const tail = lines.pop();
  if (tail) problems.push(`the last record of ${path} was cut off in the middle and is left out`);
  const records: RequestRecord[] = lines.map((line, i) => parseRecord(line, `${path}:${i + 1}`));
  problems.push(...describeEnding(manifest));
  return { manifest, records, incomplete: manifest.status !== "complete", problems };
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : rootMessage(cause);
    throw new UsageError(`Cannot read ${path}: ${why}; give the folder of a run, data/runs/<run-id>`, {
      cause,
    });
  }
}
