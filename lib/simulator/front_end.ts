/**
 * The HTTP surface of a simulated engine without sockets: the server and the in-process transport feed it requests and
 * carry its replies, so that both give the same bytes.
 *
 * @module
 */
import type { Clock, Json } from "../types.ts";
import { createEngine, type EngineStats } from "./engine.ts";
import type { SimulatorConfig } from "./options.ts";
import { parseChatRequest, parseGenerateRequest, type ParseResult } from "./requests.ts";
import type { TokenEvent } from "./scheduler.ts";
import { answerText } from "./text.ts";
import {
  type AnswerFormat,
  chatFormat,
  generateFormat,
  modelList,
  overlongError,
  SIMULATED_HEADER,
  STREAM_HEADERS,
} from "./wire.ts";

/** A request as the front end sees it. */
export interface FrontEndRequest {
  readonly method: string;
  /** Path of the URL, without query. */
  readonly path: string;
  /** Header `x-request-id`, to find the request's stamps. */
  readonly requestId: string | null;
  readonly body: string;
}

/** Where a reply goes. Called in this order: `head` once, `write` any number of times, `end` once. */
export interface Reply {
  head(status: number, headers: Readonly<Record<string, string>>): void;
  write(bytes: Uint8Array<ArrayBuffer>): void;
  end(): void;
}

/** When the tokens of a request were written. */
export interface RequestStamps {
  /** Header `x-request-id`; `null` when it was not sent. */
  readonly requestId: string | null;
  /** One instant per token, in ms, just before it was handed to the connection. */
  readonly tokensMs: readonly number[];
}

/** What a front end runs on. */
export interface FrontEndContext {
  readonly clock: Clock;
  /** Seconds since 1970 that `/v1/models` gives as the model's creation. */
  readonly createdS: number;
  /** Reads the time for stamps, in ms. Without it none are kept. */
  readonly stampMs?: () => number;
}

/** A front end with its engine. */
export interface FrontEnd {
  /** Answers a request. The returned function says that the client went away; nothing is written after it. */
  handle(request: FrontEndRequest, reply: Reply): () => void;
  stats(): EngineStats;
  /** One element per generation request in order of arrival; empty without `stampMs`. */
  stamps(): readonly RequestStamps[];
  close(): void;
}

interface Stream {
  readonly reply: Reply;
  readonly format: AnswerFormat;
  readonly tokensMs: number[];
}

interface Route {
  readonly methods: readonly string[];
  readonly handle: (request: FrontEndRequest, reply: Reply) => () => void;
}

/**
 * Makes a front end and its engine. Routes are those of mini-sglang: `/v1`, `/v1/models`, `/v1/chat/completions` and
 * `/generate`; every other path is 404, a wrong method 405, a malformed body 422, as FastAPI does.
 *
 * A prompt that fills the context is answered with 400 and both lengths, unless `overlong` is "hang".
 *
 * @param config From `resolveSimulator`.
 * @param context Clock and time stamps.
 */
export function createFrontEnd(config: SimulatorConfig, context: FrontEndContext): FrontEnd {
  const { contextTokens } = config.scheduler;
  const encoder = new TextEncoder();
  const streams = new Map<number, Stream>();
  const stamps: RequestStamps[] = [];
  const engine = createEngine(config, { clock: context.clock, onTokens });
  let arrivals = 0;

  function onTokens(events: readonly TokenEvent[]): void {
    for (const { id, index, finished } of events) {
      const stream = streams.get(id);
      if (!stream) continue;
      const { reply, format, tokensMs } = stream;
      const text = format.token(id, answerText(id, index), index) + (finished ? format.end(id) : "");
      if (context.stampMs) tokensMs.push(context.stampMs());
      reply.write(encoder.encode(text));
      if (!finished) continue;
      streams.delete(id);
      reply.end();
    }
  }

  function generate(parse: (body: string) => ParseResult, format: AnswerFormat): Route["handle"] {
    return (request, reply) => {
      const parsed = parse(request.body);
      if (parsed.kind === "invalid") return sendJson(reply, 422, { detail: parsed.problems });
      const { inputTokens, maxTokens } = parsed.request;
      if (inputTokens >= contextTokens && config.overlong === "reject") {
        return sendJson(reply, 400, overlongError(inputTokens, contextTokens));
      }
      const id = arrivals++;
      const stream = { reply, format, tokensMs: [] };
      streams.set(id, stream);
      if (context.stampMs) stamps.push({ requestId: request.requestId, tokensMs: stream.tokensMs });
      reply.head(200, STREAM_HEADERS);
      engine.submit({ id, inputTokens, maxTokens });
      return () => {
        streams.delete(id);
        engine.abort(id);
      };
    };
  }

  const routes: Readonly<Record<string, Route>> = {
    "/v1": {
      methods: ["GET", "POST", "HEAD", "OPTIONS"],
      handle: (_request, reply) => sendJson(reply, 200, { status: "ok" }),
    },
    "/v1/models": {
      methods: ["GET"],
      handle: (_request, reply) => sendJson(reply, 200, modelList(config.model.id, context.createdS)),
    },
    "/v1/chat/completions": { methods: ["POST"], handle: generate(parseChatRequest, chatFormat) },
    "/generate": { methods: ["POST"], handle: generate(parseGenerateRequest, generateFormat) },
  };

  return {
    handle(request, reply) {
      const route = routes[request.path];
      if (!route) return sendJson(reply, 404, { detail: "Not Found" });
      if (!route.methods.includes(request.method)) {
        const allow = route.methods.join(", ");
        return sendJson(reply, 405, { detail: "Method Not Allowed" }, { allow });
      }
      return route.handle(request, reply);
    },
    stats: () => engine.stats(),
    stamps: () => stamps,
    close: () => engine.close(),
  };
}

function sendJson(
  reply: Reply,
  status: number,
  value: Json,
  headers: Readonly<Record<string, string>> = {},
): () => void {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  reply.head(status, {
    "content-type": "application/json",
    "content-length": String(bytes.length),
    ...SIMULATED_HEADER,
    ...headers,
  });
  reply.write(bytes);
  reply.end();
  return () => {};
}
