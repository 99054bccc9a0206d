/**
 * A run as a page: what it says and in which order, before any HTML.
 *
 * @module
 */
import { measureDialects } from "../metrics/dialects/mod.ts";
import {
  digestRun,
  e2e,
  itl,
  type RunSummary,
  sendLag,
  summarizeRun,
  tpot,
  ttft,
  ttftFromSchedule,
} from "../metrics/mod.ts";
import {
  type CellKey,
  chosenMetrics,
  describePlace,
  formatCount,
  formatPlural,
  itlHeatmapFigure,
  itlHistogramFigure,
  latencyCdfFigure,
  layOutCells,
  loadOverTimeFigure,
  MISSING,
  perRequestFigure,
  scalingLatencyFigure,
  scalingThroughputFigure,
  throughputLatencyFigure,
  timelineFigure,
} from "../plots/mod.ts";
import type { Cell, Run, RunManifest } from "../types.ts";
import type { Block, Fact, KeyNumber, Section } from "./blocks.ts";
import { definitionsSection } from "./definitions.ts";
import { dialectsSection } from "./dialects_section.ts";
import { type DownloadFile, downloadFiles } from "./downloads.ts";
import { keyNumbers } from "./key_numbers.ts";
import { enginesOf, provenanceSection, reproduceSection } from "./provenance.ts";
import { roundNumbersTable } from "./round_numbers.ts";
import { roundsSection } from "./rounds_section.ts";
import { sloSection } from "./slo_section.ts";
import { latencyTable, loadTable } from "./tables.ts";
import { telemetrySection } from "./telemetry_section.ts";
import { judgeRun, trustSection } from "./trust.ts";
import { turnsSection } from "./turns_section.ts";

/** Something a reader must know before reading on. */
interface Banner {
  readonly kind: "simulated" | "warning";
  readonly title: string;
  readonly text: string;
}

/** A page's content. */
export interface Report {
  readonly title: string;
  /** One sentence under the title: what was asked of what. */
  readonly lead: string;
  readonly banners: readonly Banner[];
  readonly chips: readonly Fact[];
  readonly keyNumbers: readonly KeyNumber[];
  readonly sections: readonly Section[];
  /** Cells a reader can choose between, least load first. */
  readonly cells: readonly CellKey[];
  readonly downloads: readonly DownloadFile[];
}

/**
 * Builds the report of a run, whatever its cells varied.
 *
 * @param run Complete or not.
 */
export function buildReport(run: Run): Report {
  const { manifest } = run;
  const summary = summarizeRun(run);
  return {
    title: manifest.title,
    lead: describeRun(manifest),
    banners: banners(run, summary),
    chips: chips(run, summary),
    keyNumbers: keyNumbers(run, summary),
    sections: [
      // What a run was made for comes first.
      ...roundsSection(run, summary),
      ...turnsSection(run),
      ...scalingSections(summary),
      ...sloSection(run, summary),
      distributionSection(run),
      ...(hasOneClock(run) ? [timeSection(run)] : []),
      ...telemetrySection(run),
      requestSection(run),
      trustSection(run, summary),
      tableSection(run, summary),
      ...dialectsSection(summary, measureDialects(run)),
      definitionsSection(manifest),
      provenanceSection(manifest),
      reproduceSection(manifest),
    ],
    cells: layOutCells(manifest.cells).cells,
    downloads: downloadFiles(run, summary),
  };
}

const chosen = { ttft, tpot, itl, e2e } as const;

function describeRun({ workload, cells, engine }: RunManifest): string {
  const requests = cells.reduce((sum, cell) => sum + cell.requestCount, 0);
  const engines = enginesOf({ cells, engine });
  const source = workload.trace !== null
    ? ` of the ${workload.trace.name} trace`
    : workload.dataset === undefined
    ? ""
    : ` of the ${workload.dataset.name} dataset`;
  return `${formatPlural(requests, "request")}${source}, sent to ${
    engines.length > 1 ? formatPlural(engines.length, "engine") : engines[0] ?? engine.description
  }${describeLoads(cells)}.`;
}

