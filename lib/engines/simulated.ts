import { miniSglang } from "./mini_sglang.ts";
import type { EngineProfile } from "./profile.ts";

/** The embedded simulated engine, which speaks as mini-sglang does. */
export const simulated: EngineProfile = {
  name: "simulated",
  label: "simulated engine",
  ownedBy: ["simulated"],
  quirks: miniSglang.quirks,
};
