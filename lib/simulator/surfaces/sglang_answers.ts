/**
 * SGLang's answers, as streams and whole.
 *
 * @module
 */
import type { Json } from "../../types.ts";
import { EOS_TOKEN, tokenizeText } from "../tokenize.ts";
import { countCached, type FinishReason, nowS, writeWhole } from "./answered.ts";
import { type AnswerWriter, DONE, event, type ServerFacts } from "./surface.ts";

/** What an answer repeats of its request. */
export interface WriteOptions {
  readonly model: string;
  /** Id the client chose; `null` when it did not. */
  readonly rid: string | null;
  readonly promptTokens: number;
  /** Whether the stream ends with usage. */
  readonly includeUsage: boolean;
  /** Whether every chunk has usage. */
  readonly continuousUsage: boolean;
}

/**
 * A chat as a stream: the role alone with the first token, a chunk per token that has text, a finish chunk. The time of
 * each chunk is its own.
 */
export function writeChatStream(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const { model, promptTokens, includeUsage, continuousUsage } = options;
  const cached = countCached();
  const head = `data: {"id":${
    JSON.stringify(answerId(id, options))
  },"object":"chat.completion.chunk","created":`;
  const middle = `,"model":${JSON.stringify(model)},"choices":[{"index":0,"delta":{"reasoning_content":null`;
  const end = '},"logprobs":null,"finish_reason":null,"matched_stop":null}]';
  let createdS = -1;
  let start = "";
  return {
    head: "first-bytes",
    admitted: cached.admitted,
    token({ index, finishReason }, text) {
      const presentS = nowS(server);
      if (presentS !== createdS) {
        createdS = presentS;
        start = head + createdS + middle;
      }
      const usage = continuousUsage ? `,"usage":${JSON.stringify(usageOf(promptTokens, index + 1))}` : "";
      const role = index === 0 ? `${start},"role":"assistant","content":""${end}}\n\n` : "";
      const content = text === "" ? "" : `${start},"content":"${text}"${end}${usage}}\n\n`;
      if (finishReason === null) return role + content;
      const finish = `${start}},"logprobs":null,"finish_reason":"${finishReason}",` +
        `"matched_stop":${matchedStop(finishReason)}}]}\n\n`;
      const total = includeUsage
        ? event({
          ...{ id: answerId(id, options), object: "chat.completion.chunk", created: createdS, model },
          ...{ choices: [], usage: usageOf(promptTokens, index + 1, cached.tokens()) },
        })
        : "";
      return role + content + finish + total + DONE;
    },
  };
}

/** A chat in one piece. */
export function writeChat(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  return writeWhole(({ text, completionTokens, finishReason, cachedTokens }) => ({
    ...{ id: answerId(id, options), object: "chat.completion", created: nowS(server), model: options.model },
    choices: [{
      index: 0,
      message: { role: "assistant", content: text || null, reasoning_content: null, tool_calls: null },
      ...{ logprobs: null, finish_reason: finishReason, matched_stop: matchedStop(finishReason) },
    }],
    usage: usageOf(options.promptTokens, completionTokens, cachedTokens),
    metadata: { weight_version: "default" },
  }));
}

/** A completion as a stream: a chunk per token, the last with the finish reason. */
export function writeCompletionStream(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const { model, promptTokens, includeUsage, continuousUsage } = options;
  const cached = countCached();
  const common = {
    ...{ id: answerId(id, options), object: "text_completion", created: nowS(server), model },
  };
  const start = `data: ${JSON.stringify(common).slice(0, -1)},"choices":[{"index":0,"text":"`;
  return {
    head: "first-bytes",
    admitted: cached.admitted,
    token({ index, finishReason }, text) {
      const usage = continuousUsage ? JSON.stringify(usageOf(promptTokens, index + 1)) : "null";
      const reason = finishReason === null ? "null" : `"${finishReason}"`;
      const chunk = `${start}${text}","logprobs":null,"finish_reason":${reason},` +
        `"matched_stop":${matchedStop(finishReason)}}],"usage":${usage}}\n\n`;
      if (finishReason === null) return chunk;
      if (!includeUsage) return chunk + DONE;
      // This one leaves out what is null.
      const { prompt_tokens_details: details, ...total } = usageOf(promptTokens, index + 1, cached.tokens());
      const final = { ...total, ...(details === null ? {} : { prompt_tokens_details: details }) };
      return chunk + event({ ...common, choices: [], usage: final }) + DONE;
    },
  };
}

