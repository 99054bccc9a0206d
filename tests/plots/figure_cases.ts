/**
 * The figures whose drawings are kept in tests/golden/figures/, one file each.
 *
 * @module
 */
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import { itl, summarizeRun, ttft } from "../../lib/metrics/mod.ts";
import {
  type AnyFigure,
  cacheDeltaFigure,
  engineCdfFigure,
  engineFrontierFigure,
  engineGoodputFigure,
  engineRatioFigure,
  engineScatterFigure,
  type FigureState,
  frontierFigure,
  goodputFigure,
  hitRatesFigure,
  itlHeatmapFigure,
  itlHistogramFigure,
  latencyCdfFigure,
  loadOverTimeFigure,
  perRequestFigure,
  scalingLatencyFigure,
  scalingThroughputFigure,
  sendLagFigure,
  sparklineFigure,
  telemetrySeriesFigure,
  throughputLatencyFigure,
  timelineFigure,
  trustStripFigure,
  turnsFigure,
} from "../../lib/plots/mod.ts";
import { createRandom } from "../../lib/random.ts";
import type { Run } from "../../lib/types.ts";
import { type ComparisonPlace, makeComparison } from "../testdata/runs/make_comparison.ts";
import { makeRoundsRun } from "../testdata/runs/make_rounds_run.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeTelemetryRun } from "../testdata/runs/telemetry_run.ts";
import { makeWhatIf } from "../testdata/what_if.ts";

/** A figure, and what makes its file differ from the other files of the figure. */
export interface FigureCase {
  readonly figure: AnyFigure;
  /** Behind the figure's name. */
  readonly variant?: string;
  readonly state?: Partial<FigureState>;
  /** In CSS pixels. */
  readonly width?: number;
}

/** File of a drawing in tests/golden/figures/. */
export function figureFile({ figure, variant }: FigureCase): string {
  return `${figure.name}${variant === undefined ? "" : `_${variant}`}.svg`;
}

const named = { name: "ttft", label: "TTFT" } as const;

/** Makes every case; all runs are made by closed formulas from fixed seeds. */
export function makeFigureCases(): FigureCase[] {
  const run = withSlo(
    makeRun({ scales: [0.1, 0.2, 0.4], requests: 110, outputTokens: 60, failureRatio: 0.05 }),
  );
  const few = makeRun({ scales: [0.2, 0.4], requests: 36, outputTokens: 60, failureRatio: 0.1 });
  return [...loadCases(run), ...requestCases(few), ...roundCases(), ...engineCases(run)];
}

function withSlo(run: Run): Run {
  const limits = [{ metric: "ttft", percentile: null, sign: "<", value: 400 }];
  return { ...run, manifest: { ...run.manifest, options: { slo: { name: null, attainment: 1, limits } } } };
}

/** As if all tokens of 150 ms had come at their end, and the client had been late for half a second. */
function withTrouble(run: Run): Run {
  const startMs = run.manifest.cells[0]?.startMs ?? 0;
  const records = Array.from(run.records, (record) => {
    const [from, to] = [startMs + 1200, startMs + 1350];
    const ticsMs = record.ticsMs.map((ms) => ms > from && ms < to ? to : ms);
    const isLate = record.scheduledMs > startMs + 400 && record.scheduledMs < startMs + 900;
    const sentMs = isLate ? record.scheduledMs + 8 + record.id % 7 : record.sentMs;
    return record.cell === 0 ? { ...record, ticsMs, sentMs } : record;
  });
  return { ...run, records };
}

function loadCases(run: Run): FigureCase[] {
  const summary = summarizeRun(run);
  const scaling = scalingLatencyFigure(summary, named);
  const sparkline = sparklineFigure(
    "TTFT",
    scaling.data.points.map(({ cell, p50 }) => ({ cell, value: p50 })),
  );
  return [
    { figure: scaling },
    { figure: scaling, variant: "linear", state: { log: false } },
    { figure: scalingThroughputFigure(summary) },
    { figure: goodputFigure(summary) },
    { figure: latencyCdfFigure(run, ttft) },
    { figure: latencyCdfFigure(run, ttft), variant: "tail", state: { tail: true } },
    { figure: latencyCdfFigure(run, itl), variant: "phone", width: 340 },
    { figure: itlHistogramFigure(run) },
    { figure: throughputLatencyFigure(summary, named) },
    { figure: sendLagFigure(run) },
    { figure: frontierFigure(makeWhatIf(), named) },
    ...(sparkline === null ? [] : [{ figure: sparkline, width: 120 }]),
  ];
}

function requestCases(few: Run): FigureCase[] {
  return [
    { figure: loadOverTimeFigure(few) },
    { figure: timelineFigure(few) },
    { figure: itlHeatmapFigure(withTrouble(few)) },
    { figure: trustStripFigure(withTrouble(few)) },
    { figure: perRequestFigure(few), width: 900 },
    { figure: telemetrySeriesFigure(makeTelemetryRun()) },
  ];
}

function roundCases(): FigureCase[] {
  const rounds = makeRoundsRun({ requests: 40, failureRatio: 0.05 });
  return [
    { figure: cacheDeltaFigure(rounds), width: 900 },
    { figure: hitRatesFigure(rounds), width: 900 },
    { figure: turnsFigure(makeRoundsRun({ turns: true, requests: 48 })), width: 900 },
  ];
}

/** Request by request engine b takes longer for the first token and less for the others, more so under load. */
function engineCases(run: Run): FigureCase[] {
  const manifest = () => ({ options: run.manifest.options });
  const random = createRandom("engines");
  const ttftMs = ({ engine, repeat, load }: ComparisonPlace) =>
    Math.round((load === 0 ? 300 : 200) * (1 + 0.06 * engine + 0.01 * repeat) * random.lognormal(1, 0.25));
  const itlMs = ({ engine, load }: ComparisonPlace) =>
    Math.round(1000 * (load === 0 ? 12 : 9) * (1 - 0.1 * engine) * random.lognormal(1, 0.1)) / 1000;
  const cell = ({ load }: ComparisonPlace) => ({ offeredRequestsPerS: load === 0 ? 20 : 10 });
  const made = makeComparison({ scales: [0.5, 1], requests: 100, ttftMs, itlMs, manifest, cell });
  const { comparison, result } = judgeStored(made);
  return [
    engineCdfFigure(comparison, ttft),
    engineFrontierFigure(comparison, named),
    engineGoodputFigure(comparison),
    ...result.pairs.map((pair) => engineRatioFigure(comparison, pair)),
    engineScatterFigure(comparison, { a: 0, b: 1, mostDots: 120 }),
  ].flatMap((figure) => figure === null ? [] : [{ figure, width: 900 }]);
}
