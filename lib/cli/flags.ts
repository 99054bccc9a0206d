/**
 * Flags that every online mode takes, and how their values are read.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option, type OptionValues } from "@commander-js/extra-typings";

import { transports } from "../client/mod.ts";
import { engineProfiles } from "../engines/mod.ts";
import { isSecretName } from "../engines/shown_command.ts";
import { rootMessage, UsageError } from "../errors.ts";
import { enginePresets } from "../simulator/engine_presets.ts";
import { parseSimulatorPreset, resolveSimulator, type SimulatorOptions } from "../simulator/options.ts";
import { parsePresetFile } from "../simulator/preset_file.ts";
import { gpuPresets, modelPresets } from "../simulator/presets.ts";
import { shownUrl } from "../shown_url.ts";
import { withoutAbsent } from "../without_absent.ts";
import type { Json, JsonObject, PromptKind } from "../types.ts";
import { dialectChoices } from "./dialect_table.ts";

/** Reads an integer from `min` to `max`. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < min || value > max) {
      const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return value;
  };
}

/** Rows of a trace fit into memory up to here; a month of a busy server. */
export const MOST_REQUESTS = 1_000_000;

/** Reads a finite number > 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** Reads a number from 0 to below 1. */
export function share(text: string): number {
  const value = Number(text);
  if (!(text.trim() !== "" && value >= 0 && value < 1)) {
    throw new InvalidArgumentError("It must be a number from 0 to below 1.");
  }
  return value;
}

/** Reads a list whose items are parted by spaces or commas; to be called once per argument. */
export function listOf<T>(read: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), ...text.split(",").filter((item) => item !== "").map(read)];
}

/** Reads a JSON object. */
export function jsonObject(text: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(
      `It must be a JSON object such as '{"top_p": 0.9}': ${(error as Error).message}.`,
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(`It must be a JSON object such as '{"top_p": 0.9}'.`);
  }
  return value as JsonObject;
}

/** Fields of a request body, which are written into every artifact. */
export function extraBody(text: string): JsonObject {
  const fields = jsonObject(text);
  const secret = Object.keys(fields).find((name) => isSecretName(name));
  if (secret === undefined) return fields;
  throw new InvalidArgumentError(
    `"${secret}" looks like a secret, and fields are recorded: give it by --header, whose values are not, or by OPENAI_API_KEY.`,
  );
}

/** Collects `Name: value` headers; to be called once per header. */
export function header(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const match = text.match(/^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*([\t\x20-\x7e]*)$/);
  if (match?.[1] === undefined) throw new InvalidArgumentError(`It must look like "X-Name: value".`);
  return { ...before, [match[1].toLowerCase()]: match[2] ?? "" };
}

/** A name for a run that is safe as a file name everywhere. */
export function runId(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)) {
    throw new InvalidArgumentError("It may hold letters, digits, dots, dashes and underscores, 100 at most.");
  }
  return text;
}

/** Ways to make prompts, as a flag. */
export interface PromptFlag<Kind extends PromptKind = PromptKind> {
  /** The first is the default. */
  readonly kinds: readonly [Kind, ...Kind[]];
  readonly description: string;
}

/** Values of the flags that every online mode takes. */
export type OnlineFlags = SimulatorFlags & {
  readonly baseUrl?: string;
  readonly endpoint?: string;
  readonly model?: string;
  readonly engine?: string;
  readonly contextLength?: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly extraBody?: JsonObject;
  /** In seconds. */
  readonly timeout: number;
  readonly transport: string;
  readonly virtualTime?: boolean;
  readonly tokenizer?: string;
  readonly seed: number;
  readonly warmup?: number;
  readonly runId?: string;
  readonly outputDir?: string;
  readonly dialect?: string;
  readonly saveRequests?: boolean;
  readonly progress: boolean;
  readonly report: boolean;
  readonly json?: boolean;
  readonly sloFile?: string;
  readonly failOnSlo?: boolean;
  readonly telemetry: boolean;
  readonly prometheusUrl?: string;
  readonly prometheusMetrics?: readonly string[];
  /** In seconds. */
  readonly prometheusInterval: number;
};

/** Values of the flags of a mode that makes its prompts. */
export type PromptFlags<Kind extends PromptKind = PromptKind> = {
  readonly prompts: Kind;
  readonly inputLength?: number;
  readonly outputLength?: number;
};

/** What differs between the commands of online modes. */
export interface OnlineCommandOptions {
  readonly description: string;
  /** The mode's own flags, which stand first. */
  readonly groups?: readonly FlagGroup[];
  /** Number of requests before the run, in words. @default {"8"} */
  readonly warmup?: string;
  /** The embedded engine's `--sim-engine`, where it is not mini-sglang. */
  readonly simEngine?: string;
  /** Flags that mean nothing to the command, as they are typed. @default none */
  readonly without?: readonly string[];
}