/** A completion in one piece. */
export function writeCompletion(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  return writeWhole(({ text, completionTokens, finishReason, cachedTokens }) => ({
    ...{ id: answerId(id, options), object: "text_completion", created: nowS(server), model: options.model },
    choices: [{
      ...{ index: 0, text, logprobs: null },
      ...{ finish_reason: finishReason, matched_stop: matchedStop(finishReason) },
    }],
    usage: usageOf(options.promptTokens, completionTokens, cachedTokens),
    metadata: { weight_version: "default" },
  }));
}

/** `/generate` as a stream: every event has the whole answer so far, so that its size grows with the square. */
export function writeGenerateStream(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const answer = collectGenerated(id, options, server);
  return {
    head: "first-bytes",
    admitted: answer.admitted,
    token({ index, finishReason }, text) {
      answer.add(text);
      return event(answer.read(index + 1, finishReason)) + (finishReason === null ? "" : DONE);
    },
  };
}

/** `/generate` in one piece. */
export function writeGenerate(id: number, options: WriteOptions, server: ServerFacts): AnswerWriter {
  const answer = collectGenerated(id, options, server);
  return {
    head: "whole",
    admitted: answer.admitted,
    token({ index, finishReason }, text) {
      answer.add(text);
      return finishReason === null ? "" : JSON.stringify(answer.read(index + 1, finishReason));
    },
  };
}

interface Generated {
  admitted(cachedTokens: number): void;
  add(text: string): void;
  read(completionTokens: number, finishReason: FinishReason | null): Json;
}

/** Ids of the simulated text are hashes; a detokenizer wants them in the vocabulary. */
function vocabularyId(id: number): number {
  return id < 0 ? (id & 0x7fffffff) % EOS_TOKEN : id;
}

function collectGenerated(id: number, options: WriteOptions, server: ServerFacts): Generated {
  const { promptTokens } = options;
  const cached = countCached();
  const arrivalMs = server.nowMs();
  const ids: number[] = [];
  let answer = "";
  return {
    admitted: cached.admitted,
    add(text) {
      answer += text;
      ids.push(vocabularyId(tokenizeText(text)[0] ?? EOS_TOKEN));
    },
    read: (completionTokens, finishReason) => ({
      text: answer,
      output_ids: ids,
      meta_info: {
        id: answerId(id, options),
        finish_reason: describeFinish(finishReason, completionTokens),
        prompt_tokens: promptTokens,
        weight_version: "default",
        num_retractions: cached.retractions(),
        reasoning_tokens: 0,
        completion_tokens: completionTokens,
        cached_tokens: cached.tokens(),
        ...(finishReason === null ? {} : { e2e_latency: (server.nowMs() - arrivalMs) / 1000 }),
      },
    }),
  };
}

function describeFinish(finishReason: FinishReason | null, completionTokens: number): Json {
  if (finishReason === null) return null;
  return finishReason === "length"
    ? { type: "length", length: completionTokens }
    : { type: "stop", matched: EOS_TOKEN };
}

type Usage = {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number } | null;
  readonly reasoning_tokens: number;
};

/** Cached tokens are left out where there are none. */
function usageOf(promptTokens: number, completionTokens: number, cachedTokens = 0): Usage {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    prompt_tokens_details: cachedTokens > 0 ? { cached_tokens: cachedTokens } : null,
    reasoning_tokens: 0,
  };
}

/** What made the answer stop: a token's id, or `null` where it was the limit. */
function matchedStop(finishReason: FinishReason | null): number | null {
  return finishReason === "stop" ? EOS_TOKEN : null;
}

/** SGLang takes 32 random hexadecimal digits; here they count. */
function answerId(id: number, { rid }: WriteOptions): string {
  return rid ?? id.toString(16).padStart(32, "0");
}
