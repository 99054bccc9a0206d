/**
 * Reading prompts out of request bodies, as token ids.
 *
 * @module
 */
import { type PromptMessage, tokenizeChat, tokenizeText } from "../tokenize.ts";
import {
  type BodyProblem,
  type FieldReader,
  type Fields,
  isFields,
  isInteger,
  isText,
  MISSING,
  wrongType,
} from "./body.ts";

/** What engines take for the messages of a chat. */
export interface ChatRules {
  /** Roles there are; `null` takes any text. */
  readonly roles: readonly string[] | null;
  /** Text between the parts of a content that is a list; `null` takes no lists. */
  readonly partSeparator: string | null;
}

/**
 * Reads `messages`.
 *
 * @param fields Of the body.
 * @param rules What the engine takes.
 * @returns Ids of the prompt in the chat template.
 */
export function readChat(fields: FieldReader, rules: ChatRules): Int32Array {
  const messages = fields.raw("messages");
  if (!Array.isArray(messages)) {
    const problem = { type: "list_type", msg: "Input should be a valid list" };
    fields.reject("messages", messages === undefined ? MISSING : problem);
    return tokenizeChat([]);
  }
  return tokenizeChat(messages.flatMap((message, i) => readMessage(message, { fields, rules, i })));
}

interface MessagePlace {
  readonly fields: FieldReader;
  readonly rules: ChatRules;
  readonly i: number;
}

function readMessage(message: unknown, { fields, rules, i }: MessagePlace): PromptMessage[] {
  if (!isFields(message)) {
    fields.reject(["messages", i], {
      type: "model_attributes_type",
      msg: "Input should be a valid dictionary",
    });
    return [];
  }
  const { role } = message;
  if (!isText(role) || (rules.roles && !rules.roles.includes(role))) {
    const msg = rules.roles
      ? `Input should be ${rules.roles.map((name) => `'${name}'`).join(", ").replace(/, (?='\w+'$)/, " or ")}`
      : "Input should be a valid string";
    fields.reject(["messages", i, "role"], { type: "literal_error", msg });
    return [];
  }
  const content = readContent(message, rules);
  if (typeof content === "string") return [{ role, content }];
  fields.reject(["messages", i, "content"], content);
  return [];
}

function readContent({ content }: Fields, { partSeparator }: ChatRules): string | Omit<BodyProblem, "loc"> {
  if (isText(content)) return content;
  if (content === undefined) return MISSING;
  if (partSeparator === null) return wrongType("string");
  if (content === null) return "";
  if (!Array.isArray(content)) return wrongType("string");
  const texts = content.map((part) => isFields(part) && part.type === "text" ? part.text : null);
  if (texts.every(isText)) return texts.join(partSeparator);
  return { type: "value_error", msg: "Only parts of the form {type: 'text', text} can be simulated" };
}

/**
 * Reads a prompt that is text, a list of token ids, or a list of exactly one of them.
 *
 * @returns Its ids; none when it is empty or wrong, and only what is wrong is noted.
 */
export function readPrompt(fields: FieldReader, name: string): Int32Array {
  const value = fields.raw(name);
  const prompt = Array.isArray(value) && typeof value[0] !== "number" && value.length === 1
    ? value[0]
    : value;
  if (isText(prompt)) return tokenizeText(prompt);
  if (Array.isArray(prompt) && prompt.every(isTokenId)) return Int32Array.from(prompt);
  fields.reject(name, promptProblem(prompt));
  return new Int32Array();
}

function promptProblem(prompt: unknown): Omit<BodyProblem, "loc"> {
  if (prompt === undefined || prompt === null) return MISSING;
  if (!Array.isArray(prompt)) return { type: "string_type", msg: "Input should be a valid string or list" };
  if (prompt.some((one) => typeof one === "number")) {
    return { type: "int_type", msg: "Token ids should be whole numbers of 32 bits" };
  }
  return {
    type: "value_error",
    msg: "A list of several prompts cannot be simulated; send one request for each",
  };
}

function isTokenId(value: unknown): value is number {
  return isInteger(value) && value === (value | 0);
}
