/**
 * Pages of many runs and the list of them, in one folder that any file server can serve.
 *
 * | file | content |
 * |---|---|
 * | `<id>.html` | the page of a run, a comparison or a grid |
 * | `index.html` | the list, self-contained |
 * | `index.json` | what the list knows of each page, so that it can be made again without reading the runs |
 * | `.nojekyll` | has GitHub Pages serve the files as they are |
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";

import { readComparison } from "../artifact/comparison_file.ts";
import { BENCHBOOK_VERSION } from "../artifact/environment.ts";
import { type ListedRun, listRun, listRuns, type ReadableRun } from "../artifact/list_runs.ts";
import { readRun } from "../artifact/read.ts";
import { WHAT_IF_FILE } from "../artifact/what_if_head.ts";
import { rootMessage, RunError } from "../errors.ts";
import { judgeStored } from "../metrics/compare/judge_comparison.ts";
import { summarizeRun } from "../metrics/mod.ts";
import type { WhatIf } from "../metrics/what_if.ts";
import { parseWhatIfFile } from "../modes/what_if_file.ts";
import { readTextFile } from "../read_text_file.ts";
import { replaceFile } from "../replace_file.ts";
import { buildComparisonReport } from "../report/comparison/report.ts";
import { describeComparisonEntry, describeRunEntry, describeWhatIfEntry } from "../report/index/describe.ts";
import {
  formatIndex,
  INDEX_FILE,
  type IndexEntry,
  type KeptEntry,
  parseIndex,
} from "../report/index/entry.ts";
import { pageName, renderIndex } from "../report/index/page.ts";
import { checkPageId } from "../report/page_id.ts";
import { publishPage, readBundle, REPORT_BUNDLE } from "../report/publish.ts";
import { buildReport, type Report } from "../report/report.ts";
import { buildWhatIfReport } from "../report/what_if_report.ts";
import { findRun } from "../artifact/find_run.ts";

const INDEX_BUNDLE = new URL("../report/index/client/bundle.js", import.meta.url);

/** Files of an artifact that were measured; the others are made of them. */
const MEASURED = ["manifest.json", "comparison.json", WHAT_IF_FILE, "requests.jsonl", "telemetry.jsonl"];

/** What is published where. */
export interface PublishRunsOptions {
  /** Folders, ids or parts of them; none: all there are. */
  readonly names: readonly string[];
  /** Folder of runs. @default {"data/runs"} */
  readonly runs?: string;
  readonly output: string;
  /** Whether pages that are up to date are made again too. @default {false} */
  readonly force?: boolean;
  /** Called for each page that was made. */
  readonly onPage?: (path: string) => void;
}

/** What was published. */
export interface PublishedRuns {
  readonly index: string;
  /** Ids by whether their page was made or was up to date. */
  readonly made: readonly string[];
  readonly kept: readonly string[];
  /** What was asked for and has no page. */
  readonly failed: readonly Failure[];
  /** What lies among the runs and cannot be read. */
  readonly unreadable: readonly Failure[];
}

/** A run without a page. */
export interface Failure {
  readonly id: string;
  readonly reason: string;
}

/**
 * Makes the pages of runs, comparisons and grids that are missing or out of date, and the list of all pages in the folder.
 *
 * A run that cannot be read does not stop the others. Pages whose run is gone stay in the list with what was known of them.
 *
 * @throws {UsageError} When there is no such folder of runs.
 * @throws {SyntaxError} When the folder's `index.json` is not one.
 * @throws {RunError} When a page cannot be written: no room, no permission.
 */
export async function publishRuns(options: PublishRunsOptions): Promise<PublishedRuns> {
  const { names, runs, output, force = false, onPage = () => {} } = options;
  const all = await listRuns(runs);
  const wanted = names.length === 0 ? { found: all, lost: [] } : await findAll(names, runs);
  const madeBy = nameProgram(await readBundle(REPORT_BUNDLE));
  const clientScript = await readBundle(INDEX_BUNDLE);
  await openFolder(output);
  const known = new Map(readIndex(output).map((entry) => [entry.id, entry]));

  const [made, kept] = [new Array<string>(), new Array<string>()];
  // What was named and is not there is an error of the command, and no run of the page.
  const failed: Failure[] = [
    ...(names.length === 0 ? [] : wanted.found.flatMap(unreadableOf)),
  ];
  for (const one of inOrder(wanted.found)) {
    const page = join(output, pageName(one.id));
    try {
      checkId(one, [...made, ...kept]);
      const entry = known.get(one.id);
      if (!force && entry?.madeBy === madeBy && isUpToDate(page, one.folder)) {
        kept.push(one.id);
        continue;
      }
      const { report, entry: described } = await makeReport(one, output);
      await publishPage(report, page);
      known.set(one.id, { ...described, madeBy });
      made.push(one.id);
      onPage(page);
    } catch (error) {
      if (error instanceof RunError) throw error;
      failed.push({ id: one.id, reason: reasonOf(error, one.folder) });
    }
  }

  const unreadable = all.flatMap(unreadableOf);
  const files = new Set([...Deno.readDirSync(output)].map(({ name }) => name));
  const entries = [...known.values()].filter(({ id }) => files.has(pageName(id)));
  replaceFile(join(output, INDEX_FILE), formatIndex(entries));
  const index = join(output, "index.html");
  const content = {
    entries,
    unreadable: [...new Map([...failed, ...unreadable].map((one) => [one.id, one])).values()],
    strangers: strangersAmong(files, entries),
  };
  replaceFile(index, renderIndex(content, { clientScript }));
  return { index, made, kept, failed: [...wanted.lost, ...failed], unreadable };
}

