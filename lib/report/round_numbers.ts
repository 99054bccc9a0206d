/**
 * The numbers of rounds in the layout of fluxperf's `metrics_summary.csv`: a column per round, in the words of the run's
 * language.
 *
 * @module
 */
import { labels, langOf, type RoundMetricName, statisticNames } from "../labels.ts";
import { measureRound, type RoundNumbers, type RoundStatistics } from "../metrics/dialects/dual_round.ts";
import { digestRun, MIN_COUNT_FOR_P99, type RunSummary } from "../metrics/mod.ts";
import { formatCount, formatNumber, MISSING } from "../plots/mod.ts";
import type { Run } from "../types.ts";
import type { Row, Table } from "./blocks.ts";

/** Metrics that are shown; token counts are the same in every round. */
const shownMetrics: readonly RoundMetricName[] = ["ttft", "itl", "latency"];

/** Makes the table. @returns Nothing for a run without rounds. */
export function roundNumbersTable(run: Run, summary: RunSummary): Table[] {
  const words = labels[langOf(run.manifest.options)];
  const digests = digestRun(run);
  const rounds = summary.cells.flatMap((cell) => {
    const digest = digests.get(cell.index);
    const { stage, concurrency, round } = cell.parameters;
    if (digest === undefined || concurrency === undefined || round === undefined) return [];
    const column = words.csv.column({ concurrency, round });
    return [{
      label: stage === undefined ? column : `${stage}: ${column}`,
      numbers: measureRound(digest, { summary: cell }),
    }];
  });
  if (rounds.length === 0) return [];
  const row = (label: string, of: (numbers: RoundNumbers) => string): Row => ({
    values: [label, ...rounds.map(({ numbers }) => of(numbers))],
  });
  const { csv } = words;
  return [{
    kind: "table",
    caption: `metrics_summary.csv. ${words.table.notes} P99: n ≥ ${MIN_COUNT_FOR_P99}.`,
    columns: [
      { label: csv.corner, numeric: false },
      ...rounds.map(({ label }) => ({ label, numeric: true })),
    ],
    rows: [
      row(csv.total, ({ requests }) => formatCount(requests.total)),
      row(csv.successful, ({ requests }) => formatCount(requests.successful)),
      row(csv.failed, ({ requests }) => formatCount(requests.failed)),
      row(csv.durationS, ({ durationS }) => formatNumber(durationS)),
      ...shownMetrics.flatMap((metric) =>
        statisticNames.map((name) =>
          row(
            `${words.metrics[metric]} ${words.statistics.csv[name]}`,
            ({ metrics }) => show(metrics[metric], name),
          )
        )
      ),
      row(csv.tokensPerS, ({ tokensPerS }) => formatNumber(tokensPerS)),
      row(csv.requestsPerS, ({ requestsPerS }) => formatNumber(requestsPerS)),
      ...(rounds.every(({ numbers }) => numbers.goodput === null) ? [] : [
        row(csv.goodRequests, ({ goodput }) => formatCount(goodput?.requests)),
        row(csv.requestPercent, ({ goodput }) => formatNumber(goodput?.requestPercent)),
        row(csv.tokenPercent, ({ goodput }) => formatNumber(goodput?.tokenPercent)),
      ]),
    ],
  }];
}

function show(statistics: RoundStatistics | null, name: (typeof statisticNames)[number]): string {
  if (statistics === null) return MISSING;
  if (name === "count") return formatCount(statistics.count);
  return name === "p99" && statistics.count < MIN_COUNT_FOR_P99 ? MISSING : formatNumber(statistics[name]);
}
