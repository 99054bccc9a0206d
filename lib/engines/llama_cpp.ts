import { DEFAULT_READY_TIMEOUT_MS, type EngineProfile } from "./profile.ts";

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
  about: { paths: ["/props"], versionKey: "build_info", detailKeys: ["total_slots"] },
  launch: {
    kind: "command",
    command: ["llama-server", "-m", "{model}", "--host", "{host}", "--port", "{port}", "--metrics"],
    env: {},
    defaultPort: 8080,
    healthPath: "/health",
    readyTimeoutMs: DEFAULT_READY_TIMEOUT_MS,
    model: null,
    tp: 1,
    presets: [{
      name: "slots-16",
      description: "16 requests at a time, 4,096 tokens each",
      args: ["-np", "16", "-c", "65536"],
    }],
  },
};
