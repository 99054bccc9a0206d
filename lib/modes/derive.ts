/**
 * The derived files of an artifact. Pure: they can be made again from manifest and records at any time.
 *
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";

import { streamMiniSglang, writeMiniSglang } from "../artifact/interchange/mini_sglang.ts";
import { dialectsJson } from "../metrics/dialects/dialects_json.ts";
import { measureRound } from "../metrics/dialects/dual_round.ts";
import { beginDialects } from "../metrics/dialects/mod.ts";
import { hitRates } from "../metrics/hit_rates.ts";
import { listPairs, pairRounds, type RoundPair } from "../metrics/paired_rounds.ts";
import {
  type CellSummary,
  countInputTokens,
  countOutputTokens,
  digestRun,
  type Distribution,
  e2e,
  metrics,
  type RequestPoint,
  type RunSummary,
  sendLag,
  summarizeRun,
  tpot,
  ttft,
  ttftFromSchedule,
} from "../metrics/mod.ts";
import type { List, RequestRecord, Run } from "../types.ts";
import { pickFamilies } from "./pick_families.ts";
import { type DerivedFile, tidy } from "./derived_file.ts";
import { dualRoundFiles } from "./dual_round_files.ts";
import type { MeasuredRound } from "./dual_round_json.ts";

/**
 * Makes summary.json, dialects.json, summary.csv, requests.csv and mini_sglang.json; with several cells also one of the
 * last per cell, and of rounds the files of the dual-round benchmark.
 */
export function deriveFiles(run: Run): DerivedFile[] {
  const summary = summarizeRun(run);
  const definitions = metrics.map(({ name, unit, definition }) => ({ name, unit, definition }));
  const { cells } = run.manifest;
  const dialects = beginDialects(run);
  const places = placesInOrder(run.records, (record) => dialects.add(record));
  const miniSglang = (some: readonly number[]) =>
    writeMiniSglang(streamMiniSglang(pickRecords(run.records, some)));
  return [
    {
      name: "summary.json",
      pieces: [
        JSON.stringify({ schemaVersion: 1, definitions, ...summary, ...describePairs(run) }, tidy, 2) + "\n",
      ],
    },
    {
      name: "dialects.json",
      pieces: [JSON.stringify(dialectsJson(dialects.end(), run.manifest), null, 2) + "\n"],
    },
    { name: "summary.csv", pieces: writeCsv(summary.cells.map((cell) => summaryRow(cell, run))) },
    { name: "requests.csv", pieces: writeCsv(requestRows(run)) },
    {
      name: "mini_sglang.json",
      pieces: miniSglang([...places.keys()].sort((a, b) => a - b).flatMap((cell) => places.get(cell) ?? [])),
    },
    ...pairFiles(run),
    ...(places.size < 2 ? [] : cells.map(({ index }) => ({
      name: `mini_sglang.cell-${index}.json`,
      pieces: miniSglang(places.get(index) ?? []),
    }))),
    ...(hasRounds(run) ? dualRoundFiles(run.manifest, measureRounds(run, { summary, places })) : []),
  ];
}

function hasRounds({ manifest: { mode } }: Run): boolean {
  return mode === "dual-round" || mode === "multi-turn";
}

function measureRounds(
  run: Run,
  { summary, places }: {
    readonly summary: RunSummary;
    readonly places: ReadonlyMap<number, readonly number[]>;
  },
): MeasuredRound[] {
  const digests = digestRun(run);
  const summaries = new Map(summary.cells.map((cell) => [cell.index, cell]));
  const { prometheusMetrics: named } = run.manifest.options;
  const telemetry = Array.isArray(named) && named.length > 0
    ? pickFamilies(run.telemetry, named.map(String))
    : run.telemetry;
  return run.manifest.cells.flatMap((cell) => {
    const [digest, ofCell] = [digests.get(cell.index), summaries.get(cell.index)];
    if (digest === undefined || ofCell === undefined) return [];
    return [{
      cell,
      numbers: measureRound(digest, { summary: ofCell, telemetry }),
      records: { [Symbol.iterator]: () => pickRecords(run.records, places.get(cell.index) ?? []) },
    }];
  });
}

