/**
 * `deno task bench:simple`: batches of random requests, each sent at once.
 *
 * @module
 */
import {
  MOST_WARM_UPS,
  runSimpleBatches,
  SIMPLE_DEFAULTS,
  type SimpleBatchesOptions,
} from "../modes/simple_batches.ts";
import { runCommand } from "./exit.ts";
import { integer, listOf, onlineCommand, type PromptFlags, promptFlags } from "./flags.ts";
import { describeResults, readOnlineOptions, refuseBoth, runInTerminal } from "./online.ts";

const EXAMPLES = `
Request i of every batch size has the same lengths; texts differ, so that no batch finds another's in a cache.
A batch size at which nothing succeeds is reported, and the next one runs.

Examples:
  deno task bench:simple
      64 random requests at once to the embedded simulated engine: no GPU, no server.
  deno task bench:simple --base-url http://127.0.0.1:1919/v1
      The same against a running server.
  deno task bench:simple --virtual-time --batch-sizes 1 4 16 64 256
      How latency and throughput grow with the batch, computed in seconds.
  deno task bench:simple --base-url http://127.0.0.1:1919/v1 --batch-sizes 8,32 --input-length 1024 --output-length 128
      Batches of equal requests.
${describeResults("batch size")}`;

function benchSimpleCommand() {
  const { batchSizes, maxInputTokens, minOutputTokens, maxOutputTokens } = SIMPLE_DEFAULTS;
  return onlineCommand<PromptFlags<"fresh" | "random" | "dummy">>("deno task bench:simple", {
    description: "Sends batches of random requests, each batch at once, and makes a report.",
    groups: [promptFlags({
      kinds: ["fresh", "random", "dummy"],
      description:
        "fresh: words that share no prefix; random: tokens of --tokenizer; dummy: prefixes of one text",
    })],
    warmup: `the largest batch size, ${MOST_WARM_UPS} at most`,
  })
    .optionsGroup("Batches:")
    .option(
      "--batch-sizes <sizes...>",
      `requests sent at once, one batch after the other (default: ${batchSizes.join(" ")})`,
      listOf(integer(1)),
    )
    .option(
      "--max-input <tokens>",
      `prompt lengths are drawn from 1 to this, chat template included (default: ${maxInputTokens})`,
      integer(1),
    )
    .option(
      "--min-output <tokens>",
      `answer lengths are drawn from this (default: ${minOutputTokens})`,
      integer(1),
    )
    .option("--max-output <tokens>", `… up to this (default: ${maxOutputTokens})`, integer(1))
    .addHelpText("after", EXAMPLES);
}

type Flags = ReturnType<ReturnType<typeof benchSimpleCommand>["opts"]>;

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = benchSimpleCommand().parse([...args], { from: "user" }).opts();
  const options = readOptions(flags, args);
  return await runInTerminal(flags, (watcher) => runSimpleBatches({ ...options, ...watcher }));
}

function readOptions(flags: Flags, args: readonly string[]): SimpleBatchesOptions {
  const isFixed = "the first gives every request the same length";
  refuseBoth(flags, ["inputLength", "maxInput"], isFixed);
  refuseBoth(flags, ["outputLength", "minOutput"], isFixed);
  refuseBoth(flags, ["outputLength", "maxOutput"], isFixed);
  return {
    ...readOnlineOptions(flags, { command: ["bench:simple", ...args] }),
    batchSizes: flags.batchSizes,
    maxInputTokens: flags.maxInput,
    minOutputTokens: flags.minOutput,
    maxOutputTokens: flags.maxOutput,
    prompts: flags.prompts,
  };
}

if (import.meta.main) await runCommand(() => main(Deno.args));
