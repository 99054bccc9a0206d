/**
 * One round as fluxperf's dual-round benchmark writes it: configuration, summary, requests.
 *
 * @see https://github.com/clateral912/fluxperf
 * @module
 */
import { type RoundMetricName, roundMetricNames, statisticNames } from "../labels.ts";
import type { RoundNumbers, RoundStatistics } from "../metrics/dialects/dual_round.ts";
import { timeBetween } from "../metrics/metric.ts";
import { countInputTokens, countOutputTokens, succeeded, tpot, ttft } from "../metrics/mod.ts";
import type { Cell, Json, JsonObject, RequestRecord, RunManifest } from "../types.ts";
import { tidyFine, tidySignificant } from "./derived_file.ts";

/** A cell and everything that is written of it. */
export interface MeasuredRound {
  readonly cell: Cell;
  readonly numbers: RoundNumbers;
  /** In the order of their ids; read when they are asked for. */
  readonly records: Iterable<RequestRecord>;
}

/** The text of one round's file: everything but the requests at once, then a line per request. */
export function* roundJson(
  manifest: RunManifest,
  { cell, numbers, records }: MeasuredRound,
): Generator<string> {
  const head = {
    configuration: configurationOf(manifest, cell),
    summary: summaryOf(numbers),
    definitions: DEFINITIONS,
  };
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "requests": [`;
  let separator = "\n    ";
  for (const record of records) {
    yield separator + JSON.stringify(requestOf(record));
    separator = ",\n    ";
  }
  yield "\n  ]\n}\n";
}

/** How the round was asked. Secrets are not in a manifest, nor is a password in the address here. */
function configurationOf(manifest: RunManifest, cell: Cell): JsonObject {
  const { engine, workload } = manifest;
  const options = optionsOf(manifest, cell);
  const { sampling, datasetSha256 } = options;
  const { temperature, topP } = isObject(sampling) ? sampling : {};
  const timeoutMs = numberOrNull(options.timeoutMs);
  return {
    run_id: manifest.runId,
    mode: manifest.mode,
    endpoint: withoutPassword(typeof options.endpoint === "string" ? options.endpoint : engine.baseUrl),
    engine: cell.engine ?? engine.description,
    simulated: engine.simulated,
    clock: manifest.clock,
    model: manifest.model,
    dataset: typeof options.dataset === "string" ? options.dataset : workload.dataset?.path ?? null,
    dataset_sha256: typeof datasetSha256 === "string" ? datasetSha256 : workload.dataset?.sha256 ?? null,
    ...cell.parameters,
    num_samples: manifest.mode === "multi-turn" ? samplesOf(manifest, cell) : cell.requestCount,
    timeout: timeoutMs === null ? null : timeoutMs / 1000,
    max_input_length: numberOrNull(options.maxInputTokens),
    max_output_tokens: numberOrNull(options.maxOutputTokens),
    temperature: numberOrNull(temperature),
    top_p: numberOrNull(topP),
    seed: manifest.seed,
    slo: options.slo ?? null,
    cache_emptied_before: cell.cacheReset?.done ?? false,
  };
}

/** The run's options, and over them those of the cell's stage. */
function optionsOf({ options }: RunManifest, { parameters: { stage } }: Cell): JsonObject {
  const stages = Array.isArray(options.stages) ? options.stages : [];
  const own = stages.find((one) => isObject(one) && one.name === stage);
  return { ...options, ...(isObject(own) ? own : {}) };
}

/** Conversations that were asked for: one number for all levels of concurrency, or one for each. */
function samplesOf(manifest: RunManifest, cell: Cell): number | null {
  const { numSamples, concurrency, rows } = optionsOf(manifest, cell);
  const { parameters } = cell;
  if (!Array.isArray(numSamples)) return numberOrNull(rows) ?? manifest.workload.dataset?.rows ?? null;
  const level = Array.isArray(concurrency) ? concurrency.indexOf(parameters.concurrency) : -1;
  return numberOrNull(numSamples[numSamples.length === 1 ? 0 : level]);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOrNull(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function withoutPassword(address: string): string {
  const url = URL.parse(address);
  if (url === null || (url.username === "" && url.password === "")) return address;
  url.username = "";
  url.password = "";
  return url.href;
}

/** Keys as the script names them: `avg_ttft`, `p99_itl`, `total_throughput`. */
function summaryOf(
  { requests, durationS, tokensPerS, requestsPerS, goodput, ...rest }: RoundNumbers,
): JsonObject {
  return {
    total_requests: requests.total,
    successful_requests: requests.successful,
    failed_requests: requests.failed,
    unfinished_requests: requests.unfinished,
    duration: tidyFine(durationS),
    ...Object.fromEntries(roundMetricNames.flatMap((metric) => {
      const statistics = rest.metrics[metric];
      return statisticNames.map((name) => [`${name}_${metric}`, tidyFine(statistics?.[name])]);
    })),
    total_throughput: tidyFine(tokensPerS),
    request_throughput: tidyFine(requestsPerS),
    goodput_requests: goodput?.requests ?? null,
    goodput_tokens: goodput?.tokens ?? null,
    goodput_request_rate: tidyFine(goodput?.requestPercent),
    goodput_token_rate: tidyFine(goodput?.tokenPercent),
    goodput_requests_per_s: tidyFine(goodput?.requestsPerS),
    goodput_tokens_per_s: tidyFine(goodput?.tokensPerS),
    prometheus_metrics: Object.fromEntries(
      [...rest.prometheus].map(([series, statistics]) => [series, tidyStatistics(statistics)]),
    ),
  };
}

/** A server's numbers have units of their own: what is small there is not noise. */
function tidyStatistics(statistics: RoundStatistics): JsonObject {
  return Object.fromEntries(statisticNames.map((name) => [name, tidySignificant(statistics[name])]));
}

/** One request; `null` where it failed, or where nobody counted. */
function requestOf(record: RequestRecord): JsonObject {
  const { outcome, sentMs, doneMs, turn } = record;
  const isOk = succeeded(record);
  return {
    index: record.id,
    ...(turn === undefined ? {} : { session: turn.session, turn: turn.turn }),
    ttft: tidyFine(ttft.ofRequest(record)),
    itl: tidyFine(tpot.ofRequest(record)),
    latency: isOk && sentMs !== null ? timeBetween(sentMs, doneMs) : null,
    input_tokens: countInputTokens(record) || null,
    output_tokens: countOutputTokens(record).tokens,
    cached_tokens: record.usage?.cachedTokens ?? null,
    success: isOk,
    error: outcome.kind === "failed" ? outcome.message : outcome.kind === "cancelled" ? "cancelled" : null,
  };
}

/** What the keys mean. A metric's key stands in `requests` as it is, and in `summary` behind a statistic's. */
const DEFINITIONS: {
  readonly metrics: Readonly<Record<RoundMetricName, string>>;
  readonly statistics: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string>>;
} = {
  metrics: {
    ttft: "ms, request sent → first token",
    itl: "ms, (last token − first) / (output tokens − 1) of each request with at least two tokens",
    latency: "ms, request sent → end of the response",
    inter_chunk_gap: "ms, every gap between successive token-bearing chunks, pooled over requests",
    input_tokens: "tokens of the prompt, by the server's count where it gave one",
    output_tokens: "tokens of the answer, by the server's count where it gave one",
  },
  statistics: {
    "avg, min, max": "in the metric's unit, over successful requests that have a value",
    "p50, p90, p95, p99": "percentiles by linear interpolation, in the metric's unit",
    stddev: "divided by n − 1, in the metric's unit; null of a single value",
    count: "values",
  },
  keys: {
    total_requests: "requests that were to be sent",
    successful_requests: "requests that got their whole answer",
    failed_requests: "requests that failed",
    unfinished_requests: "requests that were cancelled or never sent",
    duration: "s, first request sent → end of the last successful response",
    total_throughput: "output tokens of successful requests per s of duration",
    request_throughput: "successful requests per s of duration",
    goodput_requests: "successful requests that kept every limit of the objective; null without one",
    goodput_tokens: "output tokens of those",
    goodput_request_rate: "percent of successful requests",
    goodput_token_rate: "percent of the output tokens of successful requests",
    goodput_requests_per_s: "per s of duration",
    goodput_tokens_per_s: "per s of duration",
    prometheus_metrics:
      "statistics over the samples taken during the round, by series; counters as they stand",
    timeout: "s",
    cached_tokens:
      "tokens of the prompt that came from the prefix cache, by the server's count; null where it says nothing",
  },
};
