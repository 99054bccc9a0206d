/**
 * Bytes of a dataset's file cut into its rows: the lines of JSONL, or the elements of one JSON list.
 *
 * @module
 */
import { findDataList, isBlank } from "./data_list.ts";

/** The bytes of one row, or why there are none. */
export type RawRow =
  | { readonly kind: "row"; readonly line: number; readonly bytes: Uint8Array }
  | { readonly kind: "bad"; readonly line: number; readonly reason: string };

/** Options of {@linkcode splitRows}. */
export interface SplitRowsOptions {
  /** A longer row is skipped and reported, so that memory stays bounded; an integer ≥ 1. @default {64 MiB} */
  mostRowBytes?: number;
}

const MOST_ROW_BYTES = 64 * 2 ** 20;

/** How far a list \`data\` is looked for. */
const HEAD_BYTES = 65_536;

const BOM = [0xef, 0xbb, 0xbf];
const [LINE_END, QUOTE, BACKSLASH, COMMA] = [10, 34, 92, 44];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/**
 * Cuts a file into rows as its bytes come in; no more than one row is held.
 *
 * A file whose first character is `[` is a list, and what follows its `]` is lines again. So is the list `data` of objects in
 * a file that is one object; what else the object has is skipped. Blank lines come as rows of white space, a byte order
 * mark as part of the first row.
 *
 * @param chunks The file's bytes, cut anywhere.
 * @returns Rows in order; `line` counts from 1 and is where the row begins.
 * @throws {RangeError} If `mostRowBytes` is out of its domain.
 */
export async function* splitRows(
  chunks: AsyncIterable<Uint8Array>,
  options: SplitRowsOptions = {},
): AsyncGenerator<RawRow> {
  const { mostRowBytes = MOST_ROW_BYTES } = options;
  if (!(mostRowBytes >= 1)) {
    throw new RangeError(
      `Cannot split rows as 'mostRowBytes' must be >= 1: current value is ${mostRowBytes}`,
    );
  }
  const splitter = new RowSplitter(mostRowBytes);
  for await (const chunk of chunks) {
    splitter.push(chunk);
    yield* splitter.take();
  }
  splitter.end();
  yield* splitter.take();
}

class RowSplitter {
  readonly #mostRowBytes: number;
  #rows: RawRow[] = [];
  /** "start": nothing but white space was seen, so it is not known yet whether the file is a list. */
  #layout: "start" | "object" | "lines" | "list" | "behind" = "start";
  /** Of an object that may have its rows in a list: what came so far. */
  #head: Uint8Array = new Uint8Array();
  /** Whether the list is in an object. */
  #isWrapped = false;
  /** Line of the next byte. */
  #line = 1;
  /** Bytes before the current chunk. */
  #offset = 0;

  /** The row so far: pieces of earlier chunks. None are kept once it is too long. */
  #pieces: Uint8Array[] = [];
  #rowBytes = 0;

