import type { EngineProfile } from "./profile.ts";

/** SGLang: a role-only chunk comes first, several tokens may share a chunk, usage comes when asked for. */
export const sglang: EngineProfile = {
  name: "sglang",
  label: "SGLang",
  ownedBy: ["sglang"],
  simulated: false,
  quirks: { emptyDeltaIsToken: false, asksUsage: true },
};
