import type { EngineProfile } from "./profile.ts";

/**
 * mini-sglang: one chunk per token, also for a token whose text is held back (an empty delta), and no usage.
 *
 * @see https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/server/api_server.py
 */
export const miniSglang: EngineProfile = {
  name: "mini-sglang",
  label: "mini-sglang",
  ownedBy: ["mini-sglang"],
  simulated: false,
  quirks: { emptyDeltaIsToken: true, asksUsage: false, takesInputLength: true },
  cacheReset: null,
  metrics: null,
  defaultAnswerTokens: 16,
  cachePageTokens: 1,
};
