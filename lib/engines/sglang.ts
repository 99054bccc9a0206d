import type { EngineProfile } from "./profile.ts";

/** SGLang: a role-only chunk comes first, several tokens may share a chunk, usage comes when asked for. */
export const sglang: EngineProfile = {
  name: "sglang",
  label: "SGLang",
  ownedBy: ["sglang"],
  simulated: false,
  quirks: { emptyDeltaIsToken: false, asksUsage: true },
  cacheReset: {
    path: "/flush_cache",
    refusals: { 400: "requests were still running or waiting, and SGLang empties its cache only when idle" },
  },
  metrics: {
    path: "/metrics",
    hint: "SGLang has them when it was started with --enable-metrics",
    families: [
      ...["sglang:num_running_reqs", "sglang:num_queue_reqs", "sglang:token_usage", "sglang:cache_hit_rate"],
      ...["sglang:prompt_tokens_total", "sglang:generation_tokens_total", "sglang:cached_tokens_total"],
      ...["sglang:queue_time_seconds", "sglang:time_to_first_token_seconds"],
    ],
    cache: { queries: "sglang:prompt_tokens_total", hits: "sglang:cached_tokens_total" },
  },
  defaultAnswerTokens: null,
  cachePageTokens: 1,
};
