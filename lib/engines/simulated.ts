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
  quirks: miniSglang.quirks,
};

/** The simulated engine that speaks as SGLang does. */
export const simulatedSglang: EngineProfile = {
  name: "simulated-sglang",
  label: "simulated SGLang",
  ownedBy: ["simulated-sglang"],
  simulated: true,
  quirks: sglang.quirks,
};

/** The simulated engine that speaks as vLLM does. */
export const simulatedVllm: EngineProfile = {
  name: "simulated-vllm",
  label: "simulated, vLLM wire format, not its scheduler",
  ownedBy: ["simulated-vllm"],
  simulated: true,
  quirks: vllm.quirks,
};
