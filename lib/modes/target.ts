/**
 * From an address and a key to a target, with what must stay secret about it.
 *
 * @module
 */
import { type ApiAddress, openaiChat, type Target } from "../client/mod.ts";
import { UsageError } from "../errors.ts";

/** Where to send requests, and how long to wait. */
export interface TargetOptions extends ApiAddress {
  /** Longest wait for one answer, in ms. */
  readonly timeoutMs: number;
}

/**
 * Makes the target of requests.
 *
 * @param options `baseUrl` in its normal form.
 */
export function makeTarget(
  options: TargetOptions,
  { model, quirks }: Pick<Target, "model" | "quirks">,
): Target {
  const { baseUrl, apiKey, headers = {}, timeoutMs } = options;
  const authorization: Record<string, string> = apiKey === undefined
    ? {}
    : { authorization: `Bearer ${apiKey}` };
  return {
    ...{ baseUrl, model, quirks, timeoutMs },
    protocol: openaiChat,
    headers: { ...authorization, ...headers },
    secrets: secretsOf(options),
  };
}

/**
 * The base of an API from either spelling: with or without `/chat/completions`, with or without a slash at the end.
 *
 * @throws {UsageError} When it is not an http(s) URL, or holds a password or a query.
 */
export function normaliseBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(`Cannot use base URL "${text}": it must look like http://127.0.0.1:1919/v1`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      "Cannot use a base URL with a password in it: pass it with --header or OPENAI_API_KEY",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new UsageError(
      `Cannot use base URL "${url.origin}${url.pathname}" with a query or a fragment behind it`,
    );
  }
  if (
    /\/(completions|generate|responses)\/?$/.test(url.pathname) &&
    !/\/chat\/completions\/?$/.test(url.pathname)
  ) {
    throw new UsageError(
      `Cannot use ${url.origin}${url.pathname} as chat completions are asked for: give the API's base, such as ${url.origin}/v1`,
    );
  }
  return url.origin + url.pathname.replace(/\/(chat\/completions\/?)?$/, "");
}

/**
 * Texts that could stand in a server's message and must not reach disk: the key, and header values, whole and without
 * the scheme in front of them ("Bearer").
 */
function secretsOf({ apiKey = "", headers = {} }: TargetOptions): string[] {
  const values = Object.values(headers).flatMap((value) => [value, value.split(/\s+/).at(-1) ?? ""]);
  return [apiKey, ...values].filter((text) => text.length >= 4).sort((a, b) => b.length - a.length);
}

/**
 * What a server's routes outside the API begin with.
 *
 * @param baseUrl Of the API, in its normal form.
 * @example
 * ```ts
 * import { serverRoot } from "./target.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(serverRoot("http://127.0.0.1:30000/v1") + "/metrics", "http://127.0.0.1:30000/metrics");
 * assert.equal(serverRoot("https://gateway/team/v1") + "/metrics", "https://gateway/team/metrics");
 * ```
 */
export function serverRoot(baseUrl: string): string {
  return baseUrl.replace(/\/v\d+$/, "");
}
