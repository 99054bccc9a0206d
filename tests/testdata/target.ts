import { openaiChat } from "../../lib/client/protocols/openai_chat.ts";
import type { Target } from "../../lib/client/send.ts";
import type { RequestSpec } from "../../lib/types.ts";

/** A target for tests without a server. */
export const target: Target = {
  baseUrl: "http://127.0.0.1:1/v1",
  model: "m",
  protocol: openaiChat,
  quirks: { emptyDeltaIsToken: false, asksUsage: false },
  headers: {},
  timeoutMs: 1000,
  secrets: ["sk-secret"],
};

/** `count` small requests. */
export function makeRequests(count: number, outputTokens = 3): RequestSpec[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    messages: [{ role: "user", content: `request ${id}` }],
    inputTokens: 10,
    outputTokens,
    ignoreEos: true,
  }));
}
