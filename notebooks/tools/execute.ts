/**
 * Executes notebooks on the Deno kernel, without Python.
 *
 * @module
 */
import { dirname, resolve } from "node:path";

import {
  type CodeCell,
  codeCells,
  hasTag,
  isFigure,
  type Notebook,
  type NumberedCell,
  type Output,
} from "../../lib/notebook/notebook_file.ts";
import { findFailingLine } from "./failing_line.ts";
import { type Execution, Kernel } from "./kernel.ts";
import type { LoadedNotebook } from "./load.ts";
import { explainFailure } from "./type_check.ts";

/** How notebooks are executed. */
export interface ExecuteOptions {
  /** Longest time that a cell may take. */
  readonly limitMs: number;
  /** Ends all kernels. */
  readonly signal: AbortSignal;
}

/** A notebook after its execution. */
export interface ExecutedNotebook {
  readonly path: string;
  /** With outputs; cells after one that failed have none. */
  readonly notebook: Notebook;
  /** Code cells that are not empty. */
  readonly cells: number;
  readonly executedCells: number;
  readonly outputs: number;
  readonly durationMs: number;
  /** `null` when all went well. */
  readonly failure: Failure | null;
}

/** Why a notebook failed. */
export interface Failure {
  /** As in the brackets beside it, from 1; `null` when it is not one cell's failure. */
  readonly cell: number | null;
  /** The line of code that failed, or the cell's first. */
  readonly line: string | null;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/**
 * Executes a notebook from its first cell to its last, or to one that fails, on a kernel of its own.
 *
 * @throws {RunError} When no kernel can be started.
 */
export async function executeNotebook(
  loaded: LoadedNotebook,
  { limitMs, signal }: ExecuteOptions,
): Promise<ExecutedNotebook> {
  const startMs = performance.now();
  const executed = new Map<CodeCell, { readonly outputs: readonly Output[]; readonly number: number }>();
  let failure: Failure | null = null;
  await using kernel = await Kernel.start({ folder: dirname(resolve(loaded.path)), signal });
  for (const numbered of codeCells(loaded.notebook)) {
    const execution = await kernel.execute(numbered.cell.source, limitMs);
    signal.throwIfAborted();
    failure = execution.state === "failed"
      ? await explainError(numbered, { loaded, outputs: execution.outputs, signal })
      : judge(numbered, { execution, limitMs });
    executed.set(numbered.cell, {
      number: numbered.number,
      outputs: withReason(execution.outputs, failure).map((output) => withCount(output, numbered.number)),
    });
    if (failure !== null) break;
  }
  const cells = loaded.notebook.cells.map((cell) => {
    if (cell.kind !== "code") return cell;
    const { outputs, number } = executed.get(cell) ?? { outputs: [], number: null };
    return { ...cell, outputs, executionCount: number };
  });
  return {
    path: loaded.path,
    notebook: { ...loaded.notebook, cells },
    cells: codeCells(loaded.notebook).length,
    executedCells: executed.size,
    outputs: [...executed.values()].reduce((sum, { outputs }) => sum + outputs.length, 0),
    durationMs: performance.now() - startMs,
    failure,
  };
}

/** What is wrong with an execution that raised no error. */
function judge(
  { cell, number }: NumberedCell,
  { execution, limitMs }: { readonly execution: Execution; readonly limitMs: number },
): Failure | null {
  const place = { cell: number, line: firstLine(cell.source) };
  switch (execution.state) {
    case "timed out":
      return {
        ...place,
        message: `not done after ${limitMs / 1000} s`,
        advice: "Give it more time with --timeout, or less to do.",
      };
    case "died":
      return {
        ...place,
        message: `the kernel died${execution.log === "" ? "" : `: ${execution.log}`}`,
        advice: "Look for Deno.exit() in the cell, and for what needs more memory than there is.",
      };
    case "failed":
    case "done":
      if (!hasTag(cell, "figure") || execution.outputs.some(isFigure)) return null;
      return {
        ...place,
        message: "the cell is tagged figure and showed none",
        advice: "End it with await show(…), or remove the tag.",
      };
  }
}

/** What the kernel says when it says nothing. */
const SAYS_NOTHING = /^(Error: )?Execution failed$/;

/** Syntax errors and modules that cannot be loaded reach nobody but Deno's own loader, so that is asked too. */
async function explainError(
  { cell, number }: NumberedCell,
  { loaded: { path, notebook }, outputs, signal }: {
    readonly loaded: LoadedNotebook;
    readonly outputs: readonly Output[];
    readonly signal: AbortSignal;
  },
): Promise<Failure> {
  const error = outputs.find((output) => output.kind === "error");
  const said = error === undefined ? "Execution failed" : describeError(error);
  const place = {
    cell: number,
    line: await findFailingLine(cell.source, error?.traceback ?? []) ?? firstLine(cell.source),
  };
  if (SAYS_NOTHING.test(said)) {
    const cells = notebook.cells.slice(0, notebook.cells.indexOf(cell) + 1);
    const reason = await explainFailure({ path, notebook: { ...notebook, cells } }, signal);
    const advice = "Mend the syntax, or the name and version of the module.";
    return { ...place, message: reason ?? said, advice };
  }
  const advice = adviseOnModules(said) ?? adviseOnName(error?.name) ??
    "Open the notebook, run it up to this cell and look at its values.";
  return { ...place, message: said, advice };
}

/** What to do when something was named wrongly. */
function adviseOnName(error: string | undefined): string | null {
  return error === "UsageError"
    ? "Name another one: by its variable before the command, as in RUN=latest deno task …, or in the cell tagged parameters."
    : null;
}

/** What to do when the message says that a file to import is not there; `null` when it says something else. */
export function adviseOnModules(message: string): string | null {
  if (!/Module not found "file:|Cannot find module 'file:/.test(message)) return null;
  return "Imports lead from the notebook's folder: keep benchbook's own in notebooks/, or mend the path.";
}

function describeError({ name, message }: { readonly name: string; readonly message: string }): string {
  return message === "" ? name : `${name}: ${message}`;
}

/** What we found out takes the place of what the kernel does not say. */
function withReason(outputs: readonly Output[], failure: Failure | null): readonly Output[] {
  const telling = outputs.filter((output) =>
    output.kind !== "error" || !SAYS_NOTHING.test(describeError(output))
  );
  if (failure === null || telling.some(({ kind }) => kind === "error")) return outputs;
  return [...telling, { kind: "error", name: "Error", message: failure.message, traceback: [] }];
}

/** The kernel counts our own requests too. */
function withCount(output: Output, executionCount: number): Output {
  return output.kind === "result" ? { ...output, executionCount } : output;
}

function firstLine(source: string): string | null {
  const lines = source.split("\n").map((line) => line.trim());
  return lines.find((line) => line !== "" && !line.startsWith("//")) ?? null;
}
