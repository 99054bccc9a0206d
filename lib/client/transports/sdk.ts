/**
 * A transport through npm:openai, for servers that only the SDK reaches and for measuring what the SDK costs.
 *
 * @module
 */
import OpenAI from "openai";

import { rootMessage } from "../../errors.ts";
import type { Clock, Transport, WireRequest } from "../../types.ts";

/**
 * Makes the transport. The SDK's own defaults corrupt timing (two silent retries, a 10-minute limit), so both are
 * switched off; it cannot tell when a connection was acquired.
 *
 * @param clock Stamps every event.
 */
export function sdkTransport(clock: Clock): Transport {
  return {
    name: "sdk",
    send(request, sink) {
      const abort = new AbortController();
      let over = false;
      const stream = async () => {
        const response = await post(request, abort.signal);
        if (over) return;
        sink.onHeaders(response.status, Object.fromEntries(response.headers), clock.now());
        for await (const bytes of response.body ?? []) {
          if (over) return;
          sink.onBytes(bytes, clock.now());
        }
        if (over) return;
        over = true;
        sink.onEnd(clock.now());
      };
      stream().catch((error: unknown) => {
        if (over) return;
        over = true;
        const isConnect = error instanceof OpenAI.APIConnectionError;
        sink.onError(
          { kind: isConnect ? "connect" : "disconnected", message: rootMessage(error) },
          clock.now(),
        );
      });
      return () => {
        if (over) return;
        over = true;
        abort.abort();
        sink.onError({ kind: "aborted", message: "aborted" }, clock.now());
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The raw response, whatever its status: the SDK throws on error statuses, but it lets the fetch be wrapped. */
async function post(request: WireRequest, signal: AbortSignal): Promise<Response> {
  let raw: Response | undefined;
  const url = new URL(request.url);
  const client = new OpenAI({
    apiKey: "unused",
    baseURL: url.origin,
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    defaultHeaders: { authorization: null, ...request.headers },
    fetch: async (input, init) => raw = await fetch(input, init),
  });
  const body = JSON.parse(new TextDecoder().decode(request.body));
  try {
    return await client.post(url.pathname + url.search, { body, stream: true, signal }).asResponse();
  } catch (error) {
    if (raw !== undefined && error instanceof OpenAI.APIError) {
      return new Response(String(error.message), raw);
    }
    throw error;
  }
}