function describeLoads(all: readonly Cell[]): string {
  const rounds = valuesOf(all, "round").length;
  if (rounds > 0 && valuesOf(all, "concurrency").length > 0) return describeRounds(all, rounds);
  const { axis, cells } = layOutCells(all);
  const [least, most] = [cells.at(0), cells.at(-1)];
  if (least === undefined || most === undefined || least === most) return "";
  if (axis.kind === "category") return `, in ${formatPlural(cells.length, "variant")}`;
  return `, at ${formatPlural(cells.length, "load")} from ${describePlace(axis, least)} to ${
    describePlace(axis, most)
  }`;
}

/** ", in 2 stages, at 3 concurrency levels, 2 rounds each" */
function describeRounds(all: readonly Cell[], rounds: number): string {
  const levels = valuesOf(all, "concurrency");
  const stages = valuesOf(all, "stage").length;
  const at = levels.length === 1
    ? `, at concurrency ${levels[0] ?? MISSING}`
    : `, at ${formatPlural(levels.length, "concurrency level")}`;
  const each = levels.length === 1 ? "" : " each";
  return `${stages < 2 ? "" : `, in ${formatPlural(stages, "stage")}`}${at}, ${
    rounds === 1 ? `one round${each}` : `${formatPlural(rounds, "round")}${each}`
  }`;
}

/** Distinct values of a parameter, in the cells' order. */
function valuesOf(cells: readonly Cell[], name: string): (number | string)[] {
  return [...new Set(cells.flatMap(({ parameters }) => parameters[name] ?? []))];
}

function banners(run: Run, summary: RunSummary): Report["banners"] {
  const { engine, error, clock } = run.manifest;
  const simulated: Banner = {
    kind: "simulated",
    title: "Simulated",
    text: `No GPU computed these answers. They come from a model of one: ${
      enginesOf(run.manifest).join("; ")
    }.${clock === "virtual" ? " In virtual time: computed, not measured." : ""}`,
  };
  const { valid, reasons } = judgeRun(run, summary);
  const shown = reasons.slice(0, 3);
  const rest = reasons.length > shown.length ? ["more below"] : [];
  const invalid: Banner = {
    kind: "warning",
    title: run.incomplete ? "Incomplete" : "Not a valid measurement",
    text: [...shown, ...rest, ...(error === undefined ? [] : [error])].join("; "),
  };
  return [
    ...(engine.simulated ? [simulated] : []),
    ...importBanner(run.manifest),
    ...(valid ? [] : [invalid]),
  ];
}

function importBanner({ imported }: RunManifest): Banner[] {
  if (imported === undefined) return [];
  const names = imported.files.map(({ path }) => path.split(/[\\/]/).at(-1) ?? path).join(", ");
  return [{
    kind: "warning",
    title: "Imported",
    text:
      `${imported.tool} measured this and wrote ${names}. What the file does not tell is missing here: see Notes below.`,
  }];
}

function chips(run: Run, summary: RunSummary): Fact[] {
  const { engine, model, workload, startedAt, runId } = run.manifest;
  return [
    { label: "Engine", value: [engine.name, engine.version].filter((part) => part !== undefined).join(" ") },
    { label: "Model", value: model },
    workloadChip(workload),
    ...roundChips(run.manifest.cells),
    { label: "Date", value: `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC` },
    { label: "Run", value: runId },
    { label: "Measurement", value: judgeRun(run, summary).valid ? "valid" : "not valid" },
  ];
}

/** What was varied, where rounds were. */
function roundChips(cells: readonly Cell[]): Fact[] {
  return (["stage", "concurrency", "round"] as const).flatMap((name) => {
    const values = valuesOf(cells, name);
    if (valuesOf(cells, "round").length === 0 || values.length === 0) return [];
    const value = name === "round" ? formatCount(values.length) : values.join(", ");
    return [{ label: { stage: "Stages", concurrency: "Concurrency", round: "Rounds" }[name], value }];
  });
}

