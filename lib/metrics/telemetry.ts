/**
 * From what a server said of itself to numbers per cell.
 *
 * A counter's series are summed: they are parts of one count. A gauge's are kept apart: a sum of loads or temperatures
 * means nothing. A histogram's are summed bucket by bucket.
 *
 * @module
 */
import type { CacheCounts, TelemetryFamily, TelemetryLine } from "../types.ts";
import { describe, type Distribution } from "./distribution.ts";
import { type Bucket, histogramQuantile } from "./histogram_quantile.ts";
import {
  type GrowthOptions,
  isGauge,
  parseSeries,
  recordedFamilies,
  samplesDuringLoad,
  samplesOfCell,
  seriesNamed,
  sumGrowth,
  type TelemetrySample,
  totalGrowth,
  viaOf,
} from "./telemetry_series.ts";

/** What a gauge showed. Untyped metrics are taken for gauges. */
export interface GaugeSummary {
  readonly kind: "gauge";
  readonly family: TelemetryFamily;
  /** Labels by which the series differ, `a="b", c="d"`; empty where there is one. */
  readonly labels: string;
  /** Over the readings, in the metric's own unit. */
  readonly distribution: Distribution;
  readonly last: number;
}

/** What a counter counted from the cell's first reading to its last. */
export interface CounterSummary {
  readonly kind: "counter";
  readonly family: TelemetryFamily;
  readonly series: number;
  readonly delta: number;
  /** `null` where no time passed between the readings. */
  readonly perS: number | null;
  /** Times that it began anew. What was counted between the reading before and the restart is lost. */
  readonly resets: number;
}

