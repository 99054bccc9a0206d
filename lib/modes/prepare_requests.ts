/**
 * From a workload to requests whose lengths are known to be right, or known to be assumed.
 *
 * @module
 */
import { loadQwen3Tokenizer, loadTokenizer } from "../sources/tokenizer.ts";
import type { JsonObject, PromptKind, Trace, WorkloadInfo } from "../types.ts";
import { words } from "../words.ts";
import { type AskedLengths, buildRequests, type BuiltRequests, hashPrompts } from "../workload/requests.ts";
import type { Tokenizer } from "../workload/tokenizer.ts";
import { traceSpanMs } from "../workload/trace.ts";
import { QWEN3_TEMPLATE_TOKENS } from "../workload/word_prompts.ts";
import { probeTemplate } from "./connect.ts";
import type { OpenEngine } from "./open_engine.ts";

/** How prompts are made. */
export interface PromptOptions {
  /** @default "blocks" */
  readonly prompts?: PromptKind;
  /** A Hugging Face tokenizer.json for random prompts. @default Qwen3's */
  readonly tokenizerPath?: string;
  /** Gives every prompt this length. */
  readonly inputTokens?: number;
  /** Gives every answer this length. */
  readonly outputTokens?: number;
  readonly extraBody?: JsonObject;
  readonly seed: number;
}

/** What must be known to write prompts of exact length. */
export interface PromptLengths {
  /** Only for random prompts. */
  readonly tokenizer?: Tokenizer;
  /** Tokens that the chat template adds to a text. */
  readonly templateTokens: number;
  readonly lengthCheck: WorkloadInfo["prompts"]["lengthCheck"];
}

/**
 * Finds out what the engine's chat template costs.
 *
 * Where the server reports usage, two probes read it and check that the server counts prompts as they are made; where it
 * does not, Qwen3's is assumed.
 *
 * @throws {UsageError} When a tokenizer cannot be loaded.
 * @throws {RunError} When the server counts tokens differently.
 */
export async function learnPromptLengths(
  engine: OpenEngine,
  { prompts, tokenizerPath }: Pick<PromptOptions, "prompts" | "tokenizerPath">,
): Promise<PromptLengths> {
  const tokenizer = prompts !== "random"
    ? undefined
    : await (tokenizerPath === undefined ? loadQwen3Tokenizer() : loadTokenizer(tokenizerPath));
  const probed = !engine.profile.quirks.asksUsage ? null : await probeTemplate(engine.line, {
    texts: [spell(words.slice(0, 1)), spell(words.slice(0, PROBE_WORDS))],
    countTokens: (text) => tokenizer?.encode(text).length ?? text.split(" ").length - 1,
  });
  return {
    tokenizer,
    templateTokens: probed ?? QWEN3_TEMPLATE_TOKENS,
    lengthCheck: probed !== null ? "probed" : tokenizer !== undefined ? "tokenizer" : "assumed",
  };
}

/** Requests of a trace, ready to be sent. */
export interface PreparedRequests extends Pick<BuiltRequests, "asked"> {
  /** By seed, in the order of the seeds. */
  readonly requests: readonly BuiltRequests["requests"][];
  readonly workload: WorkloadInfo;
}

/**
 * Builds the requests of a trace, once or several times with other texts of the same lengths and shared prefixes.
 *
 * @param options `seeds` one for each time; the manifest's hash is over all of them.
 * @returns The requests, the same lengths for every seed, and what the manifest says about them.
 * @throws {UsageError} When a tokenizer cannot be loaded.
 * @throws {RunError} When the server counts tokens differently.
 */
export async function prepareRequests(
  trace: Trace,
  engine: OpenEngine,
  options: Omit<PromptOptions, "seed"> & { readonly seeds: readonly number[] },
): Promise<PreparedRequests> {
  const kind = options.prompts ?? "blocks";
  const lengths = await learnPromptLengths(engine, options);
  const { templateTokens, lengthCheck } = lengths;
  const built = options.seeds.map((seed) =>
    buildRequests(trace, {
      kind,
      seed,
      templateTokens,
      tokenizer: lengths.tokenizer,
      inputTokens: options.inputTokens,
      outputTokens: options.outputTokens,
      contextTokens: engine.contextTokens ?? undefined,
      extraBody: options.extraBody,
    })
  );
  // Which rows are asked for depends on their lengths alone.
  const { asked = [], skipped = [] } = built[0] ?? {};
  return {
    requests: built.map(({ requests }) => requests),
    asked,
    workload: {
      trace: {
        name: trace.name,
        format: trace.format,
        blockTokens: trace.blockTokens,
        source: trace.source,
        requests: trace.entries.length,
        spanMs: traceSpanMs(trace),
      },
      prompts: {
        kind,
        sha256: hashPrompts(built.values().flatMap(({ requests }) => requests)),
        templateTokens,
        lengthCheck,
      },
      skipped,
      notes: [
        ...describeTrace(trace, { kind, inputTokens: options.inputTokens }),
        ...describeLengthCheck(lengths),
        ...(engine.contextTokens === null ? warnOfLongRows(asked) : []),
      ],
    },
  };
}

/** What a reader must know about how the requests came about. */
function describeTrace(
  trace: Trace,
  { kind, inputTokens }: Pick<PromptOptions, "inputTokens"> & {
    readonly kind: PromptKind;
  },
): string[] {
  const notes: string[] = [];
  if (trace.source.kind === "synthetic") notes.push(`The trace is ${trace.source.note}.`);
  if (kind === "blocks" && inputTokens !== undefined) {
    notes.push(
      `Every prompt was given ${inputTokens} tokens, so the trace's blocks do not fit: prompts share no prefixes.`,
    );
  }
  return notes;
}

/** What the claim "exactly N tokens" rests on, where the server did not confirm it. */
export function describeLengthCheck({ lengthCheck, templateTokens }: PromptLengths): string[] {
  switch (lengthCheck) {
    case "assumed":
      return [
        `The engine reports no usage, so prompt lengths rest on an assumption that holds for Qwen3: one token per word, ${templateTokens} for the chat template.`,
      ];
    case "tokenizer":
      return [
        `The engine reports no usage, so prompt lengths rest on the tokenizer and on ${templateTokens} tokens for the chat template, as Qwen3 has.`,
      ];
    case "probed":
      return [];
  }
}

/** Contexts of this many tokens are common; a longer row may be refused, or hang as in mini-sglang. */
const COMMON_CONTEXT_TOKENS = 32_768;

/** Warns of requests that a server of unknown context may refuse. */
export function warnOfLongRows(asked: readonly AskedLengths[]): string[] {
  const longest = asked.reduce(
    (most, { inputTokens, outputTokens }) => Math.max(most, inputTokens + outputTokens),
    0,
  );
  return longest <= COMMON_CONTEXT_TOKENS ? [] : [
    `The longest row takes ${longest} tokens and the server does not say how long its context is: --context-length leaves longer rows out.`,
  ];
}

/** Words in the longer of the two probes. */
const PROBE_WORDS = 101;

/** A text of words with a space before each, as prompts are. */
function spell(some: readonly string[]): string {
  return some.map((word) => ` ${word}`).join("");
}
