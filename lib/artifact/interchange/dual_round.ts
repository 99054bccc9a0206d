/**
 * Results of the dual-round benchmark, in two forms: one JSON object per round, as this project writes them beside a run
 * (`concurrency_5_round_1.json`), and fluxperf's own, one object with every level of concurrency and both rounds.
 *
 * Both have per request a TTFT, a mean gap, a latency and token counts, and no instant: requests have no common clock.
 * Here the mean gap is a TPOT, so the last tic is TTFT + TPOT · (tokens − 1); fluxperf's is a mean over chunks of which the
 * number is not told, so its last tic is unknown. fluxperf shuffles round 2, and its numbering starts anew: its rounds
 * cannot be paired.
 *
 * @see https://github.com/clateral912/fluxperf
 * @module
 */
import type { Json, JsonObject } from "../../types.ts";
import {
  countOrNull,
  type Document,
  type Fields,
  fieldsOf,
  isFields,
  numberOrNull,
  refuseDuplicates,
  settingsOf,
  takeCount,
  takeDuration,
  takeFields,
  takeList,
  textOrNull,
} from "./documents.ts";
import type { ImportedCell, ImportedRecord, ImportedRun, InterchangeForm } from "./interchange.ts";
import { failureOf, toMicroseconds, toRecord, usageOf } from "./records.ts";

/** The files of a dual-round benchmark. */
export const dualRound: InterchangeForm = {
  name: "dual-round",
  tool: "deno task bench:dual-round (concurrency_*_round_*.json), or fluxperf",
  looksFor:
    'an object with "configuration", "summary" and "requests", or one whose keys are "concurrency_5" with "detailed_results"',
  recognizes: (document) => isRoundFile(document) || isFluxperf(document),
  read(documents) {
    const [first] = documents;
    return first !== undefined && isFluxperf(first.value)
      ? readFluxperf(documents)
      : readRoundFiles(documents);
  },
};

function isRoundFile(document: unknown): boolean {
  return isFields(document) && isFields(document["configuration"]) && isFields(document["summary"]);
}

const LEVEL = /^concurrency_(\d+)$/;

function isFluxperf(document: unknown): boolean {
  return isFields(document) && Object.keys(document).length > 0 &&
    Object.entries(document).every(([key, value]) => LEVEL.test(key) && isFields(value));
}

const ALWAYS_MISSING = [
  "when each request was sent: no throughput, no load over time",
  "when each request was to be sent: no send lag, no TTFT from schedule",
  "the tokens between the first and the last: no ITL",
] as const;

function readRoundFiles(documents: readonly Document[]): ImportedRun {
  const files = documents.map(({ at, value }) => {
    const fields = takeFields({ at, value });
    return {
      at,
      fields,
      configuration: takeFields({ at: `${at}: configuration`, value: fields["configuration"] }),
    };
  });
  const configuration = files[0]?.configuration ?? {};
  return {
    startedAt: null,
    model: textOrNull(configuration["model"]),
    engine: textOrNull(configuration["engine"]),
    engineVersion: null,
    baseUrl: textOrNull(configuration["endpoint"]),
    seed: numberOrNull(configuration["seed"]),
    options: optionsOf(configuration),
    cells: files.map(readRoundFile),
    missing: [...ALWAYS_MISSING, "who counted the tokens", "the engine's version, its machine and its flags"],
  };
}

/** Settings, and of the objective what is a limit: it is what a page counts goodput by. */
function optionsOf(configuration: Fields): JsonObject {
  const slo: Json = isFields(configuration["slo"]) ? settingsOf(configuration["slo"]) : null;
  return { ...settingsOf(configuration), ...(slo === null ? {} : { importedSlo: slo }) };
}

function readRoundFile(
  { at, fields, configuration }: { at: string; fields: Fields; configuration: Fields },
): ImportedCell {
  if (fields["requests"] === undefined) {
    throw new SyntaxError(
      `Cannot read ${at} as it has no "requests": give the concurrency_*_round_*.json of a run's folder as it was written`,
    );
  }
  const list = takeList({ at: `${at}: requests`, value: fields["requests"] });
  if (list.length === 0) throw new SyntaxError(`Cannot read ${at} as its list "requests" is empty`);
  const records = list.map((one, i) => {
    const place = `${at}: requests[${i}]`;
    return roundRecord(takeFields({ at: place, value: one }), place);
  });
  refuseDuplicates(records.map(({ id }) => id), { at, what: "index" });
  const [concurrency, round] = [configuration["concurrency"], configuration["round"]].map(countOrNull);
  const stage = textOrNull(configuration["stage"]);
  const offered = countOrNull(fieldsOf(fields["summary"])["total_requests"]) ?? 0;
  return {
    label: [
      ...(stage === null ? [] : [stage]),
      ...(typeof concurrency === "number" ? [`concurrency ${concurrency}`] : []),
      ...(typeof round === "number" ? [`round ${round}`] : []),
    ].join(", ") || at,
    parameters: {
      ...(stage === null ? {} : { stage }),
      ...(typeof concurrency === "number" ? { concurrency } : {}),
      ...(typeof round === "number" ? { round } : {}),
    },
    schedule: "closed",
    requestCount: Math.max(offered, records.length),
    records,
  };
}

