/**
 * ShareGPT's conversations, and others in its form, as sessions of a dataset.
 *
 * @module
 */
import type { ChatMessage } from "../../types.ts";
import { invalid } from "./forms.ts";
import type { JsonRow } from "./json_rows.ts";

/** Whose turn a name in the file stands for; turns of "skip" are left away. */
export type SpeakerRole = ChatMessage["role"] | "skip";

/** Names that are known. */
export const speakerRoles: Readonly<Record<string, SpeakerRole>> = {
  human: "user",
  user: "user",
  gpt: "assistant",
  chatgpt: "assistant",
  assistant: "assistant",
  bing: "assistant",
  bard: "assistant",
  model: "assistant",
  system: "system",
};

/** Options of {@linkcode toSession}. */
export interface SessionOptions {
  /** Turns of the user that a session has at least; an integer ≥ 1. @default {1} */
  readonly minTurns?: number;
  /** Turns of the user that are kept, the first; an integer ≥ 1. @default {Infinity} */
  readonly maxTurns?: number;
  /** Names beside {@linkcode speakerRoles}, or in their place. @default {{}} */
  readonly roles?: Readonly<Record<string, SpeakerRole>>;
}

/** A conversation, or why there is none. */
export type SessionResult =
  | {
    readonly kind: "session";
    /** `id`, else `session_id`, of the row; `null` where it has none. */
    readonly id: string | null;
    /** Speakers take turns, the user first, behind a turn of the system if there is one. */
    readonly turns: readonly ChatMessage[];
    /** Turns of the user that were too many. */
    readonly cutTurns: number;
  }
  | { readonly kind: "none"; readonly reason: string };

/** Fields that hold a list of turns; of a row that has several, the first here is read. */
const LISTS = ["conversations", "messages", "conversation", "items"] as const;

/**
 * Reads a row's conversation.
 *
 * Turns without text are left away, and so are an assistant's before the first of the user. Turns in a row of one speaker
 * become one, with a blank line between. A row without a list of turns may have a `text` or `prompt`.
 *
 * @throws {SyntaxError} When a field is not what such rows have.
 *
 * @example
 * ```ts
 * import { toSession } from "./sharegpt.ts";
 * import assert from "node:assert/strict";
 *
 * const conversations = [{ from: "human", value: "Hi" }, { from: "gpt", value: "Hello" }];
 * assert.deepEqual(toSession({ id: "a", conversations }), {
 *   kind: "session",
 *   id: "a",
 *   turns: [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hello" }],
 *   cutTurns: 0,
 * });
 * assert.deepEqual(toSession({ conversations: [] }), { kind: "none", reason: "no turn of the user" });
 * ```
 */
export function toSession(row: JsonRow, options: SessionOptions = {}): SessionResult {
  const { minTurns = 1, maxTurns = Infinity, roles = {} } = options;
  const spoken: ChatMessage[] = [];
  for (const { speaker, content } of turnsOf(row)) {
    const role = Object.hasOwn(roles, speaker) ? roles[speaker] : ownRole(speaker);
    if (role === undefined) {
      return { kind: "none", reason: `turns of '${speaker.slice(0, 40)}', which has no role` };
    }
    if (role !== "skip" && content !== "") spoken.push({ role, content });
  }
  const turns = takeTurns(spoken);
  const users = turns.flatMap(({ role }, i) => role === "user" ? [i] : []);
  if (users.length === 0) return { kind: "none", reason: "no turn of the user" };
  if (users.length < minTurns) return { kind: "none", reason: `fewer than ${minTurns} turns of the user` };
  return {
    kind: "session",
    id: idOf(row),
    turns: turns.slice(0, users[maxTurns]),
    cutTurns: Math.max(0, users.length - maxTurns),
  };
}

interface SpokenText {
  readonly speaker: string;
  /** Without white space at its ends. */
  readonly content: string;
}

function turnsOf(row: JsonRow): SpokenText[] {
  const name = LISTS.find((name) => (row[name] ?? null) !== null);
  if (name !== undefined) {
    const list = row[name];
    if (!Array.isArray(list)) throw invalid(name, "a list of turns", list);
    return list.map((turn, i) => turnOf(turn, `${name}[${i}]`));
  }
  const single = row["text"] ?? row["prompt"] ?? null;
  if (single === null) throw invalid(LISTS[0], "a list of turns", undefined);
  return [{ speaker: "user", content: textOf(single, "text") }];
}

function turnOf(value: unknown, name: string): SpokenText {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(name, "a JSON object", value);
  }
  const turn: JsonRow = { ...value };
  const speaker = turn["from"] ?? turn["role"];
  if (typeof speaker !== "string") throw invalid(`${name}.from`, "a text", speaker);
  return { speaker, content: textOf(turn["value"] ?? turn["content"] ?? "", `${name}.value`) };
}

/** A text, or OpenAI's list of parts, of which the texts count. */
function textOf(value: unknown, name: string): string {
  if (typeof value === "string") return value.trim();
  if (!Array.isArray(value)) throw invalid(name, "a text", value);
  return value.flatMap((part: unknown) =>
    typeof part === "object" && part !== null && "text" in part && typeof part.text === "string"
      ? [part.text.trim()]
      : []
  ).join("\n").trim();
}

function ownRole(speaker: string): SpeakerRole | undefined {
  const name = speaker.toLowerCase();
  return Object.hasOwn(speakerRoles, name) ? speakerRoles[name] : undefined;
}

/** Makes speakers take turns. */
function takeTurns(spoken: readonly ChatMessage[]): ChatMessage[] {
  const turns: ChatMessage[] = [];
  for (const { role, content } of spoken) {
    const last = turns.at(-1);
    if (last?.role === role) turns[turns.length - 1] = { role, content: `${last.content}\n\n${content}` };
    else if (role !== "assistant" || turns.some(({ role }) => role === "user")) turns.push({ role, content });
  }
  return turns;
}

function idOf(row: JsonRow): string | null {
  const id = [row["id"], row["session_id"]].find((id) => (id ?? "") !== "") ?? null;
  if (id === null) return null;
  if (typeof id !== "string" && typeof id !== "number") throw invalid("id", "a text or a number", id);
  return String(id);
}
