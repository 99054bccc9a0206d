/**
 * A grid of engine options as a page.
 *
 * @module
 */
import { tpot, ttft } from "../metrics/mod.ts";
import { describeLatencyLimits } from "../metrics/latency_limits.ts";
import {
  type Configuration,
  describeLargestLoad,
  describeShortLoad,
  largestLoad,
  type LoadPoint,
  type WhatIf,
} from "../metrics/what_if.ts";
import {
  type CellKey,
  chosenMetrics,
  formatCount,
  formatMs,
  formatNumber,
  formatPlural,
  formatShare,
  frontierFigure,
  MISSING,
} from "../plots/mod.ts";
import type { Block, Fact, KeyNumber, Row, Section, Table } from "./blocks.ts";
import { definitionsSection } from "./definitions.ts";
import { quoteForShell } from "./provenance.ts";
import type { Report } from "./report.ts";
import { whatIfDownloads } from "./what_if_downloads.ts";

/** What the page needs besides the grid. */
export interface WhatIfReportOptions {
  /** Address of a run's own page, by its id; `null` where it has none. */
  pageOf(runId: string): string | null;
}

/** Builds the page of a grid. */
export function buildWhatIfReport(whatIf: WhatIf, options: WhatIfReportOptions): Report {
  return {
    title: titleOf(whatIf),
    lead: describeGrid(whatIf),
    banners: banners(whatIf),
    chips: chips(whatIf),
    keyNumbers: keyNumbers(whatIf),
    sections: [
      frontierSection(whatIf),
      ...(whatIf.slo.length === 0 ? [] : [largestLoadSection(whatIf)]),
      numbersSection(whatIf),
      configurationsSection(whatIf, options),
      trustSection(whatIf),
      definitionsSection({ cells: [{ parameters: { scale: 1 } }], options: {} }),
      reproduceSection(whatIf),
    ],
    cells: cellKeys(whatIf),
    downloads: whatIfDownloads(whatIf),
  };
}

/** A title that names more would not be read. */
const MOST_NAMED = 6;

function titleOf({ configurations }: WhatIf): string {
  const labels = configurations.map(({ label }) => label);
  const named = labels.length <= MOST_NAMED ? labels.join(", ") : `${labels.at(0)} … ${labels.at(-1)}`;
  return `What if: ${named}`;
}

type Ran = Configuration & { readonly outcome: { readonly kind: "run" } };

function ran({ configurations }: WhatIf): Ran[] {
  return configurations.filter((one): one is Ran => one.outcome.kind === "run");
}

/** Configurations stand where cells stand on the page of a run: they can be shown and hidden. */
function cellKeys(whatIf: WhatIf): CellKey[] {
  return ran(whatIf).map(({ index, label }) => ({
    ...{ index, label, short: label, tone: "load", x: index, second: null, series: "" },
    level: levelOf(whatIf, index),
  }));
}

function levelOf({ configurations }: WhatIf, index: number): number {
  return configurations.length < 2 ? 1 : index / (configurations.length - 1);
}

function describeGrid(whatIf: WhatIf): string {
  const { configurations, workload, slo } = whatIf;
  const scales = new Set(ran(whatIf).flatMap(({ outcome }) => outcome.points.map(({ scale }) => scale)));
  return `${formatPlural(workload.requests, "request")} of the ${workload.trace} trace at ${
    formatPlural(scales.size, "load")
  }, on ${formatPlural(configurations.length, "configuration")} of the simulated engine${
    slo.length === 0 ? "" : `; the objective is ${describeLatencyLimits(slo)}`
  }.`;
}

function banners(whatIf: WhatIf): Report["banners"] {
  const wireOnly = whatIf.configurations.filter(({ noVerdict }) => noVerdict !== null);
  const simulated = {
    kind: "simulated",
    title: "Simulated",
    text:
      "No GPU computed any of this: it comes from a model of one. In virtual time: computed, not measured.",
  } as const;
  return [
    simulated,
    ...wireOnly.slice(0, 1).map(({ noVerdict }) => ({
      kind: "warning" as const,
      title: "No verdict",
      text: `${wireOnly.map(({ label }) => label).join(", ")}: ${noVerdict}`,
    })),
    ...(whatIf.status === "complete" ? [] : [{
      kind: "warning" as const,
      title: "Incomplete",
      text: "It was interrupted; what follows is what was computed until then.",
    }]),
  ];
}

