/**
 * mini-sglang's answers, byte for byte, in ASCII: its HTTP front end writes events with Python's `json.dumps`, which
 * puts a space after each comma and colon, and plain answers without.
 *
 * @module
 */

import type { Json } from "../types.ts";

/** How the tokens of an answer are written. */
export interface AnswerFormat {
  /**
   * @param request Number of the request, from 0 since the server started.
   * @param text Text of the token; ASCII without quotes, backslashes and line breaks.
   * @param index Position in the answer, from 0.
   */
  token(request: number, text: string, index: number): string;
  /** Everything after the last token. */
  end(request: number): string;
}

/** Every answer says that no GPU computed it. */
export const SIMULATED_HEADER: Readonly<Record<string, string>> = { "x-engine-simulated": "1" };

/** Headers of a stream. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  ...SIMULATED_HEADER,
};

/**
 * `/v1/chat/completions`: one event per token, the role merged into the first; then a finish event, which says "stop"
 * whatever the reason, and the end mark. No usage, model or time.
 *
 * @example
 * ```ts
 * import { chatFormat } from "./wire.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(
 *   chatFormat.token(7, " world", 1),
 *   'data: {"id": "cmpl-7", "object": "text_completion.chunk", ' +
 *     '"choices": [{"delta": {"content": " world"}, "index": 0, "finish_reason": null}]}\n\n',
 * );
 * ```
 */
export const chatFormat: AnswerFormat = {
  token(request, text, index) {
    const role = index === 0 ? '"role": "assistant", ' : "";
    return chatEvent(request, `{${role}"content": "${text}"}`, "null");
  },
  end: (request) => chatEvent(request, "{}", '"stop"') + "data: [DONE]\n\n",
};

/** `/generate`: one line of raw text per token, ended by a single line break. */
export const generateFormat: AnswerFormat = {
  token: (_request, text) => `data: ${text}\n`,
  end: () => "data: [DONE]\n",
};

function chatEvent(request: number, delta: string, finishReason: string): string {
  return `data: {"id": "cmpl-${request}", "object": "text_completion.chunk", ` +
    `"choices": [{"delta": ${delta}, "index": 0, "finish_reason": ${finishReason}}]}\n\n`;
}

/**
 * `/v1/models`: the one model, owned by "simulated" where mini-sglang says "mini-sglang".
 *
 * @param model Hugging Face id.
 * @param createdS Seconds since 1970.
 */
export function modelList(model: string, createdS: number): Json {
  const card = { id: model, object: "model", created: createdS, owned_by: "simulated", root: model };
  return { object: "list", data: [card] };
}

/**
 * The answer to a prompt that fills the context.
 *
 * @param inputTokens Length of the prompt.
 * @param contextTokens Longest prompt and answer together.
 */
export function overlongError(inputTokens: number, contextTokens: number): Json {
  const message =
    `Cannot answer as the prompt must be shorter than the context of ${contextTokens} tokens: ` +
    `it has ${inputTokens} tokens`;
  return { error: { message, type: "invalid_request_error", code: "context_length_exceeded" } };
}
