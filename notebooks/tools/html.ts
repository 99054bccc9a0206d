/**
 * `deno task notebooks:html`: execute notebooks and write each as one self-contained page.
 *
 * @module
 */
import { basename, join } from "node:path";

import { runCommand } from "../../lib/cli/exit.ts";
import { renderNotebook } from "../../lib/notebook/notebook_page.ts";
import { replaceFile } from "../../lib/replace_file.ts";
import { checkNames, executeAndPrint, notebookCommand, shownPath } from "./command.ts";

const EXAMPLES = `
A page needs no network and runs no script. The page of a notebook that failed shows the error.

Examples:
  deno task notebooks:html
  deno task notebooks:html notebooks/10_latency_cdf.ipynb --set RUN=data/runs/2026-11-22T134501-qwen-simulated
`;

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = notebookCommand(
    "deno task notebooks:html",
    "Executes notebooks on the Deno kernel, without Python, and writes each as a page.",
  )
    .option("--output <folder>", "where the pages go", join("reports", "notebooks"))
    .option("--no-input", "leave the code out")
    .addHelpText("after", EXAMPLES)
    .parse([...args], { from: "user" });
  const [files] = command.processedArgs;
  const flags = command.opts();
  checkNames(files);
  await Deno.mkdir(flags.output, { recursive: true });
  return await executeAndPrint(files, {
    flags,
    write: ({ path, notebook }) => {
      const page = join(flags.output, basename(path).replace(/(\.ipynb)?$/, ".html"));
      replaceFile(page, renderNotebook(notebook, { path: shownPath(path), showsCode: flags.input }));
      return page;
    },
  });
}

if (import.meta.main) await runCommand(() => main(Deno.args));
