import { DEFAULT_READY_TIMEOUT_MS, type EngineProfile } from "./profile.ts";

/** vLLM: a role-only chunk comes first, usage comes when asked for. */
export const vllm: EngineProfile = {
  name: "vllm",
  label: "vLLM",
  ownedBy: ["vllm"],
  simulated: false,
  quirks: { emptyDeltaIsToken: false, asksUsage: true },
  cacheReset: {
    path: "/reset_prefix_cache",
    refusals: { 404: "vLLM has the route only when it was started with VLLM_SERVER_DEV_MODE=1" },
  },
  metrics: {
    path: "/metrics",
    families: [
      ...["vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc"],
      ...["vllm:prompt_tokens_total", "vllm:generation_tokens_total"],
      ...["vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total", "vllm:num_preemptions_total"],
      ...["vllm:request_queue_time_seconds", "vllm:time_to_first_token_seconds"],
    ],
    cache: { queries: "vllm:prefix_cache_queries_total", hits: "vllm:prefix_cache_hits_total" },
  },
  defaultAnswerTokens: null,
  cachePageTokens: 16,
  about: { paths: ["/version"], versionKey: "version", detailKeys: [] },
  launch: {
    kind: "command",
    command: [
      ...["vllm", "serve", "{model}", "--tensor-parallel-size", "{tp}"],
      ...["--host", "{host}", "--port", "{port}"],
    ],
    // Adds the route that empties the prefix cache; nothing else about how it computes.
    env: { VLLM_SERVER_DEV_MODE: "1" },
    defaultPort: 8000,
    healthPath: "/health",
    readyTimeoutMs: DEFAULT_READY_TIMEOUT_MS,
    model: null,
    tp: 1,
    presets: [{
      name: "qwen3-32b-tp4",
      description: "the counterpart of mini-sglang's preset: 4 GPUs, no prefix cache",
      args: ["--no-enable-prefix-caching"],
      model: "Qwen/Qwen3-32B",
      tp: 4,
    }],
  },
};
