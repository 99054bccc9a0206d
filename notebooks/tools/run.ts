/**
 * `deno task notebooks:run`: execute notebooks on the Deno kernel, and fail where one fails.
 *
 * @module
 */
import { basename, join } from "node:path";

import { runCommand } from "../../lib/cli/exit.ts";
import { formatNotebook } from "../../lib/notebook/notebook_file.ts";
import { replaceFile } from "../../lib/replace_file.ts";
import { checkNames, executeAndPrint, notebookCommand } from "./command.ts";

const EXAMPLES = `
Types are checked first. A notebook fails when its types are wrong, a cell raises an error, ends the kernel or takes
longer than --timeout, or a cell tagged figure shows none. Variables of the environment reach the cells.

Examples:
  deno task notebooks:run
  RUN=data/runs/2026-11-22T134501-qwen-simulated deno task notebooks:run notebooks/10_latency_cdf.ipynb
  deno task notebooks:run --output data/notebooks
      Keep the notebooks with their outputs.
`;

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = notebookCommand(
    "deno task notebooks:run",
    "Executes notebooks on the Deno kernel, without Python, and fails where one fails.",
  )
    .option("--output <folder>", "write the notebooks with their outputs there")
    .addHelpText("after", EXAMPLES)
    .parse([...args], { from: "user" });
  const [files] = command.processedArgs;
  const flags = command.opts();
  const folder = flags.output;
  if (folder !== undefined) {
    checkNames(files);
    await Deno.mkdir(folder, { recursive: true });
  }
  return await executeAndPrint(files, {
    flags,
    write: ({ path, notebook }) => {
      if (folder === undefined) return null;
      const target = join(folder, basename(path));
      replaceFile(target, formatNotebook(notebook));
      return target;
    },
  });
}

if (import.meta.main) await runCommand(() => main(Deno.args));
