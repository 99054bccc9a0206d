/**
 * Runs and comparisons by name, from wherever a notebook is.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { isComparison, readComparison } from "../artifact/comparison_file.ts";
import { findRun } from "../artifact/find_run.ts";
import { listRuns, RUNS_FOLDER } from "../artifact/list_runs.ts";
import { readRun } from "../artifact/read.ts";
import { UsageError } from "../errors.ts";
import type { Comparison } from "../metrics/compare/group_comparison.ts";
import { type ComparisonResult, judgeStored } from "../metrics/compare/judge_comparison.ts";
import type { Run } from "../types.ts";
import type { TableRow } from "./table.ts";

/** The checkout that this file is in. */
const root = fileURLToPath(new URL("../../", import.meta.url));
const SAMPLES_FOLDER = join(root, "data", "samples", "runs");
/** What names of committed runs begin with. */
const SAMPLE = "sample/";

/** A comparison with what it says. */
export interface JudgedComparison {
  readonly comparison: Comparison;
  readonly result: ComparisonResult;
}

/**
 * Opens a run.
 *
 * @param name A folder, as seen from here or from the checkout; or the id of a run in `data/runs`, or a part of it that no other has; "latest"; or one of the
 *   committed ones, "sample/qwen-sweep" and "sample/dual-round".
 * @throws {UsageError} When there is no such run, or it cannot be read; the message says which there are.
 * @throws {SyntaxError} When it is of a newer benchbook, or a record in its middle is broken.
 */
export async function openRun(name: string): Promise<Run> {
  const folder = await find(name, "run");
  if (isComparison(folder)) {
    throw new UsageError(
      `Cannot open ${name} as a run as it is a comparison: use openComparison, or name one of its runs by its folder`,
    );
  }
  return await readRun(folder);
}

/**
 * Opens a comparison and judges it.
 *
 * @param name As for {@linkcode openRun}; the committed one is "sample/engine-comparison".
 * @throws {UsageError} When there is no such comparison, or it cannot be read.
 * @throws {SyntaxError} When it is of a newer benchbook, or a record in its middle is broken.
 */
export async function openComparison(name: string): Promise<JudgedComparison> {
  const folder = await find(name, "comparison");
  if (!isComparison(folder)) {
    throw new UsageError(
      `Cannot open ${name} as a comparison as there is no comparison.json in ${folder}: use openRun`,
    );
  }
  return judgeStored(await readComparison(folder));
}

/**
 * A row per run in `data/runs`, newest first: what there is to open.
 *
 * @returns Nothing where nothing was measured yet.
 */
export async function runRows(): Promise<TableRow[]> {
  const folder = join(root, RUNS_FOLDER);
  if (!isFolder(folder)) return [];
  return (await listRuns(folder)).map((run) =>
    run.kind === "unreadable"
      ? { id: run.id, kind: run.kind, problem: run.problems.join("; ") }
      : { id: run.id, kind: run.kind, mode: run.mode, status: run.status, title: run.title }
  );
}

function findSample(name: string): string {
  const folder = join(SAMPLES_FOLDER, name.slice(SAMPLE.length));
  if (isFolder(folder)) return folder;
  throw new UsageError(`Cannot open ${name} as there is no such sample; there are ${nameSamples()}`);
}

function nameSamples(): string {
  return [...Deno.readDirSync(SAMPLES_FOLDER)].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => SAMPLE + name).sort().join(", ");
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * A kernel runs in the folder of its notebook, a path is often given as seen from the checkout: both are looked at.
 *
 * @returns A folder, which need not hold what is wanted.
 */
async function find(name: string, kind: "run" | "comparison"): Promise<string> {
  if (name.startsWith(SAMPLE)) return findSample(name);
  const fromRoot = resolve(root, name);
  if (!isFolder(name) && isFolder(fromRoot)) return fromRoot;
  const runs = join(root, RUNS_FOLDER);
  if (!isFolder(name) && !isFolder(runs)) {
    throw new UsageError(
      `Cannot open ${name} as nothing was measured yet in ${runs}: deno task bench:qwen does, ${nameSamples()} are there`,
    );
  }
  if (name !== "latest") return await findRun(name, runs);
  const latest = (await listRuns(runs)).find((run) => run.kind === kind);
  if (latest !== undefined) return latest.folder;
  throw new UsageError(
    `Cannot open the latest ${kind} as there is none in ${runs}: measure one, or name a sample`,
  );
}
