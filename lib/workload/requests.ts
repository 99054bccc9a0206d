/**
 * From a trace to requests that are ready to be sent.
 *
 * @module
 */
import { createHash } from "node:crypto";

import { createRandom } from "../random.ts";
import type { JsonObject, RequestSpec, Trace, TraceEntry, WorkloadInfo } from "../types.ts";
import { generatePrompt } from "./random_prompt.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { blockPrompt, dummyPrompt, freshPrompt, QWEN3_TEMPLATE_TOKENS } from "./word_prompts.ts";

/** Options of {@linkcode buildRequests}. */
export interface BuildRequestsOptions {
  /**
   * - `"blocks"`: rebuilt from hash ids, with the prefixes that the trace shares; fresh text where there are no ids.
   * - `"random"`: random tokens of `tokenizer`, sharing nothing.
   * - `"dummy"`: prefixes of one text, as mini-sglang's `dummy=True`.
   */
  kind: WorkloadInfo["prompts"]["kind"];
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

/** Outcome of {@linkcode buildRequests}. */
export interface BuiltRequests {
  readonly requests: readonly RequestSpec[];
  readonly skipped: WorkloadInfo["skipped"];
}

/**
 * Builds a request for each entry of a trace that can be asked with exactly its number of tokens.
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
 * assert.equal(requests[3]?.inputTokens, trace.entries[3]?.inputTokens);
 * assert.deepEqual(skipped, []);
 * ```
 */
export function buildRequests(trace: Trace, options: BuildRequestsOptions): BuiltRequests {
  const { extraBody } = options;
  const writePrompt = promptWriter(trace, options);
  const requests: RequestSpec[] = [];
  const skipped: { id: number; reason: string }[] = [];
  for (const [id, original] of trace.entries.entries()) {
    const entry = withLengths(original, options);
    const reason = reasonToSkip(entry, options);
    if (reason !== undefined) {
      skipped.push({ id, reason });
      continue;
    }
    requests.push({
      id,
      messages: [{ role: "user", content: writePrompt(id, entry) }],
      inputTokens: entry.inputTokens,
      outputTokens: entry.outputTokens,
      ignoreEos: true,
      ...(extraBody && { extraBody }),
    });
  }
  return { requests, skipped };
}

/**
 * Identifies the prompts of a run.
 *
 * @returns SHA-256, in hex, of each request's messages as JSON on a line of its own, in order.
 */
export function hashPrompts(requests: readonly Pick<RequestSpec, "messages">[]): string {
  const hash = createHash("sha256");
  for (const { messages } of requests) hash.update(`${JSON.stringify(messages)}\n`);
  return hash.digest("hex");
}

function promptWriter(
  { blockTokens }: Trace,
  options: BuildRequestsOptions,
): (id: number, entry: TraceEntry) => string {
  const { kind, tokenizer, seed = 42, templateTokens = QWEN3_TEMPLATE_TOKENS } = options;
  switch (kind) {
    case "blocks":
      return (id, entry) =>
        entry.hashIds === undefined
          ? freshPrompt(entry.inputTokens, { seed, templateTokens, id })
          : blockPrompt(entry, { seed, templateTokens, blockTokens });
    case "dummy":
      return (_id, { inputTokens }) => dummyPrompt(inputTokens, { seed, templateTokens });
    case "random": {
      if (tokenizer === undefined) {
        throw new TypeError("Cannot build requests as 'tokenizer' must be given for random prompts");
      }
      const random = createRandom(seed);
      return (id, { inputTokens }) =>
        generatePrompt(tokenizer, inputTokens - templateTokens, { random: random.fork(`prompt ${id}`) });
    }
  }
}

function withLengths(entry: TraceEntry, { inputTokens, outputTokens }: BuildRequestsOptions): TraceEntry {
  return {
    ...entry,
    ...(inputTokens !== undefined && { inputTokens, hashIds: undefined }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
}

function reasonToSkip(entry: TraceEntry, options: BuildRequestsOptions): string | undefined {
  const { contextTokens = Infinity, templateTokens = QWEN3_TEMPLATE_TOKENS } = options;
  const { inputTokens, outputTokens } = entry;
  if (inputTokens + outputTokens > contextTokens) {
    return `${inputTokens} prompt and ${outputTokens} answer tokens are more than the context of ${contextTokens}`;
  }
  if (inputTokens <= templateTokens) {
    return `a prompt of ${inputTokens} tokens leaves no text beside the ${templateTokens} of the chat template`;
  }
  return undefined;
}
