/**
 * The JSON of other tools: one document, or one a line; read key by key, so that a message can name what is wrong.
 *
 * @module
 */
import { shownUrl } from "../../shown_url.ts";
import type { Json, JsonObject } from "../../types.ts";

/** A JSON value and where it stands. */
export interface Document {
  /** For messages: "results.jsonl:3", or the file's name. */
  readonly at: string;
  readonly value: unknown;
}

/** A JSON object whose keys are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a text that holds one JSON value, or one a line.
 *
 * Python's `json` writes `NaN`, `Infinity` and `-Infinity`, which JSON does not have. They are read as texts of the same
 * letters: harmless where nobody asks, and refused where a number is needed.
 *
 * @param name File name for messages.
 * @throws {SyntaxError} When it is not JSON, naming the line.
 * @example
 * ```ts
 * import { parseDocuments } from "./documents.ts";
 * import assert from "node:assert/strict";
 *
 * const lines = parseDocuments('{"rate": Infinity}\n{"rate": 2}\n', "a.jsonl");
 * assert.deepEqual(lines.map(({ at }) => at), ["a.jsonl:1", "a.jsonl:2"]);
 * assert.deepEqual(lines[0]?.value, { rate: "Infinity" });
 * ```
 */
export function parseDocuments(text: string, name: string): Document[] {
  if (text.trim() === "") throw new SyntaxError(`Cannot read ${name} as it is empty`);
  const whole = parsePythonJson(text);
  if (whole.kind === "value") return [{ at: name, value: whole.value }];
  const lines = text.split("\n").map((line, i) => ({ line, at: `${name}:${i + 1}` }))
    .filter(({ line }) => line.trim() !== "");
  const [first] = lines;
  if (lines.length === 1 || first === undefined || parsePythonJson(first.line).kind === "error") {
    throw new SyntaxError(`Cannot read ${name} as it is not JSON: ${whole.message}`);
  }
  return lines.map(({ line, at }) => {
    const parsed = parsePythonJson(line);
    if (parsed.kind === "value") return { at, value: parsed.value };
    throw new SyntaxError(`Cannot read ${at} as the line is not JSON, was it cut off?: ${parsed.message}`);
  });
}

type Parsed =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly message: string };

const STRING_OR_NON_FINITE = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

function parsePythonJson(text: string): Parsed {
  const parsed = parse(text);
  if (parsed.kind === "value" || !/\b(NaN|Infinity)\b/.test(text)) return parsed;
  const quoted = parse(
    text.replaceAll(STRING_OR_NON_FINITE, (part) => part.startsWith('"') ? part : `"${part}"`),
  );
  return quoted.kind === "value" ? quoted : parsed;
}

function parse(text: string): Parsed {
  try {
    return { kind: "value", value: JSON.parse(text) };
  } catch (error) {
    return { kind: "error", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object in an object; an empty one where there is none. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** A finite number, or `null` for everything else. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A text that is not empty, or `null` for everything else. */
export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** A whole number of at least 0, or `null` for everything else. */
export function countOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : null;
}

/** A key's value and where it stands, for messages: "a.json: ttfts[3]". */
export interface Found {
  readonly at: string;
  readonly value: unknown;
}

/** Takes a duration or an instant. @throws {SyntaxError} When it is not a finite number. */
export function takeNumber({ at, value }: Found): number {
  const number = numberOrNull(value);
  if (number === null) throw wrong({ at, value }, "a number");
  return number;
}

/** Takes a duration. @throws {SyntaxError} When it is not a number of at least 0. */
export function takeDuration({ at, value }: Found): number {
  const number = takeNumber({ at, value });
  if (number < 0) throw wrong({ at, value }, "at least 0");
  return number;
}

/** Takes a token count. @throws {SyntaxError} When it is not a whole number of at least 0. */
export function takeCount({ at, value }: Found): number {
  const count = countOrNull(value);
  if (count === null) throw wrong({ at, value }, "a whole number of at least 0");
  return count;
}

/** Takes a list. @throws {SyntaxError} When it is none. */
export function takeList({ at, value }: Found): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong({ at, value }, "a list");
  return value;
}

/** Takes an object. @throws {SyntaxError} When it is none. */
export function takeFields({ at, value }: Found): Fields {
  if (!isFields(value)) throw wrong({ at, value }, "an object");
  return value;
}

/** The error for a value that is not what it must be. */
export function wrong({ at, value }: Found, must: string): SyntaxError {
  const shown = JSON.stringify(value) ?? "missing";
  return new SyntaxError(
    `Cannot read ${at} as it must be ${must}: current value is ${
      shown.length > 80 ? `${shown.slice(0, 80)}…` : shown
    }`,
  );
}

/** Refuses requests of one name. @throws {SyntaxError} When a name is there twice, naming both places. */
export function refuseDuplicates(
  names: readonly (string | number)[],
  { at, what }: { at: string; what: string },
): void {
  const places = new Map<string | number, number>();
  for (const [i, name] of names.entries()) {
    const before = places.get(name);
    if (before !== undefined) {
      throw new SyntaxError(
        `Cannot read ${at} as ${what} ${name} is there twice, as request ${before + 1} and request ${
          i + 1
        }: import a file of one benchmark`,
      );
    }
    places.set(name, i);
  }
}

/** Names whose values are not copied. */
const SECRET = /api[-_]?key|passw|secret|auth|token$|headers?$|cookie|credential/i;

/** Text that holds an object may hold anything. */
const HOLDS_OBJECT = /^\s*[{[]/;

/**
 * Those members of an object that are settings: numbers, truth values, short texts. Secrets stay out, and of addresses the
 * login and the query's values.
 *
 * @example
 * ```ts
 * import { settingsOf } from "./documents.ts";
 * import assert from "node:assert/strict";
 *
 * const settings = settingsOf({ rate: 2, api_key: "abc", target: "http://me:abc@host/v1", ttfts: [1, 2] });
 * assert.deepEqual(settings, { rate: 2, target: "http://host/v1" });
 * ```
 */
export function settingsOf(fields: Fields): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]): [string, Json][] => {
      if (SECRET.test(key)) return [];
      if (typeof value === "string") {
        return value.length <= LONGEST_SETTING && !HOLDS_OBJECT.test(value) ? [[key, shownUrl(value)]] : [];
      }
      return value === null || typeof value === "number" || typeof value === "boolean" ? [[key, value]] : [];
    }),
  );
}

const LONGEST_SETTING = 500;
