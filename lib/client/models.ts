/**
 * Asking a server which models it has, through npm:openai.
 *
 * @module
 */
import OpenAI from "openai";

import { rootMessage, RunError } from "../errors.ts";

/** How to reach a server's API. */
export interface ApiAddress {
  /** "http://127.0.0.1:1919/v1" */
  readonly baseUrl: string;
  /** @default none is sent */
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One entry of `/v1/models`. */
export interface ServedModel {
  readonly id: string;
  readonly ownedBy?: string;
  /** Longest prompt + answer in tokens, where the server says so (`max_model_len`). */
  readonly contextTokens?: number;
}

/**
 * Lists the models of a server.
 *
 * @throws {RunError} When there is no answer, saying what is wrong and what to do.
 */
export async function listModels(address: ApiAddress): Promise<ServedModel[]> {
  const client = new OpenAI({
    apiKey: address.apiKey ?? "none",
    baseURL: address.baseUrl,
    maxRetries: 0,
    timeout: 10_000,
    defaultHeaders: { ...(address.apiKey === undefined ? { authorization: null } : {}), ...address.headers },
  });
  let body: { data?: unknown };
  try {
    body = await (await client.models.list().asResponse()).json();
  } catch (error) {
    throw new RunError(`Cannot list models of ${address.baseUrl}: ${explain(error)}`, { cause: error });
  }
  if (!Array.isArray(body?.data)) {
    throw new RunError(`Cannot list models of ${address.baseUrl}: ${NOT_A_LIST}`);
  }
  return body.data.map(({ id, owned_by: ownedBy, max_model_len: contextTokens }) => ({
    id: String(id),
    ...(typeof ownedBy === "string" ? { ownedBy } : {}),
    ...(typeof contextTokens === "number" ? { contextTokens } : {}),
  }));
}

/**
 * The first model a server has: mini-sglang's `get_model_name`.
 *
 * @throws {RunError} When the server cannot be asked or has none.
 */
export async function getModelName(address: ApiAddress): Promise<string> {
  const [model] = await listModels(address);
  if (model === undefined) {
    throw new RunError(`Cannot choose a model of ${address.baseUrl} as it lists none: name one with --model`);
  }
  return model.id;
}

const NOT_A_LIST = "the answer is not a list of models; does the base URL point at an OpenAI-style API?";

function explain(error: unknown): string {
  if (error instanceof OpenAI.APIConnectionTimeoutError) {
    return "no answer within 10 s; is the server still starting?";
  }
  if (error instanceof OpenAI.APIConnectionError) {
    if (rootMessage(error).includes("InvalidContentType")) {
      return "it does not speak TLS; try http:// in place of https://";
    }
    return `nothing answers there (${rootMessage(error)}); start the server, or check its host and port`;
  }
  if (error instanceof OpenAI.APIError) {
    if (error.status === 401 || error.status === 403) {
      return `HTTP ${error.status}; the server wants a key: set OPENAI_API_KEY`;
    }
    if (error.status === 404) {
      return "HTTP 404; the base URL usually ends in /v1. If it has no /models, name --model";
    }
    return `HTTP ${error.status ?? "?"}; ${error.message}`;
  }
  return `the answer is not a list of models (${
    rootMessage(error)
  }); does the base URL point at an OpenAI-style API?`;
}
