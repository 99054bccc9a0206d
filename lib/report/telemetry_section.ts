/**
 * What the server said of itself, as a section of a run's page.
 *
 * @module
 */
import { type Distribution, MIN_COUNT_FOR_P99 } from "../metrics/distribution.ts";
import {
  type CounterSummary,
  type FamilySummary,
  type GaugeSummary,
  type HistogramSummary,
  summarizeTelemetry,
} from "../metrics/telemetry.ts";
import {
  type CellKey,
  formatCount,
  formatMs,
  formatNumber,
  formatPlural,
  layOutCells,
  telemetrySeriesFigure,
} from "../plots/mod.ts";
import type { Run, TelemetryLine } from "../types.ts";
import type { Block, Row, Section, Table } from "./blocks.ts";

/** The section; none where nobody asked the server. */
export function telemetrySection(run: Run): Section[] {
  const source = run.telemetry.find((line) => line.kind === "source");
  if (source === undefined) return [];
  const cells = layOutCells(run.manifest.cells).cells
    .map((key) => ({ key, summary: summarizeTelemetry(run.telemetry, key.index) }));
  const readings = cells.reduce((sum, { summary }) => sum + summary.readings, 0);
  const all = cells.flatMap(({ key, summary }) => summary.families.map((family) => ({ key, family })));
  const gaps = cells.flatMap(({ key, summary }) => summary.gaps.map((gap) => ({ key, ...gap })));
  return [{
    id: "telemetry",
    title: "What the server said of itself",
    blocks: [
      { kind: "text", text: describeSource(source, readings) },
      ...(all.length === 0 ? [] : [figureBlock(run)]),
      ...tables(all),
      ...(gaps.length === 0 ? [] : [{
        kind: "list" as const,
        title: "Gaps",
        items: gaps.map(({ key, atMs, message }) =>
          `${key.label}, from ${formatMs(Math.max(0, atMs - startOf(run, key)))} on: ${message}`
        ),
      }]),
    ],
  }];
}

function figureBlock(run: Run): Block {
  return { kind: "figure", figure: telemetrySeriesFigure(run), width: "full" };
}

function startOf(run: Run, { index }: CellKey): number {
  return run.manifest.cells.find((cell) => cell.index === index)?.startMs ?? 0;
}

function describeSource(
  { url, via, intervalMs }: Extract<TelemetryLine, { kind: "source" }>,
  readings: number,
): string {
  const how = via === "page"
    ? "read at the start of each cell, then"
    : "a Prometheus server, asked after each cell for values; they are as old as its own last reading. One";
  return `${url}: ${how} every ${formatMs(intervalMs)}${via === "page" ? ", and at its end" : ""}; ${
    formatPlural(readings, "reading")
  }. These are the server's own numbers, not measured here; a counter's series are summed, a gauge's are not.`;
}

/** What a family did in a cell. */
interface Entry<Summary extends FamilySummary = FamilySummary> {
  readonly key: CellKey;
  readonly family: Summary;
}

/** Up to one table per kind of metric; metric by metric, cell by cell. */
function tables(all: readonly Entry[]): Table[] {
  const entries = byMetric(all);
  return [
    table<GaugeSummary>({
      caption: "Gauges, over the readings while the load ran",
      entries: entries.flatMap(({ key, family }) => family.kind === "gauge" ? [{ key, family }] : []),
      columns: ["Readings", "Mean", "Std. dev.", "Min", "p50", "p90", "p95", "p99", "Max"],
      valuesOf: ({ distribution }) => distributionValues(distribution),
      labelsOf: ({ labels }) => labels,
    }),
    table<CounterSummary>({
      caption: "Counters, from the first reading of a cell to its last",
      entries: entries.flatMap(({ key, family }) => family.kind === "counter" ? [{ key, family }] : []),
      columns: ["Growth", "Per second", "Restarts"],
      valuesOf: ({ delta, perS, resets }) => [formatAmount(delta), formatNumber(perS), formatCount(resets)],
    }),
    table<HistogramSummary>({
      caption:
        "Histograms, from the first reading of a cell to its last; quantiles as Prometheus estimates them",
      entries: entries.flatMap(({ key, family }) => family.kind === "histogram" ? [{ key, family }] : []),
      columns: ["Observations", "Mean", "p50", "p90", "p99", "Restarts"],
      valuesOf: ({ count, mean, p50, p90, p99, resets }) => [
        formatCount(count),
        ...[mean, p50, p90, p99].map(formatNumber),
        formatCount(resets),
      ],
    }),
  ].filter(({ rows }) => rows.length > 0);
}

function byMetric(all: readonly Entry[]): Entry[] {
  return [...Map.groupBy(all, ({ family }) => family.family.name).values()].flat();
}

interface TableOptions<Summary extends FamilySummary> {
  readonly caption: string;
  readonly entries: readonly Entry<Summary>[];
  readonly columns: readonly string[];
  readonly valuesOf: (family: Summary) => readonly string[];
  /** Of the series. @default nothing */
  readonly labelsOf?: (family: Summary) => string;
}

function table<Summary extends FamilySummary>(
  { caption, entries, columns, valuesOf, labelsOf = () => "" }: TableOptions<Summary>,
): Table {
  return {
    kind: "table",
    caption,
    columns: [
      { label: "Cell", numeric: false },
      { label: "Metric", numeric: false },
      ...columns.map((label) => ({ label, numeric: true })),
    ],
    rows: entries.map(({ key, family }): Row => {
      const labels = labelsOf(family);
      const name = labels === "" ? family.family.name : `${family.family.name}{${labels}}`;
      return { values: [key.label, name, ...valuesOf(family)], level: key.level, tone: key.tone };
    }),
  };
}

function distributionValues({ count, mean, stddev, min, p50, p90, p95, p99, max }: Distribution): string[] {
  const sure99 = count >= MIN_COUNT_FOR_P99 ? p99 : null;
  return [formatCount(count), ...[mean, stddev, min, p50, p90, p95, sure99, max].map(formatNumber)];
}

/** Counts in full, other amounts, such as seconds, to three digits. */
function formatAmount(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : formatNumber(value);
}
