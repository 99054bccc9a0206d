/**
 * How every command ends: 0 done, 1 the run failed, 2 wrong usage.
 *
 * @module
 */
import { CommanderError } from "@commander-js/extra-typings";

import { RunError, UsageError } from "../errors.ts";
import { printError } from "./console.ts";

/** Runs a command and leaves the process with its exit code. */
export async function runCommand(command: () => Promise<number>): Promise<never> {
  let code: number;
  try {
    code = await command();
  } catch (error) {
    code = report(error);
  }
  Deno.exit(code);
}

/** Says what went wrong. A stack is shown only for what nobody foresaw. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Deno.errors.NotCapable) {
    printError(
      `error: ${error.message}\nRun it through its task (deno task), which grants what it needs.`,
    );
    return 2;
  }
  if (error instanceof UsageError || error instanceof RunError || error instanceof SyntaxError) {
    printError(`error: ${error.message}`);
    return error instanceof RunError ? 1 : 2;
  }
  printError(`error: unexpected, please report it: ${error instanceof Error ? error.stack : error}`);
  return 1;
}
