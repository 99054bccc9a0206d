/**
 * Whether the client kept its schedule.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { digestRun, SEND_LAG_LIMIT_MS, sendLag } from "../metrics/mod.ts";
import type { Figure, Run } from "../types.ts";
import { cellLines } from "./cell_marks.ts";
import { type CellKey, layOutCells } from "./cells.ts";
import { formatMs } from "./format.ts";
import { drawEmpty, drawFrame, type DrawOptions, gridX, gridY, showsCell } from "./frame.ts";
import { labelMargin, lineLabels } from "./labels.ts";
import { type QuantileCurve, quantileCurve, quantileGrid, tailAxis, tailPosition } from "./quantile_grid.ts";
import { cellColor, colors } from "./theme.ts";

/** Lag per cell that sent anything, least load first. */
export type SendLagData = {
  readonly limitMs: number;
  readonly curves: readonly { readonly cell: CellKey; readonly curve: QuantileCurve }[];
};

/** {@linkcode sendLagFigure}'s figure. */
export type SendLag = Figure<SendLagData> & { readonly name: "send_lag" };

/** Makes the figure. */
export function sendLagFigure(run: Run): SendLag {
  const digests = digestRun(run);
  const curves = layOutCells(run.manifest.cells).cells.flatMap((cell) => {
    const sample = digests.get(cell.index)?.sample(sendLag);
    const curve = sample === undefined ? null : quantileCurve(sample);
    return curve === null ? [] : [{ cell, curve }];
  });
  return {
    name: "send_lag",
    title: "Send lag of the client",
    caption: describeCurves(curves),
    data: { limitMs: SEND_LAG_LIMIT_MS, curves },
  };
}

function describeCurves(curves: SendLagData["curves"]): string {
  const worst = curves.reduce<SendLagData["curves"][number] | null>(
    (a, b) => b.curve.max > (a?.curve.max ?? -Infinity) ? b : a,
    null,
  );
  if (worst === null) return "No request was sent.";
  return `The latest request was sent ${formatMs(worst.curve.max)} after its scheduled instant, at ` +
    `${worst.cell.label}. The dashed line is the limit for p99, ${formatMs(SEND_LAG_LIMIT_MS)}.`;
}

/** Draws lag over a percentile axis that stretches the tail, below or above the limit. */
export function drawSendLag(figure: SendLag, { document, width, state }: DrawOptions): Element {
  const { limitMs } = figure.data;
  const curves = figure.data.curves.filter(({ cell }) => showsCell(state, cell.index));
  if (curves.length === 0) return drawEmpty(figure, { document, width, message: "no request was sent" });
  const points = curves.flatMap(({ cell, curve }) =>
    curve.values.map((ms, i) => ({
      cell,
      ms,
      q: quantileGrid[i] ?? 1,
      position: tailPosition(quantileGrid[i] ?? 0),
    }))
  );
  type Point = (typeof points)[number];
  const axis = tailAxis(Math.max(...curves.map(({ curve }) => curve.count)));
  const ends = [...new Map(points.map((point) => [point.cell.index, point])).values()];
  return drawFrame(figure, {
    document,
    width,
    height: 220,
    marginRight: labelMargin(["limit", ...curves.map(({ cell }) => cell.short)]),
    x: axis,
    y: {
      label: "Send lag (ms)",
      domain: [0, Math.max(limitMs * 1.15, ...points.map(({ ms }) => ms))],
      nice: true,
    },
    marks: [
      gridX({ ticks: axis.ticks }),
      gridY({ ticks: 4 }),
      Plot.ruleY([limitMs], { stroke: colors.reference, strokeDasharray: "5 4" }),
      cellLines(points, {
        x: "position",
        y: "ms",
        z: ({ cell }: Point) => cell.index,
        cellOf: ({ cell }: Point) => cell,
        strokeWidth: 1.8,
      }),
      lineLabels([
        {
          x: Math.max(...points.map(({ position }) => position)),
          y: limitMs,
          text: "limit",
          color: colors.reference,
        },
        ...ends.map((end) => (
          {
            x: end.position,
            y: end.ms,
            text: end.cell.short,
            color: cellColor(end.cell),
            cell: end.cell.index,
          }
        )),
      ]),
      Plot.tip(
        points,
        Plot.pointer({
          x: "position",
          y: "ms",
          title: ({ cell, q, ms }: Point) =>
            `${cell.label}\np${Number((q * 100).toFixed(2))}: ${formatMs(ms)}`,
        }),
      ),
    ],
  });
}
