/**
 * SGLang over HTTP: OpenAI's chat and completions, its own `/generate`, and what clients ask a server about itself.
 *
 * Cached prompt tokens are reported as with `--enable-cache-report`, and metrics as with `--enable-metrics`. The wording
 * of errors is not SGLang's where it is that of a library; their form, type and status are.
 *
 * @see https://github.com/sgl-project/sglang/tree/main/python/sglang/srt/entrypoints
 *
 * @module
 */
import type { Json } from "../../types.ts";
import { describeProblems, type FieldReader, readBody } from "./body.ts";
import { type ChatRules, readChat, readPrompt } from "./prompts.ts";
import {
  writeChat,
  writeChatStream,
  writeCompletion,
  writeCompletionStream,
  writeGenerate,
  writeGenerateStream,
  type WriteOptions,
} from "./sglang_answers.ts";
import {
  answerJson,
  answerText,
  type AnswerWriter,
  type Call,
  DONE,
  event,
  metricsRoute,
  type Outcome,
  type Route,
  type ServerFacts,
  STREAM_HEADERS,
  type Surface,
  type WholeAnswer,
} from "./surface.ts";

const healthRoute: Route = { methods: ["GET"], handle: () => answerText(200) };
const modelInfoRoute: Route = { methods: ["GET"], handle: (_call, server) => modelInfo(server) };
const serverInfoRoute: Route = { methods: ["GET"], handle: (_call, server) => serverInfo(server) };

/** The model's name in a request is not looked at, only repeated, as SGLang does. */
export const sglangSurface: Surface = {
  routes: {
    "/v1/models": { methods: ["GET"], handle: (_call, server) => modelList(server) },
    "/v1/chat/completions": {
      methods: ["POST"],
      handle: generate({
        read: readChatBody,
        stream: writeChatStream,
        whole: writeChat,
        refuse: refuseOpenAi,
      }),
    },
    "/v1/completions": {
      methods: ["POST"],
      handle: generate({
        read: readCompletionBody,
        stream: writeCompletionStream,
        whole: writeCompletion,
        refuse: refuseOpenAi,
      }),
    },
    "/generate": {
      methods: ["POST", "PUT"],
      handle: generate({
        read: readGenerateBody,
        stream: writeGenerateStream,
        whole: writeGenerate,
        refuse: refuseGenerate,
      }),
    },
    "/flush_cache": {
      methods: ["GET", "POST"],
      handle: (_call, { flushCache }) => answerText(flushCache() ? 200 : 400, FLUSHED),
    },
    "/health": healthRoute,
    "/health_generate": healthRoute,
    "/model_info": modelInfoRoute,
    "/get_model_info": modelInfoRoute,
    "/server_info": serverInfoRoute,
    "/get_server_info": serverInfoRoute,
    "/metrics": metricsRoute,
  },
};

/** Said whether or not it happened; only the status tells. */
const FLUSHED = "Cache flushed.\nPlease check backend logs for more details. " +
  "(When there are running or waiting requests, the operation will not be performed.)\n";

function modelList({ model, contextTokens, startedS }: ServerFacts): WholeAnswer {
  const card = {
    ...{ id: model, object: "model", created: startedS, owned_by: "simulated-sglang" },
    ...{ root: model, parent: null, max_model_len: contextTokens },
  };
  return answerJson(200, { object: "list", data: [card] });
}

function modelInfo({ model }: ServerFacts): WholeAnswer {
  return answerJson(200, {
    ...{ model_path: model, tokenizer_path: model, is_generation: true, preferred_sampling_params: null },
    ...{ weight_version: "default", has_image_understanding: false, has_audio_understanding: false },
  });
}

function serverInfo({ model, tp, contextTokens, capacityTokens }: ServerFacts): WholeAnswer {
  return answerJson(200, {
    ...{
      model_path: model,
      tokenizer_path: model,
      tp_size: tp,
      enable_cache_report: true,
      enable_metrics: true,
    },
    ...{ max_total_num_tokens: capacityTokens, max_req_input_len: contextTokens - 1 },
    ...{ internal_states: [], version: "simulated" },
  });
}

/** What a body asks for, in any of the three protocols. */
interface Asked extends Omit<WriteOptions, "promptTokens"> {
  readonly promptTokens: Int32Array;
  /** `null` leaves it to the context. */
  readonly maxTokens: number | null;
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  readonly stream: boolean;
  /** What an empty prompt is answered with; `null` where there is one. */
  readonly emptiness: string | null;
}

const CHAT: ChatRules = {
  roles: ["system", "developer", "user", "assistant", "tool", "function"],
  partSeparator: " ",
};

function readChatBody(fields: FieldReader): Asked {
  const messages = fields.raw("messages");
  const emptiness = Array.isArray(messages) && messages.length === 0 ? "Messages cannot be empty." : null;
  const promptTokens = readChat(fields, CHAT);
  // A limit of zero does not count.
  const maxTokens = fields.optionalInteger("max_completion_tokens") || fields.optionalInteger("max_tokens");
  return { ...readOpenAi(fields), promptTokens, emptiness, maxTokens: maxTokens || null };
}

const DEFAULT_MAX_TOKENS = 16;

