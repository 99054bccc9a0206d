/**
 * What the prefix cache had, by everybody who says so, cell by cell.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type HitRate, hitRates, type HitRateSource } from "../metrics/hit_rates.ts";
import type { Figure, Run } from "../types.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, showsCell } from "./frame.ts";
import { labelMargin } from "./labels.ts";
import { drawStack } from "./panels.ts";
import { cellColor, colors } from "./theme.ts";

type Row = {
  readonly cell: CellKey;
  readonly theoretical: HitRate | null;
  readonly usage: HitRate | null;
  readonly metrics: HitRate | null;
};

/** A row per cell, least load first. */
export type HitRatesData = { readonly rows: readonly Row[] };

/** {@linkcode hitRatesFigure}'s figure. */
export type HitRatesFigure = Figure<HitRatesData> & { readonly name: "hit_rates" };

/** Sources in the order of their panels. */
const sources: readonly { readonly name: HitRateSource; readonly label: string }[] = [
  { name: "theoretical", label: "Theoretical (%)" },
  { name: "usage", label: "Usage (%)" },
  { name: "metrics", label: "/metrics (%)" },
];

/** Makes the figure. */
export function hitRatesFigure(run: Run): HitRatesFigure {
  const rows = layOutCells(run.manifest.cells).cells.flatMap((key): Row[] => {
    const cell = run.manifest.cells.find(({ index }) => index === key.index);
    if (cell === undefined) return [];
    const { theoretical, usage, metrics } = hitRates(run, cell);
    return [{ cell: key, theoretical, usage, metrics }];
  });
  return {
    name: "hit_rates",
    title: "Prompt tokens found in the prefix cache",
    caption: describeRows(rows),
    data: { rows },
  };
}

function describeRows(rows: readonly Row[]): string {
  const most = rows.at(-1);
  if (most === undefined) return "There is no cell.";
  const said = sources.map(({ name }) => {
    const rate = most[name];
    return `${spellSource(name)} ${rate === null ? "not available" : formatShare(rate.ratio)}`;
  });
  return `At ${most.cell.label}: ${
    said.join(", ")
  }. Theoretical is what an unlimited cache would have of the prompts, one ` +
    "after the other; usage is the sum over the answers; /metrics are the server's counters.";
}

function spellSource(name: HitRateSource): string {
  return name === "metrics" ? "/metrics" : name;
}

const ROW_PX = 22;
/** Below this width the panels stand one above the other. */
const SIDE_BY_SIDE_PX = 620;

/** Draws a panel per source, bars from 0 to 100 %, a row per cell. */
export function drawHitRates(figure: HitRatesFigure, options: DrawOptions): Element {
  const { document, width, state } = options;
  const rows = figure.data.rows.filter(({ cell }) => showsCell(state, cell.index));
  if (rows.length === 0) return drawEmpty(figure, { document, width, message: "there is no cell" });
  const marginLeft = labelMargin(rows.map(({ cell }) => cell.short));
  if (width < SIDE_BY_SIDE_PX) {
    return drawStack(
      options,
      sources.map((source) => drawPanel(figure, { document, width, rows, source, marginLeft })),
    );
  }
  const row = document.createElement("div");
  row.style.display = "flex";
  const panel = (width - marginLeft) / sources.length;
  row.append(...sources.map((source, place) =>
    drawPanel(figure, {
      ...{ document, rows, source },
      width: place === 0 ? panel + marginLeft : panel,
      marginLeft: place === 0 ? marginLeft : 8,
      hidesLabels: place > 0,
    })
  ));
  return row;
}

interface PanelOptions extends Pick<DrawOptions, "document" | "width"> {
  readonly rows: readonly Row[];
  readonly source: (typeof sources)[number];
  readonly marginLeft: number;
  readonly hidesLabels?: boolean;
}

interface Bar {
  readonly cell: CellKey;
  readonly rate: HitRate | null;
}

function drawPanel(
  figure: HitRatesFigure,
  { document, width, rows, source, marginLeft, hidesLabels = false }: PanelOptions,
): Element {
  const bars = rows.map((row): Bar => ({ cell: row.cell, rate: row[source.name] }));
  const color = ({ cell }: Bar) => cellColor(cell);
  const place = ({ cell }: Bar) => cell.index;
  const percent = ({ rate }: Bar) => 100 * (rate?.ratio ?? 0);
  const labels = new Map(rows.map(({ cell }) => [cell.index, cell.short]));
  const drawing = drawFrame(figure, {
    document,
    width,
    height: 62 + ROW_PX * rows.length,
    marginTop: 30,
    marginBottom: 26,
    marginLeft,
    // Room for a number behind a bar of 100 %.
    marginRight: 60,
    x: { domain: [0, 100], label: null },
    y: { type: "band", domain: bars.map(place), label: null, padding: 0.3, axis: null },
    marks: [
      gridX({ ticks: [0, 50, 100] }),
      Plot.axisX({ ticks: [0, 50, 100], tickSize: 0, label: null }),
      Plot.text([source.label], { frameAnchor: "top-left", dy: -22, fontWeight: 600 }),
      hidesLabels ? null : Plot.axisY({
        tickSize: 0,
        label: null,
        tickFormat: (index: number) => labels.get(index) ?? "",
      }),
      Plot.barX(bars.filter(({ rate }) => rate !== null), {
        x1: 0,
        x2: percent,
        y: place,
        fill: ({ cell }: Bar) => cell.tone === "cold" ? colors.paper : cellColor(cell),
        stroke: color,
        strokeWidth: 1.4,
      }),
      Plot.text(bars, {
        x: percent,
        y: place,
        text: ({ rate }: Bar) => rate === null ? "not available" : formatShare(rate.ratio),
        textAnchor: "start",
        dx: 6,
        fill: ({ rate }: Bar) => rate === null ? colors.muted : "currentColor",
      }),
      Plot.tip(
        bars.filter(({ rate }) => rate !== null),
        Plot.pointerY({ x: percent, y: place, title: (bar: Bar) => describeBar(bar, source.name) }),
      ),
    ],
  });
  drawing.style.flex = "none";
  return drawing;
}

function describeBar({ cell, rate }: Bar, name: HitRateSource): string {
  return `${cell.label}, ${spellSource(name)}\n${formatCount(rate?.cachedTokens)} of ${
    formatCount(rate?.promptTokens)
  } prompt tokens`;
}
