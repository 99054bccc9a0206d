/**
 * `deno task report`: make page and tables again from a run on disk.
 *
 * @module
 */
import { join } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";

import { isComparison, readComparison } from "../artifact/comparison_file.ts";
import { readRun } from "../artifact/read.ts";
import { UsageError } from "../errors.ts";
import { measureDialects } from "../metrics/dialects/mod.ts";
import { summarizeRun } from "../metrics/mod.ts";
import { deriveFiles } from "../modes/derive.ts";
import { replaceFile } from "../replace_file.ts";
import { publishReport } from "../report/publish.ts";
import { concludeComparison } from "./conclude_comparison.ts";
import { print } from "./console.ts";
import { dialectChoices, dialectText, explainDialect } from "./dialect_table.ts";
import { runCommand } from "./exit.ts";
import { cellTable, runTable } from "./tables.ts";

const EXAMPLES = `
The numbers of other tools by their own definitions are in the run's dialects.json too.

Examples:
  deno task report data/runs/2026-11-22T134501-qwen-simulated
  deno task report data/runs/2026-11-22T134501-qwen-simulated --dialect vllm
      What vllm bench serve would print.
  deno task report data/runs/2026-11-22T134501-qwen-simulated --dialect all
      All tools beside ours.
`;

function reportCommand() {
  return new Command("deno task report")
    .description(
      "Makes the page and the tables of a run again from what it recorded, also if it was broken off; of a comparison, its verdict too.",
    )
    .argument("<folder>", "folder of a run or of a comparison: data/runs/<id>")
    .option("--output <path>", "where the page goes (default: reports/<run-id>.html)")
    .addOption(
      new Option(
        "--dialect <name>",
        "also print what this tool would print for the same tics, or all side by side; of a run only",
      ).choices(
        dialectChoices,
      ),
    )
    .option("--json", "print one line of JSON and nothing else")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = reportCommand().parse([...args], { from: "user" });
  const [folder] = command.processedArgs;
  const flags = command.opts();
  return isComparison(folder) ? await reportComparison(folder, flags) : await reportRun(folder, flags);
}

type Flags = ReturnType<ReturnType<typeof reportCommand>["opts"]>;

async function reportRun(folder: string, flags: Flags): Promise<number> {
  const run = await readRun(folder);
  const page = flags.output ?? join("reports", `${run.manifest.runId}.html`);
  for (const { name, pieces } of deriveFiles(run)) replaceFile(join(folder, name), pieces);
  await publishReport(run, page);
  const summary = summarizeRun(run);
  if (flags.json) {
    print(JSON.stringify({ ...summary, status: run.manifest.status, folder, report: page }));
    return 0;
  }
  for (const problem of run.problems) print(`note: ${problem}`);
  for (const cell of summary.cells) {
    print(`\n${cell.label}\n${cellTable(cell)}`);
    if (flags.dialect !== undefined) {
      print(dialectText(flags.dialect, { cell, numbers: measureDialects(run) }));
    }
  }
  if (flags.dialect !== undefined) print(`\n${explainDialect(flags.dialect, measureDialects(run))}`);
  print(`\n${runTable(summary.cells)}\n\nreport  ${page}`);
  return 0;
}

/** A verdict that is not fair, or not whole, is said again; making it again did not fail. */
async function reportComparison(folder: string, flags: Flags): Promise<number> {
  const stored = await readComparison(folder);
  const { comparisonId } = stored.manifest;
  if (flags.dialect !== undefined) {
    const runs = [...stored.runs.keys()].map((name) => `  ${join(folder, name)}`);
    throw new UsageError(
      `Cannot use --dialect with comparison ${comparisonId} as it is of single runs; give one of them:\n${
        runs.join("\n")
      }`,
    );
  }
  await concludeComparison({ stored, folder }, {
    pages: [flags.output ?? join("reports", `${comparisonId}.html`)],
    isJson: flags.json,
    say: flags.json ? () => {} : print,
  });
  return 0;
}

if (import.meta.main) await runCommand(() => main(Deno.args));
