/**
 * A Prometheus server as a source of telemetry: it has read the pages itself and is asked afterwards.
 *
 * Its HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/
 *
 * @module
 */
import type { TelemetryFamily } from "../types.ts";
import { parseValue, seriesKey } from "./exposition.ts";
import { type Declarations, familiesOf, sampleNamesOf } from "./families.ts";
import { describeRefusal } from "./page.ts";
import { type Reading, readOnce, type ReadOptions } from "./read.ts";

/** A server that answers queries about the past. */
export interface PrometheusSource {
  readonly kind: "prometheus";
  /** Base of the API, without login. */
  readonly url: string;
  /** What it knew when it was opened; empty when it could not be asked. */
  readonly families: readonly TelemetryFamily[];
  /** Why its names could not be read when it was opened; `null` where they could. */
  readonly problem: string | null;
  /** The values of a family over a time. */
  readonly readRange: (family: TelemetryFamily, range: WallRange) => Promise<RangeReading>;
  /** Present values of one family, for people. */
  readonly readNow: (family: TelemetryFamily) => Promise<RangeReading>;
}

/** A time on the wall clock, in ms since 1970. */
export interface WallRange {
  readonly startMs: number;
  readonly endMs: number;
  /** Between two values, whole ms. */
  readonly stepMs: number;
}

/** What came of a query. */
export type RangeReading =
  | { readonly kind: "series"; readonly series: readonly WallSeries[] }
  | { readonly kind: "failed"; readonly message: string };

/** A series with its values; those that are no number are left out. */
export interface WallSeries {
  readonly series: string;
  readonly name: string;
  /** Instants in ms since 1970. */
  readonly values: readonly { readonly wallMs: number; readonly value: number }[];
}

/** A server refuses more points per series (11,000). */
const MOST_POINTS = 10_000;

/**
 * Divides a time into equal steps of whole ms that end at its end, so that its last value is asked for.
 *
 * The first instant may be earlier by less than a ms per step: before a load nothing happens that could be counted.
 *
 * @param range In ms since 1970.
 * @param intervalMs Wanted time between two values; longer ones are taken where a server would refuse so many.
 * @example
 * ```ts
 * import { divideRange } from "./prometheus.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(divideRange({ startMs: 1000, endMs: 3000 }, 900), { startMs: 999, endMs: 3000, stepMs: 667 });
 * ```
 */
export function divideRange(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  intervalMs: number,
): WallRange {
  const spanMs = Math.max(1, endMs - startMs);
  const steps = Math.min(MOST_POINTS, Math.max(1, Math.ceil(spanMs / intervalMs)));
  const stepMs = Math.ceil(spanMs / steps);
  return { startMs: endMs - steps * stepMs, endMs, stepMs };
}

/** Whether an answer is one of Prometheus' API: JSON with a status. */
export function isApiAnswer(reading: Reading): boolean {
  return reading.kind === "answer" && understand(reading.text) !== null;
}

/**
 * Asks a server what it knows.
 *
 * @param base Where `/api/v1` is.
 * @param shownUrl The same without secrets.
 */
export async function openPrometheus(
  base: string,
  { shownUrl, ...options }: ReadOptions & { readonly shownUrl: string },
): Promise<PrometheusSource> {
  const names = await askApi(`${base}/api/v1/label/__name__/values`, options);
  const metadata = await askApi(`${base}/api/v1/metadata`, options);
  const query = async (path: string, parameters: Readonly<Record<string, string>>) =>
    understandMatrix(await askApi(`${base}/api/v1/${path}?${new URLSearchParams(parameters)}`, options));
  return {
    kind: "prometheus",
    url: shownUrl,
    families: names.kind === "data" ? understandFamilies(names.data, metadata) : [],
    problem: names.kind === "failed" ? names.message : null,
    readRange: (family, { startMs, endMs, stepMs }) =>
      query("query_range", {
        query: selectorOf(family),
        start: formatSeconds(startMs),
        end: formatSeconds(endMs),
        step: formatSeconds(stepMs),
      }),
    readNow: (family) => query("query", { query: selectorOf(family) }),
  };
}

