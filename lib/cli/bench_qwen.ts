/**
 * `deno task bench:qwen`: replay a trace at several scale factors.
 *
 * @module
 */
import { QWEN_SCALES, replayTrace, type TraceReplayOptions } from "../modes/trace_replay.ts";
import { runCommand } from "./exit.ts";
import {
  integer,
  listOf,
  MOST_REQUESTS,
  onlineCommand,
  positive,
  type PromptFlags,
  promptFlags,
} from "./flags.ts";
import { describeResults, readOnlineOptions, refuseBoth, runInTerminal } from "./online.ts";

export { problemsOf } from "./online.ts";

const EXAMPLES = `
Examples:
  deno task bench:qwen
      Two minutes on the embedded simulated engine: no GPU, no server, no download.
  deno task bench:qwen --base-url http://127.0.0.1:1919/v1
      The first 1,000 requests of the real Qwen trace A against a running server (about 25 minutes).
  deno task bench:qwen --base-url http://127.0.0.1:1919/v1 --trace synthetic --requests 200 --scales 0.5,1
      A shorter run without a download.
  deno task bench:qwen --virtual-time --trace synthetic
      The full sweep, 1,000 requests at six scale factors, computed in seconds.
  deno task bench:qwen --sim-preset qwen3-14b --gpu H100 --tp 1 --scales 1 2 4
      What the simulated engine would do on other hardware.
${describeResults("scale")}`;

function benchQwenCommand() {
  return onlineCommand<PromptFlags<"blocks" | "random" | "dummy">>("deno task bench:qwen", {
    description: "Replays a trace of real use at several scale factors and makes a report.",
    groups: [promptFlags({
      kinds: ["blocks", "random", "dummy"],
      description: "blocks: prefixes shared as in the trace; random; dummy: prefixes of one text",
    })],
  })
    .optionsGroup("Trace:")
    .option(
      "--trace <name>",
      "qwen, mooncake, synthetic, demo or a path (default: demo on the embedded engine, else qwen)",
    )
    .option(
      "--requests <n>",
      "rows to take from the front (default: 120 of demo, else 1000)",
      integer(1, MOST_REQUESTS),
    )
    .option("--num-samples <n>", "the same as --requests", integer(1))
    .option(
      "--scales <factors...>",
      `factors on the intervals between requests; below 1 is faster (default: ${QWEN_SCALES.join(" ")})`,
      listOf(positive),
    )
    .addHelpText("after", EXAMPLES);
}

type Flags = ReturnType<ReturnType<typeof benchQwenCommand>["opts"]>;

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = benchQwenCommand().parse([...args], { from: "user" }).opts();
  const options = readOptions(flags, args);
  return await runInTerminal(flags, (watcher) => replayTrace({ ...options, ...watcher }));
}

function readOptions(flags: Flags, args: readonly string[]): TraceReplayOptions {
  refuseBoth(flags, ["requests", "numSamples"], "they are the same");
  return {
    ...readOnlineOptions(flags, { command: ["bench:qwen", ...args] }),
    trace: flags.trace,
    requests: flags.requests ?? flags.numSamples,
    scales: flags.scales,
    prompts: flags.prompts,
  };
}

if (import.meta.main) await runCommand(() => main(Deno.args));
