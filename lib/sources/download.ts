/**
 * Downloads a file once and for good: resumable, never half there, and measured.
 *
 * @module
 */
import { rootMessage, RunError } from "../errors.ts";
import { dirname } from "../std.ts";
import { type DownloadRecord, writeDownloadRecord } from "./download_record.ts";
import { openFile, readHead } from "./file_lines.ts";
import { hashFile } from "./hash_file.ts";
import { isLfsPointer } from "./lfs_pointer.ts";

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes of the file that are here, those of an interrupted download included. */
  readonly receivedBytes: number;
  /** Absent where the server does not say. */
  readonly totalBytes?: number;
}

/** Options of {@linkcode downloadFile}. */
export interface DownloadOptions {
  /** SHA-256 (hex) that the file must have. @default {any} */
  sha256?: string;
  /** Called for each chunk. */
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
}

/**
 * Downloads a file and puts a record of it beside it.
 *
 * Bytes are collected in `<path>.part`. If that is interrupted, the next call goes on from there, provided the server
 * says that the file is still the same (`If-Range`); otherwise it starts again. Only a complete file gets its name.
 *
 * @returns The record that was written.
 * @throws {RunError} If the server cannot be reached or answers anything but the whole file.
 */
export async function downloadFile(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<DownloadRecord> {
  const part = `${path}.part`;
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    await transfer(url, part, options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof RunError) throw cause;
    const reason = rootMessage(cause);
    throw new RunError(`Cannot download ${url}: ${reason}`, { cause });
  }
  const measured = await checkContent(url, part, options.sha256);
  const record: DownloadRecord = { url, ...measured, downloadedAt: new Date().toISOString() };
  // The record comes first: without its file it does no harm.
  await writeDownloadRecord(path, record);
  await Deno.rename(part, path);
  await removeIfThere(tagPath(part));
  return record;
}

/** Fetches what is missing of a partial file. */
async function transfer(url: string, part: string, options: DownloadOptions): Promise<void> {
  const { onProgress, signal } = options;
  const begun = await readBegun(part);
  const response = await fetch(url, { headers: requestHeaders(begun), signal });
  if (response.status === 416 && begun !== undefined) {
    await response.body?.cancel();
    await discard(part); // It is as long as the file, or longer.
    return transfer(url, part, options);
  }
  const goesOn = begun !== undefined && isRestFrom(begun.sizeBytes, response);
  if (response.body === null || !(goesOn || response.status === 200)) {
    await response.body?.cancel();
    throw new RunError(
      `Cannot download ${url}: the server answers ${response.status} ${response.statusText}`,
    );
  }
  const totalBytes = fileLength(response);
  let receivedBytes = goesOn ? begun.sizeBytes : 0;
  using file = await Deno.open(part, { create: true, write: true, append: goesOn, truncate: !goesOn });
  await writeTag(part, response.headers.get("etag"));
  for await (const chunk of response.body) {
    await writeAll(file, chunk);
    receivedBytes += chunk.length;
    onProgress?.({ receivedBytes, totalBytes });
  }
  if (totalBytes !== undefined && receivedBytes !== totalBytes) {
    throw new RunError(`Cannot download ${url}: it ended after ${receivedBytes} of ${totalBytes} bytes`);
  }
}

/** Whether a response brings the bytes of a file from an offset to its end. */
function isRestFrom(offset: number, { status, headers }: Response): boolean {
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  return status === 206 && Number(first) === offset && Number(last) + 1 === Number(total);
}

/** Length of the file that a response brings, or the rest of. */
function fileLength({ headers }: Response): number | undefined {
  const text = headers.get("content-range")?.split("/")[1] ?? headers.get("content-length");
  return text === null ? undefined : Number(text);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** A partial file whose version is known. */
interface Begun {
  readonly sizeBytes: number;
  readonly tag: string;
}

function requestHeaders(begun: Begun | undefined): HeadersInit {
  // Compressed, the length on the wire would not be that of the file.
  const headers = { "accept-encoding": "identity" };
  return begun === undefined
    ? headers
    : { ...headers, "range": `bytes=${begun.sizeBytes}-`, "if-range": begun.tag };
}

async function readBegun(part: string): Promise<Begun | undefined> {
  try {
    const { size } = await Deno.stat(part);
    const tag = await Deno.readTextFile(tagPath(part));
    return size > 0 ? { sizeBytes: size, tag } : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Remembers the version of the file. A weak tag promises no equal bytes: nothing can be resumed with it. */
async function writeTag(part: string, tag: string | null): Promise<void> {
  if (tag === null || tag.startsWith("W/")) await removeIfThere(tagPath(part));
  else await Deno.writeTextFile(tagPath(part), tag);
}

/** Measures a complete download. What is not the file that was asked for is removed, not resumed. */
async function checkContent(
  url: string,
  part: string,
  expectedSha256: string | undefined,
): Promise<Pick<DownloadRecord, "sizeBytes" | "sha256">> {
  if (await holdsLfsPointer(part)) {
    await discard(part);
    throw new RunError(`Cannot use download as ${url} holds a Git LFS pointer, not the file itself`);
  }
  const { size: sizeBytes } = await Deno.stat(part);
  const measured = { sizeBytes, sha256: await hashFile(part) };
  if (expectedSha256 !== undefined && measured.sha256 !== expectedSha256) {
    await discard(part);
    throw new RunError(
      `Cannot use download as ${url} is not the known file any more: SHA-256 must be ${expectedSha256}: ` +
        `current value is ${measured.sha256}`,
    );
  }
  return measured;
}

async function holdsLfsPointer(path: string): Promise<boolean> {
  using file = await openFile(path);
  return isLfsPointer(new TextDecoder().decode(await readHead(file, 64)));
}

function tagPath(part: string): string {
  return `${part}.etag`;
}

async function discard(part: string): Promise<void> {
  await removeIfThere(part);
  await removeIfThere(tagPath(part));
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