async function findAll(names: readonly string[], parent: string | undefined) {
  const found = new Map<string, ListedRun>();
  const lost: Failure[] = [];
  for (const name of names) {
    try {
      const folder = await findRun(name, parent);
      found.set(resolve(folder), await listRun(folder, basename(resolve(folder))));
    } catch (error) {
      lost.push({ id: name, reason: reasonOf(error) });
    }
  }
  return { found: [...found.values()], lost };
}

/** Grids come last: their pages lead to the pages of their runs. */
function inOrder(listed: readonly ListedRun[]): ReadableRun[] {
  const readable = listed.filter((one): one is ReadableRun => one.kind !== "unreadable");
  return [
    ...readable.filter(({ kind }) => kind !== "what-if"),
    ...readable.filter(({ kind }) => kind === "what-if"),
  ];
}

function unreadableOf(one: ListedRun): Failure[] {
  return one.kind === "unreadable"
    ? [{ id: one.id, reason: withoutFolder(one.problems[0], one.folder) }]
    : [];
}

/** @throws {RangeError} When the id cannot name a page, or names one already. */
function checkId({ id, folder }: ReadableRun, taken: readonly string[]): void {
  checkPageId(id);
  if (taken.includes(id)) {
    throw new RangeError(`Cannot publish ${folder} as another run has the same id: current value is ${id}`);
  }
}

async function makeReport(
  { kind, folder }: ReadableRun,
  output: string,
): Promise<{ readonly report: Report; readonly entry: IndexEntry }> {
  switch (kind) {
    case "run": {
      const run = await readRun(folder);
      return { report: buildReport(run), entry: describeRunEntry(run, summarizeRun(run)) };
    }
    case "comparison": {
      const { comparison, result } = judgeStored(await readComparison(folder));
      return {
        report: buildComparisonReport(comparison, result),
        entry: describeComparisonEntry(comparison, result),
      };
    }
    case "what-if": {
      const { whatIf, report } = makeWhatIfReport(folder, output);
      return { report, entry: describeWhatIfEntry(whatIf, report.title) };
    }
  }
}

/** Builds the page of a grid anew; it leads to those of its runs that have a page beside it in the folder `output`. */
export function makeWhatIfReport(
  folder: string,
  output: string,
): { readonly whatIf: WhatIf; readonly report: Report } {
  const path = join(folder, WHAT_IF_FILE);
  const whatIf = parseWhatIfFile(readTextFile(path, "what-if"), path);
  const pageOf = (id: string) => modifiedMs(join(output, pageName(id))) === null ? null : pageName(id);
  return { whatIf, report: buildWhatIfReport(whatIf, { pageOf }) };
}

/** Pages of another version, or drawn by another script, are made again. */
function nameProgram(script: string): string {
  return `benchbook ${BENCHBOOK_VERSION}, ${createHash("sha256").update(script).digest("hex").slice(0, 12)}`;
}

function isUpToDate(page: string, folder: string): boolean {
  const pageMs = modifiedMs(page);
  return pageMs !== null && pageMs >= newestMs(folder);
}

/** When what was measured last changed; a comparison's runs lie in folders below it. */
function newestMs(folder: string): number {
  const times = [...Deno.readDirSync(folder)].map(({ name, isDirectory }) => {
    if (isDirectory) return newestMs(join(folder, name));
    return MEASURED.includes(name) ? modifiedMs(join(folder, name)) ?? 0 : 0;
  });
  return Math.max(0, ...times);
}

/** @returns `null` where there is no such file. */
function modifiedMs(path: string): number | null {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return null;
  }
}

/** Finds out before anything is computed whether the folder can be written to. */
async function openFolder(output: string): Promise<void> {
  try {
    await Deno.mkdir(output, { recursive: true });
  } catch (cause) {
    throw new RunError(
      `Cannot publish into ${output} as it cannot be made a folder: ${
        rootMessage(cause)
      }; choose another --output`,
      { cause },
    );
  }
  replaceFile(join(output, ".nojekyll"), "");
}

function readIndex(output: string): KeptEntry[] {
  const path = join(output, INDEX_FILE);
  return modifiedMs(path) === null ? [] : parseIndex(readTextFile(path, "index of reports"), path);
}

function strangersAmong(files: ReadonlySet<string>, entries: readonly IndexEntry[]): string[] {
  const known = new Set(["index.html", ...entries.map(({ id }) => pageName(id))]);
  return [...files].filter((name) => name.endsWith(".html") && !known.has(name)).sort();
}

function reasonOf(error: unknown, folder?: string): string {
  const message = error instanceof Error ? error.message : String(error);
  return folder === undefined ? message : withoutFolder(message, folder);
}

/** The list is for others: where the run lies on this machine is not for them. */
function withoutFolder(message: string, folder: string): string {
  return message.replaceAll(`${folder}/`, "").replaceAll(folder, "the folder");
}
