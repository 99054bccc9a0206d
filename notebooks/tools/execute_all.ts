/**
 * Checks and executes several notebooks.
 *
 * @module
 */
import { dirname, resolve } from "node:path";

import { RunError } from "../../lib/errors.ts";
import { codeCells } from "../../lib/notebook/notebook_file.ts";
import { adviseOnModules, type ExecutedNotebook, executeNotebook, type ExecuteOptions } from "./execute.ts";
import type { LoadedNotebook } from "./load.ts";
import { checkTypes } from "./type_check.ts";

/** How several notebooks are executed. */
export interface ExecuteAllOptions extends ExecuteOptions {
  /** How many at a time. */
  readonly jobs: number;
  /** Called with each notebook as soon as it is done, failed ones included. */
  readonly onDone: (executed: ExecutedNotebook) => void | Promise<void>;
}

/**
 * Executes notebooks whose types are right, and says of the others what is wrong with them.
 *
 * @throws The signal's reason when it is aborted, and what `onDone` throws. No kernel is left behind.
 */
export async function executeAll(
  notebooks: readonly LoadedNotebook[],
  { limitMs, jobs, signal: outer, onDone }: ExecuteAllOptions,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([outer, failed.signal]);
  const typeErrors = await checkAllTypes(notebooks, signal);
  const waiting = [...notebooks];
  const work = async () => {
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const problem = typeErrors.get(next.path);
        const executed = problem === undefined
          ? await executeOrFail(next, { limitMs, signal })
          : refused(next, problem);
        signal.throwIfAborted();
        await onDone(executed);
      }
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: jobs }, work));
  signal.throwIfAborted();
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** One check per folder: what the notebooks have in common is checked once. */
async function checkAllTypes(
  notebooks: readonly LoadedNotebook[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const folders = Map.groupBy(notebooks, ({ path }) => dirname(resolve(path)));
  const failures = new Map<string, string>();
  for (const group of folders.values()) {
    for (const [path, text] of await checkTypes(group, signal)) failures.set(path, text);
  }
  return failures;
}

async function executeOrFail(notebook: LoadedNotebook, options: ExecuteOptions): Promise<ExecutedNotebook> {
  try {
    return await executeNotebook(notebook, options);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return notExecuted(notebook, {
      message: error.message,
      advice: "Look for other programs that need memory or ports.",
    });
  }
}

function refused(notebook: LoadedNotebook, message: string): ExecutedNotebook {
  const advice = adviseOnModules(message) ?? "Mend the code.";
  return notExecuted(notebook, { message, advice: `${advice} Nothing was executed.` });
}

function notExecuted(
  { path, notebook }: LoadedNotebook,
  { message, advice }: { readonly message: string; readonly advice: string },
): ExecutedNotebook {
  return {
    path,
    notebook,
    cells: codeCells(notebook).length,
    executedCells: 0,
    outputs: 0,
    durationMs: 0,
    failure: { cell: null, line: null, message, advice },
  };
}
