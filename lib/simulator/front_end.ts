/**
 * The HTTP side of a simulated engine without sockets: the server and the in-process transport feed it requests and carry
 * its replies, so that both give the same bytes. What requests and replies look like is up to the engine's surface.
 *
 * @module
 */
import type { Clock, EngineLag, Json, JsonObject } from "../types.ts";
import { type Answer, answerOf } from "./answer.ts";
import type { EngineStep } from "./backend.ts";
import { createEngine, type EngineStats } from "./engine.ts";
import type { SimulatorConfig } from "./options.ts";
import type { TokenEvent } from "./scheduler.ts";
import { surfaces } from "./surfaces/mod.ts";
import {
  answerJson,
  type AnswerWriter,
  type Generation,
  JSON_HEADERS,
  type Route,
  type ServerFacts,
  STREAM_HEADERS,
  type WholeAnswer,
} from "./surfaces/surface.ts";
import { createTelemetry, type Telemetry } from "./telemetry/mod.ts";

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
  /** @param bytes Valid during the call. */
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
  /** Start of the server in seconds since 1970, from which the instants in its answers are counted. */
  readonly createdS: number;
  /** What `/simulator` says is simulated: from `simulatorDetails`. @default {{}} */
  readonly details?: JsonObject;
  /** Reads the time for stamps, in ms. Without it none are kept. */
  readonly stampMs?: () => number;
}

/** A front end with its engine. */
export interface FrontEnd {
  /** Answers a request. The returned function says that the client went away; nothing is written after it. */
  handle(request: FrontEndRequest, reply: Reply): () => void;
  stats(): EngineStats;
  /** How late steps were since the last call, here or at `/simulator/lag`; `null` when there was none. */
  takeLag(): EngineLag | null;
  /** One element per generation request in order of arrival; empty without `stampMs`. */
  stamps(): readonly RequestStamps[];
  close(): void;
}

/** An answer on its way. */
interface Stream {
  readonly reply: Reply;
  readonly writer: AnswerWriter;
  readonly answer: Answer;
  readonly tokensMs: number[];
  hasHead: boolean;
}

/** Every answer says that no GPU computed it. */
export const SIMULATED_HEADER: Readonly<Record<string, string>> = { "x-engine-simulated": "1" };

/**
 * Makes a front end and its engine. Its routes are those of the engine's surface and two that no engine has:
 * `GET /simulator` tells what is simulated, `POST /simulator/lag` is `takeLag`. Every other path is 404, a wrong method
 * 405, as FastAPI does.
 *
 * @param config From `resolveSimulator`.
 * @param context Clock and time stamps.
 */
