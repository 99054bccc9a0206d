/**
 * What an index of reports knows about each: numbers computed when its page was made, so that a list of a thousand runs
 * reads one file.
 *
 * @module
 */

/** Name of the file beside the pages that keeps the entries. */
export const INDEX_FILE = "index.json";

/** Version written today. A reader takes every version up to this. */
export const INDEX_SCHEMA_VERSION = 1;

/** The kinds of report, in the order of the filter. */
export const reportKinds = ["run", "comparison", "what-if"] as const;

/** One of {@linkcode reportKinds}. */
export type ReportKind = (typeof reportKinds)[number];

/** A published report. */
export interface IndexEntry {
  readonly id: string;
  readonly kind: ReportKind;
  /** "trace-replay", "simple", "dual-round", "multi-turn", "what-if", … */
  readonly mode: string;
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** In words, versions included. */
  readonly engines: readonly string[];
  /** `null` where it is not known. */
  readonly model: string | null;
  /** "H200 × 4"; of a simulated engine the GPU that was simulated; `null` where it is not known. */
  readonly gpu: string | null;
  readonly simulated: boolean;
  /** What came out, in a few words. */
  readonly finding: string;
  /** All that were asked. */
  readonly requests: number;
  /** At the highest load with a valid measurement; `null` where there is no such number. */
  readonly ttftP50Ms: number | null;
  /** Of fewer than 100 requests there is none. */
  readonly ttftP99Ms: number | null;
  readonly outputTokensPerS: number | null;
  /** Whether all of it measured what it claims; of a comparison, whether it is fair. */
  readonly valid: boolean;
  /** Why not; empty when valid. */
  readonly problems: readonly string[];
}

/** An entry as the index keeps it. */
export interface KeptEntry extends IndexEntry {
  /** What the page was made by: another program may make another page. */
  readonly madeBy: string;
}

/** Writes the file that keeps the entries, in an order that does not depend on when they were made. */
export function formatIndex(entries: readonly KeptEntry[]): string {
  return JSON.stringify({ schemaVersion: INDEX_SCHEMA_VERSION, reports: sortEntries(entries) }, null, 1) +
    "\n";
}

/** Newest first. */
export function sortEntries<T extends IndexEntry>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => compare(b.startedAt, a.startedAt) || compare(a.id, b.id));
}

/**
 * Understands the file that keeps the entries.
 *
 * @param path For messages.
 * @throws {SyntaxError} When it is not one, or of a newer benchbook.
 * @example
 * ```ts
 * import { formatIndex, parseIndex } from "./entry.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseIndex(formatIndex([]), "index.json"), []);
 * ```
 */
export function parseIndex(text: string, path: string): KeptEntry[] {
  const again = "remove it, and deno task publish makes it again";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path} as it is not JSON; ${again}`, { cause });
  }
  const { schemaVersion, reports } = isObject(value) ? value : {};
  if (typeof schemaVersion !== "number" || !Array.isArray(reports)) {
    throw new SyntaxError(`Cannot read ${path} as it is not an index of reports; ${again}`);
  }
  if (schemaVersion > INDEX_SCHEMA_VERSION) {
    throw new SyntaxError(
      `Cannot read ${path} as its schemaVersion is ${schemaVersion} and this benchbook knows up to ${INDEX_SCHEMA_VERSION}: update benchbook`,
    );
  }
  const wrong = reports.findIndex((one) => !isEntry(one));
  if (wrong < 0) return reports.filter(isEntry);
  throw new SyntaxError(`Cannot read ${path} as report ${wrong + 1} of it is not whole; ${again}`);
}

const texts = ["id", "mode", "title", "startedAt", "finding", "madeBy"] as const;
const textsOrNull = ["model", "gpu"] as const;
const numbersOrNull = ["ttftP50Ms", "ttftP99Ms", "outputTokensPerS"] as const;
const lists = ["engines", "problems"] as const;

function isEntry(value: unknown): value is KeptEntry {
  return isObject(value) &&
    reportKinds.some((kind) => kind === value["kind"]) &&
    texts.every((key) => typeof value[key] === "string") &&
    textsOrNull.every((key) => value[key] === null || typeof value[key] === "string") &&
    numbersOrNull.every((key) => value[key] === null || typeof value[key] === "number") &&
    lists.every((key) => isTexts(value[key])) &&
    typeof value["requests"] === "number" && typeof value["simulated"] === "boolean" &&
    typeof value["valid"] === "boolean";
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