/** The comparison of rounds as numbers, nothing for a run of one; without the differences one by one. */
export function describePairs(run: Run): { readonly rounds?: readonly object[] } {
  const rounds = pairRounds(run).map(({ ttft, tpot, e2e, ...rest }) => ({
    ...rest,
    ...Object.fromEntries(
      Object.entries({ ttft, tpot, e2e }).map(([name, difference]) => {
        if (difference === null) return [name, null];
        const { sortedMs: _, ...numbers } = difference;
        return [name, numbers];
      }),
    ),
  }));
  return rounds.length === 0 ? {} : { rounds };
}

/** Request by request, what changed from round 1. Nothing for a run of one round. */
function pairFiles(run: Run): DerivedFile[] {
  if (pairRounds(run).length === 0) return [];
  return [{ name: "round_pairs.csv", pieces: writeCsv(listPairs(run).map(pairRow)) }];
}

function pairRow({ stage, concurrency, round, first, later }: RoundPair): Row {
  const difference = (of: (point: RequestPoint) => number | undefined) => {
    const [before, after] = [of(first), of(later)];
    return before === undefined || after === undefined ? null : after - before;
  };
  return {
    ...(stage === null ? {} : { stage }),
    ...{ concurrency, round, id: first.id, turn: first.turn ?? null },
    ...{ input_tokens_round_1: first.inputTokens, input_tokens: later.inputTokens },
    ...{ cached_tokens_round_1: first.cachedTokens ?? null, cached_tokens: later.cachedTokens ?? null },
    ...{ ttft_round_1_ms: first.ttftMs ?? null, ttft_ms: later.ttftMs ?? null },
    ttft_difference_ms: difference(({ ttftMs }) => ttftMs),
    tpot_difference_ms: difference(({ tpotMs }) => tpotMs),
    e2e_difference_ms: difference(({ e2eMs }) => e2eMs),
  };
}

/**
 * Where each cell's records are, in the order of their ids.
 *
 * @param onRecord Called for each record, so that this is the only pass.
 */
function placesInOrder(
  records: List<RequestRecord>,
  onRecord: (record: RequestRecord) => void,
): Map<number, number[]> {
  const ids: number[] = [];
  const places = new Map<number, number[]>();
  for (const record of records) {
    const { cell, id } = record;
    onRecord(record);
    const ofCell = places.get(cell) ?? [];
    places.set(cell, ofCell);
    ofCell.push(ids.push(id) - 1);
  }
  for (const ofCell of places.values()) ofCell.sort((a, b) => (ids[a] ?? 0) - (ids[b] ?? 0));
  return places;
}

function* pickRecords(records: List<RequestRecord>, places: readonly number[]): Generator<RequestRecord> {
  for (const place of places) {
    const record = records.at(place);
    if (record !== undefined) yield record;
  }
}

type Row = Record<string, string | number | null>;

/** Rows made into text together. */
const ROWS_AT_ONCE = 256;

/** The rows of a table, which all have the columns of the first. */
function* writeCsv(rows: Iterable<Row>): Generator<string> {
  let columns: string[] | undefined;
  let gathered: Row[] = [];
  const take = () => {
    const header = columns === undefined;
    columns ??= Object.keys(gathered[0] ?? {});
    const text = Papa.unparse(gathered, { header, columns, newline: "\n", escapeFormulae: true }) + "\n";
    gathered = [];
    return text;
  };
  for (const row of rows) {
    gathered.push(
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, tidy(key, value)])) as Row,
    );
    if (gathered.length === ROWS_AT_ONCE) yield take();
  }
  if (gathered.length > 0) yield take();
}

function* requestRows(run: Run): Generator<Row> {
  for (const record of run.records) yield requestRow(record, run);
}

