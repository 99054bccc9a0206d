/**
 * Which runs there are: what their heads say, without reading a single record.
 *
 * @module
 */
import { join } from "node:path";

import type { ComparisonManifest } from "../comparison.ts";
import { rootMessage, UsageError } from "../errors.ts";
import type { EngineInfo, RunManifest } from "../types.ts";
import { COMPARISON_FILE, parseComparison } from "./comparison_file.ts";
import { describeEnding, parseManifest } from "./schema.ts";
import { parseWhatIfHead, WHAT_IF_FILE } from "./what_if_head.ts";

/** Where runs are put when nobody says otherwise. */
export const RUNS_FOLDER = join("data", "runs");

/** What lies in a folder of runs: a run, a comparison of engines, a grid of what-if runs, or something that cannot be read. */
export type ListedRun = ReadableRun | UnreadableRun;

/** An artifact by its head. */
export interface ReadableRun {
  readonly kind: "run" | "comparison" | "what-if";
  readonly id: string;
  /** Its folder, as seen from where the program runs. */
  readonly folder: string;
  /** "trace-replay", "simple", "dual-round", "multi-turn", …; of a comparison the mode that asked the engines. */
  readonly mode: string;
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Names, with their version where it is known; a comparison has several. */
  readonly engines: readonly string[];
  /** `null` where it is not known. */
  readonly model: string | null;
  /** Whether any of it was computed by a model of a GPU instead of one. */
  readonly simulated: boolean;
  /** "running" of a process that is gone means: it was killed. */
  readonly status: RunManifest["status"];
  /** What a reader should know about how it ended; empty when it is complete. */
  readonly problems: readonly string[];
}

/** A folder that was taken for a run and is none that can be read. */
export interface UnreadableRun {
  readonly kind: "unreadable";
  /** Name of the folder. */
  readonly id: string;
  readonly folder: string;
  /** Why, and what to do. */
  readonly problems: readonly [string];
}

/**
 * Lists the runs, comparisons and grids in a folder, newest first. What cannot be read is listed last, with the reason: one
 * broken run does not hide the others.
 *
 * @param parent Folder of runs. @default {"data/runs", which may be missing: then there are none}
 * @throws {UsageError} When the folder that was named is not there or cannot be read.
 * @example
 * ```ts
 * import { listRuns } from "./list_runs.ts";
 * import assert from "node:assert/strict";
 *
 * const runs = await listRuns("data/samples/runs");
 * assert.ok(runs.some(({ id, kind }) => id === "engine-comparison" && kind === "comparison"));
 * ```
 */
export async function listRuns(parent?: string): Promise<ListedRun[]> {
  const names = readNames(parent);
  const listed = await Promise.all(names.map((name) => listRun(join(parent ?? RUNS_FOLDER, name), name)));
  const newestFirst = (a: ReadableRun, b: ReadableRun) =>
    compare(b.startedAt, a.startedAt) || compare(b.id, a.id);
  return [
    ...listed.filter((one): one is ReadableRun => one.kind !== "unreadable").sort(newestFirst),
    ...listed.filter(({ kind }) => kind === "unreadable").sort((a, b) => compare(b.id, a.id)),
  ];
}

/**
 * Reads the head of one run, comparison or grid.
 *
 * @param id What it is called where it cannot be read. @default the folder
 */
export async function listRun(folder: string, id: string = folder): Promise<ListedRun> {
  try {
    return await readHead(folder);
  } catch (error) {
    return { kind: "unreadable", id, folder, problems: [rootMessageOf(error)] };
  }
}

/** Heads by the file that makes a folder what it is. A comparison's own runs lie in folders below and are not looked for. */
const heads = [
  { file: COMPARISON_FILE, read: readComparisonHead },
  { file: WHAT_IF_FILE, read: readWhatIfHead },
  { file: "manifest.json", read: readRunHead },
] as const;

