/**
 * The words that tables and files of rounds have in two languages.
 *
 * They are those of the script whose files ours are to be read in place of, in its first, Chinese version and in its later,
 * English one; what it does not have is worded alike.
 *
 * @see https://github.com/clateral912/fluxperf
 * @module
 */

/** Languages that labels can be in. */
export type Lang = "en" | "zh";

/** What is said of a sample, in the order of columns and rows. */
export const statisticNames = ["avg", "p50", "p90", "p95", "p99", "min", "max", "stddev", "count"] as const;

/** One of {@linkcode statisticNames}. */
export type StatisticName = (typeof statisticNames)[number];

/** Metrics of a round, in the order of rows. */
export const roundMetricNames = [
  ...["ttft", "itl", "latency", "inter_chunk_gap", "input_tokens", "output_tokens"] as const,
];

/** One of {@linkcode roundMetricNames}. */
export type RoundMetricName = (typeof roundMetricNames)[number];

/** Where a round stands in its run. */
export interface RoundPlace {
  readonly concurrency: number | string;
  /** From 1. */
  readonly round: number | string;
}

/** The words of one language. */
export interface Labels {
  /** Metrics with their unit. */
  readonly metrics: Readonly<Record<RoundMetricName, string>>;
  /** Of the table on the terminal, and of metrics_summary.csv. */
  readonly statistics: Readonly<Record<"table" | "csv", Readonly<Record<StatisticName, string>>>>;
  readonly table: {
    readonly metric: string;
    readonly title: (place: RoundPlace) => string;
    readonly total: string;
    readonly successful: string;
    readonly failed: string;
    readonly unfinished: string;
    readonly duration: string;
    readonly seconds: string;
    readonly meanInputTokens: string;
    readonly meanOutputTokens: string;
    readonly throughput: string;
    readonly tokenThroughput: string;
    readonly requestThroughput: string;
    readonly goodput: string;
    readonly goodRequests: string;
    readonly goodTokens: string;
    readonly tokenGoodput: string;
    readonly requestGoodput: string;
    /** How the numbers were made, where they could be taken for others. */
    readonly notes: string;
  };
  readonly csv: {
    readonly corner: string;
    readonly column: (place: RoundPlace) => string;
    readonly basics: string;
    readonly total: string;
    readonly successful: string;
    readonly failed: string;
    readonly unfinished: string;
    readonly durationS: string;
    readonly throughput: string;
    readonly tokensPerS: string;
    readonly requestsPerS: string;
    readonly goodput: string;
    readonly goodRequests: string;
    readonly requestPercent: string;
    readonly tokenPercent: string;
    readonly goodTokens: string;
    readonly goodRequestsPerS: string;
    readonly goodTokensPerS: string;
    readonly prometheus: string;
  };
}

const percentiles = { p50: "P50", p90: "P90", p95: "P95", p99: "P99" };
const latencies = { ttft: "TTFT (ms)", itl: "ITL (ms)", latency: "Latency (ms)" };

