/**
 * Finds the rows of a file that is one JSON object with its rows in the list `data`.
 *
 * @module
 */

/** What the beginning of a file tells: the rows are behind this byte, there is no such list, or it is too short to tell. */
export type DataListSearch = { readonly kind: "found"; readonly at: number } | {
  readonly kind: "none" | "unknown";
};

const [LINE_END, QUOTE, BACKSLASH, COLON] = [10, 34, 92, 58];
const OPENERS = [91, 123];
const CLOSERS = [93, 125];
const BEGINNING = new TextEncoder().encode("[{");

/**
 * Looks for `"data": [{`, or an empty list, among the keys of the object that a file begins with.
 *
 * The object of a line of JSONL ends before such a list comes, so that the first line tells the two apart. A line may have
 * a list `data` of its own when its elements are no objects.
 *
 * @param head The first bytes; the first is `{`.
 * @example
 * ```ts
 * import { findDataList } from "./data_list.ts";
 * import assert from "node:assert/strict";
 *
 * const find = (text: string) => findDataList(new TextEncoder().encode(text));
 * assert.deepEqual(find('{"data": [{"text": "Hi"}]}'), { kind: "found", at: 10 });
 * assert.deepEqual(find('{"text": "Hi"}'), { kind: "none" });
 * assert.deepEqual(find('{"version": 1'), { kind: "unknown" });
 * ```
 */
export function findDataList(head: Uint8Array): DataListSearch {
  let depth = 0;
  for (let i = 0; i < head.length; i++) {
    const byte = head[i] ?? 0;
    if (byte === QUOTE) {
      const end = endOfString(head, i);
      if (end === null) return { kind: head.indexOf(LINE_END, i) === -1 ? "unknown" : "none" };
      const list = depth === 1 && isData(head.subarray(i, end)) ? listBehind(head, end) : null;
      if (list !== null && list.kind !== "none") return list;
      i = end - 1;
    } else if (OPENERS.includes(byte)) depth++;
    else if (CLOSERS.includes(byte) && --depth === 0) return { kind: "none" };
  }
  return { kind: "unknown" };
}

/** Position behind a string that begins at `from`; `null` where it does not end, or not in its line. */
function endOfString(head: Uint8Array, from: number): number | null {
  for (let i = from + 1; i < head.length; i++) {
    if (head[i] === BACKSLASH) i++;
    else if (head[i] === QUOTE) return i + 1;
    else if (head[i] === LINE_END) return null;
  }
  return null;
}

function isData(text: Uint8Array): boolean {
  return text.length === 6 && new TextDecoder().decode(text) === '"data"';
}

/** Whether `: [{` or `: []` comes next. */
function listBehind(head: Uint8Array, from: number): DataListSearch {
  const colon = skipBlank(head, from);
  if (colon === head.length) return { kind: "unknown" };
  if (head[colon] !== COLON) return { kind: "none" };
  const list = skipBlank(head, colon + 1);
  const element = skipBlank(head, list + 1);
  if (list < head.length && head[list] !== BEGINNING[0]) return { kind: "none" };
  if (element >= head.length) return { kind: "unknown" };
  return head[element] === BEGINNING[1] || head[element] === CLOSERS[0]
    ? { kind: "found", at: list + 1 }
    : { kind: "none" };
}

function skipBlank(head: Uint8Array, from: number): number {
  let i = from;
  while (i < head.length && isBlank(head[i] ?? 0)) i++;
  return i;
}

/** Whether a byte is white space in ASCII. */
export function isBlank(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
