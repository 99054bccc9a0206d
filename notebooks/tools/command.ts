/**
 * Flags and lines that the commands on notebooks have in common.
 *
 * @module
 */
import { basename, relative } from "node:path";
import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";

import { print, printError } from "../../lib/cli/console.ts";
import { integer, positive } from "../../lib/cli/flags.ts";
import { listenForInterrupt } from "../../lib/cli/interrupt.ts";
import { UsageError } from "../../lib/errors.ts";
import type { ExecutedNotebook } from "./execute.ts";
import { executeAll } from "./execute_all.ts";
import { loadNotebooks, setParameters } from "./load.ts";

/** Flags of every command that executes notebooks. */
export type NotebookFlags = {
  /** Longest time of a cell, in seconds. */
  readonly timeout: number;
  readonly jobs: number;
  readonly set?: ReadonlyMap<string, string>;
};

function setting(text: string, before: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const match = text.match(/^([A-Za-z_$][\w$]*)=([\s\S]*)$/);
  if (match?.[1] === undefined) throw new InvalidArgumentError("It must look like NAME=VALUE.");
  return new Map([...(before ?? []), [match[1], match[2] ?? ""]]);
}

/**
 * Executes notebooks and prints a line for each.
 *
 * @param paths Files; without any, those of this folder.
 * @param options.write Keeps what came of a notebook that was executed, up to a failure at least. Returns where it is now.
 * @returns The exit code.
 */
export async function executeAndPrint(
  paths: readonly string[],
  { flags, write }: {
    readonly flags: NotebookFlags;
    readonly write: (executed: ExecutedNotebook) => string | null;
  },
): Promise<number> {
  const loaded = await loadNotebooks(paths);
  const notebooks = loaded.map((notebook) => setParameters(notebook, flags.set ?? new Map()));
  let failures = 0;
  const interrupt = listenForInterrupt(() => printError("interrupted: ending the kernels"));
  const terminated = new AbortController();
  const onTerminate = () => terminated.abort();
  Deno.addSignalListener("SIGTERM", onTerminate);
  const signal = AbortSignal.any([interrupt.signal, terminated.signal]);
  try {
    await executeAll(notebooks, {
      limitMs: flags.timeout * 1000,
      jobs: Math.min(flags.jobs, notebooks.length),
      signal,
      onDone: (executed) => {
        if (executed.failure !== null) failures++;
        printOutcome(executed, executed.executedCells === 0 ? null : write(executed));
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    return 1;
  } finally {
    Deno.removeSignalListener("SIGTERM", onTerminate);
    interrupt.stop();
  }
  if (failures === 0) return 0;
  printError(`${failures} of ${notebooks.length} notebooks failed`);
  return 1;
}

function printOutcome(executed: ExecutedNotebook, written: string | null): void {
  const { path, cells, executedCells, outputs, durationMs, failure } = executed;
  const done = executedCells === cells ? `${cells} cells` : `${executedCells} of ${cells} cells`;
  const facts = `${done}, ${outputs} outputs, ${(durationMs / 1000).toFixed(1)} s`;
  print(
    `${failure === null ? "ok  " : "FAIL"}  ${shownPath(path)}  ${facts}${
      written === null ? "" : ` → ${written}`
    }`,
  );
  if (failure === null) return;
  const { cell, line, message, advice } = failure;
  const place = cell === null ? [] : [`${shownPath(path)}, cell ${cell}${line === null ? "" : `: ${line}`}`];
  printError([...place, message, advice].join("\n").replaceAll(/^/gm, "      "));
}

/** A path as the user may type it: from the working directory where it is below, else as it is. */
export function shownPath(path: string): string {
  const shown = relative(Deno.cwd(), path);
  return shown.startsWith("..") ? path : shown;
}

/**
 * Checks that notebooks can be written into one folder by their names.
 *
 * @throws {UsageError} When two have the same name.
 */
export function checkNames(paths: readonly string[]): void {
  const names = paths.map((path) => basename(path));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new UsageError(
    `Cannot write two notebooks into one folder as both are named ${twice}; give them one by one`,
  );
}

/** A command with an argument for notebooks and the common flags. */
export function notebookCommand(name: string, description: string): Command<[string[]], NotebookFlags> {
  return new Command(name)
    .description(description)
    .argument("[files...]", "notebooks (default: all in notebooks/)")
    .addOption(
      new Option("--timeout <seconds>", "longest time that one cell may take").argParser(positive).default(
        120,
      ),
    )
    .addOption(new Option("--jobs <n>", "notebooks executed at a time").argParser(integer(1, 64)).default(2))
    .addOption(
      new Option(
        "--set <name=value>",
        "set a variable, to JSON or else to text, after the cell tagged parameters; may be given again",
      ).argParser(setting),
    )
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 });
}