const en: Labels = {
  metrics: {
    ...latencies,
    inter_chunk_gap: "Inter chunk gap, pooled (ms)",
    input_tokens: "Input tokens",
    output_tokens: "Output tokens",
  },
  statistics: {
    table: { avg: "Avg", ...percentiles, min: "Min", max: "Max", stddev: "Stddev", count: "Count" },
    csv: { avg: "Average", ...percentiles, min: "Min", max: "Max", stddev: "Std Dev", count: "Count" },
  },
  table: {
    metric: "Metric",
    title: ({ concurrency, round }) => `Concurrency: ${concurrency} | Round ${round} Performance Metrics`,
    total: "Total Requests",
    successful: "Success",
    failed: "Failed",
    unfinished: "Unfinished",
    duration: "Test Duration",
    seconds: "seconds",
    meanInputTokens: "Average Input Tokens",
    meanOutputTokens: "Average Output Tokens",
    throughput: "Throughput",
    tokenThroughput: "Token Throughput",
    requestThroughput: "Request Throughput",
    goodput: "Goodput (SLO)",
    goodRequests: "Requests Meeting SLO",
    goodTokens: "Tokens Meeting SLO",
    tokenGoodput: "Token Goodput",
    requestGoodput: "Request Goodput",
    notes:
      "ITL is a mean per request, our TPOT; the gaps between chunks are pooled. Latency ends with the response. " +
      "Stddev divides by n − 1.",
  },
  csv: {
    corner: "Metric/Round",
    column: ({ concurrency, round }) => `Concurrency${concurrency}-Round${round}`,
    basics: "Basic Statistics",
    total: "Total requests",
    successful: "Successful requests",
    failed: "Failed requests",
    unfinished: "Unfinished requests",
    durationS: "Test duration (sec)",
    throughput: "Throughput",
    tokensPerS: "Token throughput (tokens/sec)",
    requestsPerS: "Request throughput (requests/sec)",
    goodput: "Goodput",
    goodRequests: "Requests meeting SLO",
    requestPercent: "Request Goodput rate (%)",
    tokenPercent: "Token Goodput rate (%)",
    goodTokens: "Tokens meeting SLO",
    goodRequestsPerS: "Request Goodput (requests/sec)",
    goodTokensPerS: "Token Goodput (tokens/sec)",
    prometheus: "Prometheus Metrics",
  },
};

const zhStatistics = {
  ...{ avg: "平均值", ...percentiles },
  ...{ min: "最小值", max: "最大值", stddev: "标准差", count: "样本数" },
};

const zh: Labels = {
  metrics: {
    ...latencies,
    inter_chunk_gap: "合并的数据块间隔 (ms)",
    input_tokens: "输入 tokens",
    output_tokens: "输出 tokens",
  },
  statistics: { table: zhStatistics, csv: zhStatistics },
  table: {
    metric: "指标",
    title: ({ concurrency, round }) => `并发: ${concurrency} | 第 ${round} 轮性能指标`,
    total: "总请求数",
    successful: "成功",
    failed: "失败",
    unfinished: "未完成",
    duration: "测试时长",
    seconds: "秒",
    meanInputTokens: "平均输入 tokens",
    meanOutputTokens: "平均输出 tokens",
    throughput: "Throughput",
    tokenThroughput: "Token 吞吐量",
    requestThroughput: "Request 吞吐量",
    goodput: "Goodput (SLO)",
    goodRequests: "满足 SLO 的请求数",
    goodTokens: "满足 SLO 的 tokens",
    tokenGoodput: "Token Goodput",
    requestGoodput: "Request Goodput",
    notes:
      "ITL 是每个请求的平均值 (即 TPOT); 数据块间隔合并了所有请求。Latency 到响应结束为止。标准差除以 n − 1。",
  },
  csv: {
    corner: "指标/轮次",
    column: ({ concurrency, round }) => `并发${concurrency}-第${round}轮`,
    basics: "基本统计",
    total: "总请求数",
    successful: "成功请求数",
    failed: "失败请求数",
    unfinished: "未完成请求数",
    durationS: "测试时长(秒)",
    throughput: "Throughput",
    tokensPerS: "Token 吞吐量 (tokens/sec)",
    requestsPerS: "Request 吞吐量 (requests/sec)",
    goodput: "Goodput",
    goodRequests: "满足 SLO 的请求数",
    requestPercent: "Request Goodput 比例 (%)",
    tokenPercent: "Token Goodput 比例 (%)",
    goodTokens: "满足 SLO 的 tokens",
    goodRequestsPerS: "Request Goodput (requests/sec)",
    goodTokensPerS: "Token Goodput (tokens/sec)",
    prometheus: "Prometheus 指标",
  },
};

/** The words, by language. */
export const labels: Readonly<Record<Lang, Labels>> = { en, zh };

/** The language that a run was made with; English where it does not say. */
export function langOf({ lang }: { readonly lang?: unknown }): Lang {
  return lang === "zh" ? "zh" : "en";
}
