/**
 * A user's own engines as YAML.
 *
 * ```yaml
 * engines:
 *   sglang-main: # a name for deno task engine
 *     based_on: sglang # what is not said here is as there
 *     command: [/opt/sglang/bin/python, -m, sglang.launch_server, --model, "{model}", --port, "{port}"]
 *     env: { CUDA_VISIBLE_DEVICES: "0,1,2,3" }
 *     presets:
 *       no-cache: { args: [--disable-radix-cache], model: Qwen/Qwen3-32B }
 * ```
 *
 * @module
 */
import { suggest } from "../suggest.ts";
import { parseYaml } from "../yaml.ts";
import { type EngineKey, engineKeys, presetKeys } from "./engine_keys.ts";
import { type Place, readObject, readValues, type Values } from "./engine_values.ts";
import { external } from "./external.ts";
import { engineProfiles } from "./mod.ts";
import { placeholdersIn } from "./plan_launch.ts";
import {
  type CommandLaunch,
  DEFAULT_READY_TIMEOUT_MS,
  type EngineLaunch,
  type EngineProfile,
  type LaunchPreset,
} from "./profile.ts";

/**
 * Reads profiles.
 *
 * @param name File name for messages.
 * @returns In the order of the file, at least one.
 * @throws {SyntaxError} When it is not YAML, has a name that is not known, lacks what is needed, or a value cannot be. The
 * message says where, and has the nearest name.
 * @example
 * ```ts
 * import { parseEngineFile } from "./engine_file.ts";
 * import { planLaunch } from "./plan_launch.ts";
 * import assert from "node:assert/strict";
 *
 * const [engine] = parseEngineFile("engines: { mine: { command: [serve, '{port}'], port: 9000 } }", "mine.yaml");
 * assert.ok(engine);
 * assert.deepEqual(planLaunch(engine).command, ["serve", "9000"]);
 * ```
 */
export function parseEngineFile(text: string, name: string): EngineProfile[] {
  const file = readObject(parseYaml(text, name) ?? {}, { at: name, keys: ["engines"] });
  const engines = readObject(file.engines ?? {}, { at: `${name}: engines` });
  const profiles = Object.entries(engines).map(([key, value]) =>
    readEngine(value, { name: key, at: `${name}: engines: ${key}` })
  );
  if (profiles.length === 0) {
    throw new SyntaxError(
      `Cannot read ${name} as it has no engines: write "engines:" and under it a name with a "command:"`,
    );
  }
  return profiles;
}

function readEngine(
  value: unknown,
  { name, at }: { readonly name: string; readonly at: Place },
): EngineProfile {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new SyntaxError(
      `Cannot read ${at} as a name may hold letters, digits, dots, dashes and underscores`,
    );
  }
  if (engineProfiles.some((profile) => profile.name === name)) {
    throw new SyntaxError(
      `Cannot read ${at} as benchbook has an engine of that name: choose another and write "based_on: ${name}"`,
    );
  }
  const values = readValues(value, { at, keys: engineKeys });
  const base = findBase(values.based_on, `${at}: based_on`);
  const { metrics } = base;
  return {
    ...base,
    name,
    label: values.label ?? name,
    ownedBy: [],
    quirks: {
      ...base.quirks,
      emptyDeltaIsToken: values.empty_delta_is_token ?? base.quirks.emptyDeltaIsToken,
      asksUsage: values.asks_usage ?? base.quirks.asksUsage,
    },
    cacheReset: values.cache_reset_path === undefined
      ? base.cacheReset
      : { path: values.cache_reset_path, refusals: {} },
    metrics: values.metrics_path === undefined && values.metrics_families === undefined ? metrics : {
      path: values.metrics_path ?? metrics?.path ?? "/metrics",
      families: values.metrics_families ?? metrics?.families ?? ["*"],
      cache: metrics?.cache ?? null,
    },
    cachePageTokens: values.cache_page_tokens ?? base.cachePageTokens,
    about: values.version_path === undefined ? base.about : {
      paths: [values.version_path],
      versionKey: values.version_key ?? base.about?.versionKey ?? "version",
      detailKeys: base.about?.detailKeys ?? [],
    },
    launch: readLaunch(values, { at, base }),
  };
}

function findBase(name: string | undefined, at: Place): EngineProfile {
  if (name === undefined) return external;
  const real = engineProfiles.filter(({ simulated }) => !simulated);
  const base = real.find((profile) => profile.name === name);
  if (base !== undefined) return base;
  throw new SyntaxError(
    `Cannot read ${at} as there is no engine "${name}"${suggest(name, real.map((profile) => profile.name))}`,
  );
}

type EngineValues = Values<typeof engineKeys>;

function readLaunch(
  values: EngineValues,
  { at, base }: { readonly at: Place; readonly base: EngineProfile },
): EngineLaunch {
  if (values.base_url !== undefined) {
    const other = Object.entries<EngineKey>(engineKeys)
      .find(([key, { isOfCommand = false }]) => isOfCommand && Object.hasOwn(values, key))?.[0];
    if (other !== undefined) {
      throw new SyntaxError(
        `Cannot read ${at} as it has both "base_url", of an engine that is running, and "${other}", to start one: keep one`,
      );
    }
    return { kind: "running", baseUrl: values.base_url };
  }
  const inherited = base.launch?.kind === "command" ? base.launch : undefined;
  const command = values.command ?? inherited?.command;
  if (command === undefined) {
    throw new SyntaxError(
      `Cannot read ${at} as it has no "command": write the words that start it, such as ` +
        `[my-server, --model, "{model}", --port, "{port}"], or "base_url:" of one that is running`,
    );
  }
  const launch: CommandLaunch = {
    kind: "command",
    command,
    env: { ...inherited?.env, ...values.env },
    defaultPort: values.port ?? inherited?.defaultPort ?? 8000,
    healthPath: values.health_path ?? inherited?.healthPath ?? "/health",
    readyTimeoutMs: values.ready_timeout_s === undefined
      ? inherited?.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS
      : values.ready_timeout_s * 1000,
    model: values.model ?? inherited?.model ?? null,
    tp: values.tp ?? inherited?.tp ?? 1,
    presets: joinPresets(inherited?.presets ?? [], readPresets(values.presets ?? {}, `${at}: presets`)),
  };
  if (![...command, ...Object.values(launch.env)].some((text) => placeholdersIn(text).includes("port"))) {
    throw new SyntaxError(
      `Cannot read ${at}: command as it has no {port}: benchbook must choose where the engine listens; ` +
        `write --port, "{port}", or "env: { PORT: '{port}' }"`,
    );
  }
  return launch;
}

function readPresets(value: unknown, at: Place): LaunchPreset[] {
  return Object.entries(readObject(value, { at })).map(([name, preset]) => {
    const { description = "", args = [], ...rest } = readValues(preset, {
      at: `${at}: ${name}`,
      keys: presetKeys,
    });
    return { name, description, args, ...rest };
  });
}

function joinPresets(inherited: readonly LaunchPreset[], own: readonly LaunchPreset[]): LaunchPreset[] {
  return [...inherited.filter(({ name }) => !own.some((preset) => preset.name === name)), ...own];
}