function workloadChip({ trace, dataset, prompts }: RunManifest["workload"]): Fact {
  if (dataset === undefined && trace === null && prompts.sha256 === "") {
    return { label: "Prompts", value: MISSING };
  }
  if (dataset !== undefined) {
    return { label: "Dataset", value: `${dataset.name}, ${formatPlural(dataset.rows, "row")}` };
  }
  if (trace === null) return { label: "Prompts", value: prompts.kind };
  const isNamedSo = trace.source.kind !== "synthetic" || trace.name === "synthetic";
  return { label: "Trace", value: isNamedSo ? trace.name : `${trace.name} (synthetic)` };
}

/** Nothing scales in a run of one load. */
function scalingSections(summary: RunSummary): Section[] {
  const { axis } = layOutCells(summary.cells);
  if (summary.cells.length < 2 || (axis.kind === "parameter" && axis.label === "round")) return [];
  const latency = chosenMetrics.map((name): Block => ({
    kind: "figure",
    figure: scalingLatencyFigure(summary, { name, label: chosen[name].label }),
    width: "full",
    onlyFor: name,
  }));
  // Another tool may not have said when requests were sent.
  const hasThroughput = summary.cells.some(({ requestsPerS, requests }) =>
    requestsPerS !== null || requests.succeeded === 0
  );
  const throughput: Block = { kind: "figure", figure: scalingThroughputFigure(summary), width: "full" };
  const tradeoff = chosenMetrics.map((name): Block => ({
    kind: "figure",
    figure: throughputLatencyFigure(summary, { name, label: chosen[name].label }),
    width: "full",
    onlyFor: name,
  }));
  return [{
    id: "scaling",
    title: "What load does",
    blocks: [...latency, ...(hasThroughput ? [throughput, ...tradeoff] : [])],
  }];
}

function distributionSection(run: Run): Section {
  const curves = chosenMetrics.map((name): Block => ({
    kind: "figure",
    figure: latencyCdfFigure(run, chosen[name]),
    width: "half",
  }));
  const gaps: Block = { kind: "figure", figure: itlHistogramFigure(run), width: "full" };
  return {
    id: "distributions",
    title: "How latencies are distributed",
    blocks: [...curves, ...(hasGaps(run) ? [gaps] : [])],
  };
}

/** Another tool may not have said when tokens came, and an answer of one token has no gap. */
function hasGaps(run: Run): boolean {
  return digestRun(run).values().some((digest) => digest.sample(itl).count > 0);
}

/** Without a common clock nothing is known of when things happened. */
function hasOneClock(run: Run): boolean {
  return [...digestRun(run).values()].every((digest) => digest.hasOneClock);
}

function timeSection(run: Run): Section {
  return {
    id: "time",
    title: "What happened when",
    blocks: [
      { kind: "figure", figure: loadOverTimeFigure(run), width: "full" },
      ...(hasGaps(run)
        ? [{ kind: "figure" as const, figure: itlHeatmapFigure(run), width: "full" as const }]
        : []),
      { kind: "figure", figure: timelineFigure(run), width: "full" },
    ],
  };
}

function requestSection(run: Run): Section {
  return {
    id: "requests",
    title: "Request by request",
    blocks: [{ kind: "figure", figure: perRequestFigure(run), width: "full" }],
  };
}

function tableSection(run: Run, summary: RunSummary): Section {
  return {
    id: "numbers",
    title: "All numbers",
    blocks: [
      loadTable(summary),
      latencyTable(summary, { metric: ttft, of: (cell) => cell.ttft }),
      latencyTable(summary, { metric: ttftFromSchedule, of: (cell) => cell.ttftFromSchedule }),
      latencyTable(summary, { metric: tpot, of: (cell) => cell.tpot }),
      latencyTable(summary, { metric: itl, of: (cell) => cell.itl }),
      latencyTable(summary, { metric: e2e, of: (cell) => cell.e2e }),
      latencyTable(summary, { metric: sendLag, of: (cell) => cell.sendLag }),
      ...roundNumbersTable(run, summary),
    ],
  };
}
