/**
 * From a profile and what is asked for to the command that starts an engine.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import type { CommandLaunch, EngineProfile, LaunchPreset } from "./profile.ts";

/** What can stand in braces in a command and in the values of its variables. */
export const PLACEHOLDERS = ["model", "host", "port", "tp"] as const;

type Placeholder = (typeof PLACEHOLDERS)[number];

/** What is asked for; it wins over the preset, and the preset over the profile. */
export interface PlanLaunchOptions {
  /** Name of a preset. @default none */
  readonly preset?: string;
  /** Name or path, as the engine takes it. @default the preset's, else the profile's */
  readonly model?: string;
  /** Address to bind. @default "127.0.0.1" */
  readonly host?: string;
  /** From 1 to 65535. @default the preset's, else the profile's */
  readonly port?: number;
  /** GPUs that share the model, ≥ 1. @default the preset's, else the profile's */
  readonly tp?: number;
  /** Arguments behind all others. @default [] */
  readonly extraArgs?: readonly string[];
  /** Variables on top of all others. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** In ms, > 0. @default the profile's */
  readonly readyTimeoutMs?: number;
}

/** A command that can be started. */
export interface LaunchPlan {
  /** The program and its arguments, nothing masked. */
  readonly command: readonly string[];
  /** Variables added to this program's own. Their values may be secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  readonly port: number;
  /** `null` where the command names the model itself. */
  readonly model: string | null;
  /** GPUs that share the model; `null` where the command has no place for it. */
  readonly tp: number | null;
  readonly healthPath: string;
  readonly readyTimeoutMs: number;
}

/**
 * Makes the command of an engine.
 *
 * @throws {UsageError} When the profile has no command, when there is no such preset, when no model is named and one must
 * be, or when something is asked for that the command has no place for.
 * @example
 * ```ts
 * import { planLaunch } from "./plan_launch.ts";
 * import { miniSglang } from "./mini_sglang.ts";
 * import assert from "node:assert/strict";
 *
 * const { command, port } = planLaunch(miniSglang, { preset: "qwen3-32b-tp4" });
 * assert.equal(
 *   command.join(" "),
 *   "python -m minisgl --model Qwen/Qwen3-32B --tp 4 --host 127.0.0.1 --port 1919 --cache naive",
 * );
 * assert.equal(port, 1919);
 * ```
 */
export function planLaunch(profile: EngineProfile, options: PlanLaunchOptions = {}): LaunchPlan {
  const launch = commandOf(profile);
  const preset = findPreset(profile, { launch, name: options.preset });
  const { extraArgs = [], host = "127.0.0.1" } = options;
  const port = options.port ?? preset?.port ?? launch.defaultPort;
  const model = options.model ?? preset?.model ?? launch.model;
  const tp = options.tp ?? preset?.tp ?? launch.tp;
  const words = [...launch.command, ...preset?.args ?? []];
  const env = { ...launch.env, ...preset?.env, ...options.env };
  const used = new Set([...words, ...Object.values(env)].flatMap(placeholdersIn));
  for (const name of ["model", "tp"] as const) {
    if (options[name] !== undefined && !used.has(name)) {
      throw new UsageError(
        `Cannot start ${profile.label} with --${name} as its command has no {${name}}: ` +
          "put the argument behind --, or add the placeholder to its profile",
      );
    }
  }
  if (used.has("model") && model === null) {
    const presets = launch.presets.flatMap(({ name, model }) => model === undefined ? [] : [name]);
    throw new UsageError(
      `Cannot start ${profile.label} as no model is named: pass --model` +
        (presets.length === 0 ? "" : `, or --preset ${presets.join(" or ")}`),
    );
  }
  const doubled = extraArgs.find((arg) => /^--(host|port)(=|$)/.test(arg));
  if (doubled !== undefined) {
    const flag = doubled.split("=")[0];
    throw new UsageError(
      `Cannot start ${profile.label} with ${flag} behind -- as benchbook must know it: put ${flag} before the --`,
    );
  }
  const fill = fillerOf({ model: model ?? "", host, port: String(port), tp: String(tp) });
  return {
    command: [...words.map(fill), ...extraArgs],
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
    ...{ host, port, model: used.has("model") ? model : null, tp: used.has("tp") ? tp : null },
    healthPath: launch.healthPath,
    readyTimeoutMs: options.readyTimeoutMs ?? launch.readyTimeoutMs,
  };
}

/**
 * The placeholders of a text: "{port}" has `port`. Braces around anything else are text, as in JSON.
 *
 * @returns Names, in their order.
 */
export function placeholdersIn(text: string): Placeholder[] {
  return PLACEHOLDERS.filter((name) => text.includes(`{${name}}`));
}

function fillerOf(values: Readonly<Record<Placeholder, string>>): (text: string) => string {
  return (text) =>
    text.replaceAll(/\{(\w+)\}/g, (whole, word: string) => {
      const name = PLACEHOLDERS.find((placeholder) => placeholder === word);
      return name === undefined ? whole : values[name];
    });
}

function commandOf({ name, label, launch }: EngineProfile): CommandLaunch {
  if (launch === null) {
    throw new UsageError(
      `Cannot start ${label} as its profile has no command: name a running one with --base-url, or write a profile`,
    );
  }
  switch (launch.kind) {
    case "command":
      return launch;
    case "embedded":
      throw new UsageError(
        `Cannot start ${name} by a command as it is embedded: deno task serve --sim-engine ${launch.simEngine} serves it`,
      );
    case "running":
      throw new UsageError(`Cannot start ${name} as it is already running, at ${launch.baseUrl}`);
  }
}

function findPreset(
  { label }: EngineProfile,
  { launch, name }: { readonly launch: CommandLaunch; readonly name?: string },
): LaunchPreset | undefined {
  if (name === undefined) return undefined;
  const preset = launch.presets.find((candidate) => candidate.name === name);
  if (preset !== undefined) return preset;
  const names = launch.presets.map((candidate) => candidate.name);
  throw new UsageError(
    `Cannot find preset "${name}" of ${label}` +
      (names.length === 0 ? ": it has none" : suggest(name, names)),
  );
}
