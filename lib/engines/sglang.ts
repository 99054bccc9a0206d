import { DEFAULT_READY_TIMEOUT_MS, type EngineProfile } from "./profile.ts";

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
  about: {
    paths: ["/server_info", "/get_server_info"],
    versionKey: "version",
    detailKeys: [
      ...["model_path", "context_length", "dtype", "quantization", "kv_cache_dtype", "tp_size", "dp_size"],
      ...["attention_backend", "prefill_attention_backend", "decode_attention_backend", "sampling_backend"],
      ...["disable_radix_cache", "page_size", "mem_fraction_static", "max_running_requests"],
      ...["max_total_num_tokens", "max_total_tokens", "chunked_prefill_size", "max_prefill_tokens"],
      ...["schedule_policy", "disable_overlap_schedule", "disable_cuda_graph", "cuda_graph_max_bs"],
      ...["speculative_algorithm"],
    ],
  },
  launch: {
    kind: "command",
    command: [
      ...["python3", "-m", "sglang.launch_server", "--model", "{model}", "--tp", "{tp}"],
      ...["--host", "{host}", "--port", "{port}"],
    ],
    env: {},
    defaultPort: 30000,
    healthPath: "/health",
    readyTimeoutMs: DEFAULT_READY_TIMEOUT_MS,
    model: null,
    tp: 1,
    presets: [{
      name: "qwen3-32b-tp4",
      description: "as mini-sglang's README benchmarks it: 4 GPUs, no prefix cache, FlashInfer decodes",
      args: ["--disable-radix", "--decode-attention", "flashinfer"],
      model: "Qwen/Qwen3-32B",
      port: 1919,
      tp: 4,
    }],
  },
};
