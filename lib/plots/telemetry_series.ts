/**
 * What the server said of itself while cells ran: a panel per metric over one time axis.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";

import { courseOf, thinCourse } from "../metrics/telemetry_course.ts";
import { recordedFamilies } from "../metrics/telemetry_series.ts";
import type { Figure, Run, TelemetryFamily } from "../types.ts";
import { cellLines } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatNumber } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, gridY, showsCell } from "./frame.ts";
import { lineLabels, MOST_LABELS, pickEvenly } from "./labels.ts";
import { drawStack } from "./panels.ts";
import { cellColor } from "./theme.ts";

/** More would not be looked at. */
const MOST_PANELS = 8;
/** More series of one gauge in one cell would hide each other. */
const MOST_SERIES = 8;
/** About as many points as there are pixels to tell apart. */
const MOST_POINTS = 400;

/** A line: values by time from the cell's start. */
type Line = {
  readonly cell: CellKey;
  /** Labels of a gauge's series; empty where it has one. */
  readonly labels: string;
  readonly atS: readonly number[];
  /** `null` breaks the line. */
  readonly values: readonly (number | null)[];
};

type Panel = {
  readonly name: string;
  /** What is drawn: the values, their growth per second, or the mean of what was observed since the point before. */
  readonly quantity: "value" | "rate" | "mean";
  readonly lines: readonly Line[];
};

/** Panels in the order of recording. */
export type TelemetrySeriesData = {
  readonly panels: readonly Panel[];
  /** End of the longest cell, in s from its start. */
  readonly endS: number;
};

/** {@linkcode telemetrySeriesFigure}'s figure. */
export type TelemetrySeries = Figure<TelemetrySeriesData> & { readonly name: "telemetry_series" };

/**
 * Makes the figure. Of more than eight metrics, the first eight that changed during the run are shown; those that never did
 * fill what is left.
 */
export function telemetrySeriesFigure(run: Run): TelemetrySeries {
  const { cells } = run.manifest;
  const keys = layOutCells(cells).cells;
  const all = recordedFamilies(run.telemetry).flatMap((family) => {
    const lines = keys.flatMap((key) => linesOf(run, family, key));
    return lines.length === 0 ? [] : [{ name: family.name, quantity: quantityOf(family), lines }];
  });
  const panels = choosePanels(all);
  const lengthsMs = cells.map(({ startMs, endMs }) =>
    startMs === null || endMs === null ? 0 : endMs - startMs
  );
  const lastS = panels.flatMap(({ lines }) => lines.map(({ atS }) => atS.at(-1) ?? 0));
  return {
    name: "telemetry_series",
    title: "What the server said",
    caption: describePanels(panels, all.length),
    data: {
      panels,
      endS: Math.max(0, ...(lengthsMs.some((ms) => ms > 0) ? lengthsMs.map((ms) => ms / 1000) : lastS)),
    },
  };
}

function quantityOf({ type }: TelemetryFamily): Panel["quantity"] {
  if (type === "counter") return "rate";
  return type === "histogram" || type === "summary" ? "mean" : "value";
}

function linesOf(run: Run, family: TelemetryFamily, key: CellKey): Line[] {
  const startMs = run.manifest.cells.find(({ index }) => index === key.index)?.startMs ?? null;
  if (startMs === null) return [];
  const join = quantityOf(family) === "value" ? "largest" : "mean";
  return courseOf(run.telemetry, { family, cell: key.index }).slice(0, MOST_SERIES).map(
    ({ labels, points }) => {
      const thin = thinCourse(points, { most: MOST_POINTS, join });
      return {
        cell: key,
        labels,
        atS: thin.map(({ atMs }) => Math.round(atMs - startMs) / 1000),
        values: thin.map(({ value }) => value === null ? null : Number(value.toPrecision(6))),
      };
    },
  );
}

function choosePanels(all: readonly Panel[]): readonly Panel[] {
  if (all.length <= MOST_PANELS) return all;
  const changes = ({ lines }: Panel) =>
    new Set(lines.flatMap(({ values }) => values).filter((value) => value !== null)).size > 1;
  const kept = new Set(
    [...all.filter(changes), ...all.filter((panel) => !changes(panel))].slice(0, MOST_PANELS),
  );
  return all.filter((panel) => kept.has(panel));
}

