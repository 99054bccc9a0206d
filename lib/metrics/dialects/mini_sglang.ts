/**
 * The numbers that mini-sglang's `process_benchmark_results` prints, from the same tics.
 *
 * They differ from ours: the clock starts after the response headers, "TPOT" pools every gap including the one to the
 * finish chunk, tokens are counted as chunks plus the headers, and a percentile is the value at index ⌊n·q⌋.
 *
 * @see https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/benchmark/client.py
 * @module
 */

import type { RequestRecord } from "../../types.ts";
import { Sample } from "../sample.ts";
import { chunksMs } from "./chunks.ts";
import { type Dialect, type DialectCollector, type DialectRow, makeRow } from "./dialect.ts";

/** avg, p50, p90, p99 and max in mini-sglang's sense. */
export interface MiniSglangStats {
  readonly avg: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Everything that is printed. */
export interface MiniSglangNumbers {
  readonly requests: number;
  /** Tics, headers and finish chunk included: two more per request than tokens. */
  readonly tokens: number;
  readonly ttftMs: MiniSglangStats;
  readonly tpotMs: MiniSglangStats;
  readonly e2eS: MiniSglangStats;
  readonly durationS: number;
  readonly tokensPerS: number;
  readonly requestsPerS: number;
}

/**
 * Computes mini-sglang's numbers.
 *
 * @param results Tics per request in seconds: headers first, then every chunk. At least one request with two chunks.
 * @throws {RangeError} When there is nothing to compute from.
 */
export function processBenchmarkResults(
  results: Iterable<{ readonly ticsS: readonly number[] }>,
): MiniSglangNumbers {
  const tally = new MiniSglangTally();
  for (const { ticsS } of results) {
    const [headersMs = NaN, ...chunks] = ticsS.map((tic) => tic * 1000);
    tally.add(headersMs, chunks);
  }
  const { durationS, ttft, tpot, e2e } = tally;
  if (!(durationS > 0)) {
    throw new RangeError(
      `Cannot process results as their duration must be > 0: current value is ${durationS} s`,
    );
  }
  return {
    requests: tally.requests,
    tokens: tally.tokens,
    ttftMs: stats(ttft, 1),
    tpotMs: stats(tpot, 1),
    e2eS: stats(e2e, 1000),
    durationS,
    tokensPerS: tally.tokens / durationS,
    requestsPerS: tally.requests / durationS,
  };
}

/** What mini-sglang's numbers are made of; samples in ms. */
class MiniSglangTally {
  readonly ttft = new Sample();
  readonly tpot = new Sample();
  readonly e2e = new Sample();
  requests = 0;
  tokens = 0;
  #startMs = Infinity;
  #endMs = -Infinity;

  /** −Infinity without a request. */
  get durationS(): number {
    return gapMs(this.#startMs, this.#endMs) / 1000;
  }

  /** Takes in one request: the instants of its headers and of every chunk. */
  add(headersMs: number, chunksMs: readonly number[]): void {
    const [firstMs, lastMs] = [chunksMs[0], chunksMs.at(-1) ?? headersMs];
    if (firstMs !== undefined) this.ttft.add(gapMs(headersMs, firstMs));
    for (let i = 1; i < chunksMs.length; i++) this.tpot.add(gapMs(chunksMs[i - 1] ?? 0, chunksMs[i] ?? 0));
    this.requests++;
    this.tokens += 1 + chunksMs.length;
    this.#startMs = Math.min(this.#startMs, headersMs);
    this.#endMs = Math.max(this.#endMs, lastMs);
    this.e2e.add(gapMs(headersMs, lastMs));
  }
}

/** mini-sglang's own client. A request without headers is left out: its clock never started. */
export const miniSglang: Dialect = {
  name: "mini-sglang",
  label: "mini-sglang",
  source: "https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/benchmark/client.py",
  begin: () => new MiniSglangCollector(),
};

class MiniSglangCollector implements DialectCollector {
  readonly #tally = new MiniSglangTally();

  add(record: RequestRecord): void {
    const { outcome, headersMs } = record;
    if (outcome.kind === "ok" && headersMs !== null) this.#tally.add(headersMs, chunksMs(record));
  }