/** One query for all samples of a family. */
function selectorOf(family: TelemetryFamily): string {
  const names = sampleNamesOf(family).map((name) => name.replaceAll(/[.\\-]/g, "\\\\$&"));
  return names.length === 1 ? `{__name__="${family.name}"}` : `{__name__=~"${names.join("|")}"}`;
}

function formatSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

type ApiReading =
  | { readonly kind: "data"; readonly data: unknown }
  | { readonly kind: "failed"; readonly message: string };

async function askApi(url: string, options: ReadOptions): Promise<ApiReading> {
  const reading = await readOnce(url, {
    ...options,
    headers: { accept: "application/json", ...options.headers },
  });
  if (reading.kind === "none") return { kind: "failed", message: describeRefusal(reading) };
  const answer = understand(reading.text);
  if (answer?.status === "success") return { kind: "data", data: answer.data };
  if (answer !== null) {
    return {
      kind: "failed",
      message: `Prometheus answers ${answer.errorType ?? "error"}: ${answer.error ?? "?"}`,
    };
  }
  if (reading.status > 299) return { kind: "failed", message: describeRefusal(reading) };
  const what = reading.text.trimStart().startsWith("<") ? "HTML" : "something else than its JSON";
  return { kind: "failed", message: `${what} came where Prometheus' API was expected: check the URL` };
}

interface ApiAnswer {
  readonly status: "success" | "error";
  readonly data?: unknown;
  readonly errorType?: string;
  readonly error?: string;
}

function understand(text: string): ApiAnswer | null {
  try {
    const value = JSON.parse(text);
    return value?.status === "success" || value?.status === "error" ? value : null;
  } catch {
    return null;
  }
}

function understandFamilies(data: unknown, metadata: ApiReading): TelemetryFamily[] {
  const names = Array.isArray(data) ? data.filter((name) => typeof name === "string") : [];
  const declared: Declarations = new Map();
  if (metadata.kind === "data" && isObject(metadata.data)) {
    for (const [name, entries] of Object.entries(metadata.data)) {
      const entry: unknown = Array.isArray(entries) ? entries[0] : undefined;
      if (!isObject(entry) || typeof entry["type"] !== "string") continue;
      const help = typeof entry["help"] === "string" ? entry["help"] : "";
      declared.set(name, { type: entry["type"] === "unknown" ? null : entry["type"], help });
    }
  }
  // Only the names are known: a name that ends as a bucket's does is taken for one.
  return familiesOf(
    declared,
    names.map((name) => ({ name, labels: name.endsWith("_bucket") ? { le: "" } : {} })),
  );
}

/** Takes a matrix (values over time) and a vector (one value each). */
function understandMatrix(reading: ApiReading): RangeReading {
  if (reading.kind === "failed") return reading;
  const result = isObject(reading.data) ? reading.data["result"] : undefined;
  if (!Array.isArray(result)) {
    return { kind: "failed", message: "Prometheus' answer has no result: check the URL" };
  }
  return { kind: "series", series: result.flatMap((row) => isObject(row) ? [understandRow(row)] : []) };
}

function understandRow(row: Readonly<Record<string, unknown>>): WallSeries {
  const { __name__: name = "", ...labels } = textsOf(row["metric"]);
  const pairs = Array.isArray(row["values"]) ? row["values"] : [row["value"]];
  return { series: seriesKey(name, Object.entries(labels)), name, values: pairs.flatMap(understandPair) };
}

function understandPair(pair: unknown): WallSeries["values"] {
  if (!Array.isArray(pair)) return [];
  const [atS, text] = pair;
  const value = typeof text === "string" ? parseValue(text) : null;
  return typeof atS === "number" && value !== null && Number.isFinite(value)
    ? [{ wallMs: Math.round(atS * 1000), value }]
    : [];
}

function textsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
