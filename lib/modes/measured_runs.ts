/**
 * Runs that somebody measured on GPUs, as a table: what was asked, and the mean TTFT and TPOT that came out.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";

/** A closed loop that was measured. */
export interface MeasuredRun {
  /** Line in the file, from 1. */
  readonly line: number;
  /** As in the file: "Qwen/Qwen3-32B". */
  readonly model: string;
  /** As in the file: "h100_sxm". */
  readonly gpu: string;
  /** Engine and version: "sglang 0.5.1.post1". */
  readonly backend: string;
  readonly tp: number;
  /** Length of every prompt. */
  readonly inputTokens: number;
  /** Length of every answer. */
  readonly outputTokens: number;
  /** Requests kept in flight. */
  readonly concurrency: number;
  /** Mean over requests; `null` where the file says nothing. */
  readonly ttftMs: number | null;
  /** Mean over requests; `null` where the file says nothing. */
  readonly tpotMs: number | null;
}

const COLUMNS = [
  ...["model", "gpu", "backend", "tp", "input_tokens", "output_tokens", "concurrency"] as const,
  ...["measured_ttft_ms", "measured_tpot_ms"] as const,
];

type ColumnName = (typeof COLUMNS)[number];

/**
 * Reads a CSV file with the columns `model, gpu, backend, tp, input_tokens, output_tokens, concurrency,
 * measured_ttft_ms, measured_tpot_ms`, in any order and with any others beside them. Measured values may be blank.
 *
 * @param text Of the file, with or without a byte order mark.
 * @param name File name for messages.
 * @throws {SyntaxError} With `name:line:` in front, when it is no such table or has no rows.
 * @example
 * ```ts
 * import { parseMeasuredRuns } from "./measured_runs.ts";
 * import assert from "node:assert/strict";
 *
 * const head = "model,gpu,backend,tp,input_tokens,output_tokens,concurrency,measured_ttft_ms,measured_tpot_ms";
 * const [run] = parseMeasuredRuns(`${head}\nQwen3-32B,h100_sxm,sglang,4,1024,128,16,492.8,\n`, "runs.csv");
 * assert.deepEqual([run?.line, run?.ttftMs, run?.tpotMs], [2, 492.8, null]);
 * ```
 */
export function parseMeasuredRuns(text: string, name: string): MeasuredRun[] {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), { delimiter: "," });
  const [error] = errors;
  if (error !== undefined) throw new SyntaxError(`${name}:${(error.row ?? 0) + 1}: ${error.message}`);
  const [head = [], ...rows] = data;
  const columns = head.map((label) => label.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new SyntaxError(
      `${name}:1: Cannot read measured runs as the first line must name the columns ${COLUMNS.join(", ")}: ` +
        `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
    );
  }
  const runs = rows.flatMap((row, i): MeasuredRun[] => {
    if (row.every((field) => field.trim() === "")) return [];
    return [readRow((column) => (row[columns.indexOf(column)] ?? "").trim(), { name, line: i + 2 })];
  });
  if (runs.length === 0) {
    throw new SyntaxError(`${name}: Cannot compare as there is no row below the names of the columns`);
  }
  return runs;
}

interface Place {
  readonly name: string;
  readonly line: number;
}

function readRow(field: (column: ColumnName) => string, place: Place): MeasuredRun {
  const fail = (column: ColumnName, what: string): never => {
    throw new SyntaxError(
      `${place.name}:${place.line}: Cannot read row as ${column} must be ${what}: it is "${field(column)}"`,
    );
  };
  const text = (column: ColumnName) => field(column) || fail(column, "given");
  const count = (column: ColumnName) => {
    const value = Number(field(column));
    return Number.isSafeInteger(value) && value >= 1 ? value : fail(column, "a whole number ≥ 1");
  };
  const measured = (column: ColumnName) => {
    if (field(column) === "") return null;
    const value = Number(field(column));
    return value > 0 && value < Infinity ? value : fail(column, "a number of ms > 0, or blank");
  };
  return {
    line: place.line,
    model: text("model"),
    gpu: text("gpu"),
    backend: field("backend"),
    tp: count("tp"),
    inputTokens: count("input_tokens"),
    outputTokens: count("output_tokens"),
    concurrency: count("concurrency"),
    ttftMs: measured("measured_ttft_ms"),
    tpotMs: measured("measured_tpot_ms"),
  };
}
