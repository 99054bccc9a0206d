/**
 * AIPerf's `profile_export.jsonl`: one request a line, with its metadata, metrics and error.
 *
 * The gaps between chunks are `inter_chunk_latency`; where AIPerf left them out (it drops those of a request that has a
 * gap of 0), first and last tic are known. Instants are ns since 1970: as binary fractions they are exact to 0.3 µs.
 * Requests of the warm-up are left out.
 *
 * @see https://github.com/ai-dynamo/aiperf/blob/main/docs/tutorials/working-with-profile-exports.md
 * @module
 */
import {
  countOrNull,
  type Document,
  type Fields,
  fieldsOf,
  isFields,
  numberOrNull,
  refuseDuplicates,
  takeCount,
  takeDuration,
  takeFields,
  takeList,
  takeNumber,
  textOrNull,
} from "./documents.ts";
import type { UnknownPart } from "../../types.ts";
import type { ImportedRecord, InterchangeForm } from "./interchange.ts";
import { failureOf, toMicroseconds, toRecord, usageOf } from "./records.ts";

const FLAG = "run aiperf profile with --streaming and read its profile_export.jsonl";

/** The file of `aiperf profile`. */
export const aiperf: InterchangeForm = {
  name: "aiperf",
  tool: "aiperf profile --streaming (profile_export.jsonl)",
  looksFor: 'lines of objects with "metadata" and "metrics"',
  recognizes: (document) => isFields(document) && isFields(document["metadata"]) && "metrics" in document,
  read(documents) {
    const lines = documents.map(readLine);
    const profiled = lines.filter(({ phase }) => phase !== "warmup");
    const [first] = profiled;
    if (first === undefined) {
      throw new SyntaxError(
        `Cannot read ${documents[0]?.at ?? "the file"} as all of its requests are of the warm-up: ${FLAG}`,
      );
    }
    refuseDuplicates(profiled.flatMap(({ name }) => name === null ? [] : [name]), {
      at: first.at,
      what: "x_request_id",
    });
    const zeroNs = profiled.reduce((least, { startNs }) => Math.min(least, startNs), Infinity);
    const records = profiled.sort((a, b) => a.startNs - b.startNs)
      .map((line, id) => recordOf(line, { id, zeroNs }));
    const warmup = lines.length - profiled.length;
    const has = (part: UnknownPart) => records.some(({ unknown }) => unknown?.includes(part));
    return {
      startedAt: new Date(zeroNs / 1e6).toISOString(),
      ...{ model: null, engine: null, engineVersion: null, baseUrl: null, seed: null, options: {} },
      cells: [{
        ...{ label: "profiling", parameters: {}, schedule: "closed" },
        ...{ requestCount: records.length, records },
      }],
      missing: [
        "model, engine, load and address: they are in AIPerf's other files",
        ...(has("schedule") ? ["when each request was to be sent: no send lag, no TTFT from schedule"] : []),
        ...(has("gaps") ? ["the gaps of some requests: no ITL of these"] : []),
        ...(records.some(({ outcome, ticsMs }) => outcome.kind === "ok" && ticsMs.length === 0)
          ? ["the first token of some requests: no latency of these (aiperf profile has --streaming)"]
          : []),
        ...(warmup > 0 ? [`the warm-up: ${warmup} of its requests are left out`] : []),
        "who counted the tokens: the tool's tokenizer, unless it was told to take the server's counts",
        "the chunks without a token, and why answers ended",
      ],
    };
  },
};

interface Line {
  readonly at: string;
  readonly name: string | null;
  readonly phase: string | null;
  readonly startNs: number;
  readonly metadata: Fields;
  readonly metrics: Fields;
  readonly error: Fields | null;
}