function describePanels(panels: readonly Panel[], recorded: number): string {
  if (panels.length === 0) return "No metric was recorded.";
  const peaks = panels.slice(0, 3).map((panel) => {
    const values = panel.lines.flatMap(({ values }) => values).filter((value) => value !== null);
    return `${labelOf(panel)} is at most ${formatNumber(values.reduce((a, b) => Math.max(a, b), -Infinity))}`;
  });
  const left = recorded > panels.length
    ? ` ${formatCount(panels.length)} of ${
      formatCount(recorded)
    } metrics are shown, those that changed first.`
    : "";
  const most = panels.flatMap(({ lines }) => lines).reduce((a, { atS }) => Math.max(a, atS.length), 0);
  const thinned = most >= MOST_POINTS / 2
    ? ` A line has about ${MOST_POINTS} points at most: the largest values of a gauge, means of the rest.`
    : "";
  return `${
    peaks.join("; ")
  }.${left}${thinned} Lines break where the server could not be read or counted nothing.`;
}

function labelOf({ name, quantity }: Panel): string {
  return quantity === "rate" ? `${name} per s` : quantity === "mean" ? `${name}, mean` : name;
}

/** Draws the panels of the cells shown over one time axis. */
export function drawTelemetrySeries(figure: TelemetrySeries, options: DrawOptions): Element {
  const { panels, endS } = figure.data;
  const shown = panels.flatMap((panel) => {
    const lines = panel.lines.filter(({ cell }) => showsCell(options.state, cell.index));
    return lines.length === 0 ? [] : [{ ...panel, lines }];
  });
  if (shown.length === 0) return drawEmpty(figure, { ...options, message: "no metric was recorded" });
  return drawStack(
    options,
    shown.map((panel, place) =>
      drawPanel(figure, panel, {
        ...options,
        endS,
        labelled: place === 0,
        last: place === shown.length - 1,
      })
    ),
  );
}

interface Point {
  readonly line: Line;
  readonly atS: number;
  readonly value: number | null;
}

function drawPanel(
  figure: TelemetrySeries,
  panel: Panel,
  { document, width, state, endS, labelled, last }: DrawOptions & {
    readonly endS: number;
    readonly labelled: boolean;
    readonly last: boolean;
  },
): Element {
  const label = labelOf(panel);
  const curves = panel.lines.map((line) =>
    line.atS.map((atS, i): Point => ({ line, atS, value: line.values[i] ?? null }))
  );
  const points = curves.flat();
  return drawFrame(figure, {
    document,
    width,
    height: last ? 150 : 120,
    marginTop: 30,
    marginRight: 24,
    marginBottom: last ? 40 : 12,
    x: {
      domain: state.domainS ?? [0, endS || 1],
      label: last ? "Time from the start of the cell (s)" : null,
      tickFormat: last ? undefined : () => "",
    },
    y: { label, zero: true, nice: true, ticks: 3 },
    marks: [
      gridX(),
      gridY({ ticks: 3 }),
      cellLines(points, {
        x: "atS",
        // Plot breaks a line at NaN and would take null for 0.
        y: ({ value }: Point) => value ?? NaN,
        z: ({ line }: Point) => `${line.cell.index} ${line.labels}`,
        cellOf: ({ line }) => line.cell,
        strokeWidth: 1.4,
        clip: true,
      }),
      labelled && state.domainS === null
        ? lineLabels(pickEvenly(curves, MOST_LABELS).flatMap(labelPeak), { dx: 4 })
        : null,
      Plot.tip(
        points.filter(({ value }) => value !== null),
        Plot.pointer({ x: "atS", y: "value", title: (point: Point) => describePoint(point, label) }),
      ),
    ],
  });
}

function labelPeak(curve: readonly Point[]) {
  const peak = curve.reduce<Point | null>(
    (a, b) => (b.value ?? -Infinity) > (a?.value ?? -Infinity) ? b : a,
    null,
  );
  if (peak === null || peak.value === null) return [];
  const { line: { cell, labels }, atS, value } = peak;
  const text = labels === "" ? cell.short : `${cell.short}, ${labels}`;
  return [{ x: atS, y: value, text, color: cellColor(cell), cell: cell.index }];
}

function describePoint({ line: { cell, labels }, atS, value }: Point, label: string): string {
  const series = labels === "" ? "" : `\n${labels}`;
  return `${cell.label} at ${formatNumber(atS)} s${series}\n${label}: ${formatNumber(value)}`;
}
