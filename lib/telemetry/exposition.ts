/**
 * Reading what a `/metrics` page says: Prometheus' text format 0.0.4 and OpenMetrics, as tolerantly as Prometheus itself.
 *
 * @module
 */
import type { TelemetryFamily } from "../types.ts";
import { type Declarations, familiesOf } from "./families.ts";

/** One line with a value. */
export interface ExpositionSample {
  /** The canonical name of the series: labels sorted by name, empty ones left out. */
  readonly series: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite. */
  readonly value: number;
}

/** A whole page. */
export interface Exposition {
  /** In the order of the page. */
  readonly families: readonly TelemetryFamily[];
  readonly samples: readonly ExpositionSample[];
  /** Lines that are neither a sample nor a comment; they are passed over. */
  readonly badLines: number;
}

/**
 * Reads a page.
 *
 * Timestamps and exemplars are passed over: a reading has the instant at which it arrived. `_created` samples of counters,
 * histograms and summaries are left out. A sample without a TYPE is untyped, but for two conventions: `_bucket` with an `le`
 * makes a histogram, and a name that ends in `_total` is a counter.
 *
 * @throws {SyntaxError} When the text is something else, such as HTML or JSON, or has no line that can be read.
 * @example
 * ```ts
 * import { parseExposition } from "./exposition.ts";
 * import assert from "node:assert/strict";
 *
 * const { families, samples } = parseExposition('# TYPE load gauge\nload{tp="0",gpu="a"} 0.5\n');
 * assert.deepEqual(families, [{ name: "load", type: "gauge", help: "" }]);
 * assert.equal(samples[0]?.series, 'load{gpu="a",tp="0"}');
 * ```
 */
export function parseExposition(text: string): Exposition {
  refuseOtherFormats(text);
  const declared: Declarations = new Map();
  const all: ExpositionSample[] = [];
  let badLines = 0;
  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf("\n", start);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line === "") continue;
    if (line.startsWith("#")) {
      declare(declared, line);
      continue;
    }
    const sample = parseSample(line);
    if (sample === null) badLines++;
    else all.push(sample);
  }
  if (badLines > 0 && all.length === 0 && declared.size === 0) {
    throw new SyntaxError(`Cannot read metrics as this is no metrics page: it begins ${quoteStart(text)}`);
  }
  const samples = all.filter(({ name }) => !isCreationTime(name, declared));
  return { families: familiesOf(declared, samples), samples, badLines };
}

