/**
 * The tables of a comparison: ratios, measurements, fairness.
 *
 * @module
 */
import type { RatioRow } from "../../metrics/compare/mod.ts";
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import type { ComparisonResult, PairResult } from "../../metrics/compare/judge_comparison.ts";
import { type Distribution, MIN_COUNT_FOR_P99 } from "../../metrics/mod.ts";
import { formatMs, formatNumber, MISSING } from "../../plots/mod.ts";
import type { Block, Section, Table } from "../blocks.ts";
import { nameRatio } from "./explain.ts";

/** "sglang against mini-sglang" */
function titleOf({ manifest: { engines } }: Comparison, { a, b }: PairResult): string {
  return `${engines[b]?.name} against ${engines[a]?.name}`;
}

/** Every ratio, over all loads and load by load. */
export function ratioSection(comparison: Comparison, { pairs }: ComparisonResult): Section {
  return {
    id: "ratios",
    title: "All ratios",
    blocks: pairs.flatMap((pair): Block[] => {
      const { statistics } = pair;
      if (statistics === null) return [];
      const name = titleOf(comparison, pair);
      return [
        ratioTable(`${name}, all loads (geometric mean)`, { pair, comparison, rows: statistics.overall }),
        ...(statistics.cells.length < 2 ? [] : [loadRatioTable(`${name}, load by load`, statistics)]),
      ];
    }),
  };
}

function ratioTable(
  caption: string,
  { pair: { a, b, statistics }, comparison: { manifest: { engines } }, rows }: {
    readonly pair: PairResult;
    readonly comparison: Comparison;
    readonly rows: readonly RatioRow[];
  },
): Table {
  const percent = Number((100 * (statistics?.confidence ?? 0)).toPrecision(4));
  return {
    kind: "table",
    caption,
    columns: [
      { label: "", numeric: false },
      ...[
        engines[a]?.name ?? "A",
        engines[b]?.name ?? "B",
        "Ratio",
        `${percent} % interval`,
        "Corrected interval",
      ]
        .map((label) => ({ label, numeric: true })),
      { label: engines[b]?.name ?? "B", numeric: false },
    ],
    rows: rows.map((row) => {
      const value = row.statistic === "rate" ? formatNumber : formatMs;
      const { estimate } = row;
      return {
        values: [
          nameRatio(row),
          value(row.a),
          value(row.b),
          ...(estimate === null ? [MISSING, MISSING, MISSING, row.whyNot ?? ""] : [
            estimate.ratio.toFixed(4),
            `${estimate.low.toFixed(4)} – ${estimate.high.toFixed(4)}`,
            `${estimate.correctedLow.toFixed(4)} – ${estimate.correctedHigh.toFixed(4)}`,
            estimate.word,
          ]),
        ],
      };
    }),
  };
}

/** A column per load: ratio, interval, and the word where there is one. */
function loadRatioTable(caption: string, { cells, overall }: NonNullable<PairResult["statistics"]>): Table {
  return {
    kind: "table",
    caption,
    columns: [
      { label: "", numeric: false },
      ...cells.map(({ label }) => ({ label, numeric: true })),
    ],
    rows: overall.map((row, place) => ({
      values: [
        nameRatio(row),
        ...cells.map(({ rows }) => {
          const estimate = rows[place]?.estimate ?? null;
          if (estimate === null) return MISSING;
          const { ratio, low, high, word } = estimate;
          const interval = `${ratio.toFixed(3)} (${low.toFixed(3)} – ${high.toFixed(3)})`;
          return word === "no difference shown" ? interval : `${word}: ${interval}`;
        }),
      ],
    })),
  };
}

function p99(distribution: Distribution | null): number | null {
  return distribution !== null && distribution.count >= MIN_COUNT_FOR_P99 ? distribution.p99 : null;
}

/** Every repeat of every load. */
export function loadSection({ manifest: { engines }, loads }: Comparison): Section {
  const columns = [
    ...["Repeat", "Offered requests/s", "Output tokens/s", "TTFT p50", "TTFT p99", "TPOT p50", "TPOT p99"],
    ...["E2E p99", "Succeeded", "Valid"],
  ];
  return {
    id: "loads",
    title: "What was measured",
    blocks: loads.map((load): Table => ({
      kind: "table",
      caption: load.label,
      columns: [
        { label: "Engine", numeric: false },
        ...columns.map((label) => ({ label, numeric: true })),
      ],
      rows: load.engines.flatMap((cells, engine) =>
        cells.map(({ repeat, summary }) => ({
          values: [
            engines[engine]?.name ?? "",
            String(repeat),
            ...[summary.offeredRequestsPerS, summary.outputTokensPerS].map(formatNumber),
            ...[summary.ttft?.p50, p99(summary.ttft), summary.tpot?.p50, p99(summary.tpot), p99(summary.e2e)]
              .map(formatMs),
            `${summary.requests.succeeded} of ${summary.requests.offered}`,
            summary.verdict.valid ? "yes" : "no",
          ],
          failed: !summary.verdict.valid,
        }))
      ),
    })),
  };
}

const STATUS_WORDS = {
  ok: "passed",
  unknown: "not known",
  warning: "keep in mind",
  error: "failed",
} as const;

/** Every check of fairness with what it saw. */
export function fairnessSection(comparison: Comparison, { pairs }: ComparisonResult): Section {
  return {
    id: "fairness",
    title: "Was it fair?",
    blocks: [
      {
        kind: "text",
        text:
          "Asked before any ratio is called a result. One check that failed is enough to take the verdict away; what was measured is shown all the same.",
      },
      ...pairs.map((pair): Table => ({
        kind: "table",
        caption: titleOf(comparison, pair),
        columns: ["Check", "", "What was seen"].map((label) => ({ label, numeric: false })),
        rows: pair.fairness.map(({ question, status, evidence }) => ({
          values: [question, STATUS_WORDS[status], evidence],
          failed: status === "error",
        })),
      })),
    ],
  };
}
