/**
 * From a trace to requests that are ready to be sent.
 *
 * @module
 */
import { createHash } from "node:crypto";

import { createRandom } from "../random.ts";
import type { JsonObject, List, PromptKind, RequestSpec, Trace, TraceEntry, WorkloadInfo } from "../types.ts";
import { generatePrompt } from "./random_prompt.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { blockPrompt, dummyPrompt, freshPrompt, QWEN3_TEMPLATE_TOKENS } from "./word_prompts.ts";

/** Options of {@linkcode buildRequests}. */
export interface BuildRequestsOptions {
  /**
   * - `"blocks"`: rebuilt from hash ids, with the prefixes that the trace shares; fresh text where there are no ids.
   * - `"fresh"`: words that share no prefix.
   * - `"random"`: random tokens of `tokenizer`, sharing nothing.
   * - `"dummy"`: prefixes of one text, as mini-sglang's `dummy=True`.
   */
  kind: PromptKind;
  /** Integer. @default {42} */
  seed?: number;
  /** Tokens that the chat template adds to the text. @default {QWEN3_TEMPLATE_TOKENS} */
  templateTokens?: number;
  /** Needed for `"random"` only. */
  tokenizer?: Tokenizer;
  /** Prompt length for all requests in place of the trace's; the hash ids do not fit any more and are dropped. */
  inputTokens?: number;
  /** Answer length for all requests in place of the trace's. */
  outputTokens?: number;
  /** Requests whose prompt and answer together are longer are skipped. @default {Infinity} */
  contextTokens?: number;
  /** Extra fields of every body. */
  extraBody?: JsonObject;
}

/** What requests are built from: a trace, or lengths alone. */
export type EntryList = Pick<Trace, "blockTokens" | "entries">;

/** What is asked for, without its text. */
export type AskedLengths = Pick<RequestSpec, "id" | "inputTokens" | "outputTokens">;

/** Outcome of {@linkcode buildRequests}. */
export interface BuiltRequests {
  /** A long workload's texts are not kept: each is written anew when its request is asked for. */
  readonly requests: List<RequestSpec>;
  /** Position in the trace and lengths of each request. */
  readonly asked: readonly AskedLengths[];
  readonly skipped: WorkloadInfo["skipped"];
}

/** Up to this many prompt tokens, about 50 MB of text, prompts are kept; a few thousand requests of a real trace. */
const MOST_KEPT_TOKENS = 8_000_000;

/**
 * Builds a request for each entry of a trace that can be asked with exactly its number of tokens.
 *
 * Which entries those are depends on lengths alone, so it is known before any text is written. Texts depend on nothing
 * but seed, position and entry. Those of a workload of up to a few thousand requests are written at once and kept; those
 * of a longer one are written when they are asked for, so that it does not have to fit into memory.
 *
 * Skipped are entries that are longer than the context, and those whose prompt is not longer than the chat template.
 *
 * @returns Requests in order of the trace; `id` is the entry's position in it, also where others were skipped.
 * @throws {TypeError} If `kind` is `"random"` and there is no `tokenizer`.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { buildRequests } from "./requests.ts";
 * import { demoTrace } from "./synthetic_trace.ts";
 *
 * const trace = demoTrace({ requests: 10 });
 * const { requests, skipped } = buildRequests(trace, { kind: "blocks", contextTokens: 40_960 });
 * assert.equal(requests.length, 10);
 * assert.equal(requests.at(3)?.inputTokens, trace.entries[3]?.inputTokens);
 * assert.deepEqual(skipped, []);
 * ```
 */
export function buildRequests(trace: EntryList, options: BuildRequestsOptions): BuiltRequests {
  const { extraBody } = options;
  const writePrompt = promptWriter(trace, options);
  const { asked, skipped } = chooseEntries(trace, options);
  const make = ({ id, inputTokens, outputTokens }: AskedLengths): RequestSpec => ({
    id,
    messages: [{ role: "user", content: writePrompt(id, inputTokens) }],
    inputTokens,
    outputTokens,
    ignoreEos: true,
    ...(extraBody && { extraBody }),
  });
  const total = asked.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  const requests = total <= MOST_KEPT_TOKENS ? asked.map(make) : mapWhenAsked(asked, make);
  return { requests, asked, skipped };
}

/** Decides from lengths alone what is asked for. */
function chooseEntries(
  { entries }: EntryList,
  options: BuildRequestsOptions,
): Pick<BuiltRequests, "asked" | "skipped"> {
  const asked: AskedLengths[] = [];
  const skipped: { id: number; reason: string }[] = [];
  for (const [id, entry] of entries.entries()) {
    const { inputTokens = entry.inputTokens, outputTokens = entry.outputTokens } = options;
    const reason = reasonToSkip({ inputTokens, outputTokens }, options);
    if (reason === undefined) asked.push({ id, inputTokens, outputTokens });
    else skipped.push({ id, reason });
  }
  return { asked, skipped };
}

/** A list whose members are made anew each time they are asked for. */
function mapWhenAsked<T, U>(items: readonly T[], make: (item: T) => U): List<U> {
  return {
    length: items.length,
    at(index) {
      const item = items[index];
      return item === undefined ? undefined : make(item);
    },
    *[Symbol.iterator]() {
      for (const item of items) yield make(item);
    },
  };
}

/**
 * Identifies the prompts of a run.
 *
 * @returns SHA-256, in hex, of each request's messages as JSON on a line of its own, in order.
 */
export function hashPrompts(requests: Iterable<Pick<RequestSpec, "messages">>): string {
  const hash = createHash("sha256");
  for (const { messages } of requests) hash.update(`${JSON.stringify(messages)}\n`);
  return hash.digest("hex");
}

/** Makes the function that writes the prompt of the entry at a position. */
function promptWriter(
  { blockTokens, entries }: EntryList,
  options: BuildRequestsOptions,
): (id: number, inputTokens: number) => string {
  const { kind, tokenizer, seed = 42, templateTokens = QWEN3_TEMPLATE_TOKENS } = options;
  switch (kind) {
    case "blocks":
      return (id, inputTokens) => {
        const hashIds = options.inputTokens === undefined ? entries[id]?.hashIds : undefined;
        return hashIds === undefined
          ? freshPrompt(inputTokens, { seed, templateTokens, id })
          : blockPrompt({ inputTokens, hashIds }, { seed, templateTokens, blockTokens });
      };
    case "fresh":
      return (id, inputTokens) => freshPrompt(inputTokens, { seed, templateTokens, id });
    case "dummy":
      return (_id, inputTokens) => dummyPrompt(inputTokens, { seed, templateTokens });
    case "random": {
      if (tokenizer === undefined) {
        throw new TypeError("Cannot build requests as 'tokenizer' must be given for random prompts");
      }
      const random = createRandom(seed);
      return (id, inputTokens) =>
        generatePrompt(tokenizer, inputTokens - templateTokens, { random: random.fork(`prompt ${id}`) });
    }
  }
}

function reasonToSkip(
  { inputTokens, outputTokens }: Pick<TraceEntry, "inputTokens" | "outputTokens">,
  options: BuildRequestsOptions,
): string | undefined {
  const { contextTokens = Infinity, templateTokens = QWEN3_TEMPLATE_TOKENS } = options;
  if (inputTokens + outputTokens > contextTokens) {
    return `${inputTokens} prompt and ${outputTokens} answer tokens are more than the context of ${contextTokens}`;
  }
  if (inputTokens <= templateTokens) {
    return `a prompt of ${inputTokens} tokens leaves no text beside the ${templateTokens} of the chat template`;
  }
  return undefined;
}
