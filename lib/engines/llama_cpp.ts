import type { EngineProfile } from "./profile.ts";

/** llama.cpp's server: usage comes when asked for. */
export const llamaCpp: EngineProfile = {
  name: "llama.cpp",
  label: "llama.cpp",
  ownedBy: ["llamacpp"],
  simulated: false,
  quirks: { emptyDeltaIsToken: false, asksUsage: true },
  cacheReset: null,
  // With --metrics only.
  metrics: { path: "/metrics", families: ["llamacpp:*"], cache: null },
  cachePageTokens: 1,
};
