import type { EngineProfile } from "./profile.ts";

/** llama.cpp's server: usage comes when asked for. */
export const llamaCpp: EngineProfile = {
  name: "llama.cpp",
  label: "llama.cpp",
  ownedBy: ["llamacpp"],
  simulated: false,
  quirks: { emptyDeltaIsToken: false, asksUsage: true },
  cacheReset: null,
  metrics: {
    path: "/metrics",
    hint: "llama-server has them when it was started with --metrics",
    families: ["llamacpp:*"],
    cache: null,
  },
  defaultAnswerTokens: null,
  cachePageTokens: 1,
};