function chips({ configurations, workload, startedAt, id, slo, seed }: WhatIf): Fact[] {
  return [
    { label: "Model", value: namesOf(configurations, ({ model }) => model) },
    { label: "GPU", value: namesOf(configurations, ({ gpu }) => gpu) },
    { label: "Trace", value: workload.trace },
    { label: "Requests", value: formatCount(workload.requests) },
    { label: "Objective", value: describeLatencyLimits(slo) || "none" },
    { label: "Seed", value: String(seed) },
    { label: "Date", value: `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC` },
    { label: "Grid", value: id },
  ];
}

function namesOf(all: readonly Configuration[], of: (one: Configuration) => string | null): string {
  return [...new Set(all.map(of).filter((name) => name !== null))].join(", ") || MISSING;
}

interface PlacedPoint {
  readonly configuration: Ran;
  readonly point: LoadPoint;
}

function keyNumbers(whatIf: WhatIf): KeyNumber[] {
  const judged = ran(whatIf).filter(({ noVerdict }) => noVerdict === null);
  const points = judged.flatMap((configuration) =>
    configuration.outcome.points.filter(({ valid }) => valid).map((point) => ({ configuration, point }))
  );
  const impossible = whatIf.configurations.length - ran(whatIf).length;
  return [
    ...(whatIf.slo.length === 0 ? [] : [bestLoad(judged)]),
    best("Output tokens/s, at most", points, ({ point }) => point.outputTokensPerS),
    best("Output tokens/s per GPU, at most", points, ({ point }) => point.outputTokensPerSPerGpu),
    {
      label: "Configurations",
      value: formatCount(whatIf.configurations.length),
      detail: impossible === 0 ? "all of them possible" : `${impossible} of them not possible`,
      failed: false,
      sparkline: null,
    },
  ];
}

function best(
  label: string,
  points: readonly PlacedPoint[],
  of: (placed: PlacedPoint) => number | null,
): KeyNumber {
  const [most] = points.filter((one) => of(one) !== null).sort((a, b) => (of(b) ?? 0) - (of(a) ?? 0));
  return {
    label,
    value: formatNumber(most === undefined ? null : of(most)),
    detail: most === undefined ? "not known" : `${most.configuration.label}, scale ${most.point.scale}`,
    failed: false,
    sparkline: null,
  };
}

function bestLoad(judged: readonly Ran[]): KeyNumber {
  const found = judged.flatMap((configuration) => {
    const load = largestLoad(configuration.outcome.points);
    return load.kind === "found" ? [{ configuration, point: load.point, isBound: load.isBound }] : [];
  });
  const bound = found.every(({ isBound }) => isBound) ? "at most" : "at least";
  const number = best(
    `Requests/s within the objective, ${bound}`,
    found,
    ({ point }) => point.offeredRequestsPerS,
  );
  return found.length > 0 ? number : { ...number, detail: "no configuration is known to meet it" };
}

function frontierSection(whatIf: WhatIf): Section {
  const labels = { ttft: ttft.label, tpot: tpot.label, itl: "ITL", e2e: "E2E" };
  return {
    id: "frontier",
    title: "What throughput costs in latency",
    blocks: chosenMetrics.map((name): Block => ({
      kind: "figure",
      figure: frontierFigure(whatIf, { name, label: labels[name] }),
      width: "full",
      onlyFor: name,
    })),
  };
}

function largestLoadSection(whatIf: WhatIf): Section {
  return {
    id: "largest-load",
    title: "The largest load that meets the objective",
    blocks: [{
      kind: "table",
      caption: describeLatencyLimits(whatIf.slo),
      columns: [
        { label: "Configuration", numeric: false },
        ...["Scale", "Offered requests/s", "Output tokens/s", "Per GPU", "TTFT p99", "TPOT p99"]
          .map((label) => ({ label, numeric: true })),
        { label: "", numeric: false },
      ],
      rows: ran(whatIf).map(({ index, label, outcome }): Row => {
        const load = largestLoad(outcome.points);
        const point = load.kind === "found" ? load.point : null;
        return {
          values: [
            label,
            point === null ? MISSING : String(point.scale),
            formatNumber(point?.offeredRequestsPerS),
            formatNumber(point?.outputTokensPerS),
            formatNumber(point?.outputTokensPerSPerGpu),
            formatMs(point?.latencies.ttft?.p99Ms),
            formatMs(point?.latencies.tpot?.p99Ms),
            describeLargestLoad(load),
          ],
          level: levelOf(whatIf, index),
        };
      }),
    }],
  };
}

