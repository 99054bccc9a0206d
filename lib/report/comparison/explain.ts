/**
 * What a comparison says, in sentences made from its numbers.
 *
 * @module
 */
import { comparedMetrics, type ComparisonWord, type RatioRow } from "../../metrics/compare/mod.ts";
import type { Comparison } from "../../metrics/compare/group_comparison.ts";
import type { PairResult } from "../../metrics/compare/judge_comparison.ts";
import { formatPlural } from "../../plots/mod.ts";

/** A pair in words. */
export interface ExplainedPair {
  /** "sglang is slower than mini-sglang" */
  readonly headline: string;
  /** The paragraph. */
  readonly text: string;
  /** One sentence about how far it can be trusted. */
  readonly trust: string;
}

/** "TTFT p99", "output tokens/s" */
export function nameRatio({ metric, statistic }: Pick<RatioRow, "metric" | "statistic">): string {
  const label = comparedMetrics.find(({ name }) => name === metric)?.label ?? metric;
  return statistic === "rate" ? label : `${label} ${statistic}`;
}

/**
 * Puts one engine against another into words.
 *
 * The words follow from the corrected intervals over all loads; a comparison that is not fair gets no verdict.
 */
export function explainPair({ manifest }: Pick<Comparison, "manifest">, pair: PairResult): ExplainedPair {
  const names = { a: nameOf(manifest, pair.a), b: nameOf(manifest, pair.b) };
  const trust = explainTrust(pair);
  const errors = pair.fairness.filter(({ status }) => status === "error");
  const { statistics } = pair;
  if (statistics === null) {
    return {
      headline: `${names.b} and ${names.a} were not compared`,
      text: "There is no load that was measured whole on both.",
      trust,
    };
  }
  const numbers = explainNumbers(pair, names);
  if (errors.length > 0) {
    return {
      headline: "No result: the comparison is not fair",
      text: `${errors.map(({ evidence }) => evidence).join(" ")} What was measured all the same: ${numbers}`,
      trust,
    };
  }
  const isKnown = statistics.overall.some(({ estimate }) => estimate !== null);
  const headline = isKnown
    ? headlineOf(statistics.word, names)
    : `Too few requests to compare ${names.b} with ${names.a}`;
  return { headline, text: capitalise(numbers), trust };
}

interface Names {
  readonly a: string;
  readonly b: string;
}

function nameOf({ engines }: Comparison["manifest"], index: number): string {
  return engines[index]?.name ?? `engine ${index}`;
}

function headlineOf(word: ComparisonWord, { a, b }: Names): string {
  switch (word) {
    case "faster":
    case "slower":
      return `${b} is ${word} than ${a}`;
    case "mixed":
      return `${b} is faster than ${a} by some measures and slower by others`;
    case "no difference shown":
      return `No difference shown between ${b} and ${a}`;
  }
}

/** More would not be read. */
const MOST_NAMED = 4;

function explainNumbers({ statistics }: PairResult, { a, b }: Names): string {
  if (statistics === null) return "";
  const known = statistics.overall.flatMap((row) =>
    row.estimate === null ? [] : [{ ...row, estimate: row.estimate }]
  );
  const { repeats, cells, confidence } = statistics;
  const over = `${
    cells.length === 1 ? `at ${cells[0]?.label}` : `over ${formatPlural(cells.length, "load")}`
  }, ${formatPlural(repeats, "repeat")}${cells.length === 1 && repeats === 1 ? "" : " each"}`;
  const say = (word: string) =>
    known.filter(({ estimate }) => estimate.word === word)
      .sort((x, y) => Math.abs(Math.log(y.estimate.ratio)) - Math.abs(Math.log(x.estimate.ratio)));
  const [slower, faster, same] = [say("slower"), say("faster"), say("no difference shown")];
  const level = `${Number((100 * confidence).toPrecision(4))} % intervals`;
  const sentences = [
    ...(faster.length === 0 ? [] : [`${b} is better than ${a} in ${listDifferences(faster)}`]),
    ...(slower.length === 0 ? [] : [`${b} is worse than ${a} in ${listDifferences(slower)}`]),
    ...(same.length === 0 ? [] : [describeSame(same, known.length)]),
  ];
  if (known.length === 0) return `there are too few requests for intervals, ${over}.`;
  return `${over}, with ${level}: ${sentences.map((one, i) => i === 0 ? one : capitalise(one)).join(". ")}.${
    describeLoads(statistics.cells)
  }`;
}

