/**
 * The public traces that have a name here.
 *
 * @module
 */
import { mooncake } from "../workload/formats/mooncake.ts";
import { qwenBailian } from "../workload/formats/qwen_bailian.ts";
import type { TraceFormat } from "../workload/formats/trace_format.ts";

/** A trace that can be downloaded. */
export interface KnownTrace {
  /** What `--trace` takes. */
  readonly name: string;
  readonly format: TraceFormat;
  readonly url: string;
  /** What the file is called in the cache. */
  readonly fileName: string;
  /** Of the file, hex; absent until someone has seen it. */
  readonly sha256?: string;
}

/** All of them. A new one is an entry here, and one in `data/README.md`. */
export const knownTraces: readonly KnownTrace[] = [
  {
    name: "qwen",
    format: qwenBailian,
    url:
      "https://media.githubusercontent.com/media/alibaba-edu/qwen-bailian-usagetraces-anon/refs/heads/main/qwen_traceA_blksz_16.jsonl",
    fileName: "qwen_traceA_blksz_16.jsonl",
  },
  {
    name: "mooncake",
    format: mooncake,
    url:
      "https://raw.githubusercontent.com/kvcache-ai/Mooncake/refs/heads/main/FAST25-release/traces/conversation_trace.jsonl",
    fileName: "mooncake_conversation_trace.jsonl",
    sha256: "b8cbb061a85206d729d91cdc2981f43c9e0d99209dce588d3af5f7934408b9df",
  },
];
