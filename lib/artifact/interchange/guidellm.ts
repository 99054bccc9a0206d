/**
 * guidellm's report: an object with a list of benchmarks, each with its requests by how they ended.
 *
 * Of each request it has the instants of the first and the last token and their number, none between: gaps are unknown.
 * Two layouts are read: that of today (`info.timings`, token counts as `prompt_tokens` and `output_tokens`), and the one
 * before it (`start_time`, `first_token_time`, `last_token_time`, `end_time`). Instants are seconds since 1970.
 *
 * @see https://github.com/vllm-project/guidellm/blob/main/src/guidellm/schemas/request_stats.py
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
  settingsOf,
  takeFields,
  takeList,
  textOrNull,
} from "./documents.ts";
import type { ImportedCell, ImportedRecord, InterchangeForm } from "./interchange.ts";
import { failureOf, secondsToMs, toRecord, usageOf } from "./records.ts";

/** The file of `guidellm benchmark run`. */
export const guidellm: InterchangeForm = {
  name: "guidellm",
  tool: "guidellm benchmark run --output-path FILE.json",
  looksFor: 'an object with a list "benchmarks" of objects with "requests" or "metrics"',
  recognizes: (document) =>
    isFields(document) && Array.isArray(document["benchmarks"]) &&
    document["benchmarks"].every((one) => isFields(one) && ("requests" in one || "metrics" in one)),
  read(documents) {
    const found = documents.flatMap(benchmarksOf);
    const benchmarks = found.map(({ fields, at }) => ({ fields, ...readBenchmark(fields, at) }));
    const first = benchmarks[0]?.fields ?? {};
    const report = fieldsOf(documents[0]?.value);
    const zeroS = benchmarks[0]?.zeroS;
    return {
      startedAt: zeroS === undefined ? null : new Date(zeroS * 1000).toISOString(),
      model: findSetting([report, first], ["model", "backend_model"]),
      engine: findSetting([report, first], ["backend_type", "backend"]),
      engineVersion: null,
      baseUrl: findSetting([report, first], ["target", "backend_target"]),
      seed: numberOrNull(fieldsOf(report["args"])["random_seed"]),
      options: settingsOf(fieldsOf(report["args"])),
      cells: benchmarks.map(({ cell }) => cell),
      missing: [
        "the tokens between the first and the last: no ITL",
        ...(benchmarks.some(({ cell }) => cell.records.some(({ unknown }) => unknown?.includes("schedule")))
          ? ["when each request was to be sent: no send lag, no TTFT from schedule"]
          : []),
        ...benchmarks.flatMap(({ unsampled }) => unsampled),
        "who counted the tokens: the server's usage, else the tool",
        "the engine's version, its machine and its flags",
      ],
    };
  },
};

interface FoundBenchmark {
  readonly at: string;
  readonly fields: Fields;
}

function benchmarksOf({ at, value }: Document): FoundBenchmark[] {
  const list = takeList({ at: `${at}: benchmarks`, value: fieldsOf(value)["benchmarks"] });
  if (list.length === 0) throw new SyntaxError(`Cannot read ${at} as its list "benchmarks" is empty`);
  return list.map((one, i) => {
    const place = `${at}: benchmarks[${i}]`;
    return { at: place, fields: takeFields({ at: place, value: one }) };
  });
}

const STATUSES = ["successful", "errored", "incomplete"] as const;
type Status = typeof STATUSES[number];

interface ReadBenchmark {
  readonly cell: ImportedCell;
  /** Seconds since 1970. */
  readonly zeroS: number;
  /** What sampling left out, for people. */
  readonly unsampled: readonly string[];
}

function readBenchmark(fields: Fields, at: string): ReadBenchmark {
  const requests = fieldsOf(fields["requests"]);
  const told = STATUSES.flatMap((status) => {
    const value = requests[status];
    if (value === undefined || value === null) return [];
    return takeList({ at: `${at}.requests.${status}`, value }).map((one, i) => {
      const place = `${at}.requests.${status}[${i}]`;
      return readRequest(takeFields({ at: place, value: one }), { at: place, status });
    });
  });
  if (told.length === 0) {
    throw new SyntaxError(
      `Cannot read ${at} as it has no requests: run guidellm with --output-path FILE.json and without a sample size of 0`,
    );
  }
  refuseDuplicates(told.flatMap(({ name }) => name === null ? [] : [name]), { at, what: "request id" });
  const zeroS = told.reduce((least, { sentS }) => Math.min(least, sentS ?? Infinity), Infinity);
  if (zeroS === Infinity) throw new SyntaxError(`Cannot read ${at} as no request of it has a start`);
  const records = told.sort((a, b) => (a.sentS ?? Infinity) - (b.sentS ?? Infinity))
    .map((request, id) => recordOf(request, { id, zeroS }));
  const total = countTotal(fields);
  return {
    zeroS,
    cell: { ...describeStrategy(fields), requestCount: records.length, records },
    unsampled: total !== null && total > records.length
      ? [`${total - records.length} of ${total} requests: the tool kept a sample`]
      : [],
  };
}