/** Flags under a heading of the help page. */
export type FlagGroup = readonly [heading: string, options: readonly Option[]];

/**
 * A command with the flags of every online mode.
 *
 * @param name As typed by the user: "deno task bench:qwen".
 */
export function onlineCommand<Own extends OptionValues = Record<never, never>>(
  name: string,
  { description, groups: own = [], warmup = "8", simEngine = "mini-sglang", without = [] }:
    OnlineCommandOptions,
): Command<[], OnlineFlags & Own> {
  const command = new Command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .helpOption("-h, --help", "show this page");
  const common: readonly FlagGroup[] = [
    ["Engine:", engineFlagList()],
    ["Simulated engine (used when no server is named):", [
      ...simulatorFlagList(simEngine),
      virtualTimeFlag(),
    ]],
    ["Objectives and telemetry:", watchFlagList()],
    ["Run and output:", outputFlagList(warmup)],
  ];
  const kept = common.map(([heading, options]): FlagGroup => [
    heading,
    options.filter(({ long }) => !without.includes(long ?? "")),
  ]);
  for (const [heading, options] of [...own, ...kept]) {
    command.optionsGroup(heading);
    for (const option of options) command.addOption(option);
  }
  return command as unknown as Command<[], OnlineFlags & Own>;
}

// Lists in place of chains: types inferred over a long chain take minutes to check.

function engineFlagList(): Option[] {
  return [
    new Option(
      "--base-url <url>",
      "API of a running server, for example http://127.0.0.1:1919/v1 (also OPENAI_BASE_URL)",
    ),
    new Option("--endpoint <url>", "the same as --base-url; may end in /chat/completions"),
    new Option("--model <id>", "model to ask for (default: the first that the server lists)"),
    new Option("--engine <name>", "what kind of server it is (default: as the server says)")
      .choices(engineProfiles.map((profile) => profile.name)),
    new Option(
      "--context-length <tokens>",
      "longest prompt + answer; longer rows of a trace are left out and reported",
    ).argParser(integer(2)),
    new Option("--header <line>", 'extra header "Name: value", may be given again; values are never stored')
      .argParser(header),
    new Option(
      "--extra-body <json>",
      "fields added to every request body; they win over benchbook's own, and are recorded",
    )
      .argParser(extraBody),
    new Option("--timeout <seconds>", "longest wait for one answer").argParser(positive).default(300),
    new Option("--transport <name>", "how requests are sent").choices(Object.keys(transports)).default(
      "node",
    ),
  ];
}

function virtualTimeFlag(): Option {
  return new Option(
    "--virtual-time",
    "compute the run in place of waiting for it: the same schedule and records in seconds, on a virtual clock",
  );
}

/** Flags of a mode that makes its prompts. */
export function promptFlags({ kinds, description }: PromptFlag<PromptKind>): FlagGroup {
  return ["Prompts:", [
    new Option("--prompts <kind>", description).choices(kinds).default(kinds[0]),
    new Option("--input-length <tokens>", "give every prompt this length").argParser(integer(1)),
    new Option("--output-length <tokens>", "give every answer this length").argParser(integer(1)),
  ]];
}

function watchFlagList(): Option[] {
  return [
    new Option("--slo-file <path>", "limits in YAML: goodput is what keeps them (data/samples/slo.yaml)"),
    new Option("--fail-on-slo", "exit with 99 when the limits of --slo-file are not met"),
    new Option(
      "--prometheus-url <url>",
      "a /metrics page, or a Prometheus server, to record during the run (default: the engine's own page)",
    ),
    new Option(
      "--prometheus-metrics <names...>",
      "what to record of it; a * at the end takes all that begin so",
    )
      .argParser(listOf(String)),
    new Option("--no-telemetry", "do not read the engine's own metrics"),
    new Option("--prometheus-interval <seconds>", "time between two readings").argParser(positive).default(1),
  ];
}

function outputFlagList(warmup: string): Option[] {
  return [
    new Option("--seed <n>", "seed of everything random").argParser(integer(0)).default(42),
    new Option(
      "--tokenizer <path>",
      "a Hugging Face tokenizer.json to make random prompts and to count with (default: Qwen3's)",
    ),
    new Option("--warmup <n>", `requests sent before the clock counts (default: ${warmup})`).argParser(
      integer(0),
    ),
    new Option("--run-id <name>", "name of the run (default: from date, mode and engine)").argParser(runId),
    new Option(
      "--output-dir <folder>",
      "where the run goes in place of data/runs; the page is copied there too",
    ),
    new Option("--save-requests", "keep every request body in payloads.jsonl"),
    new Option("--dialect <name>", "also print what this tool would print for the same tics")
      .choices(dialectChoices),
    new Option("--no-progress", "no live bars"),
    new Option("--no-report", "no HTML page"),
    new Option("--json", "print one line of JSON at the end and nothing else on standard output"),
  ];
}

