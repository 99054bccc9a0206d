/**
 * vLLM over HTTP: OpenAI's chat and completions, and what clients ask a server about itself. Only the wire format is
 * vLLM's: its scheduler mixes prefill and decode, and the one behind this does not.
 *
 * Cached prompt tokens are reported as with `--enable-prompt-tokens-details`; `/reset_prefix_cache` is there as in
 * development mode. The wording of errors is not vLLM's where it is that of a library; their form, type and status are.
 *
 * @see https://github.com/vllm-project/vllm/tree/main/vllm/entrypoints/openai
 *
 * @module
 */
import { describeProblems, type FieldReader, problemField, readBody } from "./body.ts";
import { type ChatRules, readChat, readPrompt } from "./prompts.ts";
import {
  answerJson,
  answerText,
  type AnswerWriter,
  type Call,
  metricsRoute,
  type Outcome,
  type Route,
  type ServerFacts,
  type Surface,
  type WholeAnswer,
} from "./surface.ts";
import {
  writeChat,
  writeChatStream,
  writeCompletion,
  writeCompletionStream,
  type WriteOptions,
} from "./vllm_answers.ts";

const pingRoute: Route = { methods: ["GET", "POST"], handle: () => answerText(200) };

/** A model of another name is not there: 404. */
export const vllmSurface: Surface = {
  routes: {
    "/v1/models": { methods: ["GET"], handle: (_call, server) => modelList(server) },
    "/v1/chat/completions": {
      methods: ["POST"],
      handle: generate({ read: readChatBody, stream: writeChatStream, whole: writeChat }),
    },
    "/v1/completions": {
      methods: ["POST"],
      handle: generate({ read: readCompletionBody, stream: writeCompletionStream, whole: writeCompletion }),
    },
    "/reset_prefix_cache": {
      methods: ["POST"],
      // vLLM does not look whether it worked.
      handle: (_call, { flushCache }) => {
        flushCache();
        return answerText(200);
      },
    },
    "/health": { methods: ["GET"], handle: () => answerText(200) },
    "/ping": pingRoute,
    "/version": { methods: ["GET"], handle: () => answerJson(200, { version: "simulated" }) },
    "/metrics": metricsRoute,
  },
};

function modelList({ model, contextTokens, startedS }: ServerFacts): WholeAnswer {
  const permission = {
    ...{ id: "modelperm-simulated", object: "model_permission", created: startedS },
    ...{
      allow_create_engine: false,
      allow_sampling: true,
      allow_logprobs: true,
      allow_search_indices: false,
    },
    ...{ allow_view: true, allow_fine_tuning: false, organization: "*", group: null, is_blocking: false },
  };
  const card = {
    ...{
      id: model,
      object: "model",
      created: startedS,
      owned_by: "simulated-vllm",
      root: model,
      parent: null,
    },
    ...{ max_model_len: contextTokens, permission: [permission] },
  };
  return answerJson(200, { object: "list", data: [card] });
}

/** What a body asks for, in either protocol. */
interface Asked extends Omit<WriteOptions, "promptTokens" | "model" | "requestId"> {
  readonly promptTokens: Int32Array;
  /** `null` stands for whatever is served. */
  readonly model: string | null;
  /** `null` leaves it to the context. */
  readonly maxTokens: number | null;
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  readonly stream: boolean;
}

/** A template writes any role; the parts of a content are lines. */
const CHAT: ChatRules = { roles: null, partSeparator: "\n" };

function readChatBody(fields: FieldReader): Asked {
  const messages = fields.raw("messages");
  if (Array.isArray(messages) && messages.length === 0) {
    fields.reject("messages", { type: "value_error", msg: "A chat without messages cannot be answered" });
  }
  const promptTokens = readChat(fields, CHAT);
  const maxTokens = fields.optionalInteger("max_completion_tokens") ?? fields.optionalInteger("max_tokens");
  return { ...readCommon(fields), promptTokens, maxTokens };
}

const DEFAULT_MAX_TOKENS = 16;

function readCompletionBody(fields: FieldReader): Asked {
  const promptTokens = readPrompt(fields, "prompt");
  if (fields.raw("prompt") === "") {
    fields.reject("prompt", { type: "value_error", msg: "The prompt must be non-empty" });
  }
  const asked = fields.raw("max_tokens");
  const maxTokens = asked === undefined ? DEFAULT_MAX_TOKENS : fields.optionalInteger("max_tokens");
  return { ...readCommon(fields), promptTokens, maxTokens };
}

