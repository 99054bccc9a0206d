/**
 * A `/metrics` page as a source of telemetry.
 *
 * @module
 */
import { rootMessage } from "../errors.ts";
import type { TelemetryFamily } from "../types.ts";
import { type Exposition, type ExpositionSample, parseExposition } from "./exposition.ts";
import { read, type Reading, type ReadOptions } from "./read.ts";

/** What came of reading a page. `atMs` is when the answer was there. */
export type PageReading =
  | {
    readonly kind: "page";
    readonly atMs: number;
    readonly families: readonly TelemetryFamily[];
    readonly samples: readonly ExpositionSample[];
  }
  | {
    readonly kind: "failed";
    readonly atMs: number;
    /** What is wrong and what to do, without a full stop. */
    readonly message: string;
  };

/** A page that shows the present values. */
export interface PageSource {
  readonly kind: "page";
  /** Without login and query. */
  readonly url: string;
  /** What was there when it was opened; empty when it could not be read. */
  readonly families: readonly TelemetryFamily[];
  /** Why it could not be read when it was opened; `null` where it could. */
  readonly problem: string | null;
  /** Reads it. @returns Takes the question back. */
  readonly read: (onReading: (reading: PageReading) => void) => () => void;
}

/** The reader of a page. */
export function pageReader(url: string, options: ReadOptions): PageSource["read"] {
  const headers = { accept: "text/plain;version=0.0.4", ...options.headers };
  return (onReading) =>
    read(url, { ...options, headers, onReading: (reading) => onReading(understandPage(reading)) });
}

/** Understands an answer as a page. */
export function understandPage(reading: Reading): PageReading {
  const { atMs } = reading;
  if (reading.kind === "none" || reading.status < 200 || reading.status > 299) {
    return { kind: "failed", atMs, message: describeRefusal(reading) };
  }
  try {
    const { families, samples }: Exposition = parseExposition(reading.text);
    return { kind: "page", atMs, families, samples };
  } catch (error) {
    return { kind: "failed", atMs, message: rootMessage(error) };
  }
}

/** What a missing or refused answer means and what to do. */
export function describeRefusal(reading: Reading): string {
  if (reading.kind === "none") {
    return `${reading.message}: start the server, or check host and port`;
  }
  const { status, text } = reading;
  const said = errorOf(text);
  return `HTTP ${status}${said === null ? "" : ` (${said})`}: ${advise(status)}`;
}

function advise(status: number): string {
  if (status === 401 || status === 403) {
    return "it wants a login: put one into the URL, http://name:password@host";
  }
  if (status === 404) return "there is no such page; SGLang has /metrics only with --enable-metrics";
  if (status >= 500) return "look at the server's log";
  return "check the URL";
}

/** The message of an error in JSON, as Prometheus and HTTP frameworks write it. */
function errorOf(text: string): string | null {
  try {
    const { error, detail } = JSON.parse(text);
    const said = error ?? detail;
    return typeof said === "string" && said !== "" ? said : null;
  } catch {
    return null;
  }
}
