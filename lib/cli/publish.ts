/**
 * `deno task publish`: pages of all runs, and a list of them, ready for GitHub Pages or any file server.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";

import { formatPlural } from "../plots/mod.ts";
import { print, printError } from "./console.ts";
import { runCommand } from "./exit.ts";
import { type Failure, publishRuns } from "./publish_runs.ts";

const EXAMPLES = `
A page is made where it is missing, older than its run, or made by another version or script; --force makes all. Pages hold
what their runs recorded, the name of the machine among it. Everything in the output folder is static:
copy it to any file server, or let GitHub Pages serve it. Links are relative, and no page asks for anything.

The exit code is 0 when every page was made, 1 when one could not be, 2 for wrong usage.

Examples:
  deno task publish
      Everything in data/runs, into reports/index.html.
  deno task publish latest data/runs/2026-11-22T134501-qwen-simulated --output docs
      Two pages, and a list of all that lie in docs.
  deno task publish --runs data/samples/runs --output reports/sample
`;

function publishCommand() {
  return new Command("deno task publish")
    .description("Makes the pages of runs, comparisons and what-if grids, and a page that lists them.")
    .argument("[runs...]", "folders, ids, parts of ids, or latest (default: all there are)")
    .option("--runs <folder>", "folder of runs (default: data/runs)")
    .option("--output <folder>", "where the pages go", "reports")
    .option("--force", "make pages again that are up to date")
    .option("--json", "print one line of JSON and nothing else")
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .addHelpText("after", EXAMPLES);
}

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = publishCommand().parse([...args], { from: "user" });
  const [names] = command.processedArgs;
  const { runs, output, force, json } = command.opts();
  const published = await publishRuns({
    ...{ names, runs, output, force },
    onPage: (path) => json || print(`page   ${path}`),
  });
  const { index, made, kept, failed, unreadable } = published;
  if (json) {
    print(JSON.stringify(published));
  } else {
    if (kept.length > 0) print(`${formatPlural(kept.length, "page")} up to date`);
    if (made.length + kept.length === 0 && failed.length === 0) {
      print("there is no run yet: deno task bench:qwen --virtual-time --trace demo makes one");
    }
    sayAll("note", unreadable.filter(({ id }) => failed.every((one) => one.id !== id)), print);
    print(`index  ${index}`);
  }
  sayAll("error", failed, printError);
  return failed.length > 0 ? 1 : 0;
}

function sayAll(word: string, failures: readonly Failure[], say: (text: string) => void): void {
  for (const { id, reason } of failures) say(`${word}: ${id} has no page: ${reason}`);
}

if (import.meta.main) await runCommand(() => main(Deno.args));
