/**
 * What a dataset is: conversations to ask an engine with.
 *
 * @module
 */
import type { ChatMessage } from "../../types.ts";

/** The fields a row may hold its conversation in. */
export type DatasetFormName = "messages" | "user_messages" | "conversations" | "prompt" | "text" | "content";

/** One row of a dataset. */
export interface DatasetEntry {
  /** The row's own `id` or `session_id`, else its position among the file's rows, from 1. */
  readonly id: string;
  /** In order; at least one is the user's, and none is empty. */
  readonly turns: readonly ChatMessage[];
  /** Longest answer that the row asks for, in tokens (`max_tokens`, else `output_tokens`); `null` where it does not. */
  readonly maxTokens: number | null;
  /** Field that the conversation was found in. */
  readonly form: DatasetFormName;
  /** Line of the file where the row begins, from 1. */
  readonly line: number;
}

/** A row as it was read, or why it was left out. */
export type DatasetRow =
  | { readonly kind: "entry"; readonly entry: DatasetEntry }
  | BadRow;

/** A row that was left out. */
export interface BadRow {
  readonly kind: "bad";
  /** From 1. */
  readonly line: number;
  /** What is wrong, for people. */
  readonly reason: string;
}

/**
 * The turns that the entry's last request sends, as far as the file has them: everything up to the user's last turn.
 *
 * A row of `user_messages` has no answers, so what is sent after its first turn will be longer.
 *
 * @example
 * ```ts
 * import { promptTurns } from "./dataset.ts";
 * import assert from "node:assert/strict";
 *
 * const turns = [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hello" }] as const;
 * assert.deepEqual(promptTurns(turns), [{ role: "user", content: "Hi" }]);
 * ```
 */
export function promptTurns(turns: readonly ChatMessage[]): readonly ChatMessage[] {
  return turns.slice(0, turns.findLastIndex(({ role }) => role === "user") + 1);
}