function summaryRow(cell: CellSummary, run: Run): Row {
  return {
    cell: cell.index,
    label: cell.label,
    ...cell.parameters,
    status: cell.status,
    valid: String(cell.verdict.valid),
    requests_offered: cell.requests.offered,
    requests_succeeded: cell.requests.succeeded,
    requests_failed: cell.requests.failed,
    requests_cancelled: cell.requests.cancelled,
    requests_unrecorded: cell.requests.unrecorded,
    offered_requests_per_s: cell.offeredRequestsPerS,
    requests_per_s: cell.requestsPerS,
    input_tokens: cell.inputTokens,
    output_tokens: cell.outputTokens,
    output_tokens_per_s: cell.outputTokensPerS,
    total_tokens_per_s: cell.totalTokensPerS,
    duration_ms: cell.durationMs,
    mean_concurrency: cell.meanConcurrency,
    cached_share: cell.cachedShare,
    ...hitRateColumns(run, cell.index),
    prompts_of_other_length: cell.promptsOfOtherLength,
    answers_of_other_length: cell.answersOfOtherLength,
    peak_in_flight: cell.peakInFlight,
    peak_queued: cell.peakQueued,
    engine_lag_p99_ms: cell.engineLag?.p99Ms ?? null,
    ...goodputColumns(cell),
    ...distributionColumns("ttft", cell.ttft),
    ...distributionColumns("ttft_from_schedule", cell.ttftFromSchedule),
    ...distributionColumns("tpot", cell.tpot),
    ...distributionColumns("itl", cell.itl),
    ...distributionColumns("e2e", cell.e2e),
    ...distributionColumns("send_lag", cell.sendLag),
  };
}

function hitRateColumns(run: Run, index: number): Row {
  const cell = run.manifest.cells.find((one) => one.index === index);
  const rates = cell === undefined ? null : hitRates(run, cell);
  return {
    cached_share_theoretical: rates?.theoretical?.ratio ?? null,
    cached_share_usage: rates?.usage?.ratio ?? null,
    cached_share_metrics: rates?.metrics?.ratio ?? null,
  };
}

function goodputColumns({ goodput }: CellSummary): Row {
  const met = goodput?.objective.met;
  return {
    goodput_requests: goodput?.requests ?? null,
    goodput_output_tokens: goodput?.outputTokens ?? null,
    goodput_requests_per_s: goodput?.requestsPerS ?? null,
    goodput_output_tokens_per_s: goodput?.outputTokensPerS ?? null,
    goodput_share_of_offered: goodput?.shareOfOffered ?? null,
    goodput_share_of_completed: goodput?.shareOfCompleted ?? null,
    goodput_share_of_successful: goodput?.shareOfSuccessful ?? null,
    goodput_share_of_tokens: goodput?.shareOfTokens ?? null,
    slo_met: typeof met === "boolean" ? String(met) : null,
  };
}

const STATISTICS = ["count", "mean", "stddev", "min", "p50", "p90", "p95", "p99", "max"] as const;

function distributionColumns(name: string, distribution: Distribution | null): Row {
  return Object.fromEntries(STATISTICS.map((key) => [
    key === "count" ? `${name}_count` : `${name}_${key}_ms`,
    distribution?.[key] ?? null,
  ]));
}

function requestRow(record: RequestRecord, run: Run): Row {
  const { tokens, source } = countOutputTokens(record);
  return {
    cell: record.cell,
    label: run.manifest.cells[record.cell]?.label ?? "",
    id: record.id,
    outcome: record.outcome.kind,
    failure: record.outcome.kind === "failed" ? record.outcome.failure : null,
    message: record.outcome.kind === "failed" ? record.outcome.message : null,
    finish_reason: record.outcome.kind === "ok" ? record.outcome.finishReason : null,
    input_tokens: countInputTokens(record),
    output_tokens: tokens,
    token_source: source,
    output_tokens_asked: record.outputTokens,
    cached_tokens: record.usage?.cachedTokens ?? null,
    session: record.turn?.session ?? null,
    turn: record.turn?.turn ?? null,
    scheduled_ms: record.scheduledMs,
    sent_ms: record.sentMs,
    connect_ms: record.connectMs,
    fresh_connection: record.freshConnection === null ? null : String(record.freshConnection),
    headers_ms: record.headersMs,
    first_token_ms: record.ticsMs[0] ?? null,
    last_token_ms: record.ticsMs.at(-1) ?? null,
    done_ms: record.doneMs,
    send_lag_ms: sendLag.ofRequest(record) ?? null,
    ttft_ms: ttft.ofRequest(record) ?? null,
    ttft_from_schedule_ms: ttftFromSchedule.ofRequest(record) ?? null,
    tpot_ms: tpot.ofRequest(record) ?? null,
    e2e_ms: e2e.ofRequest(record) ?? null,
  };
}
