/**
 * A comparison of engines as a page.
 *
 * @module
 */
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import type { ComparisonResult } from "../../metrics/compare/judge_comparison.ts";
import { type CellKey, formatCount, formatPlural, layOutCells, MISSING } from "../../plots/mod.ts";
import type { Block, Fact, KeyNumber, Section } from "../blocks.ts";
import { definitionsSection } from "../definitions.ts";
import { enginesSection, methodSection, reproduceSection } from "./background.ts";
import { comparisonDownloads } from "./downloads.ts";
import { explainPair, nameRatio, percentOf } from "./explain.ts";
import { comparisonFigures, differenceSection } from "./figures.ts";
import { fairnessSection, loadSection, ratioSection } from "./tables.ts";
import type { Report } from "../report.ts";

/** Builds the page of a comparison. */
export function buildComparisonReport(comparison: Comparison, result: ComparisonResult): Report {
  const { manifest } = comparison;
  return {
    title: manifest.title,
    lead: describeComparison(comparison),
    banners: banners(comparison, result),
    chips: chips(comparison),
    keyNumbers: keyNumbers(comparison, result),
    sections: [
      // The page's head says the verdict in a line; the picture of it comes before the words.
      ...differenceSection(comparison, result),
      verdictSection(comparison, result),
      ...comparisonFigures(comparison, result),
      ratioSection(comparison, result),
      loadSection(comparison),
      fairnessSection(comparison, result),
      methodSection(comparison),
      enginesSection(comparison),
      definitionsSection(manifestLike(comparison)),
      reproduceSection(comparison),
    ],
    cells: loadKeys(comparison),
    downloads: comparisonDownloads(comparison, result),
  };
}

/** Loads stand where cells stand on the page of a run: they can be shown and hidden. */
function loadKeys({ loads }: Comparison): CellKey[] {
  return [...layOutCells(loads).cells];
}

function manifestLike(
  { loads, manifest: { options } }: Comparison,
): Parameters<typeof definitionsSection>[0] {
  return { cells: loads, options };
}

function describeComparison({ manifest: { engines, repeats, mode }, loads }: Comparison): string {
  return `${formatPlural(engines.length, "engine")}, ${formatPlural(loads.length, "load")}, ${
    formatPlural(repeats, "repeat")
  } each, ${
    engines[0]?.kind === "measured" ? "measured before" : "asked in turn"
  } (${mode}); ratios are against ${engines[0]?.name}.`;
}

function banners({ manifest }: Comparison, { pairs }: ComparisonResult): Report["banners"] {
  const simulated = manifest.engines.filter(({ info }) => info?.simulated === true);
  const virtual = manifest.options.virtualTime === true;
  const errors = pairs.flatMap(({ fairness }) => fairness.filter(({ status }) => status === "error"));
  return [
    ...(simulated.length === 0 ? [] : [{
      kind: "simulated" as const,
      title: "Simulated",
      text: `No GPU computed the answers of ${simulated.map(({ name }) => name).join(" and ")}: ${
        simulated.map(({ info }) => info?.description).join("; ")
      }.${virtual ? " In virtual time: computed, not measured." : ""}`,
    }]),
    ...(errors.length === 0 ? [] : [{
      kind: "warning" as const,
      title: "Not a result: the comparison is not fair",
      text: [...new Set(errors.map(({ evidence }) => evidence))].join(" "),
    }]),
    ...(manifest.status === "complete" ? [] : [{
      kind: "warning" as const,
      title: "Incomplete",
      text: `The comparison is ${manifest.status}; what follows is what was measured until then.`,
    }]),
  ];
}

function chips({ manifest, loads }: Comparison): Fact[] {
  const { engines, startedAt, comparisonId, seed, repeats } = manifest;
  const requests = Math.max(
    0,
    ...loads.flatMap((load) => load.engines.flat().map(({ cell }) => cell.requestCount)),
  );
  const models = [
    ...new Set(loads.flatMap((load) => load.engines.flat().map(({ run }) => run.manifest.model))),
  ];
  return [
    { label: "Engines", value: engines.map(({ name }) => name).join(", ") },
    { label: "Model", value: models.join(", ") || MISSING },
    { label: "Loads", value: formatCount(loads.length) },
    { label: "Requests per load", value: formatCount(requests) },
    { label: "Repeats", value: formatCount(repeats) },
    { label: "Seed", value: String(seed) },
    { label: "Date", value: `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC` },
    { label: "Comparison", value: comparisonId },
  ];
}

/** What a reader wants first: how long to the first token at its worst, how fast tokens come, how many. */
const KEY_RATIOS = [
  { metric: "ttft", statistics: ["p99", "p90", "p50"] },
  { metric: "tpot", statistics: ["p50"] },
  { metric: "outputTokensPerS", statistics: ["rate"] },
] as const;

function keyNumbers({ manifest }: Comparison, { pairs }: ComparisonResult): KeyNumber[] {
  const [pair] = pairs;
  if (pair === undefined) return [];
  const names = { a: manifest.engines[pair.a]?.name, b: manifest.engines[pair.b]?.name };
  const ok = pair.fairness.filter(({ status }) => status === "ok").length;
  return [
    ...KEY_RATIOS.flatMap(({ metric, statistics }): KeyNumber[] => {
      const rows = statistics.flatMap((statistic) =>
        pair.statistics?.overall.filter((one) => one.metric === metric && one.statistic === statistic) ?? []
      );
      // The first that can be told: a p99 takes many requests.
      const row = rows.find(({ estimate }) => estimate !== null) ?? rows[0];
      if (row === undefined) return [];
      const { estimate } = row;
      return [{
        label: `${nameRatio(row)}, ${names.b} against ${names.a}`,
        value: estimate === null ? MISSING : `${percentOf(estimate.ratio)} %`,
        detail: estimate === null
          ? row.whyNot ?? ""
          : `${percentOf(estimate.correctedLow)} to ${
            percentOf(estimate.correctedHigh)
          } %, corrected for the number of ratios: ${estimate.word}`,
        failed: false,
        sparkline: null,
      }];
    }),
    {
      label: "Checks of fairness passed",
      value: `${ok} of ${pair.fairness.length}`,
      detail: pair.isFair ? "none failed" : "not a result",
      failed: !pair.isFair,
      sparkline: null,
    },
  ];
}

function verdictSection(comparison: Comparison, { pairs }: ComparisonResult): Section {
  return {
    id: "verdict",
    title: "What it says",
    blocks: pairs.map((pair): Block => {
      const { headline, text, trust } = explainPair(comparison, pair);
      return {
        kind: "verdict",
        valid: pair.isFair,
        title: headline,
        text,
        reasons: [trust, ...pair.leftOut],
      };
    }),
  };
}
