/**
 * What a server said of itself over time.
 *
 * @module
 */
import type { TelemetryFamily, TelemetryLine } from "../types.ts";
import { differingLabels, growthOptions } from "./telemetry.ts";
import {
  isGauge,
  samplesOfCell,
  seriesNamed,
  sumGrowth,
  type TelemetrySample,
  viaOf,
} from "./telemetry_series.ts";

/** A value, or none: the source could not be read, or nothing was observed. */
export interface CoursePoint {
  /** On the run's clock. */
  readonly atMs: number;
  readonly value: number | null;
}

/** One line of a picture. */
export interface Course {
  /** Labels by which the lines of a family differ; empty where there is one. */
  readonly labels: string;
  readonly points: readonly CoursePoint[];
}

/**
 * The course of a family in a cell: a gauge's values, one line per series; a counter's growth per second, all series
 * together; the mean of what a histogram or summary took in, both since the reading before. An outage is a point without a
 * value.
 */
export function courseOf(
  telemetry: readonly TelemetryLine[],
  { family, cell }: { readonly family: TelemetryFamily; readonly cell: number },
): Course[] {
  const samples = samplesOfCell(telemetry, cell);
  const gaps = telemetry.flatMap((line) =>
    line.kind === "gap" && line.cell === cell ? [{ atMs: line.atMs, value: null }] : []
  );
  // The page is read some time before the load begins: a line from there would lead through values that never were.
  const isEarly = isGauge(family) && viaOf(telemetry) === "page" && samples.length > 2;
  return linesOf(telemetry, family, isEarly ? samples.slice(1) : samples)
    .map(({ labels, points }) => ({
      labels,
      points: [...points, ...gaps].toSorted((a, b) => a.atMs - b.atMs),
    }))
    .filter(({ points }) => points.some(({ value }) => value !== null));
}

function linesOf(
  telemetry: readonly TelemetryLine[],
  family: TelemetryFamily,
  samples: readonly TelemetrySample[],
): Course[] {
  const growth = (name: string) => sumGrowth(samples, seriesNamed(samples, name), growthOptions(telemetry));
  switch (family.type) {
    case "gauge":
    case "untyped": {
      const all = seriesNamed(samples, family.name);
      const labels = differingLabels(all);
      return all.map((series, place) => ({
        labels: labels[place] ?? "",
        points: samples.map(({ atMs, values }) => ({ atMs, value: values[series] ?? null })),
      }));
    }
    case "counter": {
      const by = growth(family.name);
      const rate = (place: number) => {
        const spanS = spanMsOf(samples, place) / 1000;
        const grown = by[place]?.by ?? null;
        return grown === null || spanS <= 0 ? null : grown / spanS;
      };
      return [{ labels: "", points: pointsSince(samples, rate) }];
    }
    case "histogram":
    case "summary": {
      const [counts, sums] = [growth(`${family.name}_count`), growth(`${family.name}_sum`)];
      const mean = (place: number) => {
        const [count = 0, sum] = [counts[place]?.by, sums[place]?.by];
        return count > 0 && sum !== undefined ? sum / count : null;
      };
      return [{ labels: "", points: pointsSince(samples, mean) }];
    }
  }
}

/** Time between a reading and the one before, by place in the growth. */
function spanMsOf(samples: readonly TelemetrySample[], place: number): number {
  return (samples[place + 1]?.atMs ?? 0) - (samples[place]?.atMs ?? 0);
}

/** What happened since the reading before, at each reading but the first. */
function pointsSince(
  samples: readonly TelemetrySample[],
  valueOf: (place: number) => number | null,
): CoursePoint[] {
  return samples.slice(1).map(({ atMs }, place) => ({ atMs, value: valueOf(place) }));
}

/**
 * Thins a course: points that follow each other are joined into one, at the last one's instant. Its value is the largest of
 * them, so that no peak is lost, or their mean. Points are never joined across one without a value.
 *
 * @param most About how many points to keep; each gap adds up to two.
 */
export function thinCourse(
  points: readonly CoursePoint[],
  { most, join }: { readonly most: number; readonly join: "largest" | "mean" },
): CoursePoint[] {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return [...points];
  const thin: CoursePoint[] = [];
  let group: number[] = [];
  let lastMs = 0;
  const flush = () => {
    if (group.length === 0) return;
    const value = join === "largest"
      ? group.reduce((a, b) => Math.max(a, b))
      : group.reduce((a, b) => a + b, 0) / group.length;
    thin.push({ atMs: lastMs, value });
    group = [];
  };
  for (const { atMs, value } of points) {
    if (value === null) {
      flush();
      if (thin.at(-1)?.value !== null) thin.push({ atMs, value });
      continue;
    }
    lastMs = atMs;
    if (group.push(value) === size) flush();
  }
  flush();
  return thin;
}
