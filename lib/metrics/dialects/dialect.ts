/**
 * What a dialect is: another tool's numbers, by its own definitions, from our records.
 *
 * @module
 */
import type { RequestRecord } from "../../types.ts";
import { describe, type Distribution } from "../distribution.ts";
import { e2e } from "../e2e.ts";
import { itl } from "../itl.ts";
import { addToSample, type Metric } from "../metric.ts";
import { Sample } from "../sample.ts";
import { noSlo, type Slo } from "../slo.ts";
import type { CellSummary } from "../summary.ts";
import { tpot } from "../tpot.ts";
import { ttft } from "../ttft.ts";

/** The latencies of a {@linkcode CellSummary} that tools have rows for. */
export const comparedLatencies = ["ttft", "tpot", "itl", "e2e"] as const;

type LatencyQuantity = `${(typeof comparedLatencies)[number]}.${Exclude<keyof Distribution, "count">}`;

/** Something that we measure too: a statistic of a latency in ms, or a number of a {@linkcode CellSummary}. */
export type Quantity =
  | LatencyQuantity
  | "succeeded"
  | "failed"
  | "inputTokens"
  | "outputTokens"
  | "durationS"
  | "requestsPerS"
  | "outputTokensPerS"
  | "totalTokensPerS"
  | "goodRequestsPerS"
  | "meanConcurrency"
  | "peakInFlight";

/** What a row is counted in. */
export type DialectUnit = "ms" | "s" | "requests" | "tokens" | "requests/s" | "tokens/s" | "tokens/s/user";

/** A row as the tool prints it. */
export interface DialectRow {
  /** The tool's own name for it. */
  readonly name: string;
  /** In {@linkcode DialectRow.unit}; `null` where it was not measured or our records do not tell. */
  readonly value: number | null;
  readonly unit: DialectUnit;
  /** The value in the tool's number format; `null` with the value. */
  readonly printed: string | null;
  /** Our number for the same thing; `null` where we have none. */
  readonly ours: Quantity | null;
  /** Why it differs from ours, or why it is missing: one sentence. */
  readonly differs: string;
}

/** Takes records one by one; its memory does not grow with the length of the answers. */
export interface DialectCollector {
  add(record: RequestRecord): void;
  /** What the tool prints of the records so far. */
  rows(): DialectRow[];
}

/** What a tool is told beside the records. */
export interface DialectOptions {
  /** The cell's start, from which tools count that start their clock before the first request. @default {null} */
  readonly startMs?: number | null;
  /** When the earliest request that succeeded was sent, for tools that count per second from it. @default {null} */
  readonly firstSuccessMs?: number | null;
  /** Our own samples of the same records, where they are there already. @default gathers what a tool has in common with us */
  readonly ours?: OurSamples;
  /** Limits for tools that judge requests. @default {noSlo} */
  readonly slo?: Slo;
}

/** Names that `--dialect` takes. */
export type DialectName = "vllm" | "sglang" | "guidellm" | "aiperf" | "mini-sglang";

/** A tool whose numbers can be recomputed. */
export interface Dialect {
  readonly name: DialectName;
  /** For people. */
  readonly label: string;
  /** Where its definitions were read. */
  readonly source: string;
  begin(options?: DialectOptions): DialectCollector;
}

/** How a row's number is written, what it is compared with, and why it differs. */
export type RowText = Omit<DialectRow, "value" | "printed"> & {
  /** Writes a number as the tool does. */
  readonly print: (value: number) => string;
};

/** Makes a row. */
export function makeRow(value: number | null, { print, ...text }: RowText): DialectRow {
  return { ...text, value, printed: value === null ? null : print(value) };
}

/** A latency's rows, which share everything but the statistic. */
export interface LatencyRows {
  readonly metric: (typeof comparedLatencies)[number] | null;
  readonly differs: string;
  readonly print: (value: number) => string;
  /** @default {"ms"} */
  readonly unit?: "ms" | "s";
  /** The tool's names and what stands in the rows, in its order. */
  readonly rows: readonly (readonly [name: string, statistic: Exclude<keyof Distribution, "count">])[];
}

/** Makes the rows of a latency with numpy's statistics: interpolated percentiles, a deviation that divides by n. */
export function latencyRows(
  sampleMs: Sample,
  { metric, differs, print, unit = "ms", rows }: LatencyRows,
): DialectRow[] {
  const distribution = describe(sampleMs);
  return rows.map(([name, statistic]) => {
    const ms = distribution?.[statistic] ?? null;
    const value = ms === null || unit === "ms" ? ms : ms / 1000;
    const ours = metric === null ? null : `${metric}.${statistic}` as const;
    return makeRow(value, { name, unit, ours, differs, print });
  });
}

