/**
 * `deno task notebooks:html`: execute notebooks and write each as one self-contained page.
 *
 * @module
 */
import { basename, join } from "node:path";

import { runCommand } from "../../lib/cli/exit.ts";
import { codeCells, type Notebook } from "../../lib/notebook/notebook_file.ts";
import { renderNotebook } from "../../lib/notebook/notebook_page.ts";
import { replaceFile } from "../../lib/replace_file.ts";
import { checkNames, executeAndPrint, notebookCommand, shownPath } from "./command.ts";

const EXAMPLES = `
A page needs no network and runs no script. The page of a notebook that failed shows the error. Parameters that were set,
by --set or by RUN=… before the command, are in its name, its title and its foot.

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
      const settings = new Map([...variablesOf(notebook), ...(flags.set ?? [])]);
      const name = [basename(path).replace(/\.ipynb$/, ""), ...settings.values()].map(slug).join(".");
      const page = join(flags.output, `${name}.html`);
      replaceFile(
        page,
        renderNotebook(notebook, { path: shownPath(path), settings, showsCode: flags.input }),
      );
      return page;
    },
  });
}

/** Variables of the environment that the notebook asks for, where they are set and this program may read them. */
function variablesOf(notebook: Notebook): [string, string][] {
  const code = codeCells(notebook).map(({ cell }) => cell.source).join("\n");
  const names = new Set([...code.matchAll(/Deno\.env\.get\("(\w+)"\)/g)].map(([, name = ""]) => name));
  return [...names].flatMap((name): [string, string][] => {
    try {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) return [];
      throw error;
    }
  });
}

/** As a part of a file's name. */
function slug(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, "-").replaceAll(/^[-.]+|[-.]+$/g, "").slice(-80);
}

if (import.meta.main) await runCommand(() => main(Deno.args));
