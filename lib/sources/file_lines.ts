/**
 * Files as streams of lines.
 *
 * @module
 */
import { createHash } from "node:crypto";

import { rootMessage, UsageError } from "../errors.ts";
import { TextLineStream } from "../std.ts";

/** A file that is read line by line and measured on the way. */
export interface MeasuredLines {
  readonly lines: ReadableStream<string>;
  /** Size and SHA-256 (hex) of what was read so far: of the file, once `lines` is at its end. Call it once. */
  measure(): { sizeBytes: number; sha256: string };
}

/**
 * Opens a file for reading line by line. Cancel `lines` to close it before its end.
 *
 * @throws {UsageError} If there is no such file.
 */
export async function openLines(path: string): Promise<MeasuredLines> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const meter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      controller.enqueue(chunk);
    },
  });
  const lines = (await openFile(path)).readable
    .pipeThrough(meter)
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  return { lines, measure: () => ({ sizeBytes, sha256: hash.digest("hex") }) };
}

/** Reads the first line of a file; "" if it is empty. */
export async function readFirstLine(path: string): Promise<string> {
  const { lines } = await openLines(path);
  for await (const line of lines) return line;
  return "";
}

/**
 * Opens a file for reading.
 *
 * @param what It is meant to be, for the message: "dataset".
 * @throws {UsageError} When it cannot be opened.
 */
export async function openFile(path: string, what = "file"): Promise<Deno.FsFile> {
  try {
    if ((await Deno.stat(path)).isDirectory) {
      throw new UsageError(`Cannot open ${what} as it is a folder: ${path}`);
    }
    return await Deno.open(path);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    if (cause instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot open ${what} as it does not exist: ${path}`, { cause });
    }
    throw new UsageError(`Cannot open ${what} ${path}: ${rootMessage(cause)}`, { cause });
  }
}

/** Reads the first bytes of a file, fewer where it has fewer; reading begins there again. */
export async function readHead(file: Deno.FsFile, bytes: number): Promise<Uint8Array> {
  const head = new Uint8Array(bytes);
  const length = await file.read(head) ?? 0;
  await file.seek(0, Deno.SeekMode.Start);
  return head.subarray(0, length);
}
