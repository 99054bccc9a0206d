/**
 * Writes datasets, whole or not at all.
 *
 * @module
 */
import { rootMessage, RunError, UsageError } from "../errors.ts";
import { writeAll } from "../replace_file.ts";
import { dirname } from "../std.ts";

const encoder = new TextEncoder();

/** A write of a few bytes costs as much as one of this many characters. */
const PIECE_LENGTH = 65_536;

/**
 * Writes rows as JSONL into a file beside the final place and moves it there, so that it is never seen half-written. Folders
 * that are missing are made. Without any row nothing is written.
 *
 * @param rows Anything that JSON can hold, as they come; no more than 64 KiB and a row are in memory.
 * @throws {RunError} When it cannot be written: no room, no permission.
 * @throws Whatever making the rows throws; the file that was there then stays.
 */
export async function writeRows(
  path: string,
  rows: AsyncIterable<object> | Iterable<object>,
): Promise<{ readonly rows: number; readonly sizeBytes: number }> {
  const part = `${path}.part`;
  await attempt(path, () => Deno.mkdir(dirname(path), { recursive: true }));
  try {
    const written = await writeAt(part, rows);
    if (written.rows > 0) await attempt(path, () => Deno.rename(part, path));
    else await Deno.remove(part);
    return written;
  } catch (error) {
    try {
      await Deno.remove(part);
    } catch { /* it was never made */ }
    throw error;
  }
}

async function writeAt(
  part: string,
  rows: AsyncIterable<object> | Iterable<object>,
): Promise<{ rows: number; sizeBytes: number }> {
  using file = await attempt(part, () => Deno.open(part, { write: true, create: true, truncate: true }));
  const written = { rows: 0, sizeBytes: 0 };
  let gathered = "";
  const flush = async () => {
    const bytes = encoder.encode(gathered);
    await attempt(part, () => writeAll(file, bytes));
    written.sizeBytes += bytes.length;
    gathered = "";
  };
  for await (const row of rows) {
    gathered += `${JSON.stringify(row)}\n`;
    written.rows++;
    if (gathered.length >= PIECE_LENGTH) await flush();
  }
  await flush();
  return written;
}

/**
 * Refuses to write over what is there.
 *
 * @param options.force Whether that was asked for.
 * @throws {UsageError} If there is a file and `force` is false, or a folder.
 */
export async function assertWritable(path: string, { force }: { readonly force: boolean }): Promise<void> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new UsageError(`Cannot write ${path}: ${rootMessage(error)}`, { cause: error });
  }
  if (info.isDirectory) throw new UsageError(`Cannot write dataset as it is a folder: ${path}`);
  if (!force) throw new UsageError(`Cannot write ${path} as it exists already: --force replaces it`);
}

async function attempt<T>(path: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw new RunError(`Cannot write ${path}: ${rootMessage(cause)}`, { cause });
  }
}