  /** Where the list's element begins; `null` before its first character. */
  #elementLine: number | null = null;
  #elements = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(mostRowBytes: number) {
    this.#mostRowBytes = mostRowBytes;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#layout === "start") at = this.#findLayout(chunk, at);
      else if (this.#layout === "object") at = this.#findList(chunk, at);
      else if (this.#layout === "lines") at = this.#readLine(chunk, at);
      else if (this.#layout === "list") at = this.#readElement(chunk, at);
      else at = this.#skipRest(chunk, at);
    }
    this.#offset += chunk.length;
  }

  end(): void {
    if (this.#layout === "object") this.#readLines(this.#head);
    if (this.#layout === "behind") {
      this.#bad(this.#line, "the object that the file begins with has no end: the file may be cut off");
      return;
    }
    if (this.#layout !== "list") {
      if (this.#rowBytes > 0) this.#finish(this.#line);
      return;
    }
    if (this.#elementLine !== null) this.#finish(this.#elementLine);
    this.#bad(this.#line, "the list that the file begins with has no end: the file may be cut off");
  }

  /** Rows that are complete. */
  take(): RawRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #findLayout(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (byte === LINE_END) {
        this.#line++;
        this.#drop();
        from = i + 1;
      } else if (byte === OPEN_LIST) {
        this.#layout = "list";
        this.#drop();
        return i + 1;
      } else if (byte === OPEN_OBJECT) {
        this.#keep(chunk.subarray(from, i));
        this.#layout = "object";
        return i;
      } else if (!isBlank(byte) && byte !== BOM[this.#offset + i]) {
        this.#layout = "lines";
        return this.#readLine(chunk, from);
      }
    }
    this.#keep(chunk.subarray(from));
    return chunk.length;
  }

  /** Collects the beginning of an object until it is known whether the rows are in it or it is a row itself. */
  #findList(chunk: Uint8Array, from: number): number {
    const before = this.#head.length;
    this.#head = joinBytes([this.#head, chunk.subarray(from)], before + chunk.length - from);
    const search = findDataList(this.#head);
    if (search.kind === "found") {
      for (const byte of this.#head.subarray(0, search.at)) if (byte === LINE_END) this.#line++;
      this.#drop();
      this.#layout = "list";
      this.#isWrapped = true;
      return from + search.at - before;
    }
    if (search.kind === "none" || this.#head.length > HEAD_BYTES) this.#readLines(this.#head);
    return chunk.length;
  }

  /** Reads what was held back. */
  #readLines(bytes: Uint8Array): void {
    this.#layout = "lines";
    for (let at = 0; at < bytes.length;) at = this.#readLine(bytes, at);
    this.#head = new Uint8Array();
  }

  /** Skips what an object has behind its list. */
  #skipRest(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (byte === CLOSE_OBJECT && this.#depth === 0 && !this.#inString) {
        this.#layout = "lines";
        return i + 1;
      }
      this.#track(byte);
    }
    return chunk.length;
  }

  #readLine(chunk: Uint8Array, from: number): number {
    const end = chunk.indexOf(LINE_END, from);
    this.#keep(chunk.subarray(from, end === -1 ? chunk.length : end));
    if (end === -1) return chunk.length;
    this.#finish(this.#line++);
    return end + 1;
  }

  #readElement(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (!this.#inString && this.#depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) {
        this.#keep(chunk.subarray(from, i));
        this.#finishElement(byte === CLOSE_LIST);
        return i + 1;
      }
      if (!this.#inString && !isBlank(byte)) this.#elementLine ??= this.#line;
      this.#track(byte);
    }
    this.#keep(chunk.subarray(from));
    return chunk.length;
  }

  /** Follows lines, strings and nesting. */
  #track(byte: number): void {
    if (byte === LINE_END) {
      this.#line++;
      // A string of JSON holds no line end: it was not closed, and what follows can still be read.
      this.#inString = this.#escaped = false;
    } else if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
    } else if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#depth = Math.max(0, this.#depth - 1);
  }

  #finishElement(isLast: boolean): void {
    if (this.#elementLine !== null) this.#finish(this.#elementLine);
    else {
      this.#drop();
      if (!isLast || this.#elements > 0) this.#bad(this.#line, "the list has a comma with no row beside it");
    }
    this.#elements++;
    this.#elementLine = null;
    if (isLast) this.#layout = this.#isWrapped ? "behind" : "lines";
  }

  /** Hands over the row that was kept. */
  #finish(line: number): void {
    if (this.#rowBytes > this.#mostRowBytes) {
      this.#bad(
        line,
        `the row is longer than ${this.#mostRowBytes} bytes: current length is ${this.#rowBytes}`,
      );
    } else {
      this.#rows.push({ kind: "row", line, bytes: joinBytes(this.#pieces, this.#rowBytes) });
    }
    this.#drop();
  }

  #bad(line: number, reason: string): void {
    this.#rows.push({ kind: "bad", line, reason });
  }

  #keep(piece: Uint8Array): void {
    this.#rowBytes += piece.length;
    if (this.#rowBytes > this.#mostRowBytes) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  #drop(): void {
    this.#pieces = [];
    this.#rowBytes = 0;
  }
}

function joinBytes(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
