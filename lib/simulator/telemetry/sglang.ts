/**
 * SGLang's metrics: names, types, labels and buckets of
 * https://github.com/sgl-project/sglang/blob/44cedc2b9c7dd31d9acae4498ea4fa0d3665feed/python/sglang/srt/observability/metrics_collector.py
 * (0.5.9's generation). That version has no `time_per_output_token_seconds` any more; later ones add `is_streaming`.
 *
 * Like SGLang, it counts a request and its tokens when it finishes, so that an aborted one is in none of these counters.
 *
 * @module
 */
import type { SchedulerUsage } from "../scheduler.ts";
import { type Dialect, secondsBetween, type TelemetryInfo, usedPages } from "./dialect.ts";
import type { Gauge, Labels, Registry } from "./exposition.ts";

/** SGLang updates the throughput after this many decode batches. */
const THROUGHPUT_STEPS = 40;

/** Bounds in seconds. */
const TTFT_BUCKETS = [0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400];
const E2E_BUCKETS = [...TTFT_BUCKETS, 600, 1200, 1800, 2400];
// deno-fmt-ignore
const ITL_BUCKETS = [
  0.002, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.06, 0.08, 0.1,
  0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8,
];
// deno-fmt-ignore
const QUEUE_BUCKETS = [
  0, 0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 400, 500, 600, 700, 800,
  900, 1000, 1200, 1400, 1600, 1800, 2000, 2500, 3000,
];

/**
 * Registers SGLang's metrics.
 *
 * @param registry Where.
 * @param info For the labels: those of the first of the tensor-parallel processes, which alone reports.
 */
export function sglangDialect(registry: Registry, info: Pick<TelemetryInfo, "model">): Dialect {
  const frontEnd = { model_name: info.model };
  const scheduler = { ...frontEnd, engine_type: "unified", tp_rank: "0", pp_rank: "0", moe_ep_rank: "0" };
  const gauge = (name: string, help: string) =>
    registry.gauge({ name: `sglang:${name}`, help: `${help} (simulated).` }).series(scheduler);
  const counter = (name: string, help: string, labels: Labels = frontEnd) =>
    registry.counter({ name: `sglang:${name}`, help: `${help} (simulated).` }).series(labels);
  const histogram = (
    name: string,
    { help, buckets, labels = frontEnd }: {
      readonly help: string;
      readonly buckets: readonly number[];
      readonly labels?: Labels;
    },
  ) => registry.histogram({ name: `sglang:${name}`, help: `${help} (simulated).`, buckets }).series(labels);

  /** The decode steps since the throughput was updated; no start before the first one. */
  const window: { startMs: number | null; steps: number; tokens: number } = {
    startMs: null,
    steps: 0,
    tokens: 0,
  };
  const last = { tokensPerS: 0, hitRatio: 0 };
  let seenRetractions = 0;

  const usageGauges: readonly (readonly [Gauge, (usage: SchedulerUsage) => number])[] = [
    [gauge("num_running_reqs", "Requests in the decode batch"), (usage) => usage.runningRequests],
    [
      gauge("num_queue_reqs", "Requests that wait, a partly computed one included"),
      (usage) => usage.waitingRequests,
    ],
    [
      gauge("num_used_tokens", "Tokens of KV that requests hold"),
      (usage) => usedPages(usage) * usage.pageTokens,
    ],
    [
      gauge("token_usage", "Share of the KV capacity that requests hold"),
      (usage) => usedPages(usage) / usage.capacityPages,
    ],
    [
      gauge("max_total_num_tokens", "KV capacity in tokens"),
      (usage) => usage.capacityPages * usage.pageTokens,
    ],
    [
      gauge("cache_hit_rate", "Share of cached tokens in the prompts of the last prefill"),
      () => last.hitRatio,
    ],
  ];
  const throughput = gauge("gen_throughput", `Tokens per second over ${THROUGHPUT_STEPS} decode steps`);
  const retracted = counter("num_retracted_requests_total", "Times a request was retracted", scheduler);
  const queueTime = histogram("queue_time_seconds", {
    help: "From arrival to the first batch",
    buckets: QUEUE_BUCKETS,
    labels: scheduler,
  });
  const promptTokens = counter("prompt_tokens_total", "Prompt tokens of finished requests");
  const outputTokens = counter("generation_tokens_total", "Answer tokens of finished requests");
  // What SGLang calls the source when there is no hierarchy of caches.
  const cachedTokens = counter("cached_tokens_total", "Prompt tokens of finished requests that were cached", {
    ...frontEnd,
    cache_source: "total",
  });
  const requests = counter("num_requests_total", "Finished requests");
  const aborts = counter("num_aborted_requests_total", "Requests whose client went away");
  const ttft = histogram("time_to_first_token_seconds", {
    help: "From arrival to the first token",
    buckets: TTFT_BUCKETS,
  });
  const itl = histogram("inter_token_latency_seconds", {
    help: "From each token to the next",
    buckets: ITL_BUCKETS,
  });
  const e2e = histogram("e2e_request_latency_seconds", {
    help: "From arrival to the last token",
    buckets: E2E_BUCKETS,
  });

  return {
    admitted(life) {
      if (life.scheduledMs !== null) queueTime.observe(secondsBetween(life.receivedMs, life.scheduledMs));
    },
    firstToken: (life) => ttft.observe(secondsBetween(life.receivedMs, life.lastTokenMs)),
    nextToken: itl.observe,
    finished(request) {
      requests.add(1);
      promptTokens.add(request.promptTokens);
      outputTokens.add(request.outputTokens);
      cachedTokens.add(request.cachedTokens);
      e2e.observe(secondsBetween(request.receivedMs, request.lastTokenMs));
    },
    aborted: () => aborts.add(1),
    stepped({ atMs, decodeTokens, admittedRequests, admittedTokens, cachedTokens }) {
      if (admittedRequests > 0) last.hitRatio = cachedTokens / admittedTokens;
      if (decodeTokens === 0) return;
      if (window.startMs === null) {
        window.startMs = atMs;
        return;
      }
      window.steps++;
      window.tokens += decodeTokens;
      if (window.steps < THROUGHPUT_STEPS || atMs === window.startMs) return;
      last.tokensPerS = window.tokens / secondsBetween(window.startMs, atMs);
      Object.assign(window, { startMs: atMs, steps: 0, tokens: 0 });
    },
    collect({ stats: { activeRequests, scheduler: usage } }) {
      for (const [one, read] of usageGauges) one.set(usage && read(usage));
      throughput.set(activeRequests === 0 ? 0 : last.tokensPerS);
      if (!usage) return;
      retracted.add(usage.retractions - seenRetractions);
      seenRetractions = usage.retractions;
    },
  };
}
