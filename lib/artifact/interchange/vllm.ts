/**
 * vLLM's serving benchmark: one JSON object per result, per-request lists with `--save-detailed`; `--append-result` writes
 * one object a line.
 *
 * Its first tic is the first chunk with a choice, a role-only one included. `itls` are gaps between chunks.
 *
 * @see https://github.com/vllm-project/vllm/blob/main/vllm/benchmarks/serve.py
 * @module
 */
import type { RequestRecord } from "../../types.ts";
import { isFields, numberOrNull, settingsOf, textOrNull } from "./documents.ts";
import type { ImportedRecord, InterchangeForm } from "./interchange.ts";
import { cellOfResult, missingFromLists, readLatencyLists, resultsOf } from "./latency_lists.ts";

/** The file of `vllm bench serve`. */
export const vllm: InterchangeForm = {
  name: "vllm",
  tool: "vllm bench serve --save-result --save-detailed",
  looksFor: 'an object with "model_id" or "tokenizer_id" beside "completed" and "duration"',
  recognizes: (document) =>
    isFields(document) && "completed" in document && "duration" in document &&
    ("model_id" in document || "tokenizer_id" in document),
  read(documents) {
    const results = resultsOf(documents);
    const cells = results.map(({ at, result }) =>
      cellOfResult(
        result,
        readLatencyLists(result, { at, flag: "vllm bench serve with --save-result --save-detailed" }),
      )
    );
    const first = results[0]?.result ?? {};
    const startedAt = dateOf(textOrNull(first["date"]));
    return {
      startedAt,
      model: textOrNull(first["model_id"]),
      engine: textOrNull(first["backend"]) ?? textOrNull(first["endpoint_type"]),
      engineVersion: null,
      baseUrl: null,
      seed: numberOrNull(first["seed"]),
      options: settingsOf(first),
      cells,
      missing: [
        ...missingFromLists(cells),
        "which chunks bore a token: its first one may only name the role, and a TTFT is short by that",
        "the engine's version, its machine and its flags",
        ...(startedAt === null ? [] : ["the time zone of its date, which is read as UTC"]),
      ],
    };
  },
};

/** "20261122-213500" as ISO 8601. */
function dateOf(date: string | null): string | null {
  const [, year, month, day, hour, minute, second] =
    date?.match(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/) ??
      [];
  if (second === undefined) return null;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  return Number.isNaN(Date.parse(iso)) ? null : iso;
}

/** What a file of vLLM's form says of a whole cell. */
export interface VllmSource {
  readonly model: string;
  /** Instant of the result, ISO 8601, UTC. */
  readonly date: string;
  /** The engine's name. */
  readonly engine: string;
  /** Requests per second; `null` where all were sent at once or in a closed loop. */
  readonly requestsPerS: number | null;
  /** Requests in flight at most; `null` in an open loop. */
  readonly concurrency: number | null;
  /** From the first request sent to the last tic; `null` where nobody knows. */
  readonly durationMs: number | null;
  /** Tokens of a record by the best source it has. */
  countTokens(record: RequestRecord): { readonly input: number; readonly output: number };
}

/**
 * Writes the requests of one cell as vLLM writes a result with `--save-detailed`. Requests that were never sent are left
 * out. Texts are empty: a run keeps none.
 *
 * @throws {RangeError} When no request was sent, or a record does not know its gaps: the form has nothing but gaps.
 */
export function formatVllm(records: Iterable<ImportedRecord>, source: VllmSource): string {
  const sent = Array.from(records).flatMap((record) =>
    record.sentMs === null ? [] : [{ ...record, sentMs: record.sentMs }]
  ).sort((a, b) => a.id - b.id);
  if (sent.length === 0) {
    throw new RangeError(
      "Cannot write run in vLLM's form as no request of it was sent at an instant that is known",
    );
  }
  if (sent.some(({ unknown }) => unknown?.includes("gaps") || unknown?.includes("last"))) {
    throw new RangeError(
      "Cannot write run in vLLM's form as every gap between tokens must be known: its records have first and last tokens only",
    );
  }
  const rows = sent.map((record) => rowOf(record, source));
  const ok = rows.filter(({ error }) => error === "");
  const total = {
    input: sum(ok.map(({ tokens }) => tokens.input)),
    output: sum(ok.map(({ tokens }) => tokens.output)),
  };
  const { durationMs } = source;
  const perS = (amount: number) => durationMs === null ? null : amount / durationMs * 1000;
  const knowsClock = sent.every(({ unknown }) => !unknown?.includes("clock"));
  return JSON.stringify({
    ...{ date: spellDate(source.date), endpoint_type: source.engine, backend: source.engine, label: null },
    ...{ model_id: source.model, tokenizer_id: source.model, num_prompts: rows.length },
    ...{ request_rate: source.requestsPerS ?? "inf", burstiness: 1, max_concurrency: source.concurrency },
    duration: durationMs === null ? null : durationMs / 1000,
    ...{ completed: ok.length, failed: rows.length - ok.length },
    ...{ total_input_tokens: total.input, total_output_tokens: total.output },
    request_throughput: perS(ok.length),
    output_throughput: perS(total.output),
    total_token_throughput: perS(total.input + total.output),
    input_lens: rows.map(({ tokens }) => tokens.input),
    output_lens: rows.map(({ tokens }) => tokens.output),
    ttfts: rows.map(({ ttftS }) => ttftS),
    itls: rows.map(({ itlsS }) => itlsS),
    ...(knowsClock ? { start_times: rows.map(({ startS }) => startS) } : {}),
    generated_texts: rows.map(() => ""),
    errors: rows.map(({ error }) => error),
  }) + "\n";
}

/** A start of 0 says in this form that a request never began. */
const FIRST_START_S = 1;

function rowOf(record: ImportedRecord & { readonly sentMs: number }, { countTokens }: VllmSource) {
  const { outcome, sentMs, ticsMs } = record;
  return {
    startS: Math.round(sentMs * 1000 + FIRST_START_S * 1e6) / 1e6,
    tokens: outcome.kind === "ok" ? countTokens(record) : { input: record.inputTokens, output: 0 },
    ttftS: secondsBetween(sentMs, ticsMs[0] ?? sentMs),
    itlsS: ticsMs.slice(1).map((tic, i) => secondsBetween(ticsMs[i] ?? tic, tic)),
    error: outcome.kind === "ok"
      ? ""
      : outcome.kind === "failed"
      ? outcome.message || outcome.failure
      : "cancelled",
  };
}

/** "20261122-213500" */
function spellDate(date: string): string {
  return date.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

/** Instants in whole µs: their difference is too, and has no tail of binary noise. */
function secondsBetween(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1000) / 1e6;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
