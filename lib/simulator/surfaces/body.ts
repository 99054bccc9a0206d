/**
 * Reading request bodies: every field that is wrong is noted, with its place, and reading goes on.
 *
 * @module
 */
/** One thing that is wrong with a body, as FastAPI reports it. */
export type BodyProblem = {
  readonly type: string;
  /** Where: `["body", "messages", 0, "content"]`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
};

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads fields of one object. A field that is `null` counts as absent where it may be. */
export interface FieldReader {
  /** Text, or "" when it is not there or no text, which is a problem. */
  text(name: string): string;
  /** Text, or `null` when there is none. */
  optionalText(name: string): string | null;
  /** A whole number, or `null` when there is none. */
  optionalInteger(name: string): number | null;
  /** Yes or no, no when there is none. */
  flag(name: string): boolean;
  /** The object in a field, an empty one when there is none. */
  object(name: string): FieldReader;
  /** Whatever is in a field. */
  raw(name: string): unknown;
  /** Notes what is wrong with a field. */
  reject(name: string | readonly (string | number)[], problem: Omit<BodyProblem, "loc">): void;
}

/** What came of reading a body. */
export type ReadBody<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "invalid"; readonly problems: readonly BodyProblem[] };

/**
 * Reads a body that must be a JSON object.
 *
 * @param text The body.
 * @param read Reads the fields; what it returns does not count when it found problems.
 */
export function readBody<T>(text: string, read: (fields: FieldReader) => T): ReadBody<T> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const msg = `JSON decode error: ${error instanceof Error ? error.message : error}`;
    return { kind: "invalid", problems: [{ type: "json_invalid", loc: ["body"], msg }] };
  }
  if (!isFields(body)) return { kind: "invalid", problems: [notAnObject(["body"])] };
  const problems: BodyProblem[] = [];
  const value = read(fieldReader(body, { problems, loc: ["body"] }));
  return problems.length > 0 ? { kind: "invalid", problems } : { kind: "ok", value };
}

/** All problems in one line: "body.max_tokens: Field required; …". */
export function describeProblems(problems: readonly BodyProblem[]): string {
  return problems.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`).join("; ");
}

/** The field that the first problem is about, `null` when it is the whole body. */
export function problemField(problems: readonly BodyProblem[]): string | null {
  const loc = problems[0]?.loc.slice(1) ?? [];
  return loc.length === 0 ? null : loc.join(".");
}

interface Place {
  readonly problems: BodyProblem[];
  readonly loc: readonly (string | number)[];
}

function fieldReader(fields: Fields, { problems, loc }: Place): FieldReader {
  const reject: FieldReader["reject"] = (name, problem) => {
    const at = typeof name === "string" ? [name] : name;
    problems.push({ type: problem.type, loc: [...loc, ...at], msg: problem.msg });
  };
  function optional<T>(
    name: string,
    type: Parameters<typeof wrongType>[0],
    is: (value: unknown) => value is T,
  ) {
    const value = fields[name] ?? null;
    if (value === null || is(value)) return value;
    reject(name, wrongType(type));
    return null;
  }
  return {
    text(name) {
      const value = fields[name];
      if (isText(value)) return value;
      reject(name, value === undefined ? MISSING : wrongType("string"));
      return "";
    },
    optionalText: (name) => optional(name, "string", isText),
    optionalInteger: (name) => optional(name, "integer", isInteger),
    flag: (name) => optional(name, "boolean", isFlag) ?? false,
    object(name) {
      const value = fields[name] ?? {};
      if (isFields(value)) return fieldReader(value, { problems, loc: [...loc, name] });
      reject(name, notAnObject([]));
      return fieldReader({}, { problems: [], loc });
    },
    raw: (name) => fields[name],
    reject,
  };
}

/** What is noted for a field that must be there. */
export const MISSING: Omit<BodyProblem, "loc"> = { type: "missing", msg: "Field required" };

/** What is noted for a field of a wrong type. */
export function wrongType(type: "string" | "integer" | "boolean"): Omit<BodyProblem, "loc"> {
  const name = { string: "string", integer: "int", boolean: "bool" }[type];
  return { type: `${name}_type`, msg: `Input should be a valid ${type}` };
}

function notAnObject(loc: readonly string[]): BodyProblem {
  const msg = "Input should be a valid dictionary or object to extract fields from";
  return { type: "model_attributes_type", loc, msg };
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is text. */
export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether a value is a whole number that is exact. */
export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}
