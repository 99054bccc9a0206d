/**
 * Finds the files that a dataset is made from: files, folders of them, and addresses.
 *
 * @module
 */
import { createHash } from "node:crypto";

import { rootMessage, UsageError } from "../errors.ts";
import { basename, join, resolve } from "../std.ts";
import { downloadFile, type DownloadProgress } from "./download.ts";
import { assertUnchanged, readDownloadRecord } from "./download_record.ts";

/** A file to read rows from. */
export interface SourceFile {
  /** As the user named it: a path, or an address. */
  readonly label: string;
  /** Where it lies. */
  readonly path: string;
  /** Its name without the extension. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** Options of {@linkcode findSourceFiles}. */
export interface FindSourcesOptions {
  /** Where files that are downloaded are kept. @default {"data/downloads"} */
  readonly downloadDirectory?: string;
  /** Called while a file is downloaded. */
  readonly onProgress?: (url: string, progress: DownloadProgress) => void;
}

/**
 * Finds files. Of a folder, and the folders in it, they are those that end in `.jsonl` or `.json`, by name, without the
 * records of downloads. What an address stands for is downloaded once; later calls find it where it was put.
 *
 * @param sources Paths and http(s) addresses; at least one.
 * @returns Files in order, none twice.
 * @throws {UsageError} If there is no such file, or a folder has none, or a download changed.
 * @throws {RunError} If a file cannot be downloaded.
 */
export async function findSourceFiles(
  sources: readonly string[],
  options: FindSourcesOptions = {},
): Promise<SourceFile[]> {
  const found = new Map<string, SourceFile>();
  for (const source of sources) {
    const files = /^https?:\/\//.test(source) ? [await download(source, options)] : await findLocal(source);
    for (const file of files) if (!found.has(resolve(file.path))) found.set(resolve(file.path), file);
  }
  return [...found.values()];
}

async function findLocal(path: string): Promise<SourceFile[]> {
  const info = await stat(path);
  if (!info.isDirectory) return [toSourceFile(path, { path, sizeBytes: info.size })];
  const paths = await listFiles(path);
  if (paths.length === 0) {
    throw new UsageError(`Cannot read folder as it must have a .jsonl or .json file: ${path} has none`);
  }
  return Promise.all(
    paths.map(async (path) => toSourceFile(path, { path, sizeBytes: (await stat(path)).size })),
  );
}

async function stat(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "it does not exist" : rootMessage(cause);
    throw new UsageError(`Cannot open dataset as ${reason}: ${path}`, { cause });
  }
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = (await Array.fromAsync(Deno.readDir(folder))).sort((a, b) => a.name < b.name ? -1 : 1);
  const nested = await Promise.all(entries.map(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return listFiles(path);
    return /\.jsonl?$/i.test(name) && !name.endsWith(".source.json") ? [path] : [];
  }));
  return nested.flat();
}

async function download(url: string, options: FindSourcesOptions): Promise<SourceFile> {
  const { downloadDirectory = "data/downloads", onProgress } = options;
  const path = join(downloadDirectory, fileNameOf(url));
  const record = await readDownloadRecord(path);
  const isHere = record !== undefined && await exists(path);
  const { sizeBytes } = isHere
    ? { sizeBytes: (await stat(path)).size }
    : await downloadFile(url, path, { onProgress: (progress) => onProgress?.(url, progress) });
  if (isHere) assertUnchanged(path, record, { sizeBytes });
  return toSourceFile(url, { path, sizeBytes, name: nameIn(url) });
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Different for different addresses, and still tells what it is. */
function fileNameOf(url: string): string {
  const hash = createHash("sha256").update(url).digest("hex").slice(0, 8);
  return `${hash}_${nameIn(url)}`;
}

/** Last part of an address, of characters that are safe in a file's name. */
function nameIn(url: string): string {
  const { pathname, hostname } = new URL(url);
  return basename(pathname).replaceAll(/[^A-Za-z0-9._-]/g, "_") || hostname;
}

function toSourceFile(
  label: string,
  { path, sizeBytes, name = basename(path) }: {
    readonly path: string;
    readonly sizeBytes: number;
    readonly name?: string;
  },
): SourceFile {
  return { label, path, name: name.replace(/\.jsonl?$/i, ""), sizeBytes };
}
