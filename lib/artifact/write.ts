/**
 * Writing an artifact while its run goes on.
 *
 * @module
 */
import { join } from "node:path";

import { UsageError } from "../errors.ts";
import { replaceFile, writeAll } from "../replace_file.ts";
import { findRecords } from "./record_file.ts";
import type { Json, List, RequestRecord, RunManifest } from "../types.ts";

/** An artifact being written. */
export interface RunWriter extends Disposable {
  /** The artifact's folder. */
  readonly folder: string;
  /** Appends a record; when the call returns, the record survives the process. */
  append(record: RequestRecord): void;
  /** Appends a value as a line to another file of the artifact, which is made with its first line. */
  appendLine(name: string, value: Json): void;
  /** Reads back what was appended until now. */
  records(): List<RequestRecord>;
  /** Replaces the manifest: readers see the old one or the new one, never a half. */
  writeManifest(manifest: RunManifest): void;
  /** Writes a file beside them, such as a table, from pieces that need not fit into memory. */
  writePieces(name: string, pieces: Iterable<string>): void;
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
  const path = join(folder, "requests.jsonl");
  const file = Deno.openSync(path, { append: true, create: true });
  const encoder = new TextEncoder();
  const others = new Map<string, Deno.FsFile>();
  const openOther = (name: string) => {
    const known = others.get(name) ??
      Deno.openSync(join(folder, name), { append: true, create: true });
    others.set(name, known);
    return known;
  };
  const writer: RunWriter = {
    folder,
    append: (record) => writeAll(file, encoder.encode(JSON.stringify(record) + "\n")),
    appendLine: (name, value) => writeAll(openOther(name), encoder.encode(JSON.stringify(value) + "\n")),
    records: () => findRecords(path).records,
    writeManifest: (next) => replaceFile(join(folder, "manifest.json"), JSON.stringify(next, null, 2) + "\n"),
    writePieces: (name, pieces) => replaceFile(join(folder, name), pieces),
    [Symbol.dispose]() {
      for (const open of [file, ...others.values()]) open.close();
    },
  };
  writer.writeManifest(manifest);
  return writer;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
