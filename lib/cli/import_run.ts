/**
 * `deno task import`: files of other tools become a run, with page and tables.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";

import { interchangeForms } from "../artifact/interchange/mod.ts";
import { createRun } from "../artifact/write.ts";
import { rootMessage, UsageError } from "../errors.ts";
import { type ImportFile, planImport, type PlannedImport } from "../modes/import_run.ts";
import { formatCount } from "../plots/format.ts";
import { print } from "./console.ts";
import { runCommand } from "./exit.ts";
import { redact, runId } from "./flags.ts";
import { main as report } from "./report.ts";

/** A file is read as a whole: 210 MiB took 1 GB of memory and 8 s. */
const MOST_BYTES = 256 * 2 ** 20;

const EXAMPLES = `
Forms:
${interchangeForms.map(({ name, tool }) => `  ${name.padEnd(12)} ${tool}`).join("\n")}

Each result in a file is a cell of the run; several files of one form make one run. What a file does not tell stays
missing, and the page says what that is. The form is recognised from the file. A file may have up to ${
  MOST_BYTES / 2 ** 20
} MiB;
answers' texts are most of a larger one: leave them out, for example with
  jq 'del(.generated_texts)' results.json

The exit code is 0 when the run was written, 1 when it could not be, 2 for wrong usage and files that cannot be read.

Examples:
  deno task import results.json
      Write data/runs/<run-id> and reports/<run-id>.html.
  deno task import rate-2.json rate-4.json --run-id vllm-rates
      Two results as two loads of one run.
`;

function importCommand() {
  return new Command("deno task import")
    .description("Imports results of other benchmarks as a run, and makes its page and tables.")
    .argument("<files...>", "files of one tool")
    .addOption(
      new Option("--as <form>", "the files' form (default: recognised)").choices(
        interchangeForms.map(({ name }) => name),
      ),
    )
    .addOption(
      new Option("--run-id <name>", "name of the run (default: from date and form)").argParser(runId),
    )
    .option("--output-dir <folder>", "where runs are kept", "data/runs")
    .option("--page <path>", "where the page goes (default: reports/<run-id>.html)")
    .option("--json", "print one line of JSON and nothing else")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = importCommand().parse([...args], { from: "user" });
  const [paths] = command.processedArgs;
  const flags = command.opts();
  const importedAt = new Date().toISOString();
  const plan = planImport(paths.map(readImportFile), {
    ...{ importedAt, as: flags.as, command: ["deno", "task", "import", ...redact(args)] },
    runId: flags.runId ?? `${importedAt.slice(0, 23).replaceAll(/[:.]/g, "")}-import`,
  });
  const folder = writeRun(plan, flags.outputDir);
  if (!flags.json) {
    const { tool, missing } = plan.manifest.imported;
    print(`imported from ${tool}`);
    for (const part of missing) print(`not told: ${part}`);
  }
  const code = await report([
    folder,
    ...(flags.page === undefined ? [] : ["--output", flags.page]),
    ...(flags.json ? ["--json"] : []),
  ]);
  if (!flags.json) print(`run     ${folder}`);
  return code;
}

/** @returns The run's folder. */
function writeRun({ manifest, records }: PlannedImport, parent: string): string {
  using writer = createRun(parent, manifest);
  for (const record of records()) writer.append(record);
  return join(parent, manifest.runId);
}

function readImportFile(path: string): ImportFile {
  try {
    const { size, mtime } = Deno.statSync(path);
    if (size > MOST_BYTES) {
      throw new UsageError(
        `Cannot import ${path} as it must have at most ${formatCount(MOST_BYTES)} bytes: it has ${
          formatCount(size)
        }; leave the answers' texts out, or import its parts`,
      );
    }
    const bytes = Deno.readFileSync(path);
    return {
      path,
      text: new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      sizeBytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      modifiedAt: (mtime ?? new Date()).toISOString(),
    };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const why = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : cause instanceof TypeError
      ? "it is not UTF-8 text; unpack it first if it is packed"
      : rootMessage(cause);
    throw new UsageError(`Cannot import ${path}: ${why}`, { cause });
  }
}

if (import.meta.main) await runCommand(() => main(Deno.args));
