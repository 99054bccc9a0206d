/**
 * What is compared between two runs, declared before anybody looks at the numbers.
 *
 * To add one: a line in {@linkcode comparedMetrics}.
 *
 * @module
 */

/** One request of a comparison. `null` means not measured, or not defined for it. */
export interface ComparedRequest {
  /** The same request has the same number in every repeat of both. */
  readonly id: number;
  readonly sentMs: number;
  /** Last tic of a success; `null` where the request did not succeed. */
  readonly lastMs: number | null;
  /** Of a success; 0 where the request did not succeed. */
  readonly outputTokens: number;
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
  /** Mean gap between tics. */
  readonly itlMs: number | null;
  readonly e2eMs: number | null;
  /** Whether it kept every limit of the objective; `null` without an objective. */
  readonly isGood: boolean | null;
}

interface MetricText {
  /** Key in files and options. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  readonly unit: "ms" | "/s" | "share";
  /** What "faster" means. */
  readonly better: "lower" | "higher";
}

/** A latency: statistics are taken over the requests that have one. */
export interface ComparedLatency extends MetricText {
  readonly kind: "latency";
  readonly of: (request: ComparedRequest) => number | null;
}

/**
 * An amount over time or over requests.
 *
 * Over time it is the run's amount by its duration, from the first `sentMs` to the last tic: one number of a run, which no
 * block of its requests has a share of. How it varies is known from repeats alone.
 */
export interface ComparedRate extends MetricText {
  readonly kind: "rate";
  readonly over: "time" | "requests";
  readonly amount: (request: ComparedRequest) => number | null;
}

/** What is compared. */
export type ComparedMetric = ComparedLatency | ComparedRate;

/** Statistics of a latency; a rate has one value, "rate". */
export type LatencyStatistic = "mean" | "p50" | "p90" | "p99";

/** A statistic of a metric. */
export type ComparedStatistic = LatencyStatistic | "rate";

/** All statistics of latencies, in the order of tables. */
export const latencyStatistics: readonly LatencyStatistic[] = ["mean", "p50", "p90", "p99"];

/** Every metric that can be compared, in the order of tables. */
export const comparedMetrics: readonly ComparedMetric[] = [
  { name: "ttft", label: "TTFT", kind: "latency", unit: "ms", better: "lower", of: ({ ttftMs }) => ttftMs },
  { name: "tpot", label: "TPOT", kind: "latency", unit: "ms", better: "lower", of: ({ tpotMs }) => tpotMs },
  {
    ...{ name: "itl", label: "ITL (mean per request)", kind: "latency", unit: "ms", better: "lower" },
    of: ({ itlMs }) => itlMs,
  },
  { name: "e2e", label: "E2E", kind: "latency", unit: "ms", better: "lower", of: ({ e2eMs }) => e2eMs },
  {
    ...{ name: "outputTokensPerS", label: "output tokens/s", kind: "rate", unit: "/s", better: "higher" },
    ...{ over: "time", amount: ({ outputTokens }) => outputTokens },
  },
  {
    ...{ name: "requestsPerS", label: "requests/s", kind: "rate", unit: "/s", better: "higher" },
    ...{ over: "time", amount: ({ lastMs }) => lastMs === null ? 0 : 1 },
  },
  {
    ...{ name: "goodRequestsPerS", label: "good requests/s", kind: "rate", unit: "/s", better: "higher" },
    ...{ over: "time", amount: ({ isGood }) => isGood === null ? null : Number(isGood) },
  },
  {
    ...{ name: "goodShare", label: "good share of requests", kind: "rate", unit: "share", better: "higher" },
    ...{ over: "requests", amount: ({ isGood }) => isGood === null ? null : Number(isGood) },
  },
];
