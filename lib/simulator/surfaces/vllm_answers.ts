/**
 * vLLM's answers, as streams and whole.
 *
 * @module
 */
import { countCached, nowS, writeWhole } from "./answered.ts";
import { type AnswerWriter, DONE, event, type ServerFacts } from "./surface.ts";

/** What an answer repeats of its request. */
export interface WriteOptions {
  readonly model: string;
  /** Header `x-request-id`, which becomes part of the answer's id; `null` when it was not sent. */
  readonly requestId: string | null;
  readonly promptTokens: number;
  /** Whether the stream ends with usage. */
  readonly includeUsage: boolean;
  /** Whether every chunk has usage. */
  readonly continuousUsage: boolean;
}

/** A chat as a stream: the role alone with the first token, a chunk per token, the last with the finish reason. */
export function writeChatStream(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const { model, promptTokens, includeUsage, continuousUsage } = options;
  const cached = countCached();
  const common = {
    ...{ id: `chatcmpl-${answerId(id, options)}`, object: "chat.completion.chunk" },
    ...{ created: nowS(server), model },
  };
  const start = `data: ${JSON.stringify(common).slice(0, -1)},"choices":[{"index":0,"delta":{`;
  const roleUsage = continuousUsage ? `,"usage":${JSON.stringify(usageOf(promptTokens, 0))}` : "";
  const role =
    `${start}"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]${roleUsage},` +
    '"prompt_token_ids":null}\n\n';
  return {
    head: "arrival",
    admitted: cached.admitted,
    token({ index, finishReason }, text) {
      const usage = continuousUsage ? `,"usage":${JSON.stringify(usageOf(promptTokens, index + 1))}` : "";
      const reason = finishReason === null ? "null" : `"${finishReason}","stop_reason":null`;
      const chunk = `${index === 0 ? role : ""}${start}"content":"${text}"},"logprobs":null,` +
        `"finish_reason":${reason},"token_ids":null}]${usage}}\n\n`;
      if (finishReason === null) return chunk;
      if (!includeUsage) return chunk + DONE;
      const total = usageOf(promptTokens, index + 1, cached.tokens());
      return chunk + event({ ...common, choices: [], usage: total }) + DONE;
    },
  };
}

/** A chat in one piece. */
export function writeChat(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const { model, promptTokens } = options;
  const created = nowS(server);
  return writeWhole(({ text, completionTokens, finishReason, cachedTokens }) => ({
    ...{ id: `chatcmpl-${answerId(id, options)}`, object: "chat.completion", created, model },
    choices: [{
      index: 0,
      message: {
        ...{ role: "assistant", content: text, refusal: null, annotations: null, audio: null },
        ...{ function_call: null, tool_calls: [], reasoning: null },
      },
      ...{ logprobs: null, finish_reason: finishReason, stop_reason: null, token_ids: null },
    }],
    ...{ service_tier: null, system_fingerprint: null },
    usage: wholeUsage(usageOf(promptTokens, completionTokens, cachedTokens)),
    ...{ prompt_logprobs: null, prompt_token_ids: null, kv_transfer_params: null },
  }));
}

/** A completion as a stream: a chunk per token, the last with the finish reason. */
export function writeCompletionStream(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const { model, promptTokens, includeUsage, continuousUsage } = options;
  const cached = countCached();
  const common = {
    ...{ id: `cmpl-${answerId(id, options)}`, object: "text_completion", created: nowS(server), model },
  };
  const start = `data: ${JSON.stringify(common).slice(0, -1)},"choices":[{"index":0,"text":"`;
  return {
    head: "arrival",
    admitted: cached.admitted,
    token({ index, finishReason }, text) {
      const usage = continuousUsage ? `,"usage":${JSON.stringify(usageOf(promptTokens, index + 1))}` : "";
      const reason = finishReason === null ? "null" : `"${finishReason}"`;
      const chunk = `${start}${text}","logprobs":null,"finish_reason":${reason},"stop_reason":null,` +
        `"prompt_token_ids":null,"token_ids":null}]${usage}}\n\n`;
      if (finishReason === null) return chunk;
      if (!includeUsage) return chunk + DONE;
      const total = usageOf(promptTokens, index + 1, cached.tokens());
      return chunk + event({ ...common, choices: [], usage: total }) + DONE;
    },
  };
}

/** A completion in one piece. */
export function writeCompletion(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const { model, promptTokens } = options;
  const created = nowS(server);
  return writeWhole(({ text, completionTokens, finishReason, cachedTokens }) => ({
    ...{ id: `cmpl-${answerId(id, options)}`, object: "text_completion", created, model },
    choices: [{
      ...{ index: 0, text, logprobs: null, finish_reason: finishReason, stop_reason: null },
      ...{ token_ids: null, prompt_logprobs: null, prompt_token_ids: null },
    }],
    ...{ service_tier: null, system_fingerprint: null },
    usage: wholeUsage(usageOf(promptTokens, completionTokens, cachedTokens)),
    kv_transfer_params: null,
  }));
}

type Usage = {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
};

/** Cached tokens are left out where there are none. */
function usageOf(promptTokens: number, completionTokens: number, cachedTokens = 0): Usage {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    ...(cachedTokens > 0 ? { prompt_tokens_details: { cached_tokens: cachedTokens } } : {}),
  };
}

/** An answer in one piece says `null` where a stream says nothing. */
function wholeUsage({ prompt_tokens_details: details, ...usage }: Usage) {
  return { ...usage, prompt_tokens_details: details ?? null };
}

/** vLLM takes the client's, else 32 random hexadecimal digits; here they count. */
function answerId(id: number, { requestId }: WriteOptions): string {
  return requestId ?? id.toString(16).padStart(32, "0");
}
