/**
 * How conversations go from turn to turn: TTFT, the prompt that grows, and what of it was cached.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { summarizeTurns, type TurnSummary } from "../metrics/turns.ts";
import type { Figure, Run } from "../types.ts";
import { cellDots, cellLines } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatCount, formatMs, formatPlural, formatShare } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, gridY, showsCell } from "./frame.ts";
import { labelMargin, lineLabels, MOST_LABELS, pickEvenly } from "./labels.ts";
import { latencyAxis } from "./latency_axis.ts";
import { drawRow, drawStack } from "./panels.ts";
import { cellColor } from "./theme.ts";

type Conversations = { readonly cell: CellKey; readonly turns: readonly TurnSummary[] };

/** Turns of each cell that has any, least load first. */
export type TurnsData = { readonly cells: readonly Conversations[] };

/** {@linkcode turnsFigure}'s figure. */
export type Turns = Figure<TurnsData> & { readonly name: "turns" };

/** Makes the figure. */
export function turnsFigure(run: Run): Turns {
  const turns = summarizeTurns(run);
  const cells = layOutCells(run.manifest.cells).cells.flatMap((cell) => {
    const found = turns.get(cell.index);
    return found === undefined ? [] : [{ cell, turns: found }];
  });
  return {
    name: "turns",
    title: "From turn to turn",
    caption: describeCells(cells),
    data: { cells },
  };
}

function describeCells(cells: readonly Conversations[]): string {
  const most = cells.at(-1);
  const answered = most?.turns.filter(({ ttftP50Ms }) => ttftP50Ms !== null) ?? [];
  const [first, last] = [answered.at(0), answered.at(-1)];
  if (most === undefined || first === undefined || last === undefined) return "No turn was answered.";
  const one = `turn ${first.turn} has ${describeTurn(first)}`;
  const other = last === first ? "" : `, turn ${last.turn} ${describeTurn(last)}`;
  const fewer = last.count < first.count
    ? ` Fewer conversations get that far: ${formatCount(last.count)} against ${formatCount(first.count)}.`
    : "";
  return `At ${most.cell.label} ${one}${other}.${fewer} Of TTFT the strong line is the median and the faint one p90.`;
}

function describeTurn({ ttftP50Ms, promptTokensP50, cachedShare }: TurnSummary): string {
  const cached = cachedShare === null ? "" : `, of which ${formatShare(cachedShare)} are cached`;
  return `a median TTFT of ${formatMs(ttftP50Ms)} and prompts of ${
    formatPlural(Math.round(promptTokensP50 ?? 0), "token")
  }${cached}`;
}

interface Point extends TurnSummary {
  readonly cell: CellKey;
}

/** Draws TTFT over prompt tokens and cached share, a line per cell. */
export function drawTurns(figure: Turns, options: DrawOptions): Element {
  const cells = figure.data.cells.filter(({ cell }) => showsCell(options.state, cell.index));
  const points = cells.flatMap(({ cell, turns }) => turns.map((turn): Point => ({ ...turn, cell })));
  if (points.every(({ ttftP50Ms }) => ttftP50Ms === null)) {
    return drawEmpty(figure, { ...options, message: "no turn was answered" });
  }
  return drawStack(options, [
    drawTtft(figure, points, options),
    drawRow(options, (width) => [
      drawPanel(figure, points, {
        ...options,
        width,
        of: ({ promptTokensP50 }) => promptTokensP50,
        label: "Prompt tokens, median",
        say: (value) => formatPlural(Math.round(value), "token"),
      }),
      drawPanel(figure, points, {
        ...options,
        width,
        of: ({ cachedShare }) => cachedShare === null ? null : 100 * cachedShare,
        label: "Prompt tokens cached (%)",
        domain: [0, 100],
        say: (value) => formatShare(value / 100),
      }),
    ]),
  ]);
}

const zOfCell = ({ cell }: Point) => cell.index;
const cellOf = ({ cell }: Point) => cell;

