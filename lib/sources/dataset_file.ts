/**
 * Reads a dataset from a file on disk.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { BadRow, DatasetEntry, DatasetRow } from "../workload/datasets/dataset.ts";
import { readJsonRows, type ReadRow } from "../workload/datasets/json_rows.ts";
import { readDatasetRows } from "../workload/datasets/read_dataset.ts";
import { openFile, readHead } from "./file_lines.ts";
import { isLfsPointer } from "./lfs_pointer.ts";

/** Enough to recognize what is no dataset by its beginning. */
const HEAD_BYTES = 64;

/**
 * Opens a dataset, JSONL or JSON, and reads its rows as they are asked for: no more than one row is in memory. The file is
 * closed when the rows end or are left.
 *
 * @returns Rows in order, good and bad.
 * @throws {UsageError} If there is no such file, or if its beginning shows that it is something else.
 */
export async function openDataset(path: string): Promise<AsyncGenerator<DatasetRow>> {
  return readDatasetRows(await openText(path));
}

/** The same for rows of any fields. @param onBytes Called with the length of what was read, piece by piece. */
export async function openJsonRows(
  path: string,
  onBytes?: (bytes: number) => void,
): Promise<AsyncGenerator<ReadRow>> {
  const chunks = await openText(path);
  if (onBytes === undefined) return readJsonRows(chunks);
  const meter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      onBytes(chunk.length);
      controller.enqueue(chunk);
    },
  });
  return readJsonRows(chunks.pipeThrough(meter));
}

async function openText(path: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const file = await openFile(path, "dataset");
  try {
    assertIsText(path, await readHead(file, HEAD_BYTES));
    return file.readable;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Rows of a dataset that are held in memory. */
export interface Dataset {
  /** At least one. */
  readonly entries: readonly DatasetEntry[];
  /** Rows that were left out. */
  readonly badRows: readonly BadRow[];
}

/** Options of {@linkcode readDatasetFile}. */
export interface ReadDatasetFileOptions {
  /** Keeps this many entries; an integer ≥ 1. The rest is not even read. @default {Infinity} */
  limit?: number;
}

/**
 * Reads a dataset into memory.
 *
 * @throws {UsageError} If there is no such file, or if it has no row that can be used.
 * @throws {RangeError} If `limit` is out of its domain.
 */
export async function readDatasetFile(path: string, options: ReadDatasetFileOptions = {}): Promise<Dataset> {
  const { limit = Infinity } = options;
  if (!(limit >= 1) || (limit !== Infinity && !Number.isSafeInteger(limit))) {
    throw new RangeError(`Cannot read dataset as 'limit' must be an integer >= 1: current value is ${limit}`);
  }
  const entries: DatasetEntry[] = [];
  const badRows: BadRow[] = [];
  for await (const row of await openDataset(path)) {
    if (row.kind === "bad") badRows.push(row);
    else if (entries.push(row.entry) === limit) break;
  }
  if (entries.length === 0) throw nothingUsable(path, badRows[0]);
  return { entries, badRows };
}

/** Says that a dataset has no row that can be used, and why its first one cannot. */
export function nothingUsable(path: string, firstBad: BadRow | undefined): UsageError {
  return new UsageError(
    firstBad === undefined
      ? `Cannot use dataset as it has no rows: ${path}`
      : `Cannot use dataset as none of its rows can be used: ${path}:${firstBad.line}: ${firstBad.reason}`,
  );
}

/** Beginnings of what is no dataset, in small letters. */
const NO_DATASETS: readonly (readonly [string, string])[] = [
  ["pk\x03\x04", "is a zip archive: unpack it and name the files in it, or their folder"],
  ["par1", "is a Parquet file: save its rows as JSONL"],
  ["<!doctype html", "is a web page: name the address of the file itself"],
  ["<html", "is a web page: name the address of the file itself"],
];

function assertIsText(path: string, head: Uint8Array): void {
  const [first, second] = head;
  if (isLfsPointer(new TextDecoder().decode(head))) {
    throw new UsageError(
      `Cannot read dataset as '${path}' is a Git LFS pointer, not the file itself: run 'git lfs pull' where it came from`,
    );
  }
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UsageError(`Cannot read dataset as '${path}' must be UTF-8 and is UTF-16: save it as UTF-8`);
  }
  if (first === 0x1f && second === 0x8b) {
    throw new UsageError(`Cannot read dataset as '${path}' is compressed: unpack it with gunzip`);
  }
  for (const [beginning, what] of NO_DATASETS) {
    if (!new TextDecoder().decode(head).trimStart().toLowerCase().startsWith(beginning)) continue;
    throw new UsageError(`Cannot read dataset as '${path}' ${what}`);
  }
}
