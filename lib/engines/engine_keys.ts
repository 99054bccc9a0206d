/**
 * What a file of engines can say, and the JSON schema by which editors complete it.
 *
 * @module
 */
import type { JsonObject } from "../types.ts";

/** What a value is. */
export type EngineKeyKind =
  | "text"
  | "path"
  | "url"
  | "words"
  | "variables"
  | "count"
  | "port"
  | "seconds"
  | "flag"
  | "presets";

/** One key. */
export interface EngineKey {
  readonly kind: EngineKeyKind;
  readonly description: string;
  /** Whether it belongs to how an engine is started, and is out of place where one is running. */
  readonly isOfCommand?: boolean;
}

/** Keys of an engine. */
export const engineKeys = {
  label: { kind: "text", description: "For people. Default the name." },
  based_on: { kind: "text", description: "Engine whose settings hold where nothing else is said." },
  base_url: { kind: "url", description: "Base of a running server's API; then nothing is started." },
  command: {
    kind: "words",
    description: "Program and arguments, with {model}, {host}, {port}, {tp}.",
    isOfCommand: true,
  },
  env: {
    kind: "variables",
    description: "Variables on top of the environment. Only their names are recorded.",
    isOfCommand: true,
  },
  port: { kind: "port", description: "Default port. Default 8000.", isOfCommand: true },
  health_path: {
    kind: "path",
    description: "Answers with success when the model is loaded. Default /health.",
    isOfCommand: true,
  },
  ready_timeout_s: {
    kind: "seconds",
    description: "Longest wait until it is ready, in s. Default 1200.",
    isOfCommand: true,
  },
  model: { kind: "text", description: "Default for {model}.", isOfCommand: true },
  tp: { kind: "count", description: "Default for {tp}. Default 1.", isOfCommand: true },
  presets: { kind: "presets", description: "Settings under a name.", isOfCommand: true },
  empty_delta_is_token: { kind: "flag", description: "Whether a chunk without text stands for a token." },
  asks_usage: { kind: "flag", description: "Whether the server is asked for its token counts." },
  cache_reset_path: { kind: "path", description: "Asked by POST to empty the prefix cache." },
  cache_page_tokens: { kind: "count", description: "Tokens per page of the prefix cache." },
  metrics_path: { kind: "path", description: "Its Prometheus page. Default /metrics." },
  metrics_families: { kind: "words", description: "What to record of it; a * at the end takes all." },
  version_path: { kind: "path", description: "Asked by GET for the version, as JSON." },
  version_key: { kind: "text", description: "Key of the version there. Default version." },
} as const satisfies Readonly<Record<string, EngineKey>>;

/** Keys of a preset. */
export const presetKeys = {
  description: { kind: "text", description: "For people." },
  args: { kind: "words", description: "Arguments behind the command's own." },
  env: { kind: "variables", description: "Variables on top of the engine's." },
  model: { kind: "text", description: "Value of {model}." },
  port: { kind: "port", description: "Value of {port}." },
  tp: { kind: "count", description: "Value of {tp}." },
} as const satisfies Readonly<Record<string, EngineKey>>;

/** The JSON schema of a file of engines, made of {@linkcode engineKeys} and {@linkcode presetKeys}. */
export function engineFileSchema(): JsonObject {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "benchbook engines",
    type: "object",
    additionalProperties: false,
    required: ["engines"],
    properties: {
      engines: {
        type: "object",
        minProperties: 1,
        additionalProperties: objectOf(engineKeys),
      },
    },
  };
}

function objectOf(keys: Readonly<Record<string, EngineKey>>): JsonObject {
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(keys).map(([key, { kind, description }]) => [key, { ...schemaOf(kind), description }]),
    ),
  };
}

const WORD: JsonObject = { type: ["string", "number"] };

function schemaOf(kind: EngineKeyKind): JsonObject {
  switch (kind) {
    case "text":
      return { type: "string" };
    case "path":
      return { type: "string", pattern: "^/" };
    case "url":
      return { type: "string", pattern: "^https?:" };
    case "words":
      return { type: "array", minItems: 1, items: WORD };
    case "variables":
      return { type: "object", additionalProperties: WORD };
    case "count":
      return { type: "integer", minimum: 1 };
    case "port":
      return { type: "integer", minimum: 1, maximum: 65535 };
    case "seconds":
      return { type: "number", exclusiveMinimum: 0 };
    case "flag":
      return { type: "boolean" };
    case "presets":
      return { type: "object", additionalProperties: objectOf(presetKeys) };
  }
}
