/**
 * Engines as they are named on a command line.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { EngineChoice } from "../modes/compare/engine_choice.ts";
import { normaliseBaseUrl } from "../modes/target.ts";
import { enginePresets } from "../simulator/engine_presets.ts";
import { resolveSimulator, type SimulatorOptions } from "../simulator/options.ts";
import { parsePresetFile } from "../simulator/preset_file.ts";
import { readTextFile } from "./read_text_file.ts";

/** How engines are named, for help pages and messages. */
export const ENGINE_SPECS = "NAME=http://HOST:PORT/v1 is a running server, sim:ENGINE a simulated one " +
  `(${
    enginePresets.map(({ name }) => name).join(", ")
  }) with options behind it as in sim:sglang,cache=naive,tp=2 ` +
  "or from a file as in sim:mine.yaml; NAME= before any of them";

/** What holds for every engine of a kind, unless its own words say otherwise. */
export interface EngineDefaults {
  readonly simulator: SimulatorOptions;
  /** Profile of servers. @default recognised by what they say */
  readonly profile?: string;
  readonly model?: string;
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
    const { profile, model } = defaults;
    const baseUrl = normaliseBaseUrl(target);
    return {
      ...{ kind: "server", name: name ?? new URL(baseUrl).host, baseUrl },
      ...(profile && { profile }),
      ...(model && { model }),
    };
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
