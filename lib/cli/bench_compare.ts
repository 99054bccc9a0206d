/**
 * `deno task bench:compare`: which engine is faster, by how much, and how sure is that?
 *
 * @module
 */
import { join } from "node:path";
import { Option } from "@commander-js/extra-typings";

import { UsageError } from "../errors.ts";
import { comparableModes, findComparableMode, type LoadOptions } from "../modes/compare/comparable_modes.ts";
import { gatherRuns } from "../modes/compare/gather_runs.ts";
import { type ComparisonWatcher, resumeComparison, runComparison } from "../modes/compare/run_comparison.ts";
import { withoutAbsent } from "../without_absent.ts";
import type { loadsTable } from "./compare_tables.ts";
import { concludeComparison } from "./conclude_comparison.ts";
import { print, printError } from "./console.ts";
import { ENGINE_SPECS, parseEngine, parseMeasured } from "./parse_engine.ts";
import { runCommand } from "./exit.ts";
import {
  integer,
  listOf,
  MOST_REQUESTS,
  onlineCommand,
  type OnlineFlags,
  positive,
  redact,
  share,
} from "./flags.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { liveDisplay } from "./live_display.ts";
import { dashed, readOnlineOptions, refuseBoth } from "./online.ts";

const EXAMPLES = `
Engines: ${ENGINE_SPECS}.

Examples:
  deno task bench:compare
      Simulated mini-sglang against simulated SGLang: six loads, three repeats, in virtual time (half a minute).
  deno task bench:compare mini-sglang=http://127.0.0.1:1919/v1 sglang=http://127.0.0.1:30000/v1
      Two running servers, 1,000 requests of the real Qwen trace at six loads, three times each.
  deno task bench:compare launch:mini-sglang/qwen3-32b-tp4 launch:sglang/qwen3-32b-tp4
      Starts each engine when its turn comes, with the commands of mini-sglang's README, and stops it afterwards.
  deno task bench:compare sim:sglang sim:sglang,cache=naive --scales 0.6 1
      What the prefix cache brings.
  deno task bench:compare sim:mini-sglang sim:sglang --mode dual-round --concurrency 8
      Round 1 against round 1, round 2 against round 2.
  deno task bench:compare mini-sglang=run:data/runs/<run-id> sglang=run:data/runs/<run-id>
      Runs that were measured before, each by itself, or imported; several per engine are its repeats.
  deno task bench:compare --resume data/runs/2026-11-22T134501123-compare
      Goes on where a comparison was interrupted; loads that were measured whole are not repeated.

The comparison is data/runs/<id>: comparison.json, a folder per run, result.json, ratios.csv, fairness.csv; its page is
reports/<id>.html.
Exit codes: 0 done; 1 it failed, was interrupted, or is not fair; 2 wrong usage.
`;

/** Flags of the modes, and the modes that know them. */
const OWN_FLAGS = {
  scales: ["trace-replay"],
  batchSizes: ["simple"],
  concurrency: ["dual-round"],
  trace: ["trace-replay"],
  requests: ["trace-replay"],
  inputLength: ["trace-replay", "simple"],
  outputLength: ["trace-replay", "simple"],
  maxInput: ["simple"],
  minOutput: ["simple"],
  maxOutput: ["simple"],
  dataset: ["dual-round"],
  numSamples: ["dual-round"],
  rounds: ["dual-round"],
} as const;

type CompareFlags = {
  readonly mode: string;
  readonly repeat: number;
  readonly scales?: readonly number[];
  readonly batchSizes?: readonly number[];
  readonly concurrency?: readonly number[];
  readonly trace?: string;
  readonly requests?: number;
  readonly inputLength?: number;
  readonly outputLength?: number;
  readonly maxInput?: number;
  readonly minOutput?: number;
  readonly maxOutput?: number;
  readonly dataset?: string;
  readonly numSamples?: readonly number[];
  readonly rounds?: number;
  readonly allowDifferentModels?: boolean;
  readonly resume?: string;
  readonly engines?: string;
  readonly readyTimeout?: number;
  readonly realTime?: boolean;
};

function benchCompareCommand() {
  return onlineCommand<CompareFlags>("deno task bench:compare", {
    description:
      "Asks two or more engines the same, in turn and repeatedly, checks that it is fair, and says what differs and how sure that is.",
    groups: [["Comparison:", comparisonFlagList()], ["Load:", loadFlagList()]],
    without: [
      ...["--base-url", "--endpoint", "--dialect", "--fail-on-slo", "--save-requests"],
      ...[
        "--prometheus-url",
        "--prometheus-metrics",
        "--sim-engine",
        "--sim-preset",
        "--virtual-time",
        "--jitter",
      ],
    ],
  })
    .argument("[engines...]", "two or more, see below (default: sim:mini-sglang sim:sglang)")
    .addHelpText("after", EXAMPLES);
}

