/**
 * `deno task report`: make pages and tables again from runs on disk.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";

import { isComparison, readComparison } from "../artifact/comparison_file.ts";
import { listRun } from "../artifact/list_runs.ts";
import { readRun } from "../artifact/read.ts";
import { UsageError } from "../errors.ts";
import { measureDialects } from "../metrics/dialects/mod.ts";
import { summarizeRun } from "../metrics/mod.ts";
import { deriveFiles } from "../modes/derive.ts";
import { replaceFile } from "../replace_file.ts";
import { checkPageId } from "../report/page_id.ts";
import { publishPage, publishReport } from "../report/publish.ts";
import { concludeComparison } from "./conclude_comparison.ts";
import { print, printError } from "./console.ts";
import { dialectChoices, dialectText, explainDialect } from "./dialect_table.ts";
import { exitCodeOf, runCommand } from "./exit.ts";
import { findRun, findRunById } from "../artifact/find_run.ts";
import { makeWhatIfReport } from "./publish_runs.ts";
import { gridTable } from "./simulate_tables.ts";
import { cellTable, runTable } from "./tables.ts";

/** Where pages go when nobody says otherwise. */
const REPORTS = "reports";

const EXAMPLES = `
The numbers of other tools by their own definitions are in the run's dialects.json too.

The exit code is 0 when every page was made, 1 when one of several could not be, 2 for wrong usage.

Examples:
  deno task report data/runs/2026-11-22T134501-qwen-simulated
  deno task report --run latest
  deno task report --run 134501 --run 142210
      Two runs of data/runs by a part of their ids.
  deno task report data/runs/2026-11-22T134501-qwen-simulated --dialect vllm
      What vllm bench serve would print.
  deno task report data/runs/2026-11-22T134501-qwen-simulated --dialect all
      All tools beside ours.
`;

function reportCommand() {
  return new Command("deno task report")
    .description(
      "Makes the pages and the tables of runs again from what they recorded, also of those broken off; of a comparison, its verdict too.",
    )
    .argument("[folders...]", "folders of runs, comparisons or what-if grids: data/runs/<id>")
    .option("--run <id...>", "ids in data/runs, parts that only one id has, or latest")
    .option("--output <path>", "where the page goes, of one run (default: reports/<run-id>.html)")
    .addOption(
      new Option(
        "--dialect <name>",
        "also print what this tool would print for the same tics, or all side by side; of a run only",
      ).choices(
        dialectChoices,
      ),
    )
    .option("--json", "print one line of JSON for each and nothing else")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = reportCommand().parse([...args], { from: "user" });
  const [folders] = command.processedArgs;
  const flags = command.opts();
  const wanted = [
    ...folders.map((name) => () => findRun(name)),
    ...(flags.run ?? []).map((id) => () => findRunById(id)),
  ];
  const [only] = wanted;
  if (only === undefined) {
    throw new UsageError("Cannot make a report of nothing: give the folder of a run, or --run with its id");
  }
  if (wanted.length === 1) return await reportFolder(await only(), flags);
  if (flags.output !== undefined) {
    throw new UsageError(
      `Cannot use --output with ${wanted.length} runs as it names one page: leave it out, or use deno task publish --output`,
    );
  }
  let failed = 0;
  for (const find of wanted) failed += await reportOneOfMany(find, flags) === 0 ? 0 : 1;
  if (failed > 0) printError(`error: ${failed} of ${wanted.length} could not be made; see above`);
  return failed > 0 ? 1 : 0;
}

/** One that cannot be made does not stop the others. */
async function reportOneOfMany(find: () => Promise<string>, flags: Flags): Promise<number> {
  try {
    const folder = await find();
    if (!flags.json) print(`\n=== ${folder}`);
    return await reportFolder(folder, flags);
  } catch (error) {
    return exitCodeOf(error);
  }
}

async function reportFolder(folder: string, flags: Flags): Promise<number> {
  if (isComparison(folder)) return await reportComparison(folder, flags);
  return (await listRun(folder)).kind === "what-if"
    ? await reportWhatIf(folder, flags)
    : await reportRun(folder, flags);
}

/** @throws {RangeError} When the id cannot name a page. */
function pageOf(id: string): string {
  checkPageId(id);
  return join(REPORTS, `${id}.html`);
}

type Flags = ReturnType<ReturnType<typeof reportCommand>["opts"]>;

async function reportRun(folder: string, flags: Flags): Promise<number> {
  const run = await readRun(folder);
  const page = flags.output ?? pageOf(run.manifest.runId);
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
    pages: [flags.output ?? pageOf(comparisonId)],
    isJson: flags.json,
    say: flags.json ? () => {} : print,
  });
  return 0;
}

/** The page of a grid leads to the pages of its runs, where those are beside it. */
async function reportWhatIf(folder: string, flags: Flags): Promise<number> {
  if (flags.dialect !== undefined) {
    throw new UsageError(
      `Cannot use --dialect with ${folder} as it is a grid of several runs; give one of them, their ids are in its what_if.json`,
    );
  }
  const { whatIf, report } = makeWhatIfReport(
    folder,
    flags.output === undefined ? REPORTS : dirname(flags.output),
  );
  const page = flags.output ?? pageOf(whatIf.id);
  await publishPage(report, page);
  print(
    flags.json
      ? JSON.stringify({ ...whatIf, folder, report: page })
      : `${gridTable(whatIf)}\n\nreport  ${page}`,
  );
  return 0;
}

if (import.meta.main) await runCommand(() => main(Deno.args));