const columns: readonly { readonly label: string; of(point: LoadPoint): string }[] = [
  { label: "Scale", of: ({ scale }) => String(scale) },
  { label: "Offered requests/s", of: (point) => formatNumber(point.offeredRequestsPerS) },
  { label: "Done requests/s", of: (point) => formatNumber(point.requestsPerS) },
  { label: "Output tokens/s", of: (point) => formatNumber(point.outputTokensPerS) },
  { label: "Per GPU", of: (point) => formatNumber(point.outputTokensPerSPerGpu) },
  { label: "TTFT p50", of: ({ latencies }) => formatMs(latencies.ttft?.p50Ms) },
  { label: "TTFT p99", of: ({ latencies }) => formatMs(latencies.ttft?.p99Ms) },
  { label: "TPOT p50", of: ({ latencies }) => formatMs(latencies.tpot?.p50Ms) },
  { label: "TPOT p99", of: ({ latencies }) => formatMs(latencies.tpot?.p99Ms) },
];

function numbersSection(whatIf: WhatIf): Section {
  const points = ran(whatIf).flatMap(({ outcome }) => outcome.points);
  const shown = [
    ...columns,
    ...(points.every(({ cachedShare }) => cachedShare === null) ? [] : [{
      label: "Prompt tokens cached",
      of: ({ cachedShare }: LoadPoint) => cachedShare === null ? MISSING : formatShare(cachedShare),
    }]),
    ...(points.every(({ valid }) => valid)
      ? []
      : [{ label: "Valid", of: ({ valid }: LoadPoint) => valid ? "yes" : "no" }]),
    ...(whatIf.slo.length === 0 ? [] : [{ label: "Objective met", of: sayMet }]),
  ];
  const table: Table = {
    kind: "table",
    caption: "Every configuration under every load",
    columns: [
      { label: "Configuration", numeric: false },
      ...shown.map(({ label }) => ({ label, numeric: true })),
    ],
    rows: ran(whatIf).flatMap(({ index, label, outcome }) =>
      outcome.points.map((point) => ({
        values: [label, ...shown.map(({ of }) => of(point))],
        level: levelOf(whatIf, index),
      }))
    ),
  };
  return { id: "numbers", title: "All numbers", blocks: [table] };
}

function sayMet({ slo: { met } }: LoadPoint): string {
  return met === null ? "not judged" : met ? "yes" : "no";
}

function configurationsSection(whatIf: WhatIf, { pageOf }: WhatIfReportOptions): Section {
  const table: Table = {
    kind: "table",
    caption: "Every configuration is a run of its own",
    columns: ["Configuration", "Engine", "Run"].map((label) => ({ label, numeric: false })),
    rows: whatIf.configurations.map(({ index, label, description, outcome }): Row => {
      const level = levelOf(whatIf, index);
      if (outcome.kind === "impossible") {
        return { values: [label, "cannot be", outcome.reason], level, failed: true };
      }
      const href = pageOf(outcome.runId);
      return { values: [label, description, outcome.runId], level, ...(href === null ? {} : { href }) };
    }),
  };
  return { id: "configurations", title: "The configurations", blocks: [table] };
}

function trustSection(whatIf: WhatIf): Section {
  const leftOut = ran(whatIf).flatMap(({ label, outcome: { leftOut: { count, reason } } }) =>
    count === 0
      ? []
      : [`${label}: ${formatPlural(count, "row")} of the trace left out, the first as ${reason}`]
  );
  const open = ran(whatIf).flatMap(({ label, outcome }) =>
    outcome.points.filter(({ valid }) => !valid).map(({ scale, problems }) =>
      `${label} at scale ${scale} is not valid: ${problems.join("; ")}`
    )
  );
  return {
    id: "trust",
    title: "How far these numbers can be trusted",
    blocks: [
      {
        kind: "text",
        text:
          "The scheduler and the prefix cache follow the engine's source; the time of a batch comes from a cost model " +
          "of the GPU. deno task simulate:validate says how far it is from runs that were measured. Differences of a " +
          "few percent between two configurations mean nothing.",
      },
      {
        kind: "list",
        title: "Notes",
        items: [
          ...[describeShortLoad(whatIf)].filter((note) => note !== null),
          "Each load begins with an engine whose prefix cache is empty.",
          ...whatIf.workload.notes.filter((note) => !note.startsWith("Each scale begins")),
          ...leftOut,
          ...open,
        ],
      },
    ],
  };
}

function reproduceSection({ command, id }: WhatIf): Section {
  return {
    id: "reproduce",
    title: "Do it again",
    blocks: [
      { kind: "code", title: "Command", text: command.map(quoteForShell).join(" "), folded: false },
      {
        kind: "downloads",
        note:
          `The page carries these files. All numbers are in what_if.json in the folder ${id} too; every token's instant is in the runs beside it.`,
      },
    ],
  };
}
