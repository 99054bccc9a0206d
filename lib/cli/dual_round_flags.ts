/**
 * The flags of `deno task bench:dual-round`, and a recipe's values as flags.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";

import { UsageError } from "../errors.ts";
import type { Lang } from "../labels.ts";
import type { Recipe } from "../modes/recipe_file.ts";
import { type FlagGroup, integer, listOf, onlineCommand, type OnlineFlags, share } from "./flags.ts";
import { describeResults } from "./online.ts";

const EXAMPLES = `
Round 1 meets an empty prefix cache, as far as the engine lets it be emptied; later rounds ask the same again. The page
pairs each request with itself. Lengths are tokens, not words.

Examples:
  deno task bench:dual-round
      32 generated documents, asked twice one after the other, on the embedded simulated engine.
  deno task bench:dual-round --virtual-time --concurrency 1 4 16
      The same at three levels of concurrency, computed in seconds.
  deno task bench:dual-round --endpoint http://127.0.0.1:30000/v1/chat/completions --dataset data/datasets/questions_zh.jsonl --concurrency 5 10 20
      A dataset of one's own against a running server.
  deno task bench:dual-round --virtual-time --recipe data/samples/recipe.yaml
      Stages with engine options of their own, in one run.
  deno task bench:dual-round --virtual-time --mode multi-turn --dataset data/datasets/questions_en.jsonl --concurrency 8
      Conversations: answers go back into the prompt.
${describeResults("round")}`;

/** Values of the flags that only this command has. */
type RoundsFlags = {
  readonly mode: "dual-round" | "multi-turn";
  readonly dataset?: string;
  readonly recipe?: string;
  readonly numSamples?: readonly number[];
  readonly concurrency?: readonly number[];
  readonly rounds: number;
  readonly shuffleRound2?: boolean;
  readonly maxInputLength?: number;
  readonly maxOutputTokens?: number;
  readonly minOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly ignoreEos?: boolean;
  readonly resetCacheUrl?: string;
  readonly resetCacheBetweenRounds?: boolean;
  readonly resetCacheBetweenConcurrency?: boolean;
  readonly maxContextTokens?: number;
  /** In seconds. */
  readonly thinkTime?: number;
  readonly lang: Lang;
  /** Why a flag that was given cannot be taken. */
  readonly refused?: string;
};

/** Values of all its flags. */
export type DualRoundFlags = OnlineFlags & RoundsFlags;

/** Whose wire format the embedded engine has where nobody says: it has usage, metrics and a way to empty its cache. */
export const DEFAULT_SIM_ENGINE = "sglang";

/** The command. */
export function dualRoundCommand(): Command<[], DualRoundFlags> {
  return onlineCommand<RoundsFlags>("deno task bench:dual-round", {
    description: "Asks the same requests in rounds, cold cache and warm, and makes a report.",
    groups: [datasetFlags(), roundFlags(), cacheFlags(), conversationFlags(), ["", elsewhereFlags()]],
    simEngine: DEFAULT_SIM_ENGINE,
  }).addHelpText("after", EXAMPLES);
}

function datasetFlags(): FlagGroup {
  return ["Requests:", [
    new Option(
      "--mode <mode>",
      "dual-round: every row is one request; multi-turn: a conversation with the engine's own answers",
    ).argParser(mode).default("dual-round"),
    new Option(
      "--recipe <path>",
      "stages in YAML, run into one artifact; flags win over it (data/samples/recipe.yaml)",
    ),
    new Option("--dataset <path>", "JSONL or JSON (data/README.md), or demo (default: demo)"),
    new Option(
      "--num-samples <n...>",
      "rows to take: one number for all levels of concurrency, or one for each (default: all)",
    ).argParser(listOf(integer(1))),
    new Option("--max-input-length <tokens>", "cut longer prompts, chat template included").argParser(
      integer(1),
    ),
    new Option(
      "--max-output-tokens <tokens>",
      "longest answer (default: what the row asks for, else what the server allows)",
    ).argParser(integer(1)),
    new Option("--min-output-tokens <tokens>", "shortest answer, sent as min_tokens").argParser(integer(1)),
    new Option("--ignore-eos", "answers go on past their end, up to the longest"),
    new Option("--temperature <t>", "of sampling (default: 0, always the likeliest token)").argParser(
      notNegative,
    ),
    new Option("--top-p <share>", "of sampling; with it alone the temperature is 1").argParser(topShare),
    new Option("--lang <lang>", "of labels in tables, CSV and page").choices(["en", "zh"]).default("en"),
  ]];
}