/**
 * Writes numbers with a fixed count of digits after the point, as Python's `{:.2f}`: what lies exactly between two goes to
 * the even one. Of whole µs that is one in eight; `toFixed` takes the larger.
 *
 * @param digits ≥ 0.
 * @example
 * ```ts
 * import { fixed } from "./dialect.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([8.125, 8.375, 8.345].map(fixed(2)), ["8.12", "8.38", "8.35"]); // 8.345 is a little more in binary
 * ```
 */
export function fixed(digits: number): (value: number) => string {
  // Only odd multiples of 2^−(digits + 1) lie between two and are exact in binary.
  const halves = 2 ** (digits + 1);
  return (value) => {
    if (Math.abs(value * halves) % 2 !== 1) return value.toFixed(digits);
    const lower = Math.floor(value * 10 ** digits);
    return ((lower % 2 === 0 ? lower : lower + 1) / 10 ** digits).toFixed(digits);
  };
}

/** Samples of our latencies. */
export type OurSamples = Readonly<Record<(typeof comparedLatencies)[number], Sample>>;

const ourMetrics = { ttft, tpot, itl, e2e } as const;

/** One of our latencies, where a tool means the same by another name. */
export class OurLatency {
  readonly sample: Sample;
  readonly #metric: Metric | null;

  /** @param ours Believed where it is there; else every record is measured. */
  constructor(name: keyof OurSamples, ours: OurSamples | undefined) {
    this.sample = ours?.[name] ?? new Sample();
    this.#metric = ours === undefined ? ourMetrics[name] : null;
  }

  /** Takes in a record. */
  add(record: RequestRecord): void {
    if (this.#metric !== null) addToSample(this.sample, this.#metric, record);
  }
}

/** An amount per second; `null` over no time. */
export function perS(amount: number, durationMs: number | null): number | null {
  return durationMs === null || durationMs <= 0 ? null : amount / durationMs * 1000;
}

/** From the earliest to the latest of some instants. */
export class Span {
  #fromMs = Infinity;
  #toMs = -Infinity;

  /** Widens the span. */
  include(fromMs: number, toMs = fromMs): void {
    this.#fromMs = Math.min(this.#fromMs, fromMs);
    this.#toMs = Math.max(this.#toMs, toMs);
  }

  /** Its length in ms; `null` where nothing was included or it has no length. */
  get durationMs(): number | null {
    return this.#toMs > this.#fromMs ? Math.round((this.#toMs - this.#fromMs) * 1000) / 1000 : null;
  }
}

/** The limits of an objective that a tool can be told: one per metric and request, none for the others. */
export function requestLimits<Metric extends Slo["limits"][number]["metric"]>(
  { limits }: Slo = noSlo,
  metrics: readonly Metric[],
): ReadonlyMap<Metric, number> {
  const found = new Map<Metric, number>();
  for (const { metric, percentile, sign, value } of limits) {
    const known = metrics.find((one) => one === metric);
    if (known === undefined || percentile !== null || (sign !== "<" && sign !== "≤")) continue;
    found.set(known, Math.min(value, found.get(known) ?? Infinity));
  }
  return found;
}

/**
 * Our own number for a quantity.
 *
 * @returns `null` where it was not measured.
 */
export function ourValue(quantity: Quantity, cell: CellSummary): number | null {
  switch (quantity) {
    case "succeeded":
    case "failed":
      return cell.requests[quantity];
    case "durationS":
      return cell.durationMs === null ? null : cell.durationMs / 1000;
    case "goodRequestsPerS":
      return cell.goodput?.requestsPerS ?? null;
    case "inputTokens":
    case "outputTokens":
    case "requestsPerS":
    case "outputTokensPerS":
    case "totalTokensPerS":
    case "meanConcurrency":
    case "peakInFlight":
      return cell[quantity];
    default: {
      const metric = comparedLatencies.find((one) => quantity.startsWith(`${one}.`));
      const distribution = metric === undefined ? null : cell[metric];
      if (distribution === null) return null;
      for (const [statistic, value] of Object.entries(distribution)) {
        if (quantity.endsWith(`.${statistic}`)) return typeof value === "number" ? value : null;
      }
      return null;
    }
  }
}
