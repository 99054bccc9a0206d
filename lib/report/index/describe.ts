/**
 * From a run, a comparison or a grid to its entry in the index.
 *
 * @module
 */
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import type { ComparisonResult, PairResult } from "../../metrics/compare/judge_comparison.ts";
import { type CellSummary, MIN_COUNT_FOR_P99, type RunSummary } from "../../metrics/mod.ts";
import { pairRounds } from "../../metrics/paired_rounds.ts";
import { largestLoad, type WhatIf } from "../../metrics/what_if.ts";
import { describePlace, formatMs, formatNumber, formatPlural, layOutCells } from "../../plots/mod.ts";
import type { EngineInfo, Run } from "../../types.ts";
import { explainPair, nameRatio, percentOf } from "../comparison/explain.ts";
import { spellInterval } from "../rounds_section.ts";
import { judgeRun } from "../trust.ts";
import type { IndexEntry } from "./entry.ts";

/** More reasons would not be read in a list; the page has them all. */
const MOST_PROBLEMS = 3;

/** Describes a run: its numbers are those at the highest load whose measurement is valid. */
export function describeRunEntry(run: Run, summary: RunSummary): IndexEntry {
  const { runId, mode, title, startedAt, engine, model, cells } = run.manifest;
  const { reasons } = judgeRun(run, summary);
  const problems = summary.cells.length === 0 ? ["nothing was asked", ...reasons] : reasons;
  const shown = pickCell(summary);
  return {
    ...{ id: runId, kind: "run", mode, title, startedAt, model, simulated: engine.simulated },
    engines: [nameEngine(engine)],
    gpu: nameGpu(engine),
    finding: describeRounds(run, summary) ?? describeLoad(summary, shown),
    requests: cells.reduce((sum, { requestCount }) => sum + requestCount, 0),
    ttftP50Ms: finite(shown?.ttft?.p50),
    ttftP99Ms: shown?.ttft && shown.ttft.count >= MIN_COUNT_FOR_P99 ? finite(shown.ttft.p99) : null,
    outputTokensPerS: finite(shown?.outputTokensPerS),
    valid: problems.length === 0,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

/** Describes a comparison: its verdict in words. Latencies are of several engines, so it has none of its own. */
export function describeComparisonEntry(comparison: Comparison, result: ComparisonResult): IndexEntry {
  const { manifest, loads } = comparison;
  const measured = loads.flatMap(({ engines }) => engines.flat());
  const infos = manifest.engines.flatMap(({ info }) => info ?? []);
  const whole = manifest.status === "complete" ? [] : [`the comparison is ${manifest.status}`];
  const unfair = result.pairs.flatMap(({ fairness }) =>
    fairness.flatMap(({ status, evidence }) => status === "error" ? [evidence] : [])
  );
  const open = result.pairs.filter(({ statistics }) => statistics === null)
    .map((pair) => explainPair(comparison, pair).headline);
  const problems = [...new Set([...whole, ...unfair, ...open])];
  return {
    ...{ id: manifest.comparisonId, kind: "comparison", mode: manifest.mode, title: manifest.title },
    startedAt: manifest.startedAt,
    engines: manifest.engines.map(({ name, info }) =>
      info?.version === undefined ? name : `${name} ${info.version}`
    ),
    model: join(measured.map(({ run }) => run.manifest.model)),
    gpu: join(infos.flatMap((info) => nameGpu(info) ?? [])),
    simulated: manifest.engines.some(({ kind, info }) => info?.simulated ?? kind === "simulated"),
    finding: result.pairs.map((pair) => describePair(comparison, pair)).join("; "),
    requests: measured.reduce((sum, { cell }) => sum + cell.requestCount, 0),
    ...{ ttftP50Ms: null, ttftP99Ms: null, outputTokensPerS: null },
    valid: problems.length === 0,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

/** Describes a grid: what bears the most load, or how many configurations there are. */
export function describeWhatIfEntry(whatIf: WhatIf, title: string): IndexEntry {
  const { configurations } = whatIf;
  const points = configurations.flatMap(({ outcome }) => outcome.kind === "run" ? outcome.points : []);
  const requests = configurations.reduce(
    (sum, { outcome }) => sum + (outcome.kind === "run" ? outcome.requests * outcome.points.length : 0),
    0,
  );
  const problems = [
    ...(whatIf.status === "complete" ? [] : ["the grid was interrupted before its end"]),
    ...(points.length > 0 ? [] : ["nothing was simulated"]),
    ...new Set(points.flatMap(({ problems }) => problems)),
  ];
  return {
    ...{ id: whatIf.id, kind: "what-if", mode: "what-if", title, startedAt: whatIf.startedAt },
    engines: [...new Set(configurations.map(({ description }) => description))].length === 1
      ? configurations.slice(0, 1).map(({ description }) => description)
      : [formatPlural(configurations.length, "configuration")],
    model: join(configurations.flatMap(({ model }) => model ?? [])),
    gpu: join(configurations.flatMap(({ gpu, gpus }) => gpu === null ? [] : [spellGpus(gpu, gpus)])),
    simulated: true,
    finding: describeBestLoad(whatIf) ?? `${formatPlural(points.length, "point")} of load and latency`,
    requests,
    ...{ ttftP50Ms: null, ttftP99Ms: null, outputTokensPerS: null },
    valid: problems.length === 0,
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

/** The highest load that is valid; where none is, the highest that has a latency, then the highest at all. */
function pickCell({ cells }: RunSummary): CellSummary | null {
  const byLoad = layOutCells(cells).cells.flatMap(({ index }) =>
    cells.find((cell) => cell.index === index) ?? []
  )
    .reverse();
  return byLoad.find(({ verdict }) => verdict.valid) ?? byLoad.find(({ ttft }) => ttft !== null) ??
    byLoad[0] ??
    null;
}

function describeLoad({ cells }: RunSummary, shown: CellSummary | null): string {
  if (shown === null) return "nothing was asked";
  if (shown.requests.succeeded === 0) return "no request succeeded";
  const { axis, cells: keys } = layOutCells(cells);
  const key = keys.find(({ index }) => index === shown.index);
  const place = key === undefined
    ? shown.label
    : [describePlace(axis, key), key.series].filter((part) => part !== "").join(", ");
  const ofAll = cells.length > 1 && shown.verdict.valid ? `, the highest valid of ${cells.length} loads` : "";
  return `at ${place}${ofAll}`;
}

/** What the cache gave, of the same requests; `null` for a run without rounds. */
function describeRounds(run: Run, summary: RunSummary): string | null {
  const found = pairRounds(run);
  const last = layOutCells(summary.cells).cells
    .flatMap(({ index }) => found.filter(({ laterCell }) => laterCell === index)).at(-1);
  if (last === undefined) return null;
  const median = last.ttft?.medianMs;
  if (median === undefined) return `round ${last.round} and round 1 share no request that succeeded in both`;
  const interval = median.interval === null
    ? ""
    : ` (95\u00a0% interval ${setMinus(spellInterval(last.ttft))})`;
  const at = last.concurrency === null ? "" : `, at concurrency ${last.concurrency}`;
  return `round ${last.round} against 1: TTFT ${
    withSign(setMinus(formatMs(median.median)), median.median)
  } of the same request${interval}${at}`;
}

/** More would not be read. */
const MOST_NUMBERS = 2;

/** The pair's headline, and the largest differences that were shown. */
function describePair(comparison: Comparison, pair: PairResult): string {
  const { headline } = explainPair(comparison, pair);
  if (!pair.isFair) return headline;
  const shown = (pair.statistics?.overall ?? []).flatMap((row) =>
    row.estimate === null || row.estimate.word === "no difference shown" ? [] : [{ row, ...row.estimate }]
  ).sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)));
  const numbers = shown.slice(0, MOST_NUMBERS).map(({ row, ratio }) =>
    `${nameRatio(row)} ${percentOf(ratio)}\u00a0%`
  );
  return numbers.length === 0 ? headline : `${headline} (${numbers.join(", ")})`;
}

function describeBestLoad({ configurations, slo }: WhatIf): string | null {
  if (slo.length === 0) return null;
  const found = configurations.flatMap(({ label, outcome }) => {
    if (outcome.kind !== "run") return [];
    const load = largestLoad(outcome.points);
    return load.kind === "found" ? [{ label, offered: load.point.offeredRequestsPerS ?? 0 }] : [];
  });
  const [best] = found.sort((a, b) => b.offered - a.offered);
  return best === undefined
    ? "no configuration is known to meet the objective"
    : `${best.label} meets the objective at ${formatNumber(best.offered)} requests/s, the most of ${
      formatPlural(configurations.length, "configuration")
    }`;
}

/** A simulated engine by what it stands for: that it is simulated stands beside it. */
function nameEngine({ name, version, details, simulated }: EngineInfo): string {
  const label = simulated ? details?.["engineLabel"] : undefined;
  return [typeof label === "string" ? label : name, version].filter((part) => part !== undefined).join(" ");
}

/** Known of simulated engines; few servers say it of themselves. */
function nameGpu({ details }: EngineInfo): string | null {
  const gpu = details?.["gpu"];
  if (typeof gpu !== "string") return null;
  const tp = details?.["tp"];
  return spellGpus(gpu, typeof tp === "number" ? tp : 1);
}

function spellGpus(gpu: string, count: number): string {
  return count > 1 ? `${gpu} × ${count}` : gpu;
}

function join(names: readonly string[]): string | null {
  return names.length === 0 ? null : [...new Set(names)].join(", ");
}

function withSign(text: string, value: number): string {
  return value > 0 ? `+${text}` : text;
}

/** A minus sign is as wide as a plus; a hyphen would break the line. */
function setMinus(text: string): string {
  return text.replaceAll(/-(?=\d)/g, "−");
}

function finite(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null;
}