function roundFlags(): FlagGroup {
  return ["Rounds:", [
    new Option("--concurrency <n...>", "requests in flight, one level after the other (default: 1)")
      .argParser(listOf(integer(1))),
    new Option("--rounds <n>", "how often the same is asked at each level").argParser(integer(1, 100))
      .default(2),
    new Option("--shuffle-round2", "ask in another order from the second round on"),
    new Option("--no-shuffle-round2", "ask in the same order (default)"),
  ]];
}

function cacheFlags(): FlagGroup {
  return ["Prefix cache:", [
    new Option(
      "--reset-cache-url <url>",
      "asked by POST to empty the cache (default: the engine's own route, SGLang /flush_cache, vLLM /reset_prefix_cache)",
    ),
    new Option("--reset-cache-between-rounds", "empty the cache before later rounds too: then none is warm"),
    new Option(
      "--reset-cache-between-concurrency",
      "empty the cache before the first round of each level (default: where the engine has a route for it)",
    ),
    new Option("--no-reset-cache-between-concurrency", "do not empty it"),
  ]];
}

function conversationFlags(): FlagGroup {
  return ["Conversations (--mode multi-turn):", [
    new Option(
      "--max-context-tokens <tokens>",
      "longest prompt: the oldest turns of a longer one are left out",
    )
      .argParser(integer(1)),
    new Option("--think-time <seconds>", "from an answer to the next question (default: 0)").argParser(
      notNegative,
    ),
  ]];
}

/** Flags that fluxperf has and that are something else here: each says what. The value may be a key and is not shown. */
function elsewhereFlags(): Option[] {
  const elsewhere: readonly (readonly [flags: string, instead: string])[] = [
    ["--api-key <key>", "set OPENAI_API_KEY in place of --api-key: keys do not belong on a command line"],
    ["--output <path>", "use --output-dir in place of --output: a run is a folder"],
    ["--mock-server", "leave out --mock-server: without --endpoint the embedded simulated engine answers"],
    [
      "--mock-host <host>",
      "leave out --mock-host: deno task serve --host starts the simulated engine by itself",
    ],
    [
      "--mock-port <port>",
      "leave out --mock-port: deno task serve --port starts the simulated engine by itself",
    ],
    ["--debug", "use --save-requests in place of --debug"],
    ["--debug-verbose", "use --save-requests in place of --debug-verbose"],
    ["--debug-log-dir <path>", "use --save-requests in place of --debug-log-dir"],
  ];
  return elsewhere.map(([flags, instead]) => {
    const refuse = () => {
      throw new UsageError(`Cannot take this flag of fluxperf: ${instead}`);
    };
    const option = new Option(flags).hideHelp();
    return flags.includes("<") ? option.argParser(refuse) : option.implies({ refused: instead });
  });
}

/** The original spells them with underscores. */
function mode(text: string): RoundsFlags["mode"] {
  const name = text.replaceAll("_", "-");
  if (name === "dual-round" || name === "multi-turn") return name;
  throw new InvalidArgumentError("It must be dual-round or multi-turn.");
}

function notNegative(text: string): number {
  const value = Number(text);
  if (!(text.trim() !== "" && value >= 0 && value < Infinity)) {
    throw new InvalidArgumentError("It must be a number of at least 0.");
  }
  return value;
}

function topShare(text: string): number {
  return Number(text) === 1 ? 1 : share(text);
}

/** A recipe's values as the flags that say the same. */
export function recipeFlags(values: Recipe["global"]): Partial<DualRoundFlags> {
  const flags: Partial<DualRoundFlags> = {
    mode: values.mode,
    endpoint: values.endpoint,
    model: values.model,
    timeout: values.timeout,
    outputDir: values.output_dir,
    sloFile: values.slo_file,
    prometheusUrl: values.prometheus_url,
    prometheusMetrics: values.prometheus_metrics,
    saveRequests: values.save_requests,
    lang: values.lang,
    seed: values.seed,
    resetCacheUrl: values.reset_cache_url,
    dataset: values.dataset,
    concurrency: values.concurrency_levels,
    numSamples: values.num_samples,
    rounds: values.rounds,
    shuffleRound2: values.shuffle_round2,
    maxInputLength: values.max_input_length,
    maxOutputTokens: values.max_output_tokens,
    maxContextTokens: values.max_context_tokens,
    thinkTime: values.think_time,
    ignoreEos: values.ignore_eos,
    temperature: values.temperature,
    topP: values.top_p,
    resetCacheBetweenRounds: values.reset_cache_between_rounds,
    resetCacheBetweenConcurrency: values.reset_cache_between_concurrency,
    minOutputTokens: values.min_output_tokens,
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Partial<
    DualRoundFlags
  >;
}
