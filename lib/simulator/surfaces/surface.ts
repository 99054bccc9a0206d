/**
 * What an engine looks like over HTTP, as data and pure functions: its routes, how it understands requests, how it writes
 * answers. The front end joins a surface to the engine behind it.
 *
 * @module
 */
import type { Json } from "../../types.ts";
import type { TokenEvent } from "../scheduler.ts";
import type { EngineRequest } from "../sequence.ts";
import { EXPOSITION_CONTENT_TYPE } from "../telemetry/mod.ts";

/** A surface. To add one: write its file, add it to the list in `mod.ts`. */
export interface Surface {
  /** By path, as in "/v1/models". */
  readonly routes: Readonly<Record<string, Route>>;
}

/** What happens at one path. */
export interface Route {
  /** Other methods are answered with 405. */
  readonly methods: readonly string[];
  readonly handle: (call: Call, server: ServerFacts) => Outcome;
}

/** One HTTP request. */
export interface Call {
  readonly method: string;
  /** Header `x-request-id`. */
  readonly requestId: string | null;
  readonly body: string;
}

/** What a surface can know of the server, and do to it. */
export interface ServerFacts {
  /** Hugging Face id. */
  readonly model: string;
  /** Longest prompt and answer together. */
  readonly contextTokens: number;
  /** Tokens that memory has room for. */
  readonly capacityTokens: number;
  /** GPUs that share the model. */
  readonly tp: number;
  /** Whether a prompt that fills the context is answered with an error, and not silently dropped. */
  readonly rejectsOverlong: boolean;
  /** When the server started, in seconds since 1970. */
  readonly startedS: number;
  /** The present, in ms since the server started. */
  readonly nowMs: () => number;
  /** Forgets cached prefixes. False, and nothing happens, while requests are active. */
  readonly flushCache: () => boolean;
  /** Prometheus text; `null` for an engine that exports none. */
  readonly metrics: () => string | null;
}

/** What a route does with a call: answer it, or have an answer generated. */
export type Outcome = WholeAnswer | Generation;

/** An answer that is known at once. */
export interface WholeAnswer {
  readonly kind: "answer";
  readonly status: number;
  /** Without `content-length`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request for the engine, and who writes what comes of it. */
export interface Generation {
  readonly kind: "generation";
  readonly request: Omit<EngineRequest, "id">;
  /** Begins the answer to the request that got this id. */
  readonly write: (id: number) => AnswerWriter;
}

/** Writes one successful answer, token by token. */
export interface AnswerWriter {
  /** When status and headers are sent: with the arrival, with the first bytes, or with all of them (no stream). */
  readonly head: "arrival" | "first-bytes" | "whole";
  /** The engine begins the prompt, of which it had `cachedTokens`; again after a retraction. */
  admitted(cachedTokens: number): void;
  /**
   * Text to send for a token, "" for none.
   *
   * @param event The token; the one with a finish reason is the last.
   * @param text Its text: ASCII letters and spaces; "" for the end-of-sequence token.
   */
  token(event: TokenEvent, text: string): string;
}

/** Headers of a stream of events. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
};

/** Headers of JSON. */
export const JSON_HEADERS: Readonly<Record<string, string>> = { "content-type": "application/json" };

/** An answer in JSON, without spaces. */
export function answerJson(status: number, value: Json): WholeAnswer {
  return { kind: "answer", status, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

/** An answer with nothing or plain text in it. */
export function answerText(status: number, body = ""): WholeAnswer {
  return { kind: "answer", status, headers: body === "" ? {} : TEXT_HEADERS, body };
}

const TEXT_HEADERS: WholeAnswer["headers"] = { "content-type": "text/plain; charset=utf-8" };

/** Prometheus metrics. */
export const metricsRoute: Route = {
  methods: ["GET"],
  handle(_call, { metrics }) {
    const headers = { "content-type": EXPOSITION_CONTENT_TYPE };
    return { kind: "answer", status: 200, headers, body: metrics() ?? "" };
  },
};

/** Events that end a stream of OpenAI's protocols. */
export const DONE = "data: [DONE]\n\n";

/** One event of a stream. */
export function event(value: Json): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
