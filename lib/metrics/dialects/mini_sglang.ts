/**
 * The numbers that mini-sglang's `process_benchmark_results` prints, from the same tics.
 *
 * They differ from ours: the clock starts after the response headers, "TPOT" pools every gap including the one to the
 * finish chunk, tokens are counted as chunks plus the headers, and a percentile is the value at index ⌊n·q⌋.
 *
 * @see https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/benchmark/client.py
 * @module
 */

import { Sample } from "../sample.ts";

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
  const [firstGaps, otherGaps, spans] = [new Sample(), new Sample(), new Sample()];
  let requests = 0;
  let tokens = 0;
  let startS = Infinity;
  let endS = -Infinity;
  for (const { ticsS } of results) {
    const [first = NaN, last = NaN] = [ticsS.at(0), ticsS.at(-1)];
    requests++;
    tokens += ticsS.length;
    startS = Math.min(startS, first);
    endS = Math.max(endS, last);
    spans.add(gap(first, last));
    for (let i = 1; i < ticsS.length; i++) {
      (i === 1 ? firstGaps : otherGaps).add(gap(ticsS[i - 1] ?? NaN, ticsS[i] ?? NaN));
    }
  }
  const durationS = endS - startS;
  if (!(durationS > 0)) {
    throw new RangeError(
      `Cannot process results as their duration must be > 0: current value is ${durationS} s`,
    );
  }
  return {
    requests,
    tokens,
    ttftMs: stats(firstGaps, 1000),
    tpotMs: stats(otherGaps, 1000),
    e2eS: stats(spans, 1),
    durationS,
    tokensPerS: tokens / durationS,
    requestsPerS: requests / durationS,
  };
}

/** In s, to 1 ns: gaps that are equal should be so in spite of binary fractions. */
function gap(fromS: number, toS: number): number {
  return Math.round((toS - fromS) * 1e9) / 1e9;
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

function stats(sample: Sample, factor: number): MiniSglangStats {
  if (sample.count === 0) throw new RangeError("Cannot process results as no request has two chunks");
  const sorted = sample.sorted();
  const at = (q: number) => factor * (sorted.at(Math.floor(sorted.length * q)) ?? NaN);
  let sum = 0;
  for (const [value, times] of sorted.distinct()) sum += value * times;
  return {
    avg: factor * sum / sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: factor * (sorted.at(sorted.length - 1) ?? NaN),
  };
}

/** Six wide: whole above 1000, two decimals above 10, four below. */
function format(x: number): string {
  const text = x >= 1000 ? String(Math.trunc(x)) : x.toFixed(x >= 10 ? 2 : 4);
  return text.padStart(6);
}
