/**
 * Why a reader may believe the numbers, or not.
 *
 * @module
 */
import type { CellSummary, RunSummary } from "../metrics/mod.ts";
import { formatCount, formatMs, formatPlural, sendLagFigure, trustStripFigure } from "../plots/mod.ts";
import type { Run } from "../types.ts";
import type { Block, Section, Table } from "./blocks.ts";
import { cellRows } from "./tables.ts";

const MOST_SKIPPED_SHOWN = 20;

/** Whether every cell measured what it claims, and the run reached its end. */
export function judgeRun(
  run: Run,
  summary: RunSummary,
): { readonly valid: boolean; readonly reasons: string[] } {
  const reasons = summary.cells.flatMap(({ label, verdict }) =>
    verdict.reasons.map((reason) => `${label}: ${reason}`)
  );
  if (run.incomplete) {
    reasons.unshift("the run did not reach its end; what follows is what was recorded until then");
  }
  return { valid: reasons.length === 0, reasons };
}

/** Makes the section: verdict, send lag, how the cells ended, failures, who counted tokens, what was left out. */
export function trustSection(run: Run, summary: RunSummary): Section {
  const { valid, reasons } = judgeRun(run, summary);
  const { workload, clock } = run.manifest;
  const isVirtual = clock === "virtual";
  return {
    id: "trust",
    title: "Can these numbers be trusted?",
    blocks: [
      {
        kind: "verdict",
        valid,
        title: valid ? (isVirtual ? "Valid" : "Valid measurement") : "Not a valid measurement",
        text: valid
          ? run.manifest.imported !== undefined
            ? "Every cell ran to its end. Whether the client kept its schedule is not known: another tool measured."
            : `Every cell ran to its end and ${
              isVirtual ? "virtual time keeps every schedule" : "the client kept its schedule"
            }: the load was offered as stated. That says nothing about whether the engine was fast.`
          : "Read the numbers of these cells with care, or measure again.",
        reasons,
      },
      ...(summary.cells.some(({ sendLag }) => sendLag !== null) ? lagFigures(run) : []),
      endingsTable(summary),
      ...failureBlocks(summary),
      ...listBlock("Problems met when the run was read", run.problems),
      ...listBlock("Notes on the workload", workload.notes),
      ...listBlock(
        `Left out of the workload: ${formatPlural(workload.skipped.length, "row")}`,
        describeSkipped(run),
      ),
    ],
  };
}

function lagFigures(run: Run): Block[] {
  const strip = trustStripFigure(run);
  return [
    ...(strip.data.strips.length === 0
      ? []
      : [{ kind: "figure" as const, figure: strip, width: "full" as const }]),
    { kind: "figure", figure: sendLagFigure(run), width: "full" },
  ];
}

function endingsTable(summary: RunSummary): Table {
  const columns: { label: string; numeric: boolean; of(cell: CellSummary): string }[] = [
    { label: "Status", numeric: false, of: (cell) => cell.status },
    { label: "Requests", numeric: true, of: ({ requests }) => formatCount(requests.offered) },
    { label: "Succeeded", numeric: true, of: ({ requests }) => formatCount(requests.succeeded) },
    { label: "Failed", numeric: true, of: ({ requests }) => formatCount(requests.failed) },
    { label: "Cancelled", numeric: true, of: ({ requests }) => formatCount(requests.cancelled) },
    { label: "Not recorded", numeric: true, of: ({ requests }) => formatCount(requests.unrecorded) },
    { label: "Send lag p99", numeric: true, of: ({ sendLag }) => formatMs(sendLag?.p99) },
    ...(summary.cells.every(({ engineLag }) => engineLag === null) ? [] : [{
      label: "Engine lag p99",
      numeric: true,
      of: ({ engineLag }: CellSummary) => formatMs(engineLag?.p99Ms),
    }]),
    { label: "Connections opened", numeric: true, of: (cell) => formatCount(cell.freshConnections) },
    {
      label: "Prompts not as long as asked",
      numeric: true,
      of: (cell) => formatCount(cell.promptsOfOtherLength),
    },
    {
      label: "Answers not as long as asked",
      numeric: true,
      of: (cell) => formatCount(cell.answersOfOtherLength),
    },
    { label: "Tokens counted by", numeric: false, of: describeSources },
  ];
  return {
    kind: "table",
    caption: "How each cell ended",
    columns: [{ label: "Cell", numeric: false }, ...columns],
    rows: cellRows(summary, (cell) => columns.map(({ of }) => of(cell))),
  };
}

const sourceNames = {
  usage: "the server (usage)",
  "per chunk": "the server, chunk by chunk",
  chunks: "chunks, one token each",
} as const;

function describeSources({ tokenSources }: CellSummary): string {
  const sources = (["usage", "per chunk", "chunks"] as const).filter((source) =>
    tokenSources[source] !== undefined
  );
  if (sources.length === 1) return sources.map((source) => sourceNames[source]).join();
  return sources.map((source) => `${sourceNames[source]}: ${formatCount(tokenSources[source])}`).join("; ") ||
    "–";
}

function failureBlocks(summary: RunSummary): Block[] {
  const rows = cellRowsOfFailures(summary);
  if (rows.length === 0) return [{ kind: "text", text: "No request failed." }];
  return [{
    kind: "table",
    caption: "Failed requests, by kind and message",
    columns: [
      { label: "Cell", numeric: false },
      { label: "Count", numeric: true },
      { label: "Kind", numeric: false },
      { label: "Message", numeric: false },
    ],
    rows,
  }];
}

function cellRowsOfFailures(summary: RunSummary): Table["rows"] {
  return summary.cells.flatMap(({ label, failures }) =>
    failures.map(({ kind, message, count }) => ({
      values: [label, formatCount(count), kind, message],
      failed: true,
    }))
  );
}

function describeSkipped({ manifest: { workload: { skipped } } }: Run): string[] {
  const shown = skipped.slice(0, MOST_SKIPPED_SHOWN).map(({ id, reason }) => `request ${id}: ${reason}`);
  const rest = skipped.length - shown.length;
  return rest > 0 ? [...shown, `and ${formatCount(rest)} more, listed in the run's manifest`] : shown;
}

function listBlock(title: string, items: readonly string[]): Block[] {
  return items.length === 0 ? [] : [{ kind: "list", title, items }];
}