async function readHead(folder: string): Promise<ReadableRun> {
  for (const { file, read } of heads) {
    const path = join(folder, file);
    const text = await readIfThere(path);
    if (text !== null) return await read(text, { folder, path });
  }
  throw new SyntaxError(
    `Cannot read ${folder} as a run: it holds neither ${heads.map(({ file }) => file).join(" nor ")}`,
  );
}

interface Place {
  readonly folder: string;
  /** Of the file, for messages. */
  readonly path: string;
}

function readRunHead(text: string, { folder, path }: Place): ReadableRun {
  const manifest = parseManifest(text, path);
  const { runId, mode, title, startedAt, engine, model, status } = manifest;
  checkTexts({ runId, mode, title, startedAt, status, model, "engine.name": engine?.name }, path);
  return {
    kind: "run",
    id: runId,
    ...{ folder, mode, title, startedAt, model, status },
    engines: [nameEngine(engine)],
    simulated: engine.simulated,
    problems: describeEnding(manifest),
  };
}

async function readComparisonHead(text: string, { folder, path }: Place): Promise<ReadableRun> {
  const manifest = parseComparison(text, path);
  const { comparisonId, mode, title, startedAt, engines, status } = manifest;
  checkTexts({ comparisonId, mode, title, startedAt, status }, path);
  return {
    kind: "comparison",
    id: comparisonId,
    ...{ folder, mode, title, startedAt, status },
    engines: engines.map(({ name, info }) => nameEngine({ name, version: info?.version })),
    model: await findModel(manifest, folder),
    simulated: engines.some(({ kind, info }) => info?.simulated ?? kind === "simulated"),
    problems: describeEnding(manifest).map((problem) => problem.replace(/^the run/, "the comparison")),
  };
}

function readWhatIfHead(text: string, { folder, path }: Place): ReadableRun {
  const { id, startedAt, status, title, models, configurations } = parseWhatIfHead(text, path);
  return {
    kind: "what-if",
    id,
    mode: "what-if",
    ...{ folder, title, startedAt, status },
    engines: configurations,
    model: models.length === 0 ? null : models.join(", "),
    simulated: true,
    problems: status === "complete" ? [] : ["the grid was interrupted before its end"],
  };
}

/** A comparison's head does not say what was served; the first of its runs does. */
async function findModel({ steps }: ComparisonManifest, folder: string): Promise<string | null> {
  const [first] = steps.flatMap(({ runs }) => runs);
  if (first === undefined) return null;
  const listed = await listRun(join(folder, first));
  return listed.kind === "run" ? listed.model : null;
}

function nameEngine({ name, version }: Pick<EngineInfo, "name" | "version">): string {
  return version === undefined ? name : `${name} ${version}`;
}

/** @throws {SyntaxError} When one is not a text. */
function checkTexts(values: Readonly<Record<string, unknown>>, path: string): void {
  for (const [key, value] of Object.entries(values)) {
    if (typeof value !== "string") {
      throw new SyntaxError(
        `Cannot read ${path} as "${key}" must be text: current value is ${JSON.stringify(value)}`,
      );
    }
  }
}

/** @returns `null` where there is no such file. */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new UsageError(`Cannot read ${path}: ${rootMessage(error)}`, { cause: error });
  }
}

function readNames(parent: string | undefined): string[] {
  const folder = parent ?? RUNS_FOLDER;
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name, isDirectory, isSymlink }) => !name.startsWith(".") && (isDirectory || isSymlink))
      .map(({ name }) => name);
  } catch (cause) {
    const isMissing = cause instanceof Deno.errors.NotFound;
    if (isMissing && parent === undefined) return [];
    const why = isMissing ? "it does not exist" : rootMessage(cause);
    throw new UsageError(`Cannot list runs in ${folder}: ${why}; give the folder that holds their folders`, {
      cause,
    });
  }
}

/** The message that names the file; for what is not JSON, with the reason. */
function rootMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const root = rootMessage(error);
  return error.message.includes(root) ? error.message : `${error.message}: ${root}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