/** What a histogram, or a summary, took in from the cell's first reading to its last. */
export interface HistogramSummary {
  readonly kind: "histogram";
  readonly family: TelemetryFamily;
  /** Observations. */
  readonly count: number;
  /** In the metric's own unit; `null` without observations. */
  readonly mean: number | null;
  /** As Prometheus' `histogram_quantile`; `null` without observations or buckets. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly resets: number;
}

/** What one family did in a cell. */
export type FamilySummary = GaugeSummary | CounterSummary | HistogramSummary;

/** What a server said during a cell. */
export interface TelemetrySummary {
  readonly cell: number;
  /** Readings that succeeded. */
  readonly readings: number;
  /** In the order of recording; families without a value are left out. */
  readonly families: readonly FamilySummary[];
  readonly gaps: readonly { readonly atMs: number; readonly message: string }[];
}

/** Summarises what was recorded in a cell. */
export function summarizeTelemetry(telemetry: readonly TelemetryLine[], cell: number): TelemetrySummary {
  const samples = samplesOfCell(telemetry, cell);
  const options = growthOptions(telemetry);
  return {
    cell,
    readings: samples.length,
    families: recordedFamilies(telemetry).flatMap((family) =>
      isGauge(family)
        ? summarizeGauge(family, samplesDuringLoad(telemetry, cell))
        : summarizeGrowing(family, samples, options)
    ),
    gaps: telemetry.flatMap((line) =>
      line.kind === "gap" && line.cell === cell ? [{ atMs: line.atMs, message: line.message }] : []
    ),
  };
}

/** How counters are compared, by where their values are from. */
export function growthOptions(telemetry: readonly TelemetryLine[]): GrowthOptions {
  return { countsFromBirth: viaOf(telemetry) !== "prometheus" };
}

function summarizeGrowing(
  family: TelemetryFamily,
  samples: readonly TelemetrySample[],
  options: GrowthOptions,
): FamilySummary[] {
  return family.type === "counter"
    ? summarizeCounter(family, samples, options)
    : summarizeHistogram(family, samples, options);
}

function summarizeGauge(family: TelemetryFamily, samples: readonly TelemetrySample[]): GaugeSummary[] {
  const all = seriesNamed(samples, family.name);
  const labels = differingLabels(all);
  return all.flatMap((series, place) => {
    const values = samples.map(({ values }) => values[series]).filter((value) => value !== undefined);
    const distribution = describe(values);
    const last = values.at(-1);
    if (distribution === null || last === undefined) return [];
    return [{ kind: "gauge", family, labels: labels[place] ?? "", distribution, last }];
  });
}

/** Of each series, the labels that not all of them share. */
export function differingLabels(all: readonly string[]): string[] {
  const parsed = all.map((series) => parseSeries(series).labels);
  const names = [...new Set(parsed.flatMap((labels) => Object.keys(labels)))];
  const differing = names.filter((name) => new Set(parsed.map((labels) => labels[name])).size > 1);
  return parsed.map((labels) =>
    differing.flatMap((name) => labels[name] === undefined ? [] : [`${name}="${labels[name]}"`]).join(", ")
  );
}

function summarizeCounter(
  family: TelemetryFamily,
  samples: readonly TelemetrySample[],
  options: GrowthOptions,
): CounterSummary[] {
  const series = seriesNamed(samples, family.name);
  const total = totalGrowth(sumGrowth(samples, series, options));
  if (total === null) return [];
  const spanMs = (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0);
  return [{
    ...{ kind: "counter", family, series: series.length, delta: total.by, resets: total.resets },
    perS: spanMs > 0 ? total.by / spanMs * 1000 : null,
  }];
}

function summarizeHistogram(
  family: TelemetryFamily,
  samples: readonly TelemetrySample[],
  options: GrowthOptions,
): HistogramSummary[] {
  const totalOf = (series: readonly string[]) => totalGrowth(sumGrowth(samples, series, options));
  const count = totalOf(seriesNamed(samples, `${family.name}_count`));
  if (count === null) return [];
  const sum = totalOf(seriesNamed(samples, `${family.name}_sum`));
  const buckets = [...Map.groupBy(seriesNamed(samples, `${family.name}_bucket`), boundOf)]
    .map(([bound, series]): Bucket => ({ bound, count: totalOf(series)?.by ?? 0 }));
  return [{
    kind: "histogram",
    family,
    count: count.by,
    mean: sum !== null && count.by > 0 ? sum.by / count.by : null,
    p50: histogramQuantile(0.5, buckets),
    p90: histogramQuantile(0.9, buckets),
    p99: histogramQuantile(0.99, buckets),
    resets: count.resets,
  }];
}

/** Upper bound of a bucket. */
function boundOf(series: string): number {
  const { le = "" } = parseSeries(series).labels;
  return /^\+?inf/i.test(le) ? Infinity : Number(le);
}

/**
 * What the prefix cache had of a cell's prompts, by two counters of a `/metrics` page.
 *
 * All series of a counter are summed. SGLang counts cached tokens by `cache_source`: either by where they were (device, host,
 * storage) or, where it does not know, under "total"; a token is never under both. It has the counter only from the first hit
 * on: where the page shows it in no cell, nothing is said, and where another cell has it, there were no hits here.
 *
 * @param telemetry Of the whole run, as far as it got.
 * @returns `undefined` when the counters are not there, counted nothing, or come from a Prometheus server, whose values are as
 *   old as its last reading and not those of the cell's two ends.
 */
export function cacheCounts(
  telemetry: readonly TelemetryLine[],
  { cell, queries, hits }: { readonly cell: number; readonly queries: string; readonly hits: string },
): CacheCounts | undefined {
  if (viaOf(telemetry) === "prometheus") return undefined;
  const samples = samplesOfCell(telemetry, cell);
  const delta = (name: string) =>
    totalGrowth(sumGrowth(samples, seriesNamed(samples, name), growthOptions(telemetry)))?.by;
  const promptTokens = delta(queries);
  if (promptTokens === undefined || promptTokens === 0) return undefined;
  const isKnown = recordedFamilies(telemetry).some(({ name }) => name === hits);
  const cachedTokens = delta(hits) ?? (isKnown ? 0 : undefined);
  return cachedTokens === undefined ? undefined : { promptTokens, cachedTokens };
}