function refuseOtherFormats(text: string): void {
  const start = text.trimStart();
  const format = start.startsWith("<") ? "HTML" : /^[{[]/.test(start) && isJson(start) ? "JSON" : null;
  if (format === null) return;
  throw new SyntaxError(`Cannot read metrics as ${format} came: it begins ${quoteStart(start)}`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The first characters, in quotes, on one line. */
function quoteStart(text: string): string {
  return JSON.stringify(text.trim().slice(0, 60).replaceAll(/\s+/g, " "));
}

/** `# HELP name text` and `# TYPE name type`; every other comment says nothing. */
function declare(declared: Declarations, line: string): void {
  const [, keyword, name = "", rest = ""] = /^#\s*(HELP|TYPE)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
  if (keyword === undefined) return;
  const before = declared.get(name) ?? { type: null, help: "" };
  declared.set(
    name,
    keyword === "TYPE"
      ? { ...before, type: before.type ?? rest.toLowerCase() }
      : { ...before, help: before.help === "" ? unescape(rest) : before.help },
  );
}

/** `name{label="value",…} value timestamp # exemplar`. @returns `null` when it is something else. */
function parseSample(line: string): ExpositionSample | null {
  const nameEnd = endOfName(line);
  if (nameEnd === 0) return null;
  const name = line.slice(0, nameEnd);
  const labels = readLabels(line, nameEnd);
  if (labels === null) return null;
  const value = readValue(line, labels.end);
  if (value === null) return null;
  return { series: seriesKey(name, labels.pairs), name, labels: Object.fromEntries(labels.pairs), value };
}

function endOfName(line: string): number {
  for (let i = 0; i < line.length; i++) {
    if (!isNameCode(line.charCodeAt(i))) return i;
  }
  return line.length;
}

/** Letters, digits, `_`, `:`, and the dots and dashes that some exporters let through. */
function isNameCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 58) ||
    code === 95 || code === 45 || code === 46;
}

type Pair = readonly [name: string, value: string];

/** The labels in braces from `start` on, if there are any. @returns `null` when they have no end. */
function readLabels(line: string, start: number): { pairs: readonly Pair[]; end: number } | null {
  let i = skipSpace(line, start);
  if (line[i] !== "{") return { pairs: [], end: start };
  const pairs: Pair[] = [];
  for (i = skipSpace(line, i + 1); line[i] !== "}";) {
    const equals = line.indexOf("=", i);
    if (equals === -1) return null;
    const name = line.slice(i, equals).trim();
    const open = skipSpace(line, equals + 1);
    if (name === "" || line[open] !== '"') return null;
    const close = endOfString(line, open + 1);
    if (close === -1) return null;
    const value = line.slice(open + 1, close);
    if (value !== "") pairs.push([name, value.includes("\\") ? unescape(value) : value]);
    i = skipSpace(line, close + 1);
    if (line[i] === ",") i = skipSpace(line, i + 1);
    else if (line[i] !== "}") return null;
  }
  return { pairs, end: i + 1 };
}

function skipSpace(line: string, start: number): number {
  let i = start;
  while (line[i] === " " || line[i] === "\t") i++;
  return i;
}

/** Place of the quote that ends a string; -1 where there is none. */
function endOfString(line: string, start: number): number {
  for (let i = line.indexOf('"', start); i !== -1; i = line.indexOf('"', i + 1)) {
    let slashes = 0;
    while (line[i - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return i;
  }
  return -1;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, char: string) => char === "n" ? "\n" : char);
}

function readValue(line: string, start: number): number | null {
  const from = skipSpace(line, start);
  if (from === start && line[start - 1] !== "}") return null;
  let end = from;
  while (end < line.length && line[end] !== " " && line[end] !== "\t") end++;
  return parseValue(line.slice(from, end));
}

/**
 * Reads a number as Prometheus writes it, in a page or in the answers of a server.
 *
 * @returns NaN for "NaN", `null` for what is not a number.
 */
export function parseValue(text: string): number | null {
  const value = Number(text);
  if (text !== "" && !Number.isNaN(value)) return value;
  const [, sign, word] = /^([+-]?)(nan|inf|infinity)$/i.exec(text) ?? [];
  if (word === undefined) return null;
  if (word.toLowerCase() === "nan") return NaN;
  return sign === "-" ? -Infinity : Infinity;
}

/**
 * The canonical name of a series.
 *
 * @param pairs Labels in any order; empty values are the same as none.
 */
export function seriesKey(name: string, pairs: readonly Pair[]): string {
  const kept = pairs.filter(([, value]) => value !== "");
  if (kept.length === 0) return name;
  const isSorted = kept.every(([label], i) => i === 0 || (kept[i - 1]?.[0] ?? "") <= label);
  const sorted = isSorted ? kept : kept.toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  return `${name}{${sorted.map(([label, value]) => `${label}="${escape(value)}"`).join()}}`;
}

function escape(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll(/[\\"\n]/g, (char) => char === "\n" ? "\\n" : `\\${char}`)
    : value;
}

/** When a counter began, in seconds since 1970: it says nothing about load. */
function isCreationTime(name: string, declared: Declarations): boolean {
  if (!name.endsWith("_created")) return false;
  const base = name.slice(0, -"_created".length);
  return [base, `${base}_total`].some((owner) =>
    ["counter", "histogram", "summary"].includes(declared.get(owner)?.type ?? "")
  );
}