  rows(): DialectRow[] {
    const { requests, tokens, durationS, ttft, tpot, e2e } = this.#tally;
    const isAny = requests > 0;
    const perS = (amount: number) => durationS > 0 ? amount / durationS : null;
    return [
      makeRow(isAny ? requests : null, {
        ...{ name: "Num requests", unit: "requests", ours: "succeeded", print: String },
        differs: "The same here; in mini-sglang's client one failure ends the whole batch.",
      }),
      makeRow(isAny ? tokens : null, {
        ...{ name: "Num tokens", unit: "tokens", ours: "outputTokens", print: String },
        differs: "The headers and every chunk count as a token, a finish chunk too.",
      }),
      ...statRows(ttft, {
        ...{ name: "TTFT", unit: "ms", metric: "ttft" },
        differs:
          "From the response headers to the first chunk of any kind; a percentile is the value at index ⌊n·q⌋.",
      }),
      ...statRows(tpot, {
        ...{ name: "TPOT", unit: "ms", metric: "itl" },
        differs:
          "Our ITL under the name of TPOT: every gap between chunks, that to the finish chunk included.",
      }),
      ...statRows(e2e, {
        ...{ name: "E2E", unit: "s", metric: "e2e" },
        differs: "From the response headers to the last chunk of any kind.",
      }),
      makeRow(durationS > 0 ? durationS : null, {
        ...{ name: "Duration", unit: "s", ours: "durationS", print: format },
        differs: "From the first response headers to the last chunk; ours starts with the first request.",
      }),
      makeRow(perS(tokens), {
        ...{ name: "Throughput (token/s)", unit: "tokens/s", ours: "outputTokensPerS", print: format },
        differs: "The headers and chunks without a token count as tokens, over mini-sglang's duration.",
      }),
      makeRow(perS(requests), {
        ...{ name: "Throughput (req/s)", unit: "requests/s", ours: "requestsPerS", print: format },
        differs: "Over mini-sglang's duration, which starts with the first response headers.",
      }),
    ];
  }
}

function statRows(
  sampleMs: Sample,
  { name, unit, metric, differs }: Pick<DialectRow, "name" | "differs"> & {
    readonly unit: "ms" | "s";
    readonly metric: "ttft" | "itl" | "e2e";
  },
): DialectRow[] {
  const values = sampleMs.count === 0 ? null : stats(sampleMs, unit === "ms" ? 1 : 1000);
  return ([["avg", "mean"], ["p50", "p50"], ["p90", "p90"], ["p99", "p99"], ["max", "max"]] as const).map(
    ([key, ours]) =>
      makeRow(values?.[key] ?? null, {
        ...{ name: `${name} ${key}`, unit, ours: `${metric}.${ours}` as const, differs, print: format },
      }),
  );
}

/** To 1 ns: gaps that are equal should be so in spite of binary fractions. */
function gapMs(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1e6) / 1e6;
}

/** The lines mini-sglang logs, figure for figure. */
export function printMiniSglang(numbers: MiniSglangNumbers): string[] {
  const row = (name: string, unit: string, s: MiniSglangStats) =>
    `${name}${format(s.avg)} ${unit} (p50: ${format(s.p50)} ${unit}, p90: ${format(s.p90)} ${unit},` +
    ` p99: ${format(s.p99)} ${unit}, max: ${format(s.max)} ${unit})`;
  return [
    `Num requests: #${numbers.requests}, Num tokens: #${numbers.tokens}`,
    row("TTFT: ", "ms", numbers.ttftMs),
    row("TPOT: ", "ms", numbers.tpotMs),
    row("E2E:  ", " s", numbers.e2eS),
    `Duration: ${format(numbers.durationS)} s`,
    `Throughput: ${format(numbers.tokensPerS)} token/s, ${format(numbers.requestsPerS)} req/s`,
  ];
}

function stats(sample: Sample, divisor: number): MiniSglangStats {
  if (sample.count === 0) throw new RangeError("Cannot process results as no request has two chunks");
  const sorted = sample.sorted();
  const at = (q: number) => (sorted.at(Math.floor(sorted.length * q)) ?? NaN) / divisor;
  let sum = 0;
  for (const [value, times] of sorted.distinct()) sum += value * times;
  return {
    avg: sum / sorted.length / divisor,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: (sorted.at(sorted.length - 1) ?? NaN) / divisor,
  };
}

/** Six wide: whole above 1000, two decimals above 10, four below. */
function format(x: number): string {
  const text = x >= 1000 ? String(Math.trunc(x)) : x.toFixed(x >= 10 ? 2 : 4);
  return text.padStart(6);
}
