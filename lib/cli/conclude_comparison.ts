/**
 * What is said, written and shown of a comparison, whether its runs have just ended or are read again.
 *
 * @module
 */
import { join } from "node:path";

import type { StoredComparison } from "../comparison.ts";
import { judgeStored } from "../metrics/compare/judge_comparison.ts";
import { deriveComparisonFiles } from "../modes/compare/derive_comparison.ts";
import { replaceFile } from "../replace_file.ts";
import { explainPair } from "../report/comparison/explain.ts";
import { buildComparisonReport } from "../report/comparison/report.ts";
import { publishPage } from "../report/publish.ts";
import { describeFindings, loadsTable, ratioTable } from "./compare_tables.ts";
import { print, printError } from "./console.ts";

/** How it is said. */
export interface ConcludeOptions {
  /** Where the page goes: to no place, or to several. */
  readonly pages: readonly string[];
  /** Whether the result is printed as one line of JSON. @default {false} */
  readonly isJson?: boolean;
  /** Receives the lines for people. */
  readonly say: (text: string) => void;
}

/**
 * Judges a comparison, says what came of it, and writes its derived files and its page.
 *
 * @returns The exit code: 0 for a whole comparison that is fair.
 * @throws {RunError} When a file cannot be written.
 */
export async function concludeComparison(
  { stored, folder }: { readonly stored: StoredComparison; readonly folder: string },
  { pages, isJson = false, say }: ConcludeOptions,
): Promise<number> {
  const { comparison, result } = judgeStored(stored);
  for (const { name, pieces } of deriveComparisonFiles(comparison, result)) {
    replaceFile(join(folder, name), pieces);
  }
  say(
    `\n${
      loadsTable(comparison)
    }\nMedians over repeats; in the table of ratios, geometric means over repeats and loads.`,
  );
  for (const pair of result.pairs) {
    const { headline, text, trust } = explainPair(comparison, pair);
    if (pair.statistics !== null) say(`\n${ratioTable(comparison, pair)}`);
    say(`\n${headline}\n${text}\n${trust}`);
    for (const line of [...describeFindings(pair), ...pair.leftOut.map((one) => `  left out  ${one}`)]) {
      say(line);
    }
  }
  const { status } = comparison.manifest;
  say(`\ncomparison  ${folder}`);
  for (const page of pages) {
    await publishPage(buildComparisonReport(comparison, result), page);
    say(`report      ${page}`);
  }
  if (isJson) {
    const explained = result.pairs.map((pair) => ({ ...pair, ...explainPair(comparison, pair) }));
    print(JSON.stringify({ ...result, pairs: explained, status, folder, report: pages[0] ?? null }));
  }
  const unfair = result.pairs.filter(({ isFair }) => !isFair);
  if (status === "interrupted") {
    printError(`interrupted: go on with deno task bench:compare --resume ${folder}`);
  } else if (unfair.length > 0) {
    printError("error: not called a result, as the comparison is not fair; see the errors above");
  }
  return status !== "complete" || unfair.length > 0 ? 1 : 0;
}
