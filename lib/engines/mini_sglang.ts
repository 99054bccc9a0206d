import { DEFAULT_READY_TIMEOUT_MS, type EngineProfile } from "./profile.ts";

/**
 * mini-sglang: one chunk per token, also for a token whose text is held back (an empty delta), and no usage.
 *
 * @see https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/server/api_server.py
 * @see https://github.com/sgl-project/mini-sglang#online-inference for the command of the preset
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
  about: null,
  launch: {
    kind: "command",
    command: [
      ...["python", "-m", "minisgl", "--model", "{model}", "--tp", "{tp}"],
      ...["--host", "{host}", "--port", "{port}"],
    ],
    env: {},
    defaultPort: 1919,
    // It has no /health. It listens only after every worker has loaded its part.
    healthPath: "/v1",
    readyTimeoutMs: DEFAULT_READY_TIMEOUT_MS,
    model: null,
    tp: 1,
    presets: [{
      name: "qwen3-32b-tp4",
      description: "as its README benchmarks it: 4 GPUs, no prefix cache",
      args: ["--cache", "naive"],
      model: "Qwen/Qwen3-32B",
      tp: 4,
    }],
  },
};