/** Values of {@linkcode simulatorFlags}. */
export type SimulatorFlags = {
  readonly simPreset?: string;
  readonly simEngine?: string;
  readonly gpu?: string;
  readonly tp?: number;
  readonly cache?: string;
  readonly pageSize?: number;
  readonly memoryRatio?: number;
  readonly maxRunning?: number;
  readonly prefillBudget?: number;
  readonly overlap?: boolean;
  readonly jitter?: number;
};

function simulatorFlagList(simEngine = "mini-sglang"): Option[] {
  const names = (presets: readonly { readonly name: string }[]) => presets.map(({ name }) => name).join(", ");
  return [
    new Option(
      "--sim-preset <name>",
      `model (${
        names(modelPresets)
      }), engine, fixed:TTFT_MS:ITL_MS, or a .yaml file with any of the options ` +
        "(default: Qwen3-32B)",
    ),
    new Option(
      "--sim-engine <name>",
      `${names(enginePresets)}: whose wire format and admission (default: ${simEngine})`,
    ),
    new Option("--gpu <name>", `${names(gpuPresets)} (default: H200)`),
    new Option("--tp <n>", "GPUs that share the model, tensor parallel (default: 4)").argParser(integer(1)),
    new Option("--cache <kind>", "prefix cache: radix, or naive, which never matches (default: radix)"),
    new Option("--page-size <tokens>", "tokens per page of the KV cache (default: 1)").argParser(integer(1)),
    new Option("--memory-ratio <share>", "of free GPU memory for weights and cache (default: 0.9)")
      .argParser(positive),
    new Option("--max-running <n>", "requests in batches at a time (default: the engine's)")
      .argParser(integer(1)),
    new Option("--prefill-budget <tokens>", "most prompt tokens in a batch (default: 8192)")
      .argParser(integer(1)),
    new Option("--no-overlap", "the host prepares batches only when the GPU is idle"),
    new Option("--jitter <share>", "noise of step times: 0.02 is about 2 % (default: none)").argParser(share),
  ];
}

/** Adds the flags of the simulated engine. */
export function simulatorFlags<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
): Command<Args, Opts & SimulatorFlags> {
  for (const option of simulatorFlagList()) command.addOption(option);
  return command as unknown as Command<Args, Opts & SimulatorFlags>;
}

/**
 * What the flags of the simulated engine ask for; a flag wins over a preset file.
 *
 * @param flags As given; absent ones keep the preset's or the default value.
 * @param more What other flags say.
 * @throws {UsageError} When there is no such preset, or it does not fit.
 */
export function simulatorOptions(
  flags: SimulatorFlags,
  more: Pick<SimulatorOptions, "contextTokens" | "seed"> = {},
): SimulatorOptions {
  const given = {
    engine: flags.simEngine,
    gpu: flags.gpu,
    tp: flags.tp,
    cache: flags.cache as SimulatorOptions["cache"],
    pageTokens: flags.pageSize,
    memoryRatio: flags.memoryRatio,
    maxRunningRequests: flags.maxRunning,
    prefillBudgetTokens: flags.prefillBudget,
    ...(flags.overlap === false ? { overlap: false } : {}),
    jitter: flags.jitter,
    ...more,
  };
  try {
    const options = { ...readPreset(flags.simPreset), ...withoutAbsent(given) };
    resolveSimulator(options);
    return options;
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

function readPreset(preset: string | undefined): SimulatorOptions {
  if (preset === undefined) return {};
  if (!/\.ya?ml$/i.test(preset)) return parseSimulatorPreset(preset);
  try {
    return parsePresetFile(Deno.readTextFileSync(preset), preset);
  } catch (cause) {
    if (cause instanceof RangeError || cause instanceof SyntaxError) throw cause;
    throw new UsageError(`Cannot read preset ${preset}: ${rootMessage(cause)}`, { cause });
  }
}

/** Values of flags that may hold secrets are not stored. */
export function redact(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    if (args[i - 1] === "--header") return arg.replace(/:.*/s, ": ***");
    if (arg.startsWith("--header=")) return arg.replace(/:.*/s, ": ***");
    const [, flag = "", value = ""] = /^(--[a-z-]+=)?(.*)$/s.exec(arg) ?? [];
    return flag + shownUrl(value);
  });
}
