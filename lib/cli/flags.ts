/**
 * Flags that every online mode takes, and how their values are read.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option, type OptionValues } from "@commander-js/extra-typings";

import { transports } from "../client/mod.ts";
import { engineProfiles } from "../engines/mod.ts";
import { UsageError } from "../errors.ts";
import { parseSimulatorPreset, resolveSimulator, type SimulatorOptions } from "../simulator/options.ts";
import type { Json, JsonObject } from "../types.ts";

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

/** Reads a finite number > 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError("It must be a number above 0.");
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

/**
 * A command with the flags of every online mode.
 *
 * @param name As typed by the user: "deno task bench:qwen".
 */
// deno-lint-ignore explicit-module-boundary-types -- the type of a commander chain is its flags, inferred
export function onlineCommand(name: string, description: string) {
  const command = new Command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError("(--help shows every flag)")
    .configureHelp({ helpWidth: 110 })
    .helpOption("-h, --help", "show this page")
    .optionsGroup("Engine:")
    .option(
      "--base-url <url>",
      "API of a running server, for example http://127.0.0.1:1919/v1 (also OPENAI_BASE_URL)",
    )
    .option("--endpoint <url>", "the same as --base-url; may end in /chat/completions")
    .option("--model <id>", "model to ask for (default: the first that the server lists)")
    .addOption(
      new Option("--engine <name>", "what kind of server it is (default: as the server says)")
        .choices(engineProfiles.map((profile) => profile.name)),
    )
    .option(
      "--context-length <tokens>",
      "longest prompt + answer; longer rows are left out and reported",
      integer(2),
    )
    .option(
      "--header <line>",
      'extra header "Name: value", may be given again; values are never stored',
      header,
    )
    .option(
      "--extra-body <json>",
      "fields added to every request body; they win over benchbook's own",
      jsonObject,
    )
    .option("--timeout <seconds>", "longest wait for one answer", positive, 300)
    .addOption(
      new Option("--transport <name>", "how requests are sent").choices(Object.keys(transports)).default(
        "node",
      ),
    );
  return simulatorFlags(command.optionsGroup("Simulated engine (used when no server is named):"))
    .optionsGroup("Prompts:")
    .addOption(
      new Option(
        "--prompts <kind>",
        "blocks: prefixes shared as in the trace; random; dummy: prefixes of one text",
      )
        .choices(["blocks", "random", "dummy"]).default("blocks"),
    )
    .option(
      "--tokenizer <path>",
      "a Hugging Face tokenizer.json for random prompts (default: Qwen3's)",
    )
    .option("--input-length <tokens>", "give every prompt this length", integer(1))
    .option("--output-length <tokens>", "give every answer this length", integer(1))
    .option("--seed <n>", "seed of everything random", integer(0), 42)
    .optionsGroup("Run and output:")
    .option("--warmup <n>", "requests sent before the clock counts", integer(0), 8)
    .option("--run-id <name>", "name of the run (default: from date, mode and engine)", runId)
    .option("--output-dir <folder>", "where the run goes in place of data/runs; the page is copied there too")
    .addOption(
      new Option("--dialect <name>", "also print what this tool would print for the same tics").choices([
        "mini-sglang",
      ]),
    )
    .option("--no-progress", "no live bars")
    .option("--no-report", "no HTML page")
    .option("--json", "print one line of JSON at the end and nothing else on standard output");
}

/** Adds the flags of the simulated engine. */
// deno-lint-ignore explicit-module-boundary-types -- as above
export function simulatorFlags<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
) {
  return command
    .option(
      "--sim-preset <name>",
      "model: qwen3-0.6b, qwen3-14b, qwen3-32b; or fixed:TTFT_MS:ITL_MS",
      "qwen3-32b",
    )
    .option("--gpu <name>", "H200, H100 or A100", "H200")
    .option("--tp <n>", "GPUs that share the model (tensor parallel)", integer(1), 4)
    .addOption(
      new Option("--cache <kind>", "prefix cache; naive never matches anything").choices(["naive"]).default(
        "naive",
      ),
    )
    .option("--page-size <tokens>", "tokens per page of the KV cache", integer(1), 1);
}

/** Values of {@linkcode simulatorFlags}. */
export interface SimulatorFlags {
  readonly simPreset: string;
  readonly gpu: string;
  readonly tp: number;
  readonly pageSize: number;
}

/**
 * What the flags of the simulated engine ask for.
 *
 * @throws {UsageError} When there is no such preset, or it does not fit.
 */
export function simulatorOptions(flags: SimulatorFlags, contextTokens?: number): SimulatorOptions {
  const { gpu, tp, pageSize: pageTokens } = flags;
  try {
    const options = { gpu, tp, pageTokens, contextTokens, ...parseSimulatorPreset(flags.simPreset) };
    resolveSimulator(options);
    return options;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(`${cause.message} (--sim-preset, --gpu, --tp, --page-size)`, { cause });
  }
}

/** Values of flags that may hold secrets are not stored. */
export function redact(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    if (args[i - 1] === "--header") return arg.replace(/:.*/s, ": ***");
    return arg.startsWith("--header=") ? arg.replace(/:.*/s, ": ***") : arg;
  });
}
