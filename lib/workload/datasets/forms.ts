/**
 * The forms in which a row of a dataset can hold its conversation.
 *
 * @module
 */
import type { ChatMessage } from "../../types.ts";
import type { DatasetFormName } from "./dataset.ts";

/** How one form is read. */
export interface DatasetForm {
  /** Name of the form, and of the field that it is recognized by. */
  readonly name: DatasetFormName;
  /**
   * Reads the field.
   *
   * @throws {SyntaxError} When it does not hold a conversation.
   */
  turns(value: unknown): ChatMessage[];
}

/** All forms; of a row that has several, the first here is read. A new one is an entry here. */
export const datasetForms: readonly DatasetForm[] = [
  { name: "messages", turns: (value) => list(value, "messages", openAiTurn) },
  {
    name: "user_messages",
    turns: (value) => list(value, "user_messages", (turn, name) => userTurn(turn, name)),
  },
  { name: "conversations", turns: (value) => list(value, "conversations", shareGptTurn) },
  { name: "prompt", turns: (value) => [userTurn(value, "prompt")] },
  { name: "text", turns: (value) => [userTurn(value, "text")] },
  { name: "content", turns: (value) => [userTurn(value, "content")] },
];

const OPENAI_ROLES: Readonly<Record<string, ChatMessage["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};

const SHAREGPT_ROLES: Readonly<Record<string, ChatMessage["role"]>> = {
  system: "system",
  human: "user",
  user: "user",
  gpt: "assistant",
  assistant: "assistant",
};

function userTurn(value: unknown, name: string): ChatMessage {
  return { role: "user", content: textOf(value, name) };
}

function openAiTurn(value: unknown, name: string): ChatMessage {
  const message = objectOf(value, name);
  return {
    role: roleOf(message["role"], `${name}.role`, OPENAI_ROLES),
    content: contentOf(message["content"], `${name}.content`),
  };
}

/** ShareGPT's own names, or OpenAI's in the same place. */
function shareGptTurn(value: unknown, name: string): ChatMessage {
  const turn = objectOf(value, name);
  const [from, text] = "from" in turn ? ["from", "value"] : ["role", "content"];
  return {
    role: roleOf(turn[from], `${name}.${from}`, SHAREGPT_ROLES),
    content: textOf(turn[text], `${name}.${text}`),
  };
}

function list(
  value: unknown,
  name: string,
  read: (item: unknown, name: string) => ChatMessage,
): ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(name, "a list of at least one turn", value);
  const turns = value.map((item, i) => read(item, `${name}[${i}]`));
  if (!turns.some(({ role }) => role === "user")) {
    throw new SyntaxError(`'${name}' must have a turn of the user: there is none among ${turns.length}`);
  }
  return turns;
}

/** A text, or OpenAI's list of parts, all of them text. */
function contentOf(value: unknown, name: string): string {
  if (!Array.isArray(value)) return textOf(value, name);
  const parts = value.map((part, i) => {
    const { type, text } = objectOf(part, `${name}[${i}]`);
    if (type !== "text") throw invalid(`${name}[${i}].type`, '"text"', type);
    if (typeof text !== "string") throw invalid(`${name}[${i}].text`, "a text", text);
    return text;
  });
  return textOf(parts.join(""), name);
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== "string" || value.trim() === "") {
    throw invalid(name, "a text that is not empty", value);
  }
  return value;
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(name, "a JSON object", value);
  }
  return { ...value };
}

function roleOf(
  value: unknown,
  name: string,
  roles: Readonly<Record<string, ChatMessage["role"]>>,
): ChatMessage["role"] {
  const role = typeof value === "string" && Object.hasOwn(roles, value) ? roles[value] : undefined;
  if (role === undefined) throw invalid(name, `one of ${Object.keys(roles).join(", ")}`, value);
  return role;
}

/** Says what a field must be and what it is. */
export function invalid(name: string, rule: string, value: unknown): SyntaxError {
  const state = value === undefined ? "the field is missing" : `current value is ${show(value)}`;
  return new SyntaxError(`'${name}' must be ${rule}: ${state}`);
}

/** A value as JSON, its beginning if it is long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
