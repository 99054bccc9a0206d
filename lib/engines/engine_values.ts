/**
 * The values in a file of engines.
 *
 * @module
 */
import { suggest } from "../suggest.ts";
import type { EngineKey, EngineKeyKind } from "./engine_keys.ts";
import { PLACEHOLDERS } from "./plan_launch.ts";

/** Where in a file something stands: "engines.yaml: engines: mine: port". */
export type Place = string;

/** Types of values. */
export interface ValueOf {
  text: string;
  path: string;
  url: string;
  words: readonly string[];
  variables: Readonly<Record<string, string>>;
  count: number;
  port: number;
  seconds: number;
  flag: boolean;
  presets: unknown;
}

/** Values by key, as far as they are given. */
export type Values<Keys extends Readonly<Record<string, EngineKey>>> = {
  readonly [Key in keyof Keys]?: ValueOf[Keys[Key]["kind"]];
};

/**
 * Reads the values of known keys.
 *
 * @throws {SyntaxError} When another key is there or a value cannot be; the message has the nearest name.
 */
export function readValues<Keys extends Readonly<Record<string, EngineKey>>>(
  value: unknown,
  { at, keys }: { readonly at: Place; readonly keys: Keys },
): Values<Keys> {
  const object = readObject(value ?? {}, { at, keys: Object.keys(keys) });
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, { kind }]) =>
      object[key] === undefined ? [] : [[key, readers[kind](object[key], `${at}: ${key}`)]]
    ),
  ) as Values<Keys>;
}

const readers: { readonly [Kind in EngineKeyKind]: (value: unknown, at: Place) => ValueOf[Kind] } = {
  text: (value, at) => typeof value === "string" ? value : wrong(at, "text", value),
  path: (value, at) =>
    typeof value === "string" && value.startsWith("/")
      ? value
      : wrong(at, 'a path from the server\'s root, such as "/health"', value),
  url: (value, at) =>
    typeof value === "string" && URL.canParse(value) && /^https?:/.test(value)
      ? value
      : wrong(at, 'a URL, such as "http://127.0.0.1:8000/v1"', value),
  words(value, at) {
    if (!Array.isArray(value) || value.length === 0) {
      return wrong(at, "a list of words, such as [python, -m, minisgl]", value);
    }
    return value.map((word, i) => readWord(word, `${at}: word ${i + 1}`));
  },
  variables: (value, at) =>
    Object.fromEntries(
      Object.entries(readObject(value, { at })).map((
        [name, text],
      ) => [name, readWord(text, `${at}: ${name}`)]),
    ),
  count: (value, at) => isWhole(value, 1) ? value : wrong(at, "a whole number ≥ 1", value),
  port: (value, at) =>
    isWhole(value, 1) && value <= 65535 ? value : wrong(at, "a whole number from 1 to 65535", value),
  seconds: (value, at) =>
    typeof value === "number" && value > 0 && value < Infinity
      ? value
      : wrong(at, "a number of seconds > 0", value),
  flag: (value, at) => typeof value === "boolean" ? value : wrong(at, "true or false", value),
  presets: (value) => value,
};

/** A word of a command, or a variable's value: text or a number, with no braces around names that mean nothing. */
function readWord(value: unknown, at: Place): string {
  if (typeof value !== "string" && typeof value !== "number") return wrong(at, "text or a number", value);
  const text = String(value);
  const unknown = [...text.matchAll(/(?<!\$)\{([A-Za-z_]\w*)\}/g)]
    .map(([, word = ""]) => word)
    .find((word) => !PLACEHOLDERS.some((name) => name === word));
  if (unknown === undefined) return text;
  throw new SyntaxError(
    `Cannot read ${at} as there is no placeholder {${unknown}}${suggest(unknown, PLACEHOLDERS)} ` +
      `(there are ${PLACEHOLDERS.map((name) => `{${name}}`).join(", ")})`,
  );
}

/**
 * Takes a value for an object.
 *
 * @throws {SyntaxError} When it is none, or has a key that is not among `keys`.
 */
export function readObject(
  value: unknown,
  { at, keys }: { readonly at: Place; /** @default any */ readonly keys?: readonly string[] },
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return wrong(at, '"name: value" lines', value);
  }
  const unknown = Object.keys(value).find((key) => keys !== undefined && !keys.includes(key));
  if (unknown !== undefined) {
    throw new SyntaxError(`Cannot read ${at} as it has no "${unknown}"${suggest(unknown, keys ?? [])}`);
  }
  return { ...value };
}

function isWhole(value: unknown, min: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= min;
}

function wrong(at: Place, what: string, value: unknown): never {
  throw new SyntaxError(`Cannot read ${at} as it must be ${what}: current value is ${JSON.stringify(value)}`);
}
