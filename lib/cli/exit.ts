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
  Deno.exit(await command().catch((error) => exitCodeOf(error)));
}

/**
 * Says what went wrong. A stack is shown only for what nobody foresaw.
 *
 * @param say Receives the lines. @default prints to standard error
 * @returns The exit code.
 */
export function exitCodeOf(error: unknown, say: (line: string) => void = printError): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Deno.errors.NotCapable) {
    say(`error: ${error.message}\nRun it through its task (deno task), which grants what it needs.`);
    return 2;
  }
  if (error instanceof UsageError || error instanceof RunError || error instanceof SyntaxError) {
    say(`error: ${error.message}`);
    return error instanceof RunError ? 1 : 2;
  }
  say(`error: unexpected, please report it: ${error instanceof Error ? error.stack : error}`);
  return 1;
}
