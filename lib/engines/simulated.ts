import { miniSglang } from "./mini_sglang.ts";
import type { EngineProfile } from "./profile.ts";
import { sglang } from "./sglang.ts";
import { vllm } from "./vllm.ts";

/** The simulated engine that speaks as mini-sglang does. */
export const simulated: EngineProfile = {
  name: "simulated",
  label: "simulated engine",
  ownedBy: ["simulated"],
  simulated: true,
  ...speaks(miniSglang),
  launch: { kind: "embedded", simEngine: "mini-sglang" },
};

/** The simulated engine that speaks as SGLang does. */
export const simulatedSglang: EngineProfile = {
  name: "simulated-sglang",
  label: "simulated SGLang",
  ownedBy: ["simulated-sglang"],
  simulated: true,
  ...speaks(sglang),
  launch: { kind: "embedded", simEngine: "sglang" },
};

/** The simulated engine that speaks as vLLM does. */
export const simulatedVllm: EngineProfile = {
  name: "simulated-vllm",
  label: "simulated, vLLM wire format, not its scheduler",
  ownedBy: ["simulated-vllm"],
  simulated: true,
  ...speaks(vllm),
  launch: { kind: "embedded", simEngine: "vllm" },
  cachePageTokens: 1,
};

/** What a simulated engine takes over from the one that it speaks as. */
function speaks(
  { quirks, cacheReset, metrics, defaultAnswerTokens, cachePageTokens }: EngineProfile,
): Omit<EngineProfile, "name" | "label" | "ownedBy" | "simulated" | "launch"> {
  return { quirks, cacheReset, metrics, defaultAnswerTokens, cachePageTokens, about: null };
}
