import type { DatasetRow } from "../../../lib/workload/datasets/dataset.ts";
import { readDatasetRows } from "../../../lib/workload/datasets/read_dataset.ts";

/** Reads the rows of a file given as text or bytes, in chunks of a size. */
export function readRows(file: string | Uint8Array, chunkBytes = Infinity): Promise<DatasetRow[]> {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  return Array.fromAsync(readDatasetRows(chunksOf(bytes, chunkBytes)));
}

/** Cuts bytes into chunks. */
export async function* chunksOf(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield await Promise.resolve(bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
  }
}

/** One line per row: "3: form id role=text …", or "3: bad: reason". */
export function describeRows(rows: readonly DatasetRow[]): string[] {
  return rows.map((row) => {
    if (row.kind === "bad") return `${row.line}: bad: ${row.reason}`;
    const { line, form, id, turns, maxTokens } = row.entry;
    const max = maxTokens === null ? "" : ` max=${maxTokens}`;
    return `${line}: ${form} ${id}${max} ${turns.map(({ role, content }) => `${role}=${content}`).join("|")}`;
  });
}
