/**
 * What is remembered beside a downloaded file, so that a later run can tell whether it is still the same one.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/** Stands in `<file>.source.json`. */
export interface DownloadRecord {
  readonly url: string;
  readonly sizeBytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly downloadedAt: string;
}

/** Writes the record of the file at `path`. */
export async function writeDownloadRecord(path: string, record: DownloadRecord): Promise<void> {
  await Deno.writeTextFile(recordPath(path), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Reads the record of the file at `path`.
 *
 * @returns `undefined` if there is none: the file was not downloaded but put there.
 * @throws {UsageError} If there is something else in its place.
 */
export async function readDownloadRecord(path: string): Promise<DownloadRecord | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(recordPath(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const record = parseRecord(text);
  if (record === undefined) {
    throw new UsageError(
      `Cannot check '${path}' as its record '${recordPath(path)}' is damaged: delete both to download again`,
    );
  }
  return record;
}

/**
 * Compares a file with its record.
 *
 * @param path Path of the file, for the message.
 * @param seen What the file is like now; what is not known yet is not compared.
 * @throws {UsageError} Naming both values and what to do.
 */
export function assertUnchanged(
  path: string,
  record: DownloadRecord,
  seen: Partial<Pick<DownloadRecord, "sizeBytes" | "sha256">>,
): void {
  for (const key of ["sizeBytes", "sha256"] as const) {
    if (seen[key] === undefined || seen[key] === record[key]) continue;
    throw new UsageError(
      `Cannot use '${path}' as it changed since it was downloaded: '${key}' is ${seen[key]}, was ${
        record[key]
      }. ` +
        `Delete '${path}' to download it again, or delete '${recordPath(path)}' to use it as it is`,
    );
  }
}

function recordPath(path: string): string {
  return `${path}.source.json`;
}

function parseRecord(text: string): DownloadRecord | undefined {
  try {
    const { url, sizeBytes, sha256, downloadedAt } = JSON.parse(text);
    const texts = [url, sha256, downloadedAt].every((value) => typeof value === "string");
    return texts && typeof sizeBytes === "number" ? { url, sizeBytes, sha256, downloadedAt } : undefined;
  } catch {
    return undefined;
  }
}
