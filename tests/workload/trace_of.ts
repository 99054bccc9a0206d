import type { Trace, TraceEntry } from "../../lib/types.ts";

/** A trace with the given entries, or with entries of one token each at the given arrivals. */
export function traceOf(entries: readonly (number | TraceEntry)[], blockTokens = 16): Trace {
  return {
    name: "by hand",
    format: "qwen-bailian",
    blockTokens,
    entries: entries.map((entry) =>
      typeof entry === "number" ? { arrivalMs: entry, inputTokens: 1, outputTokens: 1 } : entry
    ),
    source: { kind: "synthetic", note: "by hand", seed: 0, sha256: "" },
  };
}

/** The arrivals of a trace, in ms. */
export function arrivalsMs(trace: Trace): number[] {
  return trace.entries.map((entry) => entry.arrivalMs);
}
