import type { EngineProfile } from "./profile.ts";

/** vLLM: a role-only chunk comes first, usage comes when asked for. */
export const vllm: EngineProfile = {
  name: "vllm",
  label: "vLLM",
  ownedBy: ["vllm"],
  simulated: false,
  quirks: { emptyDeltaIsToken: false, asksUsage: true },
};
