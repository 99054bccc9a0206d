/**
 * From a trace to requests whose lengths are known to be right, or known to be assumed.
 *
 * @module
 */
import { loadQwen3Tokenizer, loadTokenizer } from "../sources/tokenizer.ts";
import type { JsonObject, Trace, WorkloadInfo } from "../types.ts";
import { words } from "../words.ts";
import { type AskedLengths, buildRequests, type BuiltRequests, hashPrompts } from "../workload/requests.ts";
import { traceSpanMs } from "../workload/trace.ts";
import { QWEN3_TEMPLATE_TOKENS } from "../workload/word_prompts.ts";
import { probeTemplate } from "./connect.ts";
import type { OpenEngine } from "./open_engine.ts";

/** How prompts are made. */
export interface PromptOptions {
  /** @default "blocks" */
  readonly prompts?: WorkloadInfo["prompts"]["kind"];
  /** A Hugging Face tokenizer.json for random prompts. @default Qwen3's */
  readonly tokenizerPath?: string;
  /** Gives every prompt this length. */
  readonly inputTokens?: number;
  /** Gives every answer this length. */
  readonly outputTokens?: number;
  readonly extraBody?: JsonObject;
  readonly seed: number;
}

/**
 * Builds the requests of a trace.
 *
 * Where the server reports usage, two probes read the overhead of its chat template and check that it counts prompts as
 * they were made; where it does not, the assumption is written down.
 *
 * @returns The requests, and what the manifest says about them.
 * @throws {UsageError} When a tokenizer cannot be loaded.
 * @throws {RunError} When the server counts tokens differently.
 */
export async function prepareRequests(
  trace: Trace,
  engine: OpenEngine,
  options: PromptOptions,
): Promise<Omit<BuiltRequests, "skipped"> & { workload: WorkloadInfo }> {
  const kind = options.prompts ?? "blocks";
  const tokenizer = kind !== "random"
    ? undefined
    : await (options.tokenizerPath === undefined
      ? loadQwen3Tokenizer()
      : loadTokenizer(options.tokenizerPath));
  const probed = !engine.profile.quirks.asksUsage ? null : await probeTemplate(engine.line, {
    texts: [spell(words.slice(0, 1)), spell(words.slice(0, PROBE_WORDS))],
    countTokens: (text) => tokenizer?.encode(text).length ?? text.split(" ").length - 1,
  });
  const templateTokens = probed ?? QWEN3_TEMPLATE_TOKENS;
  const { requests, asked, skipped } = buildRequests(trace, {
    kind,
    seed: options.seed,
    templateTokens,
    tokenizer,
    inputTokens: options.inputTokens,
    outputTokens: options.outputTokens,
    contextTokens: engine.contextTokens ?? undefined,
    extraBody: options.extraBody,
  });
  const lengthCheck = probed !== null ? "probed" : tokenizer !== undefined ? "tokenizer" : "assumed";
  return {
    requests,
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
      prompts: { kind, sha256: hashPrompts(requests), templateTokens, lengthCheck },
      skipped,
      notes: [
        ...describeWorkload(trace, { ...options, kind, lengthCheck, templateTokens }),
        ...(engine.contextTokens === null ? warnOfLongRows(asked) : []),
      ],
    },
  };
}

/** What a reader must know about how the requests came about. */
function describeWorkload(
  trace: Trace,
  { kind, lengthCheck, templateTokens, inputTokens }: Pick<PromptOptions, "inputTokens"> & {
    readonly kind: WorkloadInfo["prompts"]["kind"];
    readonly lengthCheck: WorkloadInfo["prompts"]["lengthCheck"];
    readonly templateTokens: number;
  },
): string[] {
  const notes: string[] = [];
  if (trace.source.kind === "synthetic") notes.push(`The trace is ${trace.source.note}.`);
  if (kind === "blocks" && inputTokens !== undefined) {
    notes.push(
      `Every prompt was given ${inputTokens} tokens, so the trace's blocks do not fit: prompts share no prefixes.`,
    );
  }
  if (lengthCheck === "assumed") {
    notes.push(
      `The server reports no usage, so prompt lengths rest on an assumption that holds for Qwen3: one token per word, ${templateTokens} for the chat template.`,
    );
  }
  if (lengthCheck === "tokenizer") {
    notes.push(
      `The server reports no usage, so prompt lengths rest on the tokenizer and on ${templateTokens} tokens for the chat template, as Qwen3 has.`,
    );
  }
  return notes;
}

/** Contexts of this many tokens are common; a longer row may be refused, or hang as in mini-sglang. */
const COMMON_CONTEXT_TOKENS = 32_768;

function warnOfLongRows(asked: readonly AskedLengths[]): string[] {
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
