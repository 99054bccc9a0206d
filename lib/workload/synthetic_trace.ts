/**
 * Traces made by a seeded generator in the Qwen-Bailian format, for when no real trace is at hand.
 *
 * @module
 */
import { createHash } from "node:crypto";

import type { Trace, TraceEntry } from "../types.ts";
import { qwenBailian, type QwenRow, writeQwenTrace } from "./formats/qwen_bailian.ts";
import { demoTraffic, qwenTraceA, type SyntheticProfile } from "./synthetic_profiles.ts";
import { syntheticRows } from "./synthetic_rows.ts";
import { traceSpanMs } from "./trace.ts";

/** Options of {@linkcode syntheticTrace}. */
export interface SyntheticTraceOptions {
  /** @default {42} */
  seed?: number;
  /**
   * Stops after this many requests; an integer ≥ 1. A shorter trace is the beginning of a longer one.
   *
   * @default {43_058}
   */
  requests?: number;
  /** Leaves out what arrives later than this, in ms. @default {Infinity} */
  durationMs?: number;
  /**
   * What the traffic is like. For a change: `{ ...qwenTraceA, note: "…", multiTurnShare: 0 }`.
   *
   * @default {qwenTraceA}
   */
  profile?: SyntheticProfile;
}

/**
 * Generates a trace. The same options give the same trace, byte for byte.
 *
 * @returns A trace whose `source` says "synthetic", with a note in words of what it is. Its SHA-256 is that of the file
 * that {@linkcode writeQwenTrace} makes of its rows.
 * @throws {RangeError} If `requests` is not an integer ≥ 1, or nothing arrives within `durationMs`.
 *
 * @example
 * ```ts
 * import { strict as assert } from "node:assert";
 * import { syntheticTrace } from "./synthetic_trace.ts";
 *
 * const trace = syntheticTrace({ seed: 1, requests: 100 });
 * assert.equal(trace.entries.length, 100);
 * assert.deepEqual(trace, syntheticTrace({ seed: 1, requests: 100 }));
 * ```
 */
export function syntheticTrace(options: SyntheticTraceOptions = {}): Trace {
  const { seed = 42, requests = 43_058, durationMs = Infinity, profile = qwenTraceA } = options;
  if (!Number.isSafeInteger(requests) || requests < 1) {
    throw new RangeError(
      `Cannot generate trace as 'requests' must be an integer >= 1: current value is ${requests}`,
    );
  }
  const toEntry = qwenBailian.rowReader();
  const entries: TraceEntry[] = [];
  const hash = createHash("sha256");
  for (const row of takeRows(syntheticRows(profile, seed), requests, durationMs)) {
    entries.push(toEntry(row));
    for (const line of writeQwenTrace([row])) hash.update(line);
  }
  if (entries.length === 0) {
    throw new RangeError(
      `Cannot generate trace as nothing arrives within 'durationMs': current value is ${durationMs}`,
    );
  }
  return {
    name: profile.name,
    format: qwenBailian.name,
    blockTokens: qwenBailian.blockTokens,
    entries,
    source: {
      kind: "synthetic",
      note: `${profile.note}; ${describe(entries)}`,
      seed,
      sha256: hash.digest("hex"),
    },
  };
}

/**
 * Generates the trace of the demonstration: 120 requests of {@linkcode demoTraffic}.
 *
 * @param options As for {@linkcode syntheticTrace}, with these two defaults instead.
 */
export function demoTrace(options: SyntheticTraceOptions = {}): Trace {
  const { requests = 120, profile = demoTraffic } = options;
  return syntheticTrace({ ...options, requests, profile });
}

function* takeRows(rows: Iterable<QwenRow>, requests: number, durationMs: number): Generator<QwenRow> {
  let count = 0;
  for (const row of rows) {
    if (row.timestamp * 1_000 > durationMs) return;
    yield row;
    if (++count === requests) return;
  }
}

/** What came out, in words: "120 requests in 13.4 s, on average 1,078 prompt and 54 answer tokens". */
function describe(entries: readonly TraceEntry[]): string {
  const count = entries.length;
  const mean = (tokens: (entry: TraceEntry) => number) =>
    Math.round(entries.reduce((sum, entry) => sum + tokens(entry), 0) / count).toLocaleString("en");
  return `${count.toLocaleString("en")} requests in ${
    (traceSpanMs({ entries }) / 1_000).toFixed(1)
  } s, on average ` +
    `${mean((entry) => entry.inputTokens)} prompt and ${mean((entry) => entry.outputTokens)} answer tokens`;
}