/** Whole turns, as many as fit. */
function turnAxis(points: readonly Point[], { width }: Pick<DrawOptions, "width">) {
  const last = points.reduce((most, { turn }) => Math.max(most, turn), 1);
  const turns = Array.from({ length: last }, (_, before) => before + 1);
  const ticks = pickEvenly(turns, Math.max(2, Math.floor(width / 40)));
  return {
    scale: { domain: [0.8, last + 0.2], label: "Turn" },
    marks: [gridX({ ticks }), Plot.axisX({ ticks, tickFormat: String, label: "Turn", labelArrow: "none" })],
  };
}

function drawTtft(
  figure: Turns,
  all: readonly Point[],
  { document, width, state }: DrawOptions,
): Element {
  const points = all.filter(({ ttftP50Ms }) => ttftP50Ms !== null);
  const values = points.flatMap(({ ttftP50Ms, ttftP90Ms }) => [ttftP50Ms ?? 0, ttftP90Ms ?? 0]);
  const latency = latencyAxis(values, { log: state.log, label: "TTFT (ms)" });
  const turns = turnAxis(points, { width });
  const labels = endLabels(points, ({ ttftP50Ms }) => ttftP50Ms);
  return drawFrame(figure, {
    document,
    width,
    height: 280,
    marginRight: labelMargin(labels.map(({ text }) => text)),
    x: turns.scale,
    y: latency.scale,
    marks: [
      turns.marks,
      latency.y,
      cellLines(points, {
        x: "turn",
        y: "ttftP90Ms",
        z: zOfCell,
        cellOf,
        strokeWidth: 1,
        strokeOpacity: 0.45,
      }),
      cellLines(points, { x: "turn", y: "ttftP50Ms", z: zOfCell, cellOf, strokeWidth: 1.8 }),
      cellDots(points, { x: "turn", y: "ttftP50Ms", cellOf, r: 3.5 }),
      lineLabels(labels, { dx: 8 }),
      Plot.tip(
        points,
        Plot.pointer({
          x: "turn",
          y: "ttftP50Ms",
          title: ({ cell, turn, count, ttftP50Ms, ttftP90Ms }: Point) =>
            `${cell.label}, turn ${turn}\nTTFT p50 ${formatMs(ttftP50Ms)}, p90 ${formatMs(ttftP90Ms)}\n${
              formatPlural(count, "request")
            }`,
        }),
      ),
    ],
  });
}

interface PanelOptions extends DrawOptions {
  readonly label: string;
  readonly domain?: readonly [number, number];
  of(point: Point): number | null;
  say(value: number): string;
}

function drawPanel(
  figure: Turns,
  all: readonly Point[],
  { document, width, label, domain, of, say }: PanelOptions,
): Element {
  const points = all.filter((point) => of(point) !== null);
  if (points.length === 0) return drawEmpty(figure, { document, width, message: `${label}: not available` });
  const turns = turnAxis(points, { width });
  const y = (point: Point) => of(point) ?? 0;
  return drawFrame(figure, {
    document,
    width,
    height: 220,
    marginRight: 20,
    x: turns.scale,
    y: { label, ...(domain === undefined ? { zero: true, nice: true } : { domain }), ticks: 5 },
    marks: [
      turns.marks,
      gridY({ ticks: 5 }),
      cellLines(points, { x: "turn", y, z: zOfCell, cellOf, strokeWidth: 1.8 }),
      cellDots(points, { x: "turn", y, cellOf, r: 3 }),
      Plot.tip(
        points,
        Plot.pointer({
          x: "turn",
          y,
          title: (point: Point) => `${point.cell.label}, turn ${point.turn}\n${say(y(point))}`,
        }),
      ),
    ],
  });
}

function endLabels(points: readonly Point[], of: (point: Point) => number | null) {
  const ends = [...new Map(points.map((point) => [point.cell.index, point])).values()];
  return pickEvenly(ends, MOST_LABELS).map((end) => (
    { x: end.turn, y: of(end) ?? 0, text: end.cell.short, color: cellColor(end.cell), cell: end.cell.index }
  ));
}