function readCompletionBody(fields: FieldReader): Asked {
  const promptTokens = readPrompt(fields, "prompt");
  const maxTokens = fields.optionalInteger("max_tokens") ?? DEFAULT_MAX_TOKENS;
  if (maxTokens < 1) fields.reject("max_tokens", { type: "value_error", msg: "max_tokens must be positive" });
  return { ...readOpenAi(fields), promptTokens, emptiness: findEmptiness(promptTokens), maxTokens };
}

function findEmptiness(promptTokens: Int32Array): string | null {
  return promptTokens.length === 0 ? "Prompt cannot be empty" : null;
}

function readOpenAi(fields: FieldReader): Omit<Asked, "promptTokens" | "maxTokens" | "emptiness"> {
  refuseSeveral(fields);
  const usage = fields.object("stream_options");
  return {
    model: fields.optionalText("model") ?? "default",
    rid: fields.optionalText("rid"),
    minTokens: fields.optionalInteger("min_tokens") ?? 0,
    ignoreEos: fields.flag("ignore_eos"),
    stream: fields.flag("stream"),
    includeUsage: usage.flag("include_usage"),
    continuousUsage: usage.flag("continuous_usage_stats"),
  };
}

/** Notes a request for several answers at once. */
function refuseSeveral(fields: FieldReader): void {
  if ((fields.optionalInteger("n") ?? 1) === 1) return;
  fields.reject("n", { type: "value_error", msg: "Only one answer per request can be simulated" });
}

const DEFAULT_MAX_NEW_TOKENS = 128;

function readGenerateBody(fields: FieldReader): Asked {
  // With both, the text is not looked at.
  const name = (fields.raw("input_ids") ?? null) === null ? "text" : "input_ids";
  const promptTokens = readPrompt(fields, name);
  const sampling = fields.object("sampling_params");
  refuseSeveral(sampling);
  const asked = sampling.raw("max_new_tokens");
  return {
    model: "",
    rid: fields.optionalText("rid"),
    promptTokens,
    emptiness: findEmptiness(promptTokens),
    maxTokens: asked === undefined ? DEFAULT_MAX_NEW_TOKENS : sampling.optionalInteger("max_new_tokens"),
    minTokens: sampling.optionalInteger("min_new_tokens") ?? 0,
    ignoreEos: sampling.flag("ignore_eos"),
    stream: fields.flag("stream"),
    includeUsage: false,
    continuousUsage: false,
  };
}

interface Protocol {
  readonly read: (fields: FieldReader) => Asked;
  readonly stream: (id: number, options: WriteOptions, server: ServerFacts) => AnswerWriter;
  readonly whole: Protocol["stream"];
  /** Answers a request that is understood and cannot be fulfilled. */
  readonly refuse: (message: string, asked: Asked) => WholeAnswer;
}

function generate({ read, stream, whole, refuse }: Protocol): (call: Call, server: ServerFacts) => Outcome {
  return ({ body }, server) => {
    const result = readBody(body, read);
    if (result.kind === "invalid") {
      return answerJson(400, openAiError(describeProblems(result.problems), "Bad Request"));
    }
    const asked = result.value;
    const { promptTokens, minTokens } = asked;
    const refusal = findRefusal(asked, server);
    if (refusal !== null) return refuse(refusal, asked);
    const maxTokens = Math.max(1, asked.maxTokens ?? server.contextTokens - promptTokens.length - 1);
    const ignoreEos = asked.ignoreEos || minTokens >= maxTokens;
    const options = { ...asked, promptTokens: promptTokens.length };
    const begin = asked.stream ? stream : whole;
    return {
      kind: "generation",
      request: { promptTokens, maxTokens, ignoreEos },
      write: (id) => begin(id, options, server),
    };
  };
}

function findRefusal(
  { promptTokens: { length: promptTokens }, emptiness, maxTokens, minTokens }: Asked,
  { contextTokens, rejectsOverlong }: ServerFacts,
): string | null {
  if (emptiness !== null) return emptiness;
  if (maxTokens !== null && maxTokens < 0) return `max_new_tokens must be at least 0, got ${maxTokens}.`;
  if (minTokens < 0) return `min_new_tokens must be in [0, max_new_tokens], got ${minTokens}.`;
  if (maxTokens !== null && minTokens > maxTokens) {
    return `min_new_tokens must be in [0, max_new_tokens(${maxTokens})], got ${minTokens}.`;
  }
  if (!rejectsOverlong) return null;
  if (promptTokens >= contextTokens) {
    return `The input (${promptTokens} tokens) is longer than the model's context length (${contextTokens} tokens).`;
  }
  if (maxTokens === null || promptTokens + maxTokens < contextTokens) return null;
  return `Requested token count exceeds the model's maximum context length of ${contextTokens} tokens: ` +
    `${promptTokens} of the input and ${maxTokens} for the completion are ${promptTokens + maxTokens}.`;
}

function openAiError(message: string, type: string): Json {
  return { object: "error", message, type, param: null, code: 400 };
}

function refuseOpenAi(message: string): WholeAnswer {
  return answerJson(400, openAiError(message, "BadRequestError"));
}

/** `/generate` has its own form, and has sent 200 by then when it streams. */
function refuseGenerate(message: string, { stream }: Asked): WholeAnswer {
  const error = { error: { message } };
  if (!stream) return answerJson(400, error);
  return { kind: "answer", status: 200, headers: STREAM_HEADERS, body: event(error) + DONE };
}
