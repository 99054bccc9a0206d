/**
 * The files of fluxperf's dual-round benchmark, from a run of rounds: `metrics_summary.csv` with a column per round, and a
 * `concurrency_<c>_round_<r>.json` for each with its configuration, its numbers and its requests.
 *
 * Layout and labels are the script's, the numbers are not rounded to two digits, and what was not measured is an empty cell
 * or `null` where the script writes 0. Prompts and answers are not in them: prompts are in the dataset, and a run keeps no
 * answers.
 *
 * @see https://github.com/clateral912/fluxperf
 * @module
 */
// @ts-types="@types/papaparse"
import Papa from "papaparse";

import { type Labels, labels, langOf, roundMetricNames, type RoundPlace, statisticNames } from "../labels.ts";
import type { RoundNumbers } from "../metrics/dialects/dual_round.ts";
import type { Cell, RunManifest } from "../types.ts";
import { type DerivedFile, tidyFine, tidySignificant } from "./derived_file.ts";
import { type MeasuredRound, roundJson } from "./dual_round_json.ts";

/** Makes metrics_summary.csv and a JSON file per round. */
export function dualRoundFiles(manifest: RunManifest, rounds: readonly MeasuredRound[]): DerivedFile[] {
  const names = fileNames(rounds.map(({ cell }) => cell));
  return [
    { name: "metrics_summary.csv", pieces: [metricsSummaryCsv(rounds, labels[langOf(manifest.options)])] },
    ...rounds.map((round, i) => ({ name: names[i] ?? "", pieces: roundJson(manifest, round) })),
  ];
}

/** "concurrency_5_round_1.json", with stages "warm_concurrency_5_round_1.json"; no two alike on any file system. */
function fileNames(cells: readonly Cell[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell) => {
    const place = placeOf(cell);
    const stage = stageOf(cell);
    const name = [
      ...(stage === null ? [] : [stage]),
      place === null ? `cell_${cell.index}` : `concurrency_${place.concurrency}_round_${place.round}`,
    ].map(safeName).join("_");
    let free = name;
    for (let i = 2; taken.has(free.toLowerCase()); i++) free = `${name}_${i}`;
    taken.add(free.toLowerCase());
    return `${free}.json`;
  });
}

/** Letters, digits, points and dashes; no point in front, and short enough for a file name in any script. */
function safeName(text: string): string {
  return [...text.replaceAll(/[^\p{L}\p{N}._-]/gu, "_").replace(/^\./, "_")].slice(0, 60).join("");
}

function stageOf({ parameters: { stage } }: Cell): string | null {
  return stage === undefined ? null : String(stage);
}

/** `null` for a cell that is no round. */
function placeOf({ parameters: { concurrency, round } }: Cell): RoundPlace | null {
  return concurrency === undefined || round === undefined ? null : { concurrency, round };
}

type CsvRow = (string | number | null)[];

/** Blocks of rows with an empty row between them; the first row of a block is its title. */
function metricsSummaryCsv(rounds: readonly MeasuredRound[], words: Labels): string {
  const rows = [[words.csv.corner, ...rounds.map(({ cell }) => columnLabel(cell, words))]];
  const blocks = [...fixedBlocks(rounds, words), ...prometheusBlocks(rounds, words)];
  return Papa.unparse([...rows, ...blocks.flatMap((block) => [[], ...block])], {
    ...{ newline: "\n", escapeFormulae: true },
  }) + "\n";
}

function columnLabel(cell: Cell, words: Labels): string {
  const place = placeOf(cell);
  const column = place === null ? cell.label : words.csv.column(place);
  const stage = stageOf(cell);
  return stage === null ? column : `${stage}: ${column}`;
}

function fixedBlocks(rounds: readonly MeasuredRound[], { csv, metrics, statistics }: Labels): CsvRow[][] {
  const row = (label: string, pick: (numbers: RoundNumbers) => number | null | undefined): CsvRow => [
    label,
    ...rounds.map(({ numbers }) => tidyFine(pick(numbers))),
  ];
  return [
    [
      [csv.basics],
      row(csv.total, ({ requests }) => requests.total),
      row(csv.successful, ({ requests }) => requests.successful),
      row(csv.failed, ({ requests }) => requests.failed),
      row(csv.unfinished, ({ requests }) => requests.unfinished),
      row(csv.durationS, ({ durationS }) => durationS),
    ],
    ...roundMetricNames.map((metric) => [
      [metrics[metric]],
      ...statisticNames.map((name) =>
        row(statistics.csv[name], (numbers) => numbers.metrics[metric]?.[name])
      ),
    ]),
    [
      [csv.throughput],
      row(csv.tokensPerS, ({ tokensPerS }) => tokensPerS),
      row(csv.requestsPerS, ({ requestsPerS }) => requestsPerS),
    ],
    [
      [csv.goodput],
      row(csv.goodRequests, ({ goodput }) => goodput?.requests),
      row(csv.requestPercent, ({ goodput }) => goodput?.requestPercent),
      row(csv.tokenPercent, ({ goodput }) => goodput?.tokenPercent),
      row(csv.goodTokens, ({ goodput }) => goodput?.tokens),
      row(csv.goodRequestsPerS, ({ goodput }) => goodput?.requestsPerS),
      row(csv.goodTokensPerS, ({ goodput }) => goodput?.tokensPerS),
    ],
  ];
}

/** A server's numbers have units of their own: what is small there is not noise. */
function prometheusBlocks(rounds: readonly MeasuredRound[], { csv, statistics }: Labels): CsvRow[][] {
  const series = [...new Set(rounds.flatMap(({ numbers }) => [...numbers.prometheus.keys()]))].sort();
  return series.map((name, i) => [
    ...(i === 0 ? [[csv.prometheus]] : []),
    [name],
    ...statisticNames.map((statistic) => [
      statistics.csv[statistic],
      ...rounds.map(({ numbers }) => tidySignificant(numbers.prometheus.get(name)?.[statistic])),
    ]),
  ]);
}
