/**
 * What the cache brought: each later round against the first.
 *
 * @module
 */
import { type HitRate, hitRates, type HitRateSource } from "../metrics/hit_rates.ts";
import type { RunSummary } from "../metrics/mod.ts";
import { pairRounds, type RoundComparison } from "../metrics/paired_rounds.ts";
import {
  cacheDeltaFigure,
  formatCount,
  formatMs,
  formatPlural,
  formatShare,
  hitRatesFigure,
  layOutCells,
  MISSING,
} from "../plots/mod.ts";
import type { Run } from "../types.ts";
import type { Block, Row, Section, Table } from "./blocks.ts";
import { explainRounds } from "./explain_rounds.ts";

/**
 * Makes the section: a verdict per comparison, the differences, the hit rates and their reconciliation.
 *
 * @returns Nothing for a run of one round.
 */
export function roundsSection(run: Run, summary: RunSummary): Section[] {
  const comparisons = inOrderOfLoad(run, pairRounds(run));
  if (comparisons.length === 0) return [];
  return [{
    id: "rounds",
    title: "What the cache brings",
    blocks: [
      ...comparisons.map((comparison) => verdictOf(run, comparison)),
      { kind: "figure", figure: cacheDeltaFigure(run), width: "full" },
      comparisonTable(run, comparisons),
      { kind: "figure", figure: hitRatesFigure(run), width: "full" },
      ...reconciliation(run),
      ...failedResets(run),
      ...otherLatencies(summary, comparisons),
    ],
  }];
}

function inOrderOfLoad(run: Run, comparisons: readonly RoundComparison[]): RoundComparison[] {
  return layOutCells(run.manifest.cells).cells.flatMap(({ index }) =>
    comparisons.filter(({ laterCell }) => laterCell === index)
  );
}

function labelOf({ manifest }: Run, index: number): string {
  return manifest.cells.find((cell) => cell.index === index)?.label ?? "";
}

/** A difference that is sure need not be large. */
function describeGain({ ttft }: RoundComparison): string {
  return ttft === null ? "faster" : `${formatMs(-ttft.medianMs.median)} faster to the first token`;
}

const verdictTitles = {
  slower: "not faster",
  unclear: "no clear difference",
  unknown: "cannot be compared",
} as const;

function verdictOf(run: Run, comparison: RoundComparison): Block {
  const { verdict, text, causes } = explainRounds(run, comparison);
  return {
    kind: "verdict",
    valid: verdict === "faster",
    title: `${labelOf(run, comparison.laterCell)}: ${
      verdict === "faster" ? describeGain(comparison) : verdictTitles[verdict]
    }`,
    text: `${text}${describeUnpaired(comparison)}`,
    reasons: causes,
  };
}

function describeUnpaired({ unpaired }: RoundComparison): string {
  return unpaired === 0
    ? ""
    : ` ${formatPlural(unpaired, "request")} succeeded in one of both rounds only and ${
      unpaired === 1 ? "is" : "are"
    } left out.`;
}

const rateColumns: readonly { readonly name: HitRateSource; readonly label: string }[] = [
  { name: "theoretical", label: "Theoretical hit rate" },
  { name: "usage", label: "By usage" },
  { name: "metrics", label: "By /metrics" },
];

function comparisonTable(run: Run, comparisons: readonly RoundComparison[]): Table {
  return {
    kind: "table",
    caption: "Each later round against round 1, request by request",
    columns: [
      { label: "Cell", numeric: false },
      ...[
        "Pairs",
        "TTFT difference, median",
        "its 95 % interval",
        "Faster",
        "E2E difference, median",
        "Prompt tokens saved",
      ].map((label) => ({ label, numeric: true })),
      ...rateColumns.map(({ label }) => ({ label: `${label}, first → later`, numeric: true })),
    ],
    rows: comparisons.map((comparison) => comparisonRow(run, comparison)),
  };
}

function comparisonRow(run: Run, comparison: RoundComparison): Row {
  const { ttft, e2e, pairs, cachedTokens, firstCell, laterCell } = comparison;
  const key = layOutCells(run.manifest.cells).cells.find(({ index }) => index === laterCell);
  const [first, later] = [firstCell, laterCell].map((index) => {
    const cell = run.manifest.cells.find((cell) => cell.index === index);
    return cell === undefined ? null : hitRates(run, cell);
  });
  return {
    values: [
      labelOf(run, laterCell),
      formatCount(pairs),
      formatMs(ttft?.medianMs.median),
      spellInterval(ttft),
      ttft === null ? MISSING : formatShare(ttft.faster / ttft.pairs),
      formatMs(e2e?.medianMs.median),
      formatCount(cachedTokens?.saved),
      ...rateColumns.map(({ name }) => spellRates(first?.[name] ?? null, later?.[name] ?? null)),
    ],
    level: key?.level,
    tone: key?.tone,
  };
}

/** The interval of a median difference: "−44 ms to −38 ms". */
export function spellInterval(difference: RoundComparison["ttft"]): string {
  const interval = difference?.medianMs.interval;
  return interval ? `${formatMs(interval.low)} to ${formatMs(interval.high)}` : MISSING;
}

function spellRates(first: HitRate | null, later: HitRate | null): string {
  if (first === null && later === null) return "not available";
  return [first, later].map((rate) => rate === null ? MISSING : formatShare(rate.ratio)).join(" → ");
}

/** What is the same in all cells is said once. */
function reconciliation(run: Run): Block[] {
  const said = new Map<string, string[]>();
  for (const { index } of layOutCells(run.manifest.cells).cells) {
    const cell = run.manifest.cells.find((cell) => cell.index === index);
    if (cell === undefined) continue;
    for (const sentence of hitRates(run, cell).reconciliation) {
      said.set(sentence, [...said.get(sentence) ?? [], cell.label]);
    }
  }
  const all = run.manifest.cells.length;
  const items = [...said].map(([sentence, labels]) =>
    `${labels.length === all && all > 1 ? "In every cell" : labels.join("; ")}: ${sentence}`
  );
  return items.length === 0 ? [] : [{ kind: "list", title: "How the three hit rates agree", items }];
}

function failedResets(run: Run): Block[] {
  const items = run.manifest.cells.flatMap(({ label, cacheReset }) =>
    cacheReset === undefined || cacheReset.done ? [] : [`Before ${label}: ${cacheReset.message}`]
  );
  return items.length === 0 ? [] : [{ kind: "list", title: "The cache was not emptied as wanted", items }];
}

/** TPOT tells whether the later round decodes among other company. */
/** Medians that change by less are the same for whoever waits. */
const NOTABLE_CHANGE = 0.02;

function otherLatencies(summary: RunSummary, comparisons: readonly RoundComparison[]): Block[] {
  const items = comparisons.flatMap(({ tpot, laterCell }) => {
    const interval = tpot?.medianMs.interval;
    if (tpot === null || !interval || (interval.low <= 0 && interval.high >= 0)) return [];
    if (Math.abs((tpot.medianRatio ?? 0) - 1) < NOTABLE_CHANGE) return [];
    const label = summary.cells.find(({ index }) => index === laterCell)?.label ?? "";
    return [
      `${label}: the median TPOT difference is ${formatMs(tpot.medianMs.median)} (${
        spellInterval(tpot)
      }). A cache does ` +
      "not change decoding itself, but which requests are decoded together.",
    ];
  });
  return items.length === 0 ? [] : [{ kind: "list", title: "TPOT changed too", items }];
}
