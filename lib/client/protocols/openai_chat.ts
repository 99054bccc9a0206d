/**
 * `POST /v1/chat/completions` with `stream: true`.
 *
 * @module
 */
import type { Sampling, Usage } from "../../types.ts";
import type { Protocol, StreamEvent, WireQuirks } from "./protocol.ts";

const PLAIN_TOKEN: StreamEvent = { isToken: true };
const END: StreamEvent = { isToken: false, isEnd: true };
const decoder = new TextDecoder();

/** OpenAI's chat completions, as mini-sglang, SGLang, vLLM and llama.cpp speak it. */
export const openaiChat: Protocol = {
  name: "openai-chat",
  path: "/chat/completions",

  /** Sends what mini-sglang's client sends, if the request says nothing else: greedy, `ignore_eos`, `max_tokens`. */
  body(request, { model, quirks }) {
    return JSON.stringify({
      model,
      messages: request.messages,
      stream: true,
      ...(request.outputTokens > 0 ? { max_tokens: request.outputTokens } : {}),
      ...samplingFields(request.sampling),
      ignore_eos: request.ignoreEos,
      ...(quirks.asksUsage ? { stream_options: { include_usage: true } } : {}),
      ...(quirks.takesInputLength && request.inputTokens > 0
        ? { input_length_override: request.inputTokens }
        : {}),
      ...request.extraBody,
    });
  },

  read(bytes, { start, end }, quirks) {
    if (isDone(bytes, start, end)) return END;
    if (isPlainToken(bytes, start, end)) return PLAIN_TOKEN;
    return readChunk(decoder.decode(bytes.subarray(start, end)), quirks);
  },

  text(bytes, { start, end }) {
    return parseObject(decoder.decode(bytes.subarray(start, end))).choices?.[0]?.delta?.content ?? "";
  },
};

/** `top_k: 1` makes engines greedy that take a temperature of 0 for "not given". */
function samplingFields({ temperature, topP }: Sampling = { temperature: 0 }): Record<string, number> {
  return {
    temperature,
    ...(temperature === 0 ? { top_k: 1 } : {}),
    ...(topP === undefined ? {} : { top_p: topP }),
  };
}

/** `[DONE]` */
function isDone(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === 0x5b && bytes[start + 1] === 0x44 && end - start === 6;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * Whether a chunk is the common case: text, no finish reason, no usage, no error. Costs a tenth of parsing the JSON.
 *
 * A quote in JSON that is not escaped opens or closes a string, so `letter":` can only end a key. It is enough to look
 * at every `":` and compare the key's last letters; a key that might matter sends the chunk to the real parser.
 */
function isPlainToken(bytes: Uint8Array, start: number, end: number): boolean {
  let hasText = false;
  for (let i = start + 3; i < end; i++) {
    if (bytes[i] !== COLON || bytes[i - 1] !== QUOTE) continue;
    switch (keyTail(bytes, i)) {
      case CONTENT:
        if (isNonEmptyString(bytes, i + 1)) hasText = true;
        break;
      case FINISH_REASON:
      case USAGE:
      case ERROR:
      case TOOL_CALLS:
        if (!isNull(bytes, i + 1)) return false;
    }
  }
  return hasText;
}

/** The last four letters of a key as one integer. */
const tail = (key: string) =>
  (key.charCodeAt(key.length - 4) << 24) | (key.charCodeAt(key.length - 3) << 16) |
  (key.charCodeAt(key.length - 2) << 8) | key.charCodeAt(key.length - 1);
const CONTENT = tail("content");
const FINISH_REASON = tail("finish_reason");
const USAGE = tail("usage");
const ERROR = tail("error");
const TOOL_CALLS = tail("tool_calls");

function keyTail(bytes: Uint8Array, colon: number): number {
  return ((bytes[colon - 5] ?? 0) << 24) | ((bytes[colon - 4] ?? 0) << 16) | ((bytes[colon - 3] ?? 0) << 8) |
    (bytes[colon - 2] ?? 0);
}

function isNonEmptyString(bytes: Uint8Array, from: number): boolean {
  const i = bytes[from] === SPACE ? from + 1 : from;
  return bytes[i] === QUOTE && bytes[i + 1] !== QUOTE;
}

function isNull(bytes: Uint8Array, from: number): boolean {
  const i = bytes[from] === SPACE ? from + 1 : from;
  return bytes[i] === 0x6e && bytes[i + 1] === 0x75;
}

/** The parts of a chunk that matter here; servers add more. */
interface ChatChunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning_content?: string | null;
      readonly reasoning?: string | null;
      readonly tool_calls?: readonly unknown[] | null;
    };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
  } | null;
  readonly error?: { readonly message?: string } | string | null;
}

function readChunk(text: string, quirks: WireQuirks): StreamEvent {
  const chunk = parseObject(text);
  if (chunk.error !== undefined && chunk.error !== null) {
    const message = typeof chunk.error === "string"
      ? chunk.error
      : chunk.error.message ?? JSON.stringify(chunk.error);
    return { isToken: false, error: message };
  }
  const usage = readUsage(chunk.usage);
  const choice = chunk.choices?.[0];
  if (choice === undefined) return usage === undefined ? { isToken: false } : { isToken: false, usage };
  const finishReason = choice.finish_reason || undefined;
  const isFinal = finishReason !== undefined;
  return {
    isToken: hasOutput(choice.delta) || (quirks.emptyDeltaIsToken && !isFinal),
    ...(isFinal ? { finishReason } : {}),
    // Usage beside a choice is a running count (vLLM's continuous_usage_stats) and, in the last chunk, the total.
    ...(usage === undefined ? {} : { usage, completionTokensSoFar: usage.completionTokens }),
  };
}

function hasOutput(
  delta: NonNullable<NonNullable<ChatChunk["choices"]>[number]["delta"]> | undefined,
): boolean {
  return Boolean(delta?.content || delta?.reasoning_content || delta?.reasoning || delta?.tool_calls?.length);
}

function readUsage(usage: ChatChunk["usage"]): Usage | undefined {
  if (usage?.completion_tokens === undefined || usage.prompt_tokens === undefined) return undefined;
  const cachedTokens = usage.prompt_tokens_details?.cached_tokens;
  return {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    ...(typeof cachedTokens === "number" ? { cachedTokens } : {}),
  };
}

function parseObject(text: string): ChatChunk {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read stream event as it is not JSON: ${quote(text)}`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`Cannot read stream event as it is not a JSON object: ${quote(text)}`);
  }
  return value;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