function readCommon(fields: FieldReader): Omit<Asked, "promptTokens" | "maxTokens"> {
  if ((fields.optionalInteger("n") ?? 1) !== 1) {
    fields.reject("n", { type: "value_error", msg: "Only one answer per request can be simulated" });
  }
  const stream = fields.flag("stream");
  const asksUsage = (fields.raw("stream_options") ?? null) !== null;
  const usage = fields.object("stream_options");
  if (asksUsage && !stream) {
    const msg = "Stream options can only be defined when `stream=True`.";
    fields.reject("stream_options", { type: "value_error", msg });
  }
  const includeUsage = asksUsage && (usage.raw("include_usage") === undefined || usage.flag("include_usage"));
  return {
    model: fields.optionalText("model"),
    minTokens: fields.optionalInteger("min_tokens") ?? 0,
    ignoreEos: fields.flag("ignore_eos"),
    stream,
    includeUsage,
    continuousUsage: includeUsage && usage.flag("continuous_usage_stats"),
  };
}

interface Protocol {
  readonly read: (fields: FieldReader) => Asked;
  readonly stream: (id: number, options: WriteOptions, server: ServerFacts) => AnswerWriter;
  readonly whole: Protocol["stream"];
}

function generate({ read, stream, whole }: Protocol): (call: Call, server: ServerFacts) => Outcome {
  return ({ body, requestId }, server) => {
    const result = readBody(body, read);
    if (result.kind === "invalid") {
      const { problems } = result;
      const message = describeProblems(problems);
      return refuse({ status: 400, type: "Bad Request", param: problemField(problems), message });
    }
    const asked = result.value;
    const { promptTokens, minTokens } = asked;
    const refusal = findRefusal(asked, server);
    if (refusal) return refuse(refusal);
    const room = server.contextTokens - promptTokens.length;
    const maxTokens = Math.max(1, Math.min(asked.maxTokens ?? room, room));
    const ignoreEos = asked.ignoreEos || minTokens >= maxTokens;
    const options = { ...asked, promptTokens: promptTokens.length, model: server.model, requestId };
    const begin = asked.stream ? stream : whole;
    return {
      kind: "generation",
      request: { promptTokens, maxTokens, ignoreEos },
      write: (id) => begin(id, options, server),
    };
  };
}

interface Refusal {
  readonly status: number;
  readonly type: string;
  /** The field at fault. */
  readonly param: string | null;
  readonly message: string;
}

function refuse({ status, type, param, message }: Refusal): WholeAnswer {
  return answerJson(status, { error: { message, type, param, code: status } });
}

function findRefusal(asked: Asked, { model, contextTokens, rejectsOverlong }: ServerFacts): Refusal | null {
  if (asked.model !== null && asked.model !== model) {
    const message = `The model \`${asked.model}\` does not exist.`;
    return { status: 404, type: "NotFoundError", param: "model", message };
  }
  const { promptTokens: { length: promptTokens }, maxTokens, minTokens } = asked;
  if (promptTokens === 0) {
    const message = "The decoder prompt cannot be empty";
    return { status: 400, type: "BadRequestError", param: null, message };
  }
  if (maxTokens !== null && maxTokens < 1) {
    return badValue("max_tokens", `must be at least 1, got ${maxTokens}.`);
  }
  if (minTokens < 0) {
    return badValue("min_tokens", `must be greater than or equal to 0, got ${minTokens}.`);
  }
  if (maxTokens !== null && minTokens > maxTokens) {
    return badValue("min_tokens", `must be less than or equal to max_tokens=${maxTokens}, got ${minTokens}.`);
  }
  if (!rejectsOverlong) return null;
  if (maxTokens !== null && maxTokens > contextTokens) {
    const message = `=${maxTokens} cannot be greater than max_model_len=${contextTokens}.`;
    return badValue("max_tokens", message, "");
  }
  const outputTokens = maxTokens ?? 1;
  if (promptTokens + outputTokens <= contextTokens) return null;
  // vLLM stops counting one token behind the longest prompt it could take.
  const seenTokens = Math.min(promptTokens, contextTokens - outputTokens + 1);
  const message = `This model's maximum context length is ${contextTokens} tokens. However, you requested ` +
    `${outputTokens} output tokens and your prompt contains at least ${seenTokens} input tokens, ` +
    `for a total of at least ${seenTokens + outputTokens} tokens.`;
  return { status: 400, type: "BadRequestError", param: "input_tokens", message };
}

function badValue(param: string, what: string, separator = " "): Refusal {
  return { status: 400, type: "BadRequestError", param, message: param + separator + what };
}
