/**
 * mini-sglang over HTTP, byte for byte, in ASCII: it writes events with Python's `json.dumps`, which puts a space after
 * each comma and colon, and plain answers without. Its answers are always streams.
 *
 * @see https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/server/api_server.py
 *
 * @module
 */
import type { TokenEvent } from "../scheduler.ts";
import { tokenizeText } from "../tokenize.ts";
import { type FieldReader, MISSING, type ReadBody, readBody, wrongType } from "./body.ts";
import { type ChatRules, readChat } from "./prompts.ts";
import {
  answerJson,
  type AnswerWriter,
  type Call,
  DONE,
  type Generation,
  type Outcome,
  type ServerFacts,
  type Surface,
} from "./surface.ts";

/** No usage, no flush, no metrics; the model's name in a request is not looked at. */
export const miniSglangSurface: Surface = {
  routes: {
    "/v1": { methods: ["GET", "POST", "HEAD", "OPTIONS"], handle: () => answerJson(200, { status: "ok" }) },
    "/v1/models": {
      methods: ["GET"],
      handle: (_call, { model, startedS }) => {
        const card = { id: model, object: "model", created: startedS, owned_by: "simulated", root: model };
        return answerJson(200, { object: "list", data: [card] });
      },
    },
    "/v1/chat/completions": { methods: ["POST"], handle: generate(readChatBody, writeChat) },
    "/generate": { methods: ["POST"], handle: generate(readGenerateBody, writeRaw) },
  },
};

const CHAT: ChatRules = { roles: ["system", "user", "assistant"], partSeparator: null };

/** What `max_tokens` is when the body of a chat does not say. */
const DEFAULT_MAX_TOKENS = 16;

/**
 * Sampling fields, `stream` and unknown fields are accepted and change nothing. mini-sglang breaks on `max_tokens` < 1
 * and on a body with neither messages nor prompt; here they are reported like any other mistake.
 */
function readChatBody(fields: FieldReader): Generation["request"] {
  fields.text("model");
  const messages = fields.raw("messages");
  const hasMessages = Array.isArray(messages) ? messages.length > 0 : (messages ?? null) !== null;
  return {
    promptTokens: hasMessages ? readChat(fields, CHAT) : readPromptText(fields),
    maxTokens: readMaxTokens(fields, DEFAULT_MAX_TOKENS),
    ignoreEos: fields.flag("ignore_eos"),
  };
}

function readGenerateBody(fields: FieldReader): Generation["request"] {
  return {
    promptTokens: readPromptText(fields),
    maxTokens: readMaxTokens(fields, null),
    ignoreEos: fields.flag("ignore_eos"),
  };
}

/** An empty prompt still is one token for the engine. */
function readPromptText(fields: FieldReader): Int32Array {
  const tokens = tokenizeText(fields.text("prompt"));
  return tokens.length > 0 ? tokens : tokenizeText("\n");
}

function readMaxTokens(fields: FieldReader, fallback: number | null): number {
  const name = "max_tokens";
  if (fields.raw(name) === undefined) {
    if (fallback === null) fields.reject(name, MISSING);
    return fallback ?? 1;
  }
  if (fields.raw(name) === null) fields.reject(name, wrongType("integer"));
  const value = fields.optionalInteger(name) ?? 1;
  if (value >= 1) return value;
  fields.reject(name, { type: "greater_than_equal", msg: "Input should be greater than or equal to 1" });
  return 1;
}

function generate(
  read: (fields: FieldReader) => Generation["request"],
  write: Generation["write"],
): (call: Call, server: ServerFacts) => Outcome {
  return ({ body }, { contextTokens, rejectsOverlong }) => {
    const result: ReadBody<Generation["request"]> = readBody(body, read);
    if (result.kind === "invalid") return answerJson(422, { detail: result.problems });
    const request = result.value;
    const promptTokens = request.promptTokens.length;
    if (promptTokens < contextTokens || !rejectsOverlong) return { kind: "generation", request, write };
    const message =
      `Cannot answer as the prompt must be shorter than the context of ${contextTokens} tokens: ` +
      `it has ${promptTokens} tokens`;
    const type = "invalid_request_error";
    return answerJson(400, { error: { message, type, code: "context_length_exceeded" } });
  };
}

/**
 * One event per token, the role merged into the first, also for a token without text; then a finish event, which says
 * "stop" whatever the reason. No usage, model or time.
 */
function writeChat(id: number): AnswerWriter {
  const start = `data: {"id": "cmpl-${id}", "object": "text_completion.chunk", "choices": [{"delta": {`;
  const end = '}, "index": 0, "finish_reason": null}]}\n\n';
  const finish = `${start}}, "index": 0, "finish_reason": "stop"}]}\n\n${DONE}`;
  return {
    head: "arrival",
    admitted() {},
    token({ index, finishReason }: TokenEvent, text: string) {
      const role = index === 0 ? '"role": "assistant"' : "";
      const content = text === "" ? "" : `${index === 0 ? ", " : ""}"content": "${text}"`;
      return `${start}${role}${content}${end}${finishReason === null ? "" : finish}`;
    },
  };
}

/** One line of raw text per token, ended by a single line break. */
function writeRaw(): AnswerWriter {
  return {
    head: "arrival",
    admitted() {},
    token: ({ finishReason }, text) => `data: ${text}\n${finishReason === null ? "" : "data: [DONE]\n"}`,
  };
}
