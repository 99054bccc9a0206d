/**
 * vLLM's metrics: names, types, labels and buckets of
 * https://github.com/vllm-project/vllm/blob/main/vllm/v1/metrics/loggers.py and `stats.py` beside it, as of 2026. Older
 * versions call `inter_token_latency_seconds` `time_per_output_token_seconds`; `request_time_per_output_token_seconds`
 * is a mean per request.
 *
 * Unlike SGLang it counts tokens when they come: a prompt with its first token, an answer token by token. The metrics of
 * LMCache come with it.
 *
 * @module
 */
import { type Dialect, secondsBetween, type TelemetryInfo, usedPages } from "./dialect.ts";
import type { Labels, Registry } from "./exposition.ts";
import { lmcacheMetrics } from "./lmcache.ts";

/** Bounds in seconds. */
// deno-fmt-ignore
const TTFT_BUCKETS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
];
const ITL_BUCKETS = [
  ...[0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75],
  ...[1, 2.5, 5, 7.5, 10, 20, 40, 80],
];
const REQUEST_BUCKETS = [
  ...[0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60],
  ...[120, 240, 480, 960, 1920, 7680],
];

/** Reasons of vLLM that are no success here: they never grow, and a disconnected client is in none of them. */
const OTHER_REASONS = ["abort", "error", "repetition"];

/**
 * Registers vLLM's metrics and LMCache's.
 *
 * Queue, prefill and inference time of a request are observed only when it was scheduled, which it never is with known
 * timing.
 *
 * @param registry Where.
 * @param info For the labels.
 */
export function vllmDialect(registry: Registry, info: Pick<TelemetryInfo, "model">): Dialect {
  const labels = { model_name: info.model, engine: "0" };
  const gauge = (name: string, help: string) =>
    registry.gauge({ name: `vllm:${name}`, help: `${help} (simulated).` }).series(labels);
  const counterFamily = (name: string, help: string) =>
    registry.counter({ name: `vllm:${name}`, help: `${help} (simulated).` });
  const counter = (name: string, help: string) => counterFamily(name, help).series(labels);
  const histogram = (name: string, help: string, buckets: readonly number[] = REQUEST_BUCKETS) =>
    registry.histogram({ name: `vllm:${name}`, help: `${help} (simulated).`, buckets }).series(labels);

  const runningRequests = gauge("num_requests_running", "Requests in the decode batch");
  const waitingRequests = gauge("num_requests_waiting", "Requests that wait, a partly computed one included");
  const cacheUsage = gauge("kv_cache_usage_perc", "Share of the KV capacity that requests hold, 1 is all");
  const queries = counter("prefix_cache_queries", "Prompt tokens looked up in the prefix cache");
  const hits = counter("prefix_cache_hits", "Prompt tokens that the prefix cache had");
  const preemptions = counter("num_preemptions", "Times a request was thrown out of the batch");
  const promptTokens = counter("prompt_tokens", "Prompt tokens of requests that got their first token");
  const outputTokens = counter("generation_tokens", "Tokens of all answers");
  const success = counterFamily("request_success", "Finished requests");
  const successOf = (reason: string) => success.series({ ...labels, finished_reason: reason });
  const finished = { stop: successOf("stop"), length: successOf("length") };
  OTHER_REASONS.forEach(successOf);
  const ttft = histogram("time_to_first_token_seconds", "From arrival to the first token", TTFT_BUCKETS);
  const itl = histogram("inter_token_latency_seconds", "From each token to the next", ITL_BUCKETS);
  const tpot = histogram(
    "request_time_per_output_token_seconds",
    "Mean gap between the tokens of a request",
    ITL_BUCKETS,
  );
  const e2e = histogram("e2e_request_latency_seconds", "From arrival to the last token");
  const queueTime = histogram("request_queue_time_seconds", "From arrival to the first batch");
  const inferenceTime = histogram("request_inference_time_seconds", "From the first batch to the last token");
  const prefillTime = histogram("request_prefill_time_seconds", "From the first batch to the first token");
  const decodeTime = histogram("request_decode_time_seconds", "From the first token to the last");
  const cacheConfig = registry.gauge({
    name: "vllm:cache_config_info",
    help: "Size of the KV cache: always 1 (simulated).",
  });
  const lmcache = lmcacheMetrics(registry, info);
  let seenPreemptions = 0;

  return {
    admitted(life) {
      queries.add(life.promptTokens);
      hits.add(life.cachedTokens);
      lmcache.lookedUp(life);
    },
    firstToken(life) {
      promptTokens.add(life.promptTokens);
      ttft.observe(secondsBetween(life.receivedMs, life.lastTokenMs));
    },
    nextToken: itl.observe,
    finished(request) {
      const { receivedMs, scheduledMs, firstTokenMs, lastTokenMs, outputTokens } = request;
      finished[request.finishReason].add(1);
      e2e.observe(secondsBetween(receivedMs, lastTokenMs));
      const decodeS = firstTokenMs === null ? 0 : secondsBetween(firstTokenMs, lastTokenMs);
      decodeTime.observe(decodeS);
      // vLLM counts an answer of one token as 0.
      tpot.observe(outputTokens > 1 ? decodeS / (outputTokens - 1) : 0);
      if (scheduledMs === null || firstTokenMs === null) return;
      queueTime.observe(secondsBetween(receivedMs, scheduledMs));
      prefillTime.observe(secondsBetween(scheduledMs, firstTokenMs));
      inferenceTime.observe(secondsBetween(scheduledMs, lastTokenMs));
    },
    aborted() {},
    stepped: ({ tokens }) => outputTokens.add(tokens),
    collect(snapshot) {
      const { scheduler: usage } = snapshot.stats;
      runningRequests.set(usage && usage.runningRequests);
      waitingRequests.set(usage && usage.waitingRequests);
      cacheUsage.set(usage && usedPages(usage) / usage.capacityPages);
      lmcache.collect(snapshot);
      if (!usage) return;
      preemptions.add(usage.retractions - seenPreemptions);
      seenPreemptions = usage.retractions;
      const sizes: Labels = {
        engine: "0",
        block_size: String(usage.pageTokens),
        num_gpu_blocks: String(usage.capacityPages),
      };
      cacheConfig.series(sizes).set(1);
    },
  };
}
