// deno-lint-ignore-file no-console -- the one place that writes to the terminal
/**
 * Standard output and standard error.
 *
 * @module
 */

/** Writes a line of results to standard output. */
export function print(text: string): void {
  console.log(text);
}

/** Writes a line for the user to standard error. */
export function printError(text: string): void {
  console.error(text);
}
