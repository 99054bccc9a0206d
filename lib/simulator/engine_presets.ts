/**
 * The engines that the simulator can stand for, as data. They run the same scheduler loop on the same cost model and
 * differ only in what their sources show to differ.
 *
 * @module
 */

import { findByName } from "./presets.ts";

/** How an engine decides whether a waiting request fits into memory. */
export type AdmissionPolicy =
  /** mini-sglang: room for the whole answer is reserved, so nobody is ever thrown out again. */
  | "full"
  /** SGLang: a share of the answer is reserved that shrinks while all goes well; when memory runs out, requests are retracted. */
  | "estimated";

/** What is particular about an engine. */
export interface EnginePreset {
  /** As in `--sim-engine`. */
  readonly name: "mini-sglang" | "sglang" | "vllm";
  /** For people: "mini-sglang", "SGLang", "vLLM wire format, not its scheduler". */
  readonly label: string;
  /** Whether another engine's scheduler stands in for its own, so that nothing may be concluded about it. */
  readonly isWireOnly: boolean;
  readonly admission: AdmissionPolicy;
  /** Requests that can run at a time. */
  readonly maxRunningRequests: (on: {
    readonly capacityTokens: number;
    readonly contextTokens: number;
  }) => number;
  /** Prompt tokens in one batch, over all of its requests; `null` where only the chunk limits them. */
  readonly maxPrefillTokens: number | null;
  /** Largest decode batch with a captured CUDA graph. */
  readonly graphMaxRequests: (on: { readonly freeBytes: number; readonly tp: number }) => number;
  /** When the engine drops a request whose client went away: at once, or when its next token is due and 0.1 s later. */
  readonly abort: "at-once" | "next-token";
  /** What happens to a prompt that fills the context: an error, or no answer at all. */
  readonly overlong: "hang" | "reject";
  /** Where the differences are from. */
  readonly source: string;
}

/** mini-sglang captures graphs up to 256 requests where more than 80 GiB are free, up to 160 elsewhere. */
const miniSglangGraphs: EnginePreset["graphMaxRequests"] = ({ freeBytes }) =>
  freeBytes > 80 * 1024 ** 3 ? 256 : 160;

/** Every engine, in the order messages list them. */
export const enginePresets: readonly EnginePreset[] = [
  {
    name: "mini-sglang",
    label: "mini-sglang",
    isWireOnly: false,
    admission: "full",
    maxRunningRequests: () => 256,
    maxPrefillTokens: null,
    graphMaxRequests: miniSglangGraphs,
    abort: "next-token",
    overlong: "hang",
    source: "https://github.com/sgl-project/mini-sglang/tree/main/python/minisgl/scheduler",
  },
  {
    name: "sglang",
    label: "SGLang",
    isWireOnly: false,
    admission: "estimated",
    // For 512 requests of the longest kind, from 2,048 to 4,096.
    maxRunningRequests: ({ capacityTokens, contextTokens }) =>
      Math.min(4096, Math.max(2048, Math.floor(capacityTokens / contextTokens * 512))),
    maxPrefillTokens: 16_384,
    // On GPUs of 80 GB and more.
    graphMaxRequests: ({ tp }) => tp < 4 ? 256 : 512,
    abort: "at-once",
    overlong: "reject",
    source: "https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/managers/schedule_policy.py",
  },
  {
    name: "vllm",
    label: "vLLM wire format, not its scheduler",
    // vLLM mixes prefill and decode in one batch.
    isWireOnly: true,
    admission: "full",
    maxRunningRequests: () => 256,
    maxPrefillTokens: null,
    graphMaxRequests: miniSglangGraphs,
    abort: "at-once",
    overlong: "reject",
    source: "https://github.com/vllm-project/vllm/tree/main/vllm/entrypoints/openai (wire format only)",
  },
];

/**
 * Looks an engine up by name, ignoring case.
 *
 * @param name For example "sglang".
 * @throws {RangeError} When there is no such engine; the message lists the choices.
 */
export function findEnginePreset(name: string): EnginePreset {
  return findByName("engine", enginePresets, name);
}