function readLine({ at, value }: Document): Line {
  const fields = takeFields({ at, value });
  const metadata = takeFields({ at: `${at}: metadata`, value: fields["metadata"] });
  const start = { at: `${at}: metadata.request_start_ns`, value: metadata["request_start_ns"] };
  return {
    ...{ at, metadata, startNs: takeNumber(start), metrics: fieldsOf(fields["metrics"]) },
    name: textOrNull(metadata["x_request_id"]),
    phase: textOrNull(metadata["benchmark_phase"]),
    error: isFields(fields["error"]) ? fields["error"] : null,
  };
}

function recordOf(line: Line, { id, zeroNs }: { id: number; zeroNs: number }): ImportedRecord {
  const { metadata, error, startNs } = line;
  const instant = (key: string) => {
    const value = numberOrNull(metadata[key]);
    return value === null ? null : toMicroseconds((value - zeroNs) / 1e6);
  };
  const sentMs = (startNs - zeroNs) / 1e6;
  const scheduledMs = instant("credit_issued_ns");
  const isOk = error === null && metadata["was_cancelled"] !== true;
  const { ticsMs, unknown } = ticsOf(line, sentMs);
  const doneMs = instant("request_end_ns");
  return toRecord({
    ...{ id, ticsMs, sentMs: toMicroseconds(sentMs), headersMs: instant("request_ack_ns") },
    ...(scheduledMs === null ? {} : { scheduledMs }),
    ...(doneMs === null ? {} : { doneMs }),
    outcome: isOk
      ? { kind: "ok", finishReason: null }
      : metadata["was_cancelled"] === true
      ? { kind: "cancelled" }
      : failureOf(
        textOrNull(error?.["message"]) ?? textOrNull(error?.["type"]) ?? "",
        countOrNull(error?.["code"]),
      ),
    usage: isOk
      ? usageOf(count(line, "input_sequence_length"), count(line, "output_sequence_length"))
      : undefined,
    unknown: [...(scheduledMs === null ? ["schedule" as const] : []), ...unknown],
  });
}

function ticsOf(line: Line, sentMs: number): { ticsMs: number[]; unknown: UnknownPart[] } {
  const first = metric(line, "time_to_first_token");
  if (first === null) return { ticsMs: [], unknown: [] };
  const firstMs = sentMs + takeDuration(first);
  const gaps = metric(line, "inter_chunk_latency");
  if (gaps !== null) {
    let atMs = firstMs;
    const rest = takeList(gaps).map((value, i) => atMs += takeDuration({ at: `${gaps.at}[${i}]`, value }));
    return { ticsMs: [firstMs, ...rest].map(toMicroseconds), unknown: [] };
  }
  const latency = metric(line, "request_latency");
  if (count(line, "output_sequence_length") === 1) return { ticsMs: [toMicroseconds(firstMs)], unknown: [] };
  if (latency === null) return { ticsMs: [toMicroseconds(firstMs)], unknown: ["gaps", "last"] };
  return { ticsMs: [firstMs, sentMs + takeDuration(latency)].map(toMicroseconds), unknown: ["gaps"] };
}

const UNIT_IN_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, sec: 1e3, s: 1e3 };

/** A metric's value, durations in ms; `null` where the line has none. */
function metric(
  { at, metrics }: Line,
  name: string,
): { readonly at: string; readonly value: unknown } | null {
  const found = metrics[name];
  if (!isFields(found) || found["value"] === undefined || found["value"] === null) return null;
  const [value, unit] = [found["value"], textOrNull(found["unit"]) ?? "ms"];
  const place = `${at}: metrics.${name}`;
  const factor = UNIT_IN_MS[unit];
  if (unit === "tokens" || factor === 1) return { at: place, value };
  if (factor === undefined) {
    throw new SyntaxError(
      `Cannot read ${place} as its unit must be one of ${
        Object.keys(UNIT_IN_MS).join(", ")
      }: current value is ${unit}`,
    );
  }
  const scale = (one: unknown) => typeof one === "number" ? one * factor : one;
  return { at: place, value: Array.isArray(value) ? value.map(scale) : scale(value) };
}

function count(line: Line, name: string): number | null {
  const found = metric(line, name);
  return found === null ? null : takeCount(found);
}
