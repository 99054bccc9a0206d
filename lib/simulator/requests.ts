/**
 * Request bodies of mini-sglang's routes: what they may hold, what they must hold, what is assumed.
 *
 * @module
 */
import type { ChatMessage } from "../types.ts";
import { countChatTokens, countTextTokens } from "./text.ts";

/** What the engine needs to know of a request. */
export interface ParsedRequest {
  /** Prompt length by the rule of `countTextTokens`. */
  readonly inputTokens: number;
  readonly maxTokens: number;
}

/** One thing that is wrong with a body, as FastAPI reports it. */
export type BodyProblem = {
  readonly type: string;
  /** Where: `["body", "messages", 0, "content"]`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
};

/** A body, or what is wrong with it. */
export type ParseResult =
  | { readonly kind: "ok"; readonly request: ParsedRequest }
  | { readonly kind: "invalid"; readonly problems: readonly BodyProblem[] };

/** What `max_tokens` is when the body does not say. */
const DEFAULT_MAX_TOKENS = 16;

const ROLES: readonly unknown[] = ["system", "user", "assistant"] satisfies readonly ChatMessage["role"][];

/**
 * Reads the body of `/v1/chat/completions`: `model` and either `messages` or `prompt`, `max_tokens` 16 by default.
 *
 * Sampling fields, `stream`, `ignore_eos` and unknown fields are accepted and change nothing: the answer is always
 * streamed and always has `max_tokens` tokens. mini-sglang breaks on `max_tokens` < 1 and on a body with neither
 * messages nor prompt; here they are reported like any other mistake.
 *
 * @param text JSON.
 */
export function parseChatRequest(text: string): ParseResult {
  return parseBody(text, (body, problems) => {
    if (typeof body.model !== "string") problems.push(expected("string", body, "model"));
    const maxTokens = readMaxTokens(body, problems, DEFAULT_MAX_TOKENS);
    const inputTokens = Array.isArray(body.messages) && body.messages.length > 0
      ? countChatTokens(readMessages(body.messages, problems))
      : countTextTokens(readText(body, "prompt", problems));
    return { inputTokens, maxTokens };
  });
}

/**
 * Reads the body of `/generate`: `prompt` and `max_tokens`.
 *
 * @param text JSON.
 */
export function parseGenerateRequest(text: string): ParseResult {
  return parseBody(text, (body, problems) => ({
    inputTokens: countTextTokens(readText(body, "prompt", problems)),
    maxTokens: readMaxTokens(body, problems),
  }));
}

type Body = Readonly<Record<string, unknown>>;

function parseBody(text: string, read: (body: Body, problems: BodyProblem[]) => ParsedRequest): ParseResult {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const msg = `JSON decode error: ${error instanceof Error ? error.message : error}`;
    return { kind: "invalid", problems: [{ type: "json_invalid", loc: ["body"], msg }] };
  }
  if (!isObject(body)) {
    const msg = "Input should be a valid dictionary or object to extract fields from";
    return { kind: "invalid", problems: [{ type: "model_attributes_type", loc: ["body"], msg }] };
  }
  const problems: BodyProblem[] = [];
  const request = read(body, problems);
  if (problems.length > 0) return { kind: "invalid", problems };
  // An empty prompt still is one token for the engine.
  return { kind: "ok", request: { ...request, inputTokens: Math.max(1, request.inputTokens) } };
}

function readMessages(messages: readonly unknown[], problems: BodyProblem[]): ChatMessage[] {
  const read: ChatMessage[] = [];
  for (const [i, message] of messages.entries()) {
    const loc = ["body", "messages", i];
    if (!isObject(message)) {
      problems.push({ type: "model_attributes_type", loc, msg: "Input should be a valid dictionary" });
      continue;
    }
    const { role, content } = message;
    if (!isRole(role)) {
      const msg = "Input should be 'system', 'user' or 'assistant'";
      problems.push({ type: "literal_error", loc: [...loc, "role"], msg });
    } else if (typeof content !== "string") {
      problems.push({ ...expected("string", message, "content"), loc: [...loc, "content"] });
    } else {
      read.push({ role, content });
    }
  }
  return read;
}

function readText(body: Body, field: string, problems: BodyProblem[]): string {
  const value = body[field];
  if (typeof value === "string") return value;
  problems.push(expected("string", body, field));
  return "";
}

function readMaxTokens(body: Body, problems: BodyProblem[], fallback?: number): number {
  const value = body.max_tokens === undefined ? fallback : body.max_tokens;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    problems.push(expected("integer", body, "max_tokens"));
    return 1;
  }
  if (value < 1) {
    const msg = "Input should be greater than or equal to 1";
    problems.push({ type: "greater_than_equal", loc: ["body", "max_tokens"], msg });
  }
  return value;
}

function expected(type: "string" | "integer", object: Body, field: string): BodyProblem {
  const loc = ["body", field];
  if (object[field] === undefined) return { type: "missing", loc, msg: "Field required" };
  return {
    type: `${type === "string" ? "string" : "int"}_type`,
    loc,
    msg: `Input should be a valid ${type}`,
  };
}

function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRole(value: unknown): value is ChatMessage["role"] {
  return ROLES.includes(value);
}
