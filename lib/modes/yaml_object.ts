/**
 * The objects of a YAML file.
 *
 * @module
 */
import { suggest } from "../suggest.ts";

/**
 * Takes a value for an object with known names.
 *
 * @param place `at` for messages, such as "grid.yaml: engine"; `keys` that it may have.
 * @throws {RangeError} When it is none, or has another name; the message has the nearest one.
 */
export function readObject(
  value: unknown,
  { at, keys }: { readonly at: string; readonly keys: readonly string[] },
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RangeError(`Cannot read ${at} as it must hold "name: value" lines`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot read ${at} as it has no "${unknown}"${suggest(unknown, keys)}`);
  }
  return { ...value };
}
