/**
 * The engines benchbook knows.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { external } from "./external.ts";
import { llamaCpp } from "./llama_cpp.ts";
import { miniSglang } from "./mini_sglang.ts";
import type { EngineProfile } from "./profile.ts";
import { sglang } from "./sglang.ts";
import { simulated, simulatedSglang, simulatedVllm } from "./simulated.ts";
import { vllm } from "./vllm.ts";

/** Every profile, by which `--engine` may choose. */
export const engineProfiles: readonly EngineProfile[] = [
  simulated,
  simulatedSglang,
  simulatedVllm,
  miniSglang,
  sglang,
  vllm,
  llamaCpp,
  external,
];

/** Engines that have metrics, with those worth recording. */
export const engineMetrics: readonly { readonly label: string; readonly families: readonly string[] }[] =
  engineProfiles.flatMap(({ label, simulated, metrics }) =>
    metrics === null || simulated ? [] : [{ label, families: metrics.families }]
  );

/**
 * Finds a profile by name.
 *
 * @param own Profiles beside those that benchbook knows: a user's. @default none
 * @throws {UsageError} When there is none, with the names there are.
 */
export function findEngine(name: string, own: readonly EngineProfile[] = []): EngineProfile {
  const profiles = [...engineProfiles, ...own];
  const profile = profiles.find((candidate) => candidate.name === name);
  if (profile === undefined) {
    const names = profiles.map((candidate) => candidate.name).join(", ");
    throw new UsageError(`Cannot use engine "${name}" as it is not known: choose one of ${names}`);
  }
  return profile;
}

/** Recognises a running server by `owned_by` of its models; {@linkcode external} when it says nothing known. */
export function recogniseEngine(ownedBy: string | undefined): EngineProfile {
  return engineProfiles.find((profile) => ownedBy !== undefined && profile.ownedBy.includes(ownedBy)) ??
    external;
}

export { type About, askAbout, type AskAboutOptions } from "./ask_about.ts";
export { type LaunchPlan, planLaunch, type PlanLaunchOptions } from "./plan_launch.ts";
export type {
  AboutPage,
  CacheResetRoute,
  CommandLaunch,
  EngineLaunch,
  EngineProfile,
  LaunchPreset,
  MetricsPage,
} from "./profile.ts";
export { maskCommand, showCommand } from "./shown_command.ts";
export { external, llamaCpp, miniSglang, sglang, simulated, simulatedSglang, simulatedVllm, vllm };
