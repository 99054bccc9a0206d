/**
 * The `telemetry.jsonl` of an artifact: what the server said of itself, one {@linkcode TelemetryLine} a line.
 *
 * @module
 */
import { join } from "node:path";

import { writeAll } from "../replace_file.ts";
import type { TelemetryLine } from "../types.ts";

/** Its name in the run's folder. */
export const TELEMETRY_FILE = "telemetry.jsonl";

/** A file being written. */
export interface TelemetryWriter extends Disposable {
  /** Appends a line; when the call returns, the line survives the process. */
  append(line: TelemetryLine): void;
}

/**
 * Opens the file of a run for writing. It is made with its first line: without telemetry there is none.
 *
 * @param folder The run's.
 */
export function openTelemetryFile(folder: string): TelemetryWriter {
  const encoder = new TextEncoder();
  let file: Deno.FsFile | null = null;
  return {
    append(line) {
      file ??= Deno.openSync(join(folder, TELEMETRY_FILE), { append: true, create: true });
      writeAll(file, encoder.encode(JSON.stringify(line) + "\n"));
    },
    [Symbol.dispose]() {
      file?.close();
      file = null;
    },
  };
}

/** Lines as found in a file. */
export interface FoundTelemetry {
  readonly lines: readonly TelemetryLine[];
  /** Whether the last line has no end: the process was killed while it wrote. The line is left out. */
  readonly isCutOff: boolean;
}

/**
 * Reads the file of a run.
 *
 * @param folder The run's.
 * @returns No lines where there is no file: nobody asked the server.
 * @throws {SyntaxError} With `file:line` when a line other than the last is broken.
 */
export async function readTelemetry(folder: string): Promise<FoundTelemetry> {
  const path = join(folder, TELEMETRY_FILE);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { lines: [], isCutOff: false };
    throw error;
  }
  const all = text.split("\n");
  const rest = all.pop() ?? "";
  return {
    lines: all.map((line, index) => parseTelemetryLine(line, `${path}:${index + 1}`)),
    isCutOff: rest !== "",
  };
}

/**
 * Understands one line.
 *
 * @param at `file:line` for messages.
 * @throws {SyntaxError} When it is something else.
 * @example
 * ```ts
 * import { parseTelemetryLine } from "./telemetry_file.ts";
 * import assert from "node:assert/strict";
 *
 * const line = parseTelemetryLine('{"kind":"sample","cell":0,"atMs":12.5,"values":{"up":1}}', "telemetry.jsonl:1");
 * assert.deepEqual(line, { kind: "sample", cell: 0, atMs: 12.5, values: { up: 1 } });
 * ```
 */
export function parseTelemetryLine(text: string, at: string): TelemetryLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`${at}: not JSON`, { cause });
  }
  const line = isObject(value) ? value : {};
  const refuse = (what: string): never => {
    throw new SyntaxError(`${at}: ${what}`);
  };
  switch (line["kind"]) {
    case "source":
      if (typeof line["url"] !== "string") refuse('"url" is not a text');
      if (line["via"] !== "page" && line["via"] !== "prometheus") {
        refuse('"via" is not "page" or "prometheus"');
      }
      if (typeof line["intervalMs"] !== "number") refuse('"intervalMs" is not a number');
      if (!Array.isArray(line["families"]) || !line["families"].every(isFamily)) {
        refuse('"families" is no list of them');
      }
      break;
    case "sample":
    case "gap":
      for (const key of ["cell", "atMs"]) {
        if (typeof line[key] !== "number") refuse(`"${key}" is not a number`);
      }
      if (line["kind"] === "gap") {
        if (typeof line["message"] !== "string") refuse('"message" is not a text');
      } else if (!isObject(line["values"]) || !Object.values(line["values"]).every(Number.isFinite)) {
        refuse('"values" are not numbers');
      }
      break;
    default:
      refuse('"kind" is not "source", "sample" or "gap"');
  }
  return line as unknown as TelemetryLine;
}

const familyTypes: readonly unknown[] = ["counter", "gauge", "histogram", "summary", "untyped"];

function isFamily(value: unknown): boolean {
  return isObject(value) && typeof value["name"] === "string" && familyTypes.includes(value["type"]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