export function createFrontEnd(config: SimulatorConfig, context: FrontEndContext): FrontEnd {
  const { clock, stampMs, createdS: startedS, details = {} } = context;
  const { engine: preset, model, gpu, tp, scheduler } = config;
  const streams = new Map<number, Stream>();
  const stamps: RequestStamps[] = [];
  const engine = createEngine(config, { clock, onStep });
  const telemetry: Telemetry | null = preset.name === "mini-sglang"
    ? null
    : createTelemetry(preset.name, { model: model.id, gpu: gpu.name, tp, preset: preset.name });
  const zeroMs = clock.now();
  const server: ServerFacts = {
    model: model.id,
    contextTokens: scheduler.contextTokens,
    capacityTokens: scheduler.capacityPages * scheduler.pageTokens,
    tp,
    rejectsOverlong: config.overlong === "reject",
    startedS,
    nowMs: () => clock.now() - zeroMs,
    flushCache: () => engine.flushCache(),
    metrics: () => telemetry?.render({ stats: engine.stats(), nowMs: clock.now() }) ?? null,
  };
  const routes = { ...surfaces[preset.name].routes, ...simulatorRoutes() };
  let arrivals = 0;

  function onStep(step: EngineStep): void {
    telemetry?.step(step, clock.now());
    for (const { id, cachedTokens } of step.admitted) streams.get(id)?.writer.admitted(cachedTokens);
    for (const event of step.tokens) {
      const stream = streams.get(event.id);
      if (stream) writeToken(stream, event);
    }
  }

  function writeToken(stream: Stream, event: TokenEvent): void {
    const { reply, writer, answer } = stream;
    const { id, index, finishReason } = event;
    const text = writer.token(event, finishReason === "stop" ? "" : answer.text(index));
    if (stampMs) stream.tokensMs.push(stampMs());
    if (text !== "") {
      const bytes = encode(text);
      if (!stream.hasHead) {
        stream.hasHead = true;
        reply.head(200, headersOf(writer, bytes));
      }
      reply.write(bytes);
    }
    if (finishReason === null) return;
    streams.delete(id);
    reply.end();
  }

  function generate(
    { request, write }: Generation,
    { requestId }: FrontEndRequest,
    reply: Reply,
  ): () => void {
    const id = arrivals++;
    const { promptTokens, maxTokens } = request;
    const writer = write(id);
    const hasHead = writer.head === "arrival";
    const stream = { reply, writer, answer: answerOf(promptTokens), tokensMs: [], hasHead };
    streams.set(id, stream);
    if (stampMs) stamps.push({ requestId, tokensMs: stream.tokensMs });
    if (hasHead) reply.head(200, headersOf(writer, null));
    telemetry?.received({ id, promptTokens: promptTokens.length, maxTokens, atMs: clock.now() });
    engine.submit({ ...request, id });
    return () => {
      if (!streams.delete(id)) return;
      telemetry?.aborted(id);
      engine.abort(id);
    };
  }

  function simulatorRoutes(): Readonly<Record<string, Route>> {
    return {
      "/simulator": {
        methods: ["GET"],
        handle: () => answerJson(200, { simulated: true, engine: preset.label, details, stats: statsJson() }),
      },
      "/simulator/lag": { methods: ["POST"], handle: () => answerJson(200, lagJson(engine.takeLag())) },
    };
  }

  function statsJson(): Json {
    const { lag, scheduler, ...counts } = engine.stats();
    return {
      ...counts,
      lag: lagJson(lag),
      scheduler: scheduler && { ...scheduler, prompts: { ...scheduler.prompts } },
    };
  }

  return {
    handle(request, reply) {
      const route: Route | undefined = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined;
      if (!route) return send(reply, answerJson(404, { detail: "Not Found" }));
      if (!route.methods.includes(request.method)) {
        const headers = { ...JSON_HEADERS, allow: route.methods.join(", ") };
        return send(reply, { ...answerJson(405, { detail: "Method Not Allowed" }), headers });
      }
      const outcome = route.handle(request, server);
      return outcome.kind === "answer" ? send(reply, outcome) : generate(outcome, request, reply);
    },
    stats: () => engine.stats(),
    takeLag: () => engine.takeLag(),
    stamps: () => stamps,
    close: () => engine.close(),
  };
}

const encoder = new TextEncoder();
/** Room for the events of one token; an answer in one piece gets its own. */
const room = new Uint8Array(4096);

/** To UTF-8, without a new array for each token; valid until the next call. */
function encode(text: string): Uint8Array<ArrayBuffer> {
  if (3 * text.length > room.length) return encoder.encode(text);
  return room.subarray(0, encoder.encodeInto(text, room).written);
}

function lagJson(lag: EngineLag | null): Json {
  return lag && { ...lag };
}

/** @param bytes The first that are sent; `null` when there are none yet. */
function headersOf({ head }: AnswerWriter, bytes: Uint8Array | null): Readonly<Record<string, string>> {
  if (head !== "whole") return { ...STREAM_HEADERS, ...SIMULATED_HEADER };
  return { ...JSON_HEADERS, "content-length": String(bytes?.length ?? 0), ...SIMULATED_HEADER };
}

function send(reply: Reply, { status, headers, body }: WholeAnswer): () => void {
  const bytes = encoder.encode(body);
  // A stream has no length, even when it is an error that is known at once.
  const length: WholeAnswer["headers"] = headers === STREAM_HEADERS
    ? {}
    : { "content-length": String(bytes.length) };
  reply.head(status, { ...headers, ...length, ...SIMULATED_HEADER });
  if (bytes.length > 0) reply.write(bytes);
  reply.end();
  return () => {};
}