function comparisonFlagList(): Option[] {
  return [
    new Option("--mode <name>", "how the engines are asked").choices(comparableModes.map(({ name }) => name))
      .default(comparableModes[0]?.name),
    new Option("--repeat <n>", "how often every engine is asked at every load").argParser(integer(1)).default(
      3,
    ),
    new Option("--allow-different-models", "compare engines that serve different models"),
    new Option("--resume <folder>", "go on with a comparison that was interrupted or failed"),
    new Option("--engines <path>", "your own profiles in YAML, for launch: (data/samples/engines.yaml)"),
    new Option(
      "--ready-timeout <seconds>",
      "longest wait for an engine that is started (default: its profile's)",
    ).argParser(positive),
    new Option("--real-time", "wait for simulated engines in place of computing them"),
    // For those who come from bench:qwen: it is so anyway.
    new Option("--virtual-time", "compute simulated engines, which is the default").hideHelp().conflicts(
      "realTime",
    ),
    new Option("--jitter <share>", "noise of simulated step times: 0.02 is about 2 %").argParser(share)
      .default(0.02),
  ];
}

function loadFlagList(): Option[] {
  return [
    new Option("--scales <factors...>", "trace-replay: factors on the intervals; below 1 is faster")
      .argParser(listOf(positive)),
    new Option(
      "--trace <name>",
      "trace-replay: qwen, mooncake, synthetic, demo or a path (default: synthetic on simulated engines, else qwen)",
    ),
    new Option("--requests <n>", "trace-replay: rows to take from the front (default: 1000)")
      .argParser(integer(1, MOST_REQUESTS)),
    new Option("--batch-sizes <n...>", "simple: requests sent at once").argParser(listOf(integerItem)),
    new Option("--max-input <tokens>", "simple: longest prompt").argParser(integer(1)),
    new Option("--min-output <tokens>", "simple: shortest answer").argParser(integer(1)),
    new Option("--max-output <tokens>", "simple: longest answer").argParser(integer(1)),
    new Option("--input-length <tokens>", "trace-replay, simple: give every prompt this length").argParser(
      integer(1),
    ),
    new Option("--output-length <tokens>", "trace-replay, simple: give every answer this length").argParser(
      integer(1),
    ),
    new Option("--concurrency <n...>", "dual-round: requests in flight").argParser(listOf(integerItem)),
    new Option("--dataset <path>", "dual-round: JSONL or JSON, or demo"),
    new Option("--num-samples <n...>", "dual-round: rows to take").argParser(listOf(integerItem)),
    new Option("--rounds <n>", "dual-round: how often the same is asked").argParser(integer(1)),
  ];
}

function integerItem(text: string): number {
  return integer(1)(text);
}

type Flags = OnlineFlags & CompareFlags;

/** Runs the command. @returns The exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = benchCompareCommand().parse([...args], { from: "user" });
  const flags: Flags = command.opts();
  const [engines] = command.processedArgs;
  const measured = parseMeasured(engines);
  if (flags.resume !== undefined) refuseOthers(command, WITH_RESUME, "--resume: the comparison has its own");
  if (measured !== null) refuseOthers(command, WITH_RUNS, "run: the runs have their own");
  if (flags.resume !== undefined && engines[0] !== undefined) {
    throw new UsageError(`Cannot use ${engines[0]} with --resume: the comparison has its own`);
  }
  const say = flags.json ? () => {} : (text: string) => print(text);
  const interrupt = listenForInterrupt(() => {
    display.stop();
    say("\ninterrupted: saving what was measured (Ctrl-C again to leave at once)");
  });
  const { onEvent, stop, onPlan: _, ...rest } = liveDisplay(flags, { say, describeCell: () => "" });
  const display = { stop };
  const watcher: ComparisonWatcher = {
    ...rest,
    ...secretsOf(flags),
    signal: interrupt.signal,
    onEvent(event) {
      if (event.kind === "cellStart") onEvent(event);
      else {
        stop();
        say(describeCell(event.summary));
      }
    },
    onStep({ index, engine, repeat }, { engines, steps }) {
      say(`\n${index + 1} of ${steps.length}: ${engines[engine]?.name}, repeat ${repeat}`);
    },
  };
  try {
    const ran = measured !== null
      ? await gatherRuns(measured, {
        ...withoutAbsent({ comparisonId: flags.runId, outputDir: flags.outputDir }),
        command: ["deno", "task", "bench:compare", ...redact(args)],
      })
      : flags.resume !== undefined
      ? await resumeComparison(flags.resume, watcher)
      : await runComparison(readOptions(flags, { engines, args }), watcher);
    const pages = pagesOf(ran.stored.manifest, flags);
    return await concludeComparison(ran, { pages, isJson: flags.json, say });
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    printError("interrupted before anything was measured");
    return 1;
  } finally {
    display.stop();
    interrupt.stop();
  }
}

/** Where the page goes. */
function pagesOf({ comparisonId }: { readonly comparisonId: string }, flags: Flags): string[] {
  if (!flags.report) return [];
  return ["reports", ...(flags.outputDir === undefined ? [] : [flags.outputDir])]
    .map((folder) => join(folder, `${comparisonId}.html`));
}