type Known = RatioRow & { readonly estimate: NonNullable<RatioRow["estimate"]> };

/** "TPOT p50 (+5.0 %, +4.6 to +5.4), E2E mean (…) and 3 more" */
function listDifferences(rows: readonly Known[]): string {
  const named = rows.slice(0, MOST_NAMED).map((row) => {
    const { ratio, low, high } = row.estimate;
    return `${nameRatio(row)} (${percentOf(ratio)} %, ${percentOf(low)} to ${percentOf(high)})`;
  });
  return rows.length > MOST_NAMED
    ? `${named.join(", ")} and ${rows.length - MOST_NAMED} more`
    : named.join(", ").replace(/, (?=[^,(]*\([^)]*\)$)/, " and ");
}

function describeSame(rows: readonly Known[], all: number): string {
  const what = rows.length === all
    ? "no ratio is shown to differ from 1"
    : `no difference is shown in ${formatPlural(rows.length, "other ratio")}`;
  const bySensitivity = rows.toSorted((x, y) => smallestChange(x) - smallestChange(y));
  const [finest, coarsest] = [bySensitivity.at(0), bySensitivity.at(-1)];
  if (finest === undefined || coarsest === undefined) return what;
  const say = (row: Known) => `${(100 * smallestChange(row)).toPrecision(2)} % (${nameRatio(row)})`;
  return `${what}, though it would have been from a change of ${
    finest === coarsest ? say(finest) : `${say(finest)} to ${say(coarsest)}`
  } on`;
}

/** Change in either direction that would just have been shown, as a share. */
function smallestChange({ estimate: { smallestShown: { below, above } } }: Known): number {
  return Math.max(above - 1, 1 / below - 1);
}

/** Where single loads say what all of them together do not. */
function describeLoads(
  cells: readonly { readonly label: string; readonly rows: readonly RatioRow[] }[],
): string {
  if (cells.length < 2) return "";
  const found = cells.flatMap(({ label, rows }) => {
    const words = rows.flatMap(({ estimate }) => estimate === null ? [] : [estimate.word]);
    const worse = words.filter((word) => word === "slower").length;
    const better = words.filter((word) => word === "faster").length;
    return worse + better === 0 ? [] : [`${label} (${better} better, ${worse} worse)`];
  });
  return found.length === 0
    ? " At no single load is a difference shown."
    : ` Single loads at which differences are shown: ${found.join(", ")}.`;
}

function explainTrust({ fairness, isFair }: PairResult): string {
  const count = (status: string) => fairness.filter((one) => one.status === status);
  const [ok, warnings, unknown, errors] = [count("ok"), count("warning"), count("unknown"), count("error")];
  const say = (some: readonly { readonly check: string }[], what: string) =>
    some.length === 0 ? [] : [`${some.length} ${what} (${some.map(({ check }) => check).join(", ")})`];
  return `${isFair ? "Fair" : "Not fair"} by ${formatPlural(fairness.length, "check")}: ${
    [
      ...say(errors, "failed"),
      `${ok.length} passed`,
      ...say(warnings, "to keep in mind"),
      ...say(unknown, "not known"),
    ].join(", ")
  }.`;
}

/** 1.05 → "+5.0", 0.99999 → "0.00" */
export function percentOf(ratio: number): string {
  const value = 100 * (ratio - 1);
  const text = value.toFixed(Math.abs(value) < 1 ? 2 : 1);
  if (Number(text) === 0) return "0.00";
  return value > 0 ? `+${text}` : text.replace("-", "−");
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
