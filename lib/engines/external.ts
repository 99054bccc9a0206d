import type { EngineProfile } from "./profile.ts";

/** Any other server that speaks OpenAI's chat completions. */
export const external: EngineProfile = {
  name: "external",
  label: "OpenAI-compatible server",
  ownedBy: [],
  simulated: false,
  quirks: { emptyDeltaIsToken: false, asksUsage: true },
  cacheReset: null,
  metrics: null,
  defaultAnswerTokens: null,
  cachePageTokens: 1,
  about: null,
  launch: null,
};
