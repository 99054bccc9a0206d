/**
 * What the files of an artifact look like, and how older ones are understood.
 *
 * | file | content |
 * |---|---|
 * | `manifest.json` | {@linkcode RunManifest} |
 * | `requests.jsonl` | one {@linkcode RequestRecord} a line, in the order the requests ended |
 * | `summary.json`, `summary.csv`, `requests.csv` | derived; they can be made again from the two above |
 * | `dialects.json` | derived: what other tools would print of the same tics |
 * | `telemetry.jsonl` | one {@linkcode TelemetryLine} a line, where the server was asked about itself |
 * | `payloads.jsonl` | request bodies as they were sent, with cell and id; only on demand |
 * | `mini_sglang.json` | the same tics in the form of mini-sglang's `BenchmarkResult.as_json()` |
 *
 * @module
 */
import type { RequestRecord, RunManifest } from "../types.ts";

/** Version written today. A reader takes every version up to this. */
export const SCHEMA_VERSION = 1;

/**
 * Understands the text of a `manifest.json`.
 *
 * @param name File name for messages.
 * @throws {SyntaxError} When it is not a manifest, or one from a newer benchbook.
 */
export function parseManifest(text: string, name: string): RunManifest {
  const value = parseObject(text, name);
  const version = value["schemaVersion"];
  if (typeof version !== "number") {
    throw new SyntaxError(`Cannot read ${name} as it has no schemaVersion: is it a benchbook run?`);
  }
  if (version > SCHEMA_VERSION) {
    throw new SyntaxError(
      `Cannot read ${name} as its schemaVersion is ${version} and this benchbook knows up to ${SCHEMA_VERSION}: update benchbook`,
    );
  }
  for (const key of ["runId", "mode", "engine", "workload", "cells", "environment"]) {
    if (!(key in value)) throw new SyntaxError(`Cannot read ${name} as "${key}" is missing`);
  }
  return value as unknown as RunManifest;
}

/**
 * Understands one line of a `requests.jsonl`.
 *
 * @param at `file:line` for messages.
 * @throws {SyntaxError} When it is not a record.
 */
export function parseRecord(line: string, at: string): RequestRecord {
  const value = parseObject(line, at);
  for (const key of ["cell", "id", "scheduledMs", "doneMs"]) {
    if (typeof value[key] !== "number") throw new SyntaxError(`${at}: "${key}" is not a number`);
  }
  if (!Array.isArray(value["ticsMs"])) throw new SyntaxError(`${at}: "ticsMs" is not a list`);
  if (typeof value["outcome"] !== "object") throw new SyntaxError(`${at}: "outcome" is missing`);
  return value as unknown as RequestRecord;
}

/** What a reader should know about how a run ended; empty when it is complete. */
export function describeEnding({ status, error }: Pick<RunManifest, "status" | "error">): string[] {
  switch (status) {
    case "complete":
      return [];
    case "running":
      return ["the run was killed, or is still going on: it has no end"];
    case "interrupted":
      return ["the run was interrupted before its end"];
    case "failed":
      return [`the run failed: ${error ?? "no reason was recorded"}`];
  }
}

function parseObject(text: string, at: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`${at}: not JSON`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`${at}: not a JSON object`);
  }
  return value as Record<string, unknown>;
}
