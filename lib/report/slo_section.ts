/**
 * Whether a run met its service level objective, and by how much.
 *
 * @module
 */
import { type Goodput, missesSlo } from "../metrics/goodput.ts";
import type { CellSummary, RunSummary } from "../metrics/mod.ts";
import {
  describeLimit,
  describeSlo,
  formatPercent,
  formatSloValue,
  type Slo,
  sloOf,
} from "../metrics/slo.ts";
import { formatCount, formatNumber, formatShare, goodputFigure, MISSING } from "../plots/mod.ts";
import type { Run } from "../types.ts";
import type { Block, Section, Table } from "./blocks.ts";
import { cellRows } from "./tables.ts";

/** Makes the section: verdict, goodput, attainment per limit, percentiles. Nothing without an objective. */
export function sloSection({ manifest }: Pick<Run, "manifest">, summary: RunSummary): Section[] {
  const slo = sloOf(manifest);
  if (slo.limits.length === 0) return [];
  const judgesRequests = slo.limits.some(({ percentile }) => percentile === null);
  const judgesCells = slo.limits.some(({ percentile }) => percentile !== null);
  return [{
    id: "slo",
    title: slo.name === null ? "Service level objective" : `Service level objective: ${slo.name}`,
    blocks: [
      verdictBlock(slo, summary),
      ...(judgesRequests ? requestBlocks(slo, summary) : []),
      ...(judgesCells ? [percentileTable(summary)] : []),
    ],
  }];
}

function verdictBlock(slo: Slo, summary: RunSummary): Block {
  const { missed, reasons } = missesSlo(summary);
  const isSure = summary.cells.some(({ goodput }) => goodput?.objective.met === false);
  return {
    kind: "verdict",
    valid: !missed,
    title: missed ? (isSure ? "Objective missed" : "Not known to be met") : "Objective met",
    text: `The objective is ${describeSlo(slo)}, in every cell.`,
    reasons,
  };
}

function requestBlocks(slo: Slo, summary: RunSummary): Block[] {
  const silent = summary.cells.flatMap(({ label, goodput }) =>
    typeof goodput?.whyNone === "string" ? [`${label}: ${goodput.whyNone}`] : []
  );
  return [
    { kind: "text", text: describeTerms(slo) },
    goodputTable(summary),
    ...(silent.length === 0
      ? []
      : [{ kind: "list", title: "Why there is no goodput", items: silent } as const]),
    attainmentTable(summary),
    ...(summary.cells.length < 2
      ? []
      : [{ kind: "figure", figure: goodputFigure(summary), width: "full" } as const]),
  ];
}

function describeTerms({ attainment, limits }: Slo): string {
  const usesMean = limits.some(({ metric, percentile }) => metric === "itl" && percentile === null);
  return [
    "A request is good when it succeeded and kept every limit on requests; failed and cancelled ones are not.",
    "Goodput is good requests, or their output tokens, over the same time as throughput.",
    "Offered are all requests of the cell, completed those that succeeded or failed.",
    `The objective asks for ${formatPercent(attainment)} of those offered.`,
    ...(usesMean ? ["Mean ITL is the mean gap of one request, which is its TPOT."] : []),
  ].join(" ");
}

type GoodputColumn = { readonly label: string; of(goodput: Goodput, cell: CellSummary): string };

const share = (ratio: number | null) => ratio === null ? MISSING : formatShare(ratio);

const goodputColumns: readonly GoodputColumn[] = [
  { label: "Good requests", of: ({ requests }) => formatCount(requests) },
  { label: "Of offered", of: ({ shareOfOffered }) => share(shareOfOffered) },
  { label: "Of completed", of: ({ shareOfCompleted }) => share(shareOfCompleted) },
  { label: "Of successful", of: ({ shareOfSuccessful }) => share(shareOfSuccessful) },
  { label: "Good requests/s", of: ({ requestsPerS }) => formatNumber(requestsPerS) },
  { label: "Requests/s", of: (_, { requestsPerS }) => formatNumber(requestsPerS) },
  { label: "Good output tokens/s", of: ({ outputTokensPerS }) => formatNumber(outputTokensPerS) },
  { label: "Output tokens/s", of: (_, { outputTokensPerS }) => formatNumber(outputTokensPerS) },
  { label: "Of output tokens", of: ({ shareOfTokens }) => share(shareOfTokens) },
  { label: "Objective met", of: ({ objective: { met } }) => met === null ? "not known" : met ? "yes" : "no" },
];

function goodputTable(summary: RunSummary): Table {
  return tableOf(summary, {
    caption: "Goodput",
    columns: goodputColumns.map(({ label }) => label),
    valuesOf: (goodput, cell) => goodputColumns.map(({ of }) => of(goodput, cell)),
  });
}

/** Two columns per limit: who kept it, and the median. */
function attainmentTable(summary: RunSummary): Table {
  const limits = summary.cells.find(({ goodput }) => goodput !== null)?.goodput?.limits ?? [];
  return tableOf(summary, {
    caption: "Successful requests that kept each limit, of those it judges",
    columns: limits.flatMap(({ limit }) => [describeLimit(limit), "median"]),
    valuesOf: (goodput) =>
      goodput.limits.flatMap(({ limit, kept, judged, share, p50 }) => [
        share === null ? MISSING : `${formatCount(kept)} of ${formatCount(judged)} (${formatShare(share)})`,
        p50 === null ? MISSING : formatSloValue(Number(p50.toPrecision(4)), limit),
      ]),
  });
}

function percentileTable(summary: RunSummary): Table {
  const percentiles = summary.cells.find(({ goodput }) => goodput !== null)?.goodput?.percentiles ?? [];
  return tableOf(summary, {
    caption: "Percentiles and their limits",
    columns: percentiles.map(({ limit }) => describeLimit(limit)),
    valuesOf: (goodput) =>
      goodput.percentiles.map(({ limit, measured, verdict: { met, reasons } }) => {
        if (met === null || measured === null) return reasons.join();
        return `${formatSloValue(measured, limit)}, ${met ? "kept" : "broken"}`;
      }),
  });
}

interface GoodputTable {
  readonly caption: string;
  readonly columns: readonly string[];
  valuesOf(goodput: Goodput, cell: CellSummary): readonly string[];
}

function tableOf(summary: RunSummary, { caption, columns, valuesOf }: GoodputTable): Table {
  return {
    kind: "table",
    caption,
    columns: [
      { label: "Cell", numeric: false },
      ...columns.map((label) => ({ label, numeric: true })),
    ],
    rows: cellRows(
      summary,
      (cell) => cell.goodput === null ? columns.map(() => MISSING) : valuesOf(cell.goodput, cell),
    ),
  };
}