/** Requests by the benchmark's own count, sampled or not; `null` where it has none. */
function countTotal(fields: Fields): number | null {
  const totals = fieldsOf(fields["total_count"] ?? fieldsOf(fields["metrics"])["request_totals"]);
  const counts = STATUSES.map((status) => countOrNull(totals[status]));
  return counts.every((count) => count !== null) ? counts.reduce((sum, count) => sum + count, 0) : null;
}

function describeStrategy(fields: Fields): Pick<ImportedCell, "label" | "parameters" | "schedule"> {
  const strategy = fieldsOf(fieldsOf(fields["config"] ?? fields["args"])["strategy"]);
  const kind = textOrNull(strategy["type_"]) ?? "unknown strategy";
  const rate = numberOrNull(strategy["rate"]) ?? numberOrNull(strategy["initial_rate"]);
  const streams = numberOrNull(strategy["streams"]) ?? numberOrNull(strategy["max_concurrency"]) ??
    (kind === "synchronous" ? 1 : null);
  if (rate !== null) {
    return { label: `${kind} ${rate} requests/s`, parameters: { requestRate: rate }, schedule: "open" };
  }
  if (streams !== null) {
    return { label: `concurrency ${streams}`, parameters: { concurrency: streams }, schedule: "closed" };
  }
  return { label: kind, parameters: {}, schedule: "closed" };
}

/** One request in the terms that both layouts have; instants in seconds since 1970. */
interface ToldByGuidellm {
  readonly name: string | null;
  readonly status: Status;
  readonly scheduledS: number | null;
  readonly sentS: number | null;
  readonly firstS: number | null;
  readonly lastS: number | null;
  readonly doneS: number | null;
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  readonly error: string | null;
}

function readRequest(fields: Fields, { at, status }: { at: string; status: Status }): ToldByGuidellm {
  const info = fieldsOf(fields["info"] ?? fields["scheduler_info"]);
  const timings = fieldsOf(info["timings"] ?? info["request_timings"]);
  const instant = (...values: unknown[]) =>
    values.map(numberOrNull).find((value) => value !== null && value > 0) ?? null;
  const told = {
    scheduledS: instant(timings["targeted_start"], info["targeted_start_time"]),
    sentS: instant(timings["request_start"], fields["start_time"], timings["resolve_start"]),
    firstS: instant(timings["first_token_iteration"], timings["first_iteration"], fields["first_token_time"]),
    lastS: instant(timings["last_token_iteration"], timings["last_iteration"], fields["last_token_time"]),
    doneS: instant(timings["request_end"], fields["end_time"], timings["resolve_end"]),
    promptTokens: countOrNull(fields["prompt_tokens"] ?? fieldsOf(fields["input_metrics"])["total_tokens"]),
    outputTokens: countOrNull(fields["output_tokens"] ?? fieldsOf(fields["output_metrics"])["total_tokens"]),
  };
  if (status === "successful" && told.sentS === null) {
    throw new SyntaxError(
      `Cannot read ${at} as it has neither "info.timings.request_start" nor "start_time": it is of a version of guidellm that is not known here`,
    );
  }
  const error = textOrNull(fields["error"]) ?? textOrNull(info["error"]);
  return { ...told, status, error, name: textOrNull(fields["request_id"]) ?? textOrNull(info["request_id"]) };
}

function recordOf(told: ToldByGuidellm, { id, zeroS }: { id: number; zeroS: number }): ImportedRecord {
  const { status, error, firstS, lastS, outputTokens } = told;
  const inMs = (instantS: number | null) => instantS === null ? null : secondsToMs(instantS - zeroS);
  const [sentMs, scheduledMs, doneMs] = [told.sentS, told.scheduledS, told.doneS].map(inMs);
  const hasOneToken = outputTokens === 1;
  const instantsS = firstS === null ? [] : [firstS, ...(hasOneToken || lastS === null ? [] : [lastS])];
  const ticsMs = instantsS.map((instantS) => secondsToMs(instantS - zeroS));
  return toRecord({
    ...{ id, ticsMs, sentMs: sentMs ?? null },
    ...(typeof scheduledMs === "number" ? { scheduledMs } : {}),
    ...(typeof doneMs === "number" ? { doneMs } : {}),
    outcome: status === "successful"
      ? { kind: "ok", finishReason: null }
      : status === "incomplete"
      ? { kind: "cancelled" }
      : failureOf(error ?? ""),
    usage: usageOf(told.promptTokens, outputTokens),
    unknown: [
      ...(typeof scheduledMs === "number" ? [] : ["schedule" as const]),
      ...(firstS === null || hasOneToken
        ? []
        : lastS === null
        ? ["gaps" as const, "last" as const]
        : ["gaps" as const]),
    ],
  });
}

/** The first text of these names in the places where guidellm's versions keep their settings. */
function findSetting(
  [report, benchmark]: readonly [Fields, Fields],
  names: readonly string[],
): string | null {
  const settings = [report["args"], benchmark["config"], benchmark["args"], benchmark["worker"]].map(
    fieldsOf,
  );
  const places = [
    ...settings,
    ...settings.flatMap((one) => [one["backend"], one["backend_kwargs"]]).map(fieldsOf),
  ];
  return places.flatMap((place) => names.flatMap((name) => textOrNull(place[name]) ?? [])).at(0) ?? null;
}