function roundRecord(fields: Fields, at: string): ImportedRecord {
  const found = (key: string) => ({ at: `${at}.${key}`, value: fields[key] });
  const duration = (key: string) =>
    fields[key] === null || fields[key] === undefined ? null : takeDuration(found(key));
  const [ttftMs, tpotMs, latencyMs] = [duration("ttft"), duration("itl"), duration("latency")];
  const tokens = countOrNull(fields["output_tokens"]);
  const isOk = fields["success"] === true;
  const error = textOrNull(fields["error"]);
  const lastMs = ttftMs === null || tpotMs === null || tokens === null || tokens < 2
    ? null
    : ttftMs + tpotMs * (tokens - 1);
  const ticsMs = [ttftMs, lastMs].flatMap((tic) => tic === null ? [] : toMicroseconds(tic));
  const usage = usageOf(countOrNull(fields["input_tokens"]), tokens);
  const cachedTokens = countOrNull(fields["cached_tokens"]);
  const [session, turn] = [countOrNull(fields["session"]), countOrNull(fields["turn"])];
  return toRecord({
    ...{ id: takeCount(found("index")), sentMs: 0, ticsMs },
    ...(latencyMs === null ? {} : { doneMs: toMicroseconds(latencyMs) }),
    outcome: isOk
      ? { kind: "ok", finishReason: null }
      : error === "cancelled"
      ? { kind: "cancelled" }
      : failureOf(error ?? ""),
    usage: isOk && usage !== undefined
      ? { ...usage, ...(cachedTokens === null ? {} : { cachedTokens }) }
      : undefined,
    ...(session === null || turn === null ? {} : { turn: { session, turn } }),
    unknown: ["schedule", "clock", ...(ticsMs.length < 2 ? [] : ["gaps" as const])],
  });
}

function readFluxperf(documents: readonly Document[]): ImportedRun {
  const cells = documents.flatMap(({ at, value }) =>
    Object.entries(takeFields({ at, value })).flatMap(([key, level]) =>
      readLevel(fieldsOf(level), { at: `${at}: ${key}`, concurrency: Number(key.match(LEVEL)?.[1]) })
    )
  );
  return {
    startedAt: null,
    ...{ model: null, engine: null, engineVersion: null, baseUrl: null, seed: null, options: {} },
    cells,
    missing: [
      ...ALWAYS_MISSING,
      "the last token: no TPOT, no E2E",
      "which request of round 2 is which of round 1: the tool shuffles them, no differences of the same request",
      "who counted the tokens: older versions count words",
      "model, address, dataset, engine",
    ],
  };
}

function readLevel(level: Fields, { at, concurrency }: { at: string; concurrency: number }): ImportedCell[] {
  if (!isFields(level["detailed_results"])) {
    throw new SyntaxError(
      `Cannot read ${at} as it has no "detailed_results": give the file that fluxperf wrote with --output`,
    );
  }
  let before = 0;
  return Object.entries(level["detailed_results"]).map(([key, value]) => {
    const place = `${at}.detailed_results.${key}`;
    const list = takeList({ at: place, value });
    if (list.length === 0) throw new SyntaxError(`Cannot read ${place} as it is empty`);
    const round = Number(key.match(/^round_(\d+)$/)?.[1] ?? NaN);
    const firstId = before;
    before += list.length;
    const told = list.map((one, i) => takeFields({ at: `${place}[${i}]`, value: one }));
    refuseDuplicates(told.flatMap((fields) => textOrNull(fields["request_id"]) ?? []), {
      at: place,
      what: "request_id",
    });
    const records = told.map((fields, i) =>
      fluxperfRecord(fields, { at: `${place}[${i}]`, id: firstId + i })
    );
    return {
      label: `concurrency ${concurrency}, ${Number.isNaN(round) ? key : `round ${round}`}`,
      parameters: { concurrency, ...(Number.isNaN(round) ? {} : { round }) },
      ...{ schedule: "closed" as const, requestCount: records.length, records },
    };
  });
}

function fluxperfRecord(fields: Fields, { at, id }: { at: string; id: number }): ImportedRecord {
  const duration = (key: string) => takeDuration({ at: `${at}.${key}`, value: fields[key] });
  const error = textOrNull(fields["error"]);
  const [ttftMs, latencyMs] = [duration("ttft_ms"), duration("total_latency_ms")];
  const ticsMs = ttftMs > 0 ? [toMicroseconds(ttftMs)] : [];
  return toRecord({
    ...{ id, sentMs: 0, ticsMs },
    ...(latencyMs > 0 ? { doneMs: toMicroseconds(latencyMs) } : {}),
    outcome: error === null ? { kind: "ok", finishReason: null } : failureOf(error),
    usage: error === null
      ? usageOf(countOrNull(fields["input_tokens"]), countOrNull(fields["output_tokens"]))
      : undefined,
    unknown: ["schedule", "clock", ...(ticsMs.length === 0 ? [] : ["gaps" as const, "last" as const])],
  });
}
