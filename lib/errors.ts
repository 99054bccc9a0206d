/**
 * The few errors that callers catch. Everything else is a `TypeError`, `RangeError` or `SyntaxError`.
 *
 * @module
 */

/** The user asked for something that cannot be done: wrong flag, wrong value, missing file. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The run could not be carried out: the server is not there, speaks something else, or everything failed. Exit code 1. */
export class RunError extends Error {
  override readonly name = "RunError";
}

/** The message at the end of an error's chain of causes: "fetch failed" tells nobody why, what caused it does. */
export function rootMessage(error: unknown): string {
  let message = String(error);
  for (let cause = error; cause instanceof Error; cause = cause.cause) message = cause.message;
  return message.split("\n")[0] ?? message;
}
