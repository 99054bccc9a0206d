/**
 * The names of series, and what their values did during a cell.
 *
 * @module
 */
import type { TelemetryFamily, TelemetryLine } from "../types.ts";

/** A reading of the source. */
export type TelemetrySample = Extract<TelemetryLine, { kind: "sample" }>;

/** A series by its parts. */
export interface SeriesName {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Takes the name of a series apart.
 *
 * @param series As in {@linkcode TelemetryLine}: `name{a="b",c="d"}`, with `\\`, `\"` and `\n` escaped in values.
 * @example
 * ```ts
 * import { parseSeries } from "./telemetry_series.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(parseSeries('up{job="a,b"}'), { name: "up", labels: { job: "a,b" } });
 * ```
 */
export function parseSeries(series: string): SeriesName {
  const brace = series.indexOf("{");
  if (brace === -1) return { name: series, labels: {} };
  const pairs = series.slice(brace + 1, -1).matchAll(/([^=,{]+)="((?:[^"\\]|\\.)*)"/g);
  return {
    name: series.slice(0, brace),
    labels: Object.fromEntries(
      pairs.map(([, label = "", value = ""]): [string, string] => [label, unescape(value)]),
    ),
  };
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, char: string) => char === "n" ? "\n" : char);
}

/** Whether its values are states, not counts. */
export function isGauge({ type }: TelemetryFamily): boolean {
  return type === "gauge" || type === "untyped";
}

/** The families of a run, each once, in the order in which they were recorded. */
export function recordedFamilies(telemetry: readonly TelemetryLine[]): TelemetryFamily[] {
  const families = new Map<string, TelemetryFamily>();
  for (const line of telemetry) {
    if (line.kind !== "source") continue;
    for (const family of line.families) families.set(family.name, family);
  }
  return [...families.values()];
}

/**
 * The readings of a cell while its load ran: a page is read before it and at its very end too, where the server is idle, and
 * gauges of those moments say nothing of the load. Where there are no others, all are given.
 */
export function samplesDuringLoad(telemetry: readonly TelemetryLine[], cell: number): TelemetrySample[] {
  const samples = samplesOfCell(telemetry, cell);
  return viaOf(telemetry) === "page" && samples.length > 2 ? samples.slice(1, -1) : samples;
}

/** Where the values of a run are from; `undefined` where there are none. */
export function viaOf(telemetry: readonly TelemetryLine[]): "page" | "prometheus" | undefined {
  return telemetry.find((line) => line.kind === "source")?.via;
}

/** The readings of a cell, in order. */
export function samplesOfCell(telemetry: readonly TelemetryLine[], cell: number): TelemetrySample[] {
  return telemetry
    .flatMap((line) => line.kind === "sample" && line.cell === cell ? [line] : [])
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** Series of the given sample name, in the order in which they come. */
export function seriesNamed(samples: readonly TelemetrySample[], name: string): string[] {
  const found = new Set<string>();
  for (const { values } of samples) {
    for (const series of Object.keys(values)) {
      if (series === name || series.startsWith(`${name}{`)) found.add(series);
    }
  }
  return [...found];
}

/** How much a counter grew from one reading to the next, and whether it began anew in between. */
export interface Growth {
  readonly by: number;
  readonly isReset: boolean;
}

/** How growth is counted. */
export interface GrowthOptions {
  /**
   * Whether a series that the cell's first reading does not have yet counts from 0 when it comes: a page has all that there
   * is, a Prometheus server may only have read it late.
   */
  readonly countsFromBirth: boolean;
}

/**
 * The growth of a counter between the readings that have it, each series by itself, as in Prometheus. A fall means that the server was started anew: what it shows
 * then is what it has counted since.
 *
 * @returns One entry per reading but the first; `null` where there is nothing to compare.
 */
export function growthOf(
  samples: readonly TelemetrySample[],
  series: string,
  { countsFromBirth }: GrowthOptions,
): (Growth | null)[] {
  const first = samples[0]?.values[series];
  let before = first ?? (countsFromBirth ? 0 : null);
  return samples.slice(1).map(({ values }) => {
    const value = values[series];
    if (value === undefined) return null;
    const last = before;
    before = value;
    if (last === null) return null;
    return value < last ? { by: value, isReset: true } : { by: value - last, isReset: false };
  });
}

/** Growth of several series together, by reading; `null` where none of them has any. */
export function sumGrowth(
  samples: readonly TelemetrySample[],
  series: readonly string[],
  options: GrowthOptions,
): (Growth | null)[] {
  const each = series.map((one) => growthOf(samples, one, options));
  return samples.slice(1).map((_, reading) => {
    const there = each.map((growth) => growth[reading] ?? null).filter((growth) => growth !== null);
    if (there.length === 0) return null;
    return {
      by: there.reduce((sum, { by }) => sum + by, 0),
      isReset: there.some(({ isReset }) => isReset),
    };
  });
}

/** All of it; `null` when there is none. */
export function totalGrowth(growth: readonly (Growth | null)[]): { by: number; resets: number } | null {
  const there = growth.filter((one) => one !== null);
  if (there.length === 0) return null;
  return {
    by: there.reduce((sum, { by }) => sum + by, 0),
    resets: there.filter(({ isReset }) => isReset).length,
  };
}
