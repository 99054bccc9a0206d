/**
 * The head of a grid of what-if runs, `what_if.json`: what a list of runs says of it.
 *
 * @module
 */

/** Name of the file that makes a folder a grid. */
export const WHAT_IF_FILE = "what_if.json";

/** Version written today. A reader takes every version up to this. */
const SCHEMA_VERSION = 1;

/** What a list says of a grid. */
export interface WhatIfHead {
  readonly id: string;
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly status: "complete" | "interrupted";
  /** Labels of the configurations, in order. */
  readonly configurations: readonly string[];
  /** Distinct names; empty where none is known. */
  readonly models: readonly string[];
}

/**
 * Understands the text of a `what_if.json`.
 *
 * @param path For messages.
 * @throws {SyntaxError} When it is none, or of a newer benchbook.
 */
export function parseWhatIfHead(text: string, path: string): WhatIfHead {
  const value = parseWhatIf(text, path);
  const { id, startedAt, status, configurations } = value;
  if (typeof id !== "string" || typeof startedAt !== "string" || !Array.isArray(configurations)) {
    throw new SyntaxError(`Cannot read ${path} as "id", "startedAt" or "configurations" is missing`);
  }
  const named = configurations.map(readConfiguration);
  const labels = named.flatMap(({ label }) => label ?? []);
  return {
    ...{ id, startedAt },
    title: `What if: ${labels.length > 6 ? `${labels.at(0)} … ${labels.at(-1)}` : labels.join(", ")}`,
    status: status === "complete" ? "complete" : "interrupted",
    configurations: labels,
    models: [...new Set(named.flatMap(({ model }) => model ?? []))],
  };
}

/**
 * Checks that a text is a `what_if.json` that this program understands.
 *
 * @param path For messages.
 * @throws {SyntaxError} When it is none, or of a newer benchbook.
 */
export function parseWhatIf(text: string, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`${path}: not JSON`, { cause });
  }
  const version = isObject(value) ? value["schemaVersion"] : undefined;
  if (!isObject(value) || typeof version !== "number") {
    throw new SyntaxError(`Cannot read ${path} as it has no schemaVersion: is it a benchbook what-if?`);
  }
  if (version > SCHEMA_VERSION) {
    throw new SyntaxError(
      `Cannot read ${path} as its schemaVersion is ${version} and this benchbook knows up to ${SCHEMA_VERSION}: update benchbook`,
    );
  }
  return value;
}

function readConfiguration(value: unknown): { readonly label: string | null; readonly model: string | null } {
  const text = (key: string) => {
    const field = isObject(value) ? value[key] : undefined;
    return typeof field === "string" ? field : null;
  };
  return { label: text("label"), model: text("model") };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
