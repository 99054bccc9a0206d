/**
 * Which engines are compared, as plain data: a comparison that is resumed opens the same ones again.
 *
 * @module
 */
import { findProfile, type ProfileName } from "../../engines/launch/find_profile.ts";
import { planLaunch, type PlanLaunchOptions } from "../../engines/mod.ts";
import { hashInts } from "../../random.ts";
import { describeSimulator, resolveSimulator, type SimulatorOptions } from "../../simulator/options.ts";
import type { EngineOptions } from "../open_engine.ts";

/** Which profile an engine has. */
type Profiled = Partial<ProfileName>;

/** An engine of a comparison. */
export type EngineChoice =
  | {
    readonly kind: "simulated";
    readonly name: string;
    readonly simulator: SimulatorOptions;
  }
  | Profiled & {
    /** Already running; its profile is recognised by what it says, unless it is named. */
    readonly kind: "server";
    readonly name: string;
    /** Base of its API. */
    readonly baseUrl: string;
    /** @default the first that it lists */
    readonly model?: string;
  }
  | LaunchedChoice;

/** An engine that is started by its profile's command, and stopped when another one's turn comes. */
export interface LaunchedChoice
  extends ProfileName, Pick<PlanLaunchOptions, "preset" | "model" | "port" | "tp" | "readyTimeoutMs"> {
  readonly kind: "launched";
  readonly name: string;
}

/**
 * What the engine is opened with in one step; a launched one is named by where it listens.
 *
 * Noise is drawn anew for every engine and repeat: two engines with the same noise would differ by nothing else.
 */
export function engineOptions(
  choice: Exclude<EngineChoice, LaunchedChoice>,
  { engine, repeat, seed }: { readonly engine: number; readonly repeat: number; readonly seed: number },
): EngineOptions {
  if (choice.kind === "simulated") {
    return { simulator: { ...choice.simulator, seed: hashInts(seed, engine, repeat) } };
  }
  const { baseUrl, profile, enginesFile, model } = choice;
  return {
    baseUrl,
    ...(profile && { profile: findProfile({ profile, enginesFile }) }),
    ...(model && { model }),
  };
}

/** The engine in words, before it was asked. */
export function describeChoice(choice: EngineChoice): string {
  switch (choice.kind) {
    case "simulated":
      return describeSimulator(choice.simulator);
    case "server":
      return choice.baseUrl;
    case "launched":
      return `${choice.profile}${choice.preset === undefined ? "" : ` as ${choice.preset}`}`;
  }
}

/** The model it will serve, as far as that is known without asking. */
export function modelOf(choice: EngineChoice): string | null {
  switch (choice.kind) {
    case "simulated":
      return resolveSimulator(choice.simulator).model.id;
    case "server":
      return choice.model ?? null;
    case "launched":
      return planLaunch(findProfile(choice), choice).model;
  }
}
