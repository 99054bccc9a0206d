/**
 * Writing an artifact while its run goes on.
 *
 * @module
 */
import { join } from "node:path";

import { UsageError } from "../errors.ts";
import { replaceFile } from "../replace_file.ts";
import type { RequestRecord, RunManifest } from "../types.ts";

/** An artifact being written. */
export interface RunWriter extends Disposable {
  /** The artifact's folder. */
  readonly folder: string;
  /** Appends a record; when the call returns, the record survives the process. */
  append(record: RequestRecord): void;
  /** Replaces the manifest: readers see the old one or the new one, never a half. */
  writeManifest(manifest: RunManifest): void;
  /** Writes a file beside them, such as a table. */
  writeText(name: string, text: string): void;
}

/**
 * Starts an artifact: a new folder with the manifest in it.
 *
 * @param parent Folder of all runs; made where missing.
 * @throws {UsageError} When a run of that id exists already, or the folder cannot be made.
 */
export function createRun(parent: string, manifest: RunManifest): RunWriter {
  const folder = join(parent, manifest.runId);
  try {
    Deno.mkdirSync(parent, { recursive: true });
  } catch (cause) {
    throw new UsageError(
      `Cannot use ${parent} for runs as it is no folder and cannot be made one: ${reason(cause)}`,
      {
        cause,
      },
    );
  }
  try {
    Deno.mkdirSync(folder);
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw new UsageError(`Cannot start run as ${folder} exists already: choose another --run-id`, {
        cause,
      });
    }
    throw new UsageError(`Cannot start run as ${folder} cannot be made: ${reason(cause)}`, { cause });
  }
  const records = Deno.openSync(join(folder, "requests.jsonl"), { append: true, create: true });
  const encoder = new TextEncoder();
  const writer: RunWriter = {
    folder,
    append(record) {
      const bytes = encoder.encode(JSON.stringify(record) + "\n");
      for (let offset = 0; offset < bytes.length;) offset += records.writeSync(bytes.subarray(offset));
    },
    writeManifest: (next) => replaceFile(join(folder, "manifest.json"), JSON.stringify(next, null, 2) + "\n"),
    writeText: (name, text) => replaceFile(join(folder, name), text),
    [Symbol.dispose]: () => records.close(),
  };
  writer.writeManifest(manifest);
  return writer;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
