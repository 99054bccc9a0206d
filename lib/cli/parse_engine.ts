/**
 * Engines as they are named on a command line.
 *
 * @module
 */
import { findProfile } from "../engines/launch/find_profile.ts";
import { planLaunch } from "../engines/mod.ts";
import { UsageError } from "../errors.ts";
import type { MeasuredEngine } from "../modes/compare/gather_runs.ts";
import type { EngineChoice, LaunchedChoice } from "../modes/compare/engine_choice.ts";
import { normaliseBaseUrl } from "../modes/target.ts";
import { enginePresets } from "../simulator/engine_presets.ts";
import { resolveSimulator, type SimulatorOptions } from "../simulator/options.ts";
import { parsePresetFile } from "../simulator/preset_file.ts";
import { readTextFile } from "../read_text_file.ts";
import { withoutAbsent } from "../without_absent.ts";

/** How engines are named, for help pages and messages. */
export const ENGINE_SPECS = "NAME=http://HOST:PORT/v1 is a running server, sim:ENGINE a simulated one " +
  `(${
    enginePresets.map(({ name }) => name).join(", ")
  }) with options behind it as in sim:sglang,cache=naive,tp=2 ` +
  "or from a file as in sim:mine.yaml, launch:PROFILE/PRESET one that is started here by its profile's command, as in " +
  "launch:sglang,model=Qwen/Qwen3-32B,tp=4,port=30001; run:FOLDER,FOLDER runs that were measured " +
  "before, compared without measuring anything; NAME= before any of them";

/**
 * Reads engines that were measured before: "sglang=run:data/runs/a,data/runs/b".
 *
 * @returns `null` when none of them is of this kind.
 * @throws {UsageError} When only some are.
 */
export function parseMeasured(texts: readonly string[]): MeasuredEngine[] | null {
  const engines = texts.map((text) => {
    const [, name, folders] = /^(?:([^=:,/]+)=)?run:(.+)$/s.exec(text) ?? [];
    return folders === undefined ? null : { ...(name && { name }), folders: folders.split(",") };
  });
  const measured = engines.filter((engine) => engine !== null);
  if (measured.length === 0) return null;
  if (measured.length === engines.length) return measured;
  throw new UsageError(
    `Cannot compare runs that were measured before with ${
      texts[engines.indexOf(null)]
    }, which would be measured now: ` +
      "write run: before all or none",
  );
}

/** What holds for every engine of a kind, unless its own words say otherwise. */
export interface EngineDefaults {
  readonly simulator: SimulatorOptions;
  /** Profile of servers. @default recognised by what they say */
  readonly profile?: string;
  readonly model?: string;
  /** YAML file with the user's own profiles. @default none */
  readonly enginesFile?: string;
  /** Longest wait for an engine that is started, in ms. @default its profile's */
  readonly readyTimeoutMs?: number;
}

/**
 * Reads an engine.
 *
 * @param text For example "fast=sim:sglang,tp=8" or "http://127.0.0.1:1919/v1".
 * @throws {UsageError} When it names none, or has an option that cannot be.
 */
export function parseEngine(text: string, defaults: EngineDefaults): EngineChoice {
  const [, given, target = text] = /^([^=:,/]+)=(.+)$/s.exec(text) ?? [];
  const name = given?.trim();
  if (/^https?:\/\//.test(target)) {
    const { profile, enginesFile, model } = defaults;
    const baseUrl = normaliseBaseUrl(target);
    return {
      ...{ kind: "server", name: name ?? new URL(baseUrl).host, baseUrl },
      ...(profile && { profile, ...(enginesFile && { enginesFile }) }),
      ...(model && { model }),
    };
  }
  if (target.startsWith("launch:")) {
    return readLaunch(target.slice("launch:".length), { text, name, defaults });
  }
  if (target.startsWith("sim:")) {
    const spec = target.slice("sim:".length);
    return {
      kind: "simulated",
      name: name ?? spec.replaceAll(",", " "),
      simulator: { ...defaults.simulator, ...readSimulator(spec, text, defaults.simulator) },
    };
  }
  const isPreset = enginePresets.some(({ name }) => name === target);
  throw new UsageError(
    `Cannot compare "${text}": ${ENGINE_SPECS}${isPreset ? `; did you mean sim:${target}?` : ""}`,
  );
}

const LAUNCH_KEYS = ["model", "port", "tp"] as const;

/** "sglang/qwen3-32b-tp4,port=30001" */
function readLaunch(
  spec: string,
  { text, name, defaults }: {
    readonly text: string;
    readonly name?: string;
    readonly defaults: EngineDefaults;
  },
): EngineChoice {
  const [target = "", ...words] = spec.split(",");
  const [profile = "", preset] = target.split("/", 2);
  const { enginesFile, model, readyTimeoutMs } = defaults;
  const { launch } = findProfile({ profile, enginesFile });
  if (launch?.kind === "running") {
    if (preset !== undefined || words.length > 0) {
      throw new UsageError(
        `Cannot start "${text}" as its profile names one that is running: write launch:${profile}`,
      );
    }
    return {
      ...{ kind: "server", name: name ?? profile, baseUrl: launch.baseUrl, profile },
      ...withoutAbsent({ enginesFile, model }),
    };
  }
  const given = new Map(words.map((word) => readLaunchWord(word, text)));
  const number = (key: "port" | "tp", most: number) => {
    const value = given.get(key);
    if (value === undefined) return undefined;
    if (/^[1-9]\d*$/.test(value) && Number(value) <= most) return Number(value);
    throw new UsageError(
      `Cannot start "${text}" as ${key} must be a whole number from 1 to ${most}: current value is ${value}`,
    );
  };
  const choice: LaunchedChoice = {
    kind: "launched",
    name: name ?? [profile, preset, ...words].filter((part) => part !== undefined).join(" "),
    profile,
    ...withoutAbsent({
      ...{ preset, enginesFile, readyTimeoutMs, model: given.get("model") ?? model },
      port: number("port", 65_535),
      tp: number("tp", 1024),
    }),
  };
  planLaunch(findProfile(choice), choice);
  return choice;
}

function readLaunchWord(word: string, text: string): readonly [(typeof LAUNCH_KEYS)[number], string] {
  const [, key, value = ""] = /^([^=]+)=(.+)$/s.exec(word) ?? [];
  const known = LAUNCH_KEYS.find((one) => one === key);
  if (known !== undefined) return [known, value];
  // What stands behind the = may be a key that is secret.
  throw new UsageError(
    `Cannot start ${text.split(",")[0]} with "${word.split("=")[0]}" as it must be one of ${
      LAUNCH_KEYS.map((one) => `${one}=…`).join(", ")
    }: other arguments go into a preset of your own profile (data/samples/engines.yaml, --engines)`,
  );
}

/** "sglang,cache=naive,tp=2" as a preset file would say it. */
function readSimulator(spec: string, text: string, defaults: SimulatorOptions): SimulatorOptions {
  try {
    if (/\.ya?ml$/i.test(spec)) return parsePresetFile(readTextFile(spec, "preset"), spec);
    const [engine = "", ...options] = spec.split(",");
    const lines = options.map((option) => {
      const [, key, value] = /^([^=]+)=(.+)$/s.exec(option) ?? [];
      if (key === undefined || value === undefined) {
        throw new RangeError(`"${option}" must have the form name=value, such as tp=2`);
      }
      return `${key.trim()}: ${value.trim()}`;
    });
    const own = parsePresetFile([`engine: ${engine}`, ...lines].join("\n"), text);
    resolveSimulator({ ...defaults, ...own });
    return own;
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
