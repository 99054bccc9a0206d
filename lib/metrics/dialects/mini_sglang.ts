/**
 * The numbers that mini-sglang's `process_benchmark_results` prints, from the same tics.
 *
 * They differ from ours: the clock starts after the response headers, "TPOT" pools every gap including the one to the
 * finish chunk, tokens are counted as chunks plus the headers, and a percentile is the value at index ⌊n·q⌋.
 *
 * @see https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/benchmark/client.py
 * @module
 */

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
  results: readonly { readonly ticsS: readonly number[] }[],
): MiniSglangNumbers {
  const gaps = results.map(({ ticsS }) => ticsS.slice(1).map((tic, i) => tic - (ticsS[i] ?? 0)));
  const edges = results.map(({ ticsS }) => ({ first: ticsS[0] ?? NaN, last: ticsS.at(-1) ?? NaN }));
  const durationS = edges.reduce((max, { last }) => Math.max(max, last), -Infinity) -
    edges.reduce((min, { first }) => Math.min(min, first), Infinity);
  if (!(durationS > 0)) {
    throw new RangeError(
      `Cannot process results as their duration must be > 0: current value is ${durationS} s`,
    );
  }
  const tokens = results.reduce((sum, { ticsS }) => sum + ticsS.length, 0);
  return {
    requests: results.length,
    tokens,
    ttftMs: stats(gaps.flatMap((gap) => gap.slice(0, 1)), 1000),
    tpotMs: stats(gaps.flatMap((gap) => gap.slice(1)), 1000),
    e2eS: stats(edges.map(({ first, last }) => last - first), 1),
    durationS,
    tokensPerS: tokens / durationS,
    requestsPerS: results.length / durationS,
  };
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

function stats(values: readonly number[], factor: number): MiniSglangStats {
  if (values.length === 0) throw new RangeError("Cannot process results as no request has two chunks");
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => factor * (sorted[Math.floor(sorted.length * q)] ?? NaN);
  return {
    avg: factor * values.reduce((sum, value) => sum + value, 0) / values.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: factor * (sorted.at(-1) ?? NaN),
  };
}

/** Six wide: whole above 1000, two decimals above 10, four below. */
function format(x: number): string {
  const text = x >= 1000 ? String(Math.trunc(x)) : x.toFixed(x >= 10 ? 2 : 4);
  return text.padStart(6);
}