function describeCell(
  { label, ttft, tpot, outputTokensPerS, requests, verdict }: Parameters<
    typeof loadsTable
  >[0]["loads"][number]["engines"][number][number]["summary"],
): string {
  const ms = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : value.toFixed(1);
  return `  ${label.padEnd(12)} TTFT p50 ${ms(ttft?.p50)} ms, TPOT p50 ${ms(tpot?.p50)} ms, ${
    ms(outputTokensPerS)
  } tokens/s, ${requests.succeeded}/${requests.offered} ok${
    verdict.valid ? "" : `, NOT VALID: ${verdict.reasons[0]}`
  }`;
}

/** Flags that go with --resume; everything else is in the comparison. */
const WITH_RESUME = ["resume", "header", "json", "progress", "report"];

/** Flags that go with runs that were measured before. */
const WITH_RUNS = ["json", "report", "runId", "outputDir"];

/** @throws {UsageError} When a flag is given that is not in the list. */
function refuseOthers(
  command: ReturnType<typeof benchCompareCommand>,
  allowed: readonly string[],
  why: string,
): void {
  const other = Object.keys(command.opts()).find((name) =>
    !allowed.includes(name) && command.getOptionValueSource(name as never) === "cli"
  );
  if (other !== undefined) throw new UsageError(`Cannot use ${dashed(other)} with ${why}`);
}

/** What is not kept, and has to be given again. */
function secretsOf(flags: Flags): Pick<ComparisonWatcher, "apiKey" | "headers"> {
  const { apiKey, headers } = readOnlineOptions({ ...flags, engine: "simulated" }, { command: [] });
  return { apiKey, headers };
}

function readOptions(
  flags: Flags,
  { engines: specs, args }: { readonly engines: readonly string[]; readonly args: readonly string[] },
): Parameters<typeof runComparison>[0] {
  const mode = findComparableMode(flags.mode);
  for (const [name, modes] of Object.entries(OWN_FLAGS)) {
    if (
      flags[name as keyof CompareFlags] !== undefined && !(modes as readonly string[]).includes(mode.name)
    ) {
      throw new UsageError(
        `Cannot use ${dashed(name)} with --mode ${mode.name}: it belongs to ${modes.join(" and ")}`,
      );
    }
  }
  refuseBoth(flags, ["resume", "runId"], "a comparison keeps its name");
  const { engine: profile, model, ...online } = flags;
  const common = readOnlineOptions({ ...online, engine: "simulated" }, {
    command: ["bench:compare", ...args],
  });
  const defaults = {
    ...{ simulator: { ...common.simulator, engine: undefined }, profile, model, enginesFile: flags.engines },
    readyTimeoutMs: flags.readyTimeout === undefined ? undefined : flags.readyTimeout * 1000,
  };
  const engines = (specs.length === 0 ? ["sim:mini-sglang", "sim:sglang"] : specs).map((spec) =>
    parseEngine(spec, { ...defaults, simulator: withoutAbsent(defaults.simulator) })
  );
  const isSimulated = engines.every(({ kind }) => kind === "simulated");
  if (flags.realTime && !isSimulated) {
    throw new UsageError(
      "Cannot use --real-time with an engine that is not simulated: it is waited for anyway",
    );
  }
  const load: LoadOptions = {
    trace: mode.name === "trace-replay" ? flags.trace ?? (isSimulated ? "synthetic" : "qwen") : undefined,
    requests: flags.requests,
    maxInputTokens: flags.maxInput,
    minOutputTokens: flags.minOutput,
    maxOutputTokens: flags.maxOutput,
    dataset: flags.dataset,
    numSamples: flags.numSamples,
    rounds: flags.rounds,
    inputTokens: flags.inputLength,
    outputTokens: flags.outputLength,
    tokenizerPath: flags.tokenizer,
    extraBody: flags.extraBody,
    warmup: flags.warmup,
    slo: common.slo,
    transport: flags.transport,
    timeoutMs: common.timeoutMs,
    contextTokens: flags.contextLength,
    virtualTime: isSimulated && !flags.realTime,
    telemetry: flags.telemetry,
    telemetryIntervalMs: common.telemetryIntervalMs,
  };
  return {
    engines,
    mode: mode.name,
    loads: flags.scales ?? flags.batchSizes ?? flags.concurrency,
    repeats: flags.repeat,
    load: withoutAbsent(load),
    allowDifferentModels: flags.allowDifferentModels,
    seed: flags.seed,
    comparisonId: flags.runId,
    outputDir: flags.outputDir,
    command: ["deno", "task", "bench:compare", ...redact(args)],
  };
}

if (import.meta.main) await runCommand(() => main(Deno.args));
