/**
 * The folder of a comparison: `comparison.json`, and the folder of every run in it.
 *
 * | file | content |
 * |---|---|
 * | `comparison.json` | {@linkcode ComparisonManifest}: engines, order of asking, and which runs belong to which step |
 * | `<run-id>/` | a run as any other, see `schema.ts` |
 * | `result.json`, `ratios.csv`, `fairness.csv` | derived; they can be made again from the two above |
 *
 * @module
 */
import { join } from "node:path";

import type { ComparisonManifest, StoredComparison } from "../comparison.ts";
import { rootMessage, UsageError } from "../errors.ts";
import { replaceFile } from "../replace_file.ts";
import type { Run } from "../types.ts";
import { readRun } from "./read.ts";

/** Name of the file that makes a folder a comparison. */
export const COMPARISON_FILE = "comparison.json";

/** Version written today. A reader takes every version up to this. */
const SCHEMA_VERSION = 1;

/** Whether the folder holds a comparison, so that it is not taken for a run. */
export function isComparison(folder: string): boolean {
  try {
    return Deno.statSync(join(folder, COMPARISON_FILE)).isFile;
  } catch {
    return false;
  }
}

/**
 * Makes the folder of a comparison with its head in it.
 *
 * @param parent Folder of all runs; made where missing.
 * @returns The folder.
 * @throws {UsageError} When one of that id exists already, or it cannot be made.
 */
export function createComparison(parent: string, manifest: ComparisonManifest): string {
  const folder = join(parent, manifest.comparisonId);
  try {
    Deno.mkdirSync(parent, { recursive: true });
  } catch (cause) {
    const why = cause instanceof Deno.errors.AlreadyExists ? "it is a file" : rootMessage(cause);
    throw new UsageError(`Cannot use ${parent} as the folder of runs: ${why}`, { cause });
  }
  try {
    Deno.mkdirSync(folder);
  } catch (cause) {
    const why = cause instanceof Deno.errors.AlreadyExists
      ? "it exists already: choose another --run-id, or go on with it by --resume"
      : rootMessage(cause);
    throw new UsageError(`Cannot start comparison in ${folder} as ${why}`, { cause });
  }
  writeComparison(folder, manifest);
  return folder;
}

/** Replaces the head: readers see the old one or the new one, never a half. */
export function writeComparison(folder: string, manifest: ComparisonManifest): void {
  replaceFile(join(folder, COMPARISON_FILE), JSON.stringify(manifest, null, 2) + "\n");
}

/**
 * Reads the head of a comparison.
 *
 * @throws {UsageError} When there is none in the folder.
 * @throws {SyntaxError} When it is none, or of a newer benchbook.
 */
export function readComparisonManifest(folder: string): ComparisonManifest {
  const path = join(folder, COMPARISON_FILE);
  return parseComparison(readText(path), path);
}

/**
 * Reads a comparison with those of its runs that there are.
 *
 * @throws {UsageError} When there is none in the folder.
 * @throws {SyntaxError} When a file is not what it should be.
 */
export async function readComparison(folder: string): Promise<StoredComparison> {
  const manifest = readComparisonManifest(folder);
  const runs = new Map<string, Run>();
  for (const name of manifest.steps.flatMap((step) => step.runs)) {
    const run = await readRunIn(folder, name);
    if (run !== null) runs.set(name, run);
  }
  return { manifest, runs };
}

/** @returns `null` where the process was killed between naming the run and beginning it. */
export async function readRunIn(folder: string, name: string): Promise<Run | null> {
  try {
    return await readRun(join(folder, name));
  } catch (error) {
    if (error instanceof UsageError && error.cause instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Understands the text of a `comparison.json`.
 *
 * @param path For messages.
 * @throws {SyntaxError} When it is none, or of a newer benchbook.
 */
export function parseComparison(text: string, path: string): ComparisonManifest {
  let value: Partial<ComparisonManifest> | null;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path} as it is not JSON: ${rootMessage(cause)}`, { cause });
  }
  const version: unknown = value?.schemaVersion;
  if (typeof version !== "number") {
    throw new SyntaxError(`Cannot read ${path} as it has no schemaVersion: is it a benchbook comparison?`);
  }
  if (version > SCHEMA_VERSION) {
    throw new SyntaxError(
      `Cannot read ${path} as its schemaVersion is ${version} and this benchbook knows up to ${SCHEMA_VERSION}: update benchbook`,
    );
  }
  for (const key of ["comparisonId", "mode", "loads", "engines", "steps", "options"]) {
    if (!(key in (value ?? {}))) throw new SyntaxError(`Cannot read ${path} as "${key}" is missing`);
  }
  for (const key of ["engines", "steps"] as const) {
    if (!Array.isArray(value?.[key])) throw new SyntaxError(`Cannot read ${path} as "${key}" must be a list`);
  }
  return value as ComparisonManifest;
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : rootMessage(cause);
    throw new UsageError(
      `Cannot read ${path}: ${why}; give the folder of a comparison, data/runs/<comparison-id>`,
      { cause },
    );
  }
}
