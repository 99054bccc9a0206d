/**
 * `deno task report`: make page and tables again from a run on disk.
 *
 * @module
 */
import { join } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";

import { readRun } from "../artifact/read.ts";
import { measureDialects } from "../metrics/dialects/mod.ts";
import { summarizeRun } from "../metrics/mod.ts";
import { deriveFiles } from "../modes/derive.ts";
import { replaceFile } from "../replace_file.ts";
import { publishReport } from "../report/publish.ts";
import { print } from "./console.ts";
import { dialectChoices, dialectText } from "./dialect_table.ts";
import { runCommand } from "./exit.ts";
import { cellTable, miniSglangText, runTable } from "./tables.ts";

function reportCommand() {
  return new Command("deno task report")
    .description(
      "Makes the page and the tables of a run again from what it recorded, also if it was broken off.",
    )
    .argument("<run-folder>", "folder of the run: data/runs/<run-id>")
    .option("--output <path>", "where the page goes (default: reports/<run-id>.html)")
    .addOption(
      new Option(
        "--dialect <name>",
        "also print what this tool would print for the same tics, or all side by side",
      ).choices(
        dialectChoices,
      ),
    )
    .option("--json", "print one line of JSON and nothing else")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .addHelpText("after", "\nExample:\n  deno task report data/runs/2026-11-22T134501-qwen-simulated\n");
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = reportCommand().parse([...args], { from: "user" });
  const [folder] = command.processedArgs;
  const flags = command.opts();
  const run = await readRun(folder);
  const page = flags.output ?? join("reports", `${run.manifest.runId}.html`);
  await publishReport(run, page);
  for (const { name, pieces } of deriveFiles(run)) replaceFile(join(folder, name), pieces);
  const summary = summarizeRun(run);
  if (flags.json) {
    print(JSON.stringify({ ...summary, status: run.manifest.status, folder, report: page }));
    return 0;
  }
  for (const problem of run.problems) print(`note: ${problem}`);
  for (const cell of summary.cells) {
    print(`\n${cell.label}\n${cellTable(cell)}`);
    if (flags.dialect === "mini-sglang") {
      print(miniSglangText(Iterator.from(run.records).filter((record) => record.cell === cell.index)));
    } else if (flags.dialect !== undefined) {
      print(dialectText(flags.dialect, { cell, numbers: measureDialects(run) }));
    }
  }
  print(`\n${runTable(summary.cells)}\n\nreport  ${page}`);
  return 0;
}

if (import.meta.main) await runCommand(() => main(Deno.args));
