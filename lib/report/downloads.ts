/**
 * Files that the page carries within itself.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { formatCsv } from "../csv.ts";
import { dialectsJson } from "../metrics/dialects/dialects_json.ts";
import { measureDialects } from "../metrics/dialects/mod.ts";
import {
  countInputTokens,
  countOutputTokens,
  e2e,
  type RunSummary,
  sendLag,
  tpot,
  ttft,
} from "../metrics/mod.ts";
import type { RequestRecord, Run } from "../types.ts";

/** More requests than this would make the page too heavy to send. */
export const MOST_REQUEST_ROWS = 10_000;

/** A file, packed. */
export interface DownloadFile {
  /** For the button. */
  readonly label: string;
  readonly name: string;
  readonly type: "text/csv" | "application/json";
  /** The file's bytes, gzip, then base64. */
  readonly gzip: string;
}

/** Packs the summary and the requests as CSV; as JSON the manifest with the summary, and other tools' numbers. */
export function downloadFiles(run: Run, summary: RunSummary): DownloadFile[] {
  const { manifest, records } = run;
  const name = (suffix: string) => `${manifest.runId}.${suffix}`;
  const files: UnpackedFile[] = [{
    label: "Summary, CSV",
    name: name("summary.csv"),
    type: "text/csv",
    text: formatCsv(summary.cells.map((cell) => flatten(cell))),
  }, {
    label: "Summary and provenance, JSON",
    name: name("json"),
    type: "application/json",
    text: JSON.stringify({ manifest, summary }, null, 2),
  }, {
    label: "Other tools' numbers, JSON",
    name: name("dialects.json"),
    type: "application/json",
    text: JSON.stringify(dialectsJson(measureDialects(run), manifest), null, 2),
  }];
  if (records.length <= MOST_REQUEST_ROWS) {
    const text = formatCsv(Array.from(records, requestRow));
    files.push({ label: "Requests, CSV", name: name("requests.csv"), type: "text/csv", text });
  }
  return packFiles(files);
}

/** Packs files. */
export function packFiles(files: readonly UnpackedFile[]): DownloadFile[] {
  return files.map(({ text, ...file }) => ({ ...file, gzip: gzipSync(text).toString("base64") }));
}

/** A file as text. */
export type UnpackedFile = Omit<DownloadFile, "gzip"> & { readonly text: string };

/** A row by the names of its columns. */
export type Row = Record<string, string | number | boolean | null>;

/**
 * Nested fields as columns, names joined by "_"; lists are left out.
 *
 * @example
 * ```ts
 * import { flatten } from "./downloads.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(flatten({ index: 0, ttft: { p50: 12 }, failures: [] }), { index: 0, ttft_p50: 12 });
 * ```
 */
export function flatten(object: object, prefix = ""): Row {
  const row: Row = {};
  for (const [key, value] of Object.entries(object)) {
    if (Array.isArray(value)) continue;
    if (typeof value === "object" && value !== null) Object.assign(row, flatten(value, `${prefix}${key}_`));
    else row[`${prefix}${key}`] = value;
  }
  return row;
}

/** A request as a row of `requests.csv`. */
export function requestRow(record: RequestRecord): Row {
  const { outcome } = record;
  return {
    cell: record.cell,
    id: record.id,
    outcome: outcome.kind,
    failure: outcome.kind === "failed" ? `${outcome.failure}: ${outcome.message}` : null,
    input_tokens: countInputTokens(record),
    output_tokens: countOutputTokens(record).tokens,
    scheduled_ms: record.scheduledMs,
    send_lag_ms: inMicroseconds(sendLag.ofRequest(record)),
    ttft_ms: inMicroseconds(ttft.ofRequest(record)),
    tpot_ms: inMicroseconds(tpot.ofRequest(record)),
    e2e_ms: inMicroseconds(e2e.ofRequest(record)),
  };
}

/** Records hold whole microseconds; differences of them should too. */
function inMicroseconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 1000) / 1000;
}
