/**
 * The records of a run on disk, as a list that reads them when they are asked for.
 *
 * @module
 */
import type { List, RequestRecord } from "../types.ts";
import { parseRecord } from "./schema.ts";

/** A file up to this size is read into memory: some 6,000 requests of 360 tokens. */
const MOST_KEPT_BYTES = 32 * 2 ** 20;
/** Read at once when records are read one after the other. */
const CHUNK_BYTES = 2 ** 20;
const LINE_END = 10;

/** Records as found in a file. */
export interface FoundRecords {
  readonly records: List<RequestRecord>;
  /** Whether the last line has no end: the process was killed while it wrote. The line is left out. */
  readonly isCutOff: boolean;
}

/**
 * Finds the records of a `requests.jsonl`.
 *
 * Those of a large file stay on disk: only their places are kept, and each pass over them reads the file again.
 *
 * @throws {SyntaxError} With `file:line` when a record is broken: at once, or for a large file when it is read.
 */
export function findRecords(path: string): FoundRecords {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const starts = findLines(file);
  const records = new RecordFile(path, starts);
  const isCutOff = size > (starts.at(-1) ?? 0);
  return { records: size <= MOST_KEPT_BYTES ? [...records] : records, isCutOff };
}

/** Where each whole line begins, and where the last one ends. */
function findLines(file: Deno.FsFile): number[] {
  const starts = [0];
  const chunk = new Uint8Array(CHUNK_BYTES);
  let offset = 0;
  for (let read = file.readSync(chunk); read !== null; read = file.readSync(chunk)) {
    const bytes = chunk.subarray(0, read);
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, end + 1)) {
      starts.push(offset + end + 1);
    }
    offset += read;
  }
  return starts;
}

class RecordFile implements List<RequestRecord> {
  readonly #path: string;
  readonly #starts: readonly number[];

  constructor(path: string, starts: readonly number[]) {
    this.#path = path;
    this.#starts = starts;
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  at(index: number): RequestRecord | undefined {
    if (index < 0 || index >= this.length) return undefined;
    using file = Deno.openSync(this.#path);
    return this.#parse(this.#read(file, index, index + 1), index);
  }

  *[Symbol.iterator](): Generator<RequestRecord> {
    using file = Deno.openSync(this.#path);
    for (let first = 0; first < this.length;) {
      const end = this.#chunkEnd(first);
      const lines = this.#read(file, first, end).split("\n");
      for (let i = first; i < end; i++) yield this.#parse(lines[i - first] ?? "", i);
      first = end;
    }
  }

  /** The line after those that are read together with the first. */
  #chunkEnd(first: number): number {
    const mostBytes = (this.#starts[first] ?? 0) + CHUNK_BYTES;
    let end = first + 1;
    while (end < this.length && (this.#starts[end + 1] ?? Infinity) <= mostBytes) end++;
    return end;
  }

  /** Lines from the first to before `end`, the last one's line end left out. */
  #read(file: Deno.FsFile, first: number, end: number): string {
    const [from = 0, to = 0] = [this.#starts[first], this.#starts[end]];
    const bytes = new Uint8Array(to - from - 1);
    file.seekSync(from, Deno.SeekMode.Start);
    for (let offset = 0; offset < bytes.length;) {
      const read = file.readSync(bytes.subarray(offset));
      if (read === null) break; // The file was cut since its lines were found: what is left is no record.
      offset += read;
    }
    return decoder.decode(bytes);
  }

  #parse(line: string, index: number): RequestRecord {
    return parseRecord(line, `${this.#path}:${index + 1}`);
  }
}

const decoder = new TextDecoder();
