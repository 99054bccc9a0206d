/**
 * A round's numbers on the terminal, as fluxperf's dual-round benchmark shows them.
 *
 * @see https://github.com/clateral912/fluxperf
 * @module
 */
import { type Labels, labels, type Lang, roundMetricNames, statisticNames } from "../labels.ts";
import { measureRound, type RoundNumbers, type RoundStatistics } from "../metrics/dialects/dual_round.ts";
import { type CellDigest, type CellSummary, digestCell } from "../metrics/mod.ts";
import type { Cell, RequestRecord, TelemetryLine } from "../types.ts";
import { newTable } from "./tables.ts";

/** A cell that has ended. */
export interface EndedRound {
  readonly cell: Cell;
  readonly summary: CellSummary;
  readonly records: Iterable<RequestRecord>;
  /** @default made in one pass over the records */
  readonly digest?: CellDigest;
}

/** What the table is made with beside the cell. */
export interface DualRoundTableOptions {
  /** @default {[]} */
  readonly telemetry?: readonly TelemetryLine[];
  /** @default "en" */
  readonly lang?: Lang;
}

/** Title, counts, a row per metric, throughput and, where the run has an objective, goodput. "N/A" was not measured. */
export function dualRoundTable(
  { cell, summary, records, digest }: EndedRound,
  { telemetry, lang = "en" }: DualRoundTableOptions = {},
): string {
  const words = labels[lang];
  const numbers = measureRound(digest ?? digestRecords(cell, records), { summary, telemetry });
  const table = statisticsTable(numbers, words);
  const width = table.indexOf("\n");
  return [
    "=".repeat(width),
    titleOf(cell, words),
    "=".repeat(width),
    ...describeRequests(numbers, words),
    "-".repeat(width),
    table,
    "",
    ...describeThroughput(numbers, words),
    ...describeGoodput(numbers, words),
  ].join("\n");
}

/** How the numbers of such tables were made; to be said once, not under each. */
export function dualRoundNotes(lang: Lang): string {
  return labels[lang].table.notes;
}

function digestRecords(cell: Cell, records: Iterable<RequestRecord>): CellDigest {
  const digest = digestCell(cell);
  for (const record of records) digest.add(record);
  return digest;
}

function titleOf({ label, parameters: { stage, concurrency, round } }: Cell, { table }: Labels): string {
  if (concurrency === undefined || round === undefined) return label;
  const title = table.title({ concurrency, round });
  return stage === undefined ? title : `${stage} | ${title}`;
}

function describeRequests(
  { requests, durationS, metrics }: RoundNumbers,
  { table: words }: Labels,
): string[] {
  const { total, successful, failed, unfinished } = requests;
  return [
    [
      `${words.total}: ${total}`,
      `${words.successful}: ${successful}`,
      `${words.failed}: ${failed}`,
      ...(unfinished === 0 ? [] : [`${words.unfinished}: ${unfinished}`]),
      `${words.duration}: ${format(durationS)} ${words.seconds}`,
    ].join(" | "),
    [
      `${words.meanInputTokens}: ${format(metrics.input_tokens?.avg, 1)}`,
      `${words.meanOutputTokens}: ${format(metrics.output_tokens?.avg, 1)}`,
    ].join(" | "),
  ];
}

function statisticsTable({ metrics, prometheus }: RoundNumbers, { table, ...words }: Labels): string {
  const drawn = newTable([table.metric, ...statisticNames.map((name) => words.statistics.table[name])]);
  const add = (label: string, statistics: RoundStatistics | null, write: (value?: number | null) => string) =>
    drawn.push([
      label,
      ...statisticNames.map((name) =>
        name === "count" ? format(statistics?.count, 0) : write(statistics?.[name])
      ),
    ]);
  for (const name of roundMetricNames) add(words.metrics[name], metrics[name], (value) => format(value));
  for (const [series, statistics] of prometheus) add(shorten(series), statistics, formatAny);
  return drawn.toString();
}

function describeThroughput({ tokensPerS, requestsPerS }: RoundNumbers, { table: words }: Labels): string[] {
  return [
    `${words.throughput}:`,
    `  ${words.tokenThroughput}: ${format(tokensPerS)} tokens/sec`,
    `  ${words.requestThroughput}: ${format(requestsPerS)} requests/sec`,
  ];
}

function describeGoodput({ goodput, requests }: RoundNumbers, { table: words }: Labels): string[] {
  if (goodput === null) return [];
  return [
    "",
    `${words.goodput}:`,
    `  ${words.goodRequests}: ${format(goodput.requests, 0)} / ${requests.successful} (${
      format(goodput.requestPercent)
    }%)`,
    `  ${words.goodTokens}: ${format(goodput.tokens, 0)} (${format(goodput.tokenPercent)}%)`,
    `  ${words.tokenGoodput}: ${format(goodput.tokensPerS)} tokens/sec`,
    `  ${words.requestGoodput}: ${format(goodput.requestsPerS)} requests/sec`,
  ];
}

/** A fixed number of digits; one that would read 0 and is not is written with an exponent. */
function format(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return "N/A";
  const text = value.toFixed(digits);
  return value !== 0 && Number(text) === 0 ? value.toExponential(1) : text;
}

/** A server's own value: four digits after the point, none from a thousand on. */
function formatAny(value: number | null | undefined): string {
  return format(value, value && Math.abs(value) >= 1000 ? 0 : 4);
}

/** Longest name of a series that is shown whole. */
const MOST_CHARACTERS = 48;

/** The front and the end of a long name: labels at the end tell series apart. */
function shorten(series: string): string {
  if (series.length <= MOST_CHARACTERS) return series;
  return `${series.slice(0, 30)}…${series.slice(series.length - (MOST_CHARACTERS - 31))}`;
}
