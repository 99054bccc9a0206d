/**
 * Metrics of LMCache, a KV cache that runs beside vLLM and exports them from the same process: names, types and labels of
 * https://github.com/LMCache/LMCache/blob/0353be824aebefb9fd4fbdca022746adbf252d3b/lmcache/observability.py
 *
 * There is one simulated prefix cache, so that its hits are also LMCache's, and what is looked up is retrieved: both
 * rates are equal. Its stores and remote backends are not simulated and not exported.
 *
 * @module
 */
import type { RequestLife, TelemetryInfo, TelemetrySnapshot } from "./dialect.ts";
import type { Registry } from "./exposition.ts";

/** LMCache publishes its rates at this interval. */
const LOG_INTERVAL_MS = 10_000;

/** What LMCache counts. */
export interface LmcacheMetrics {
  /** A prompt is looked up, at its first admission. */
  lookedUp(life: RequestLife): void;
  /** Brings the rates up to date. */
  collect(snapshot: TelemetrySnapshot): void;
}

/**
 * Registers LMCache's metrics.
 *
 * The rates are those of the last whole interval of 10 s on the engine's clock, 0 when nothing was looked up in it, as
 * LMCache reports it.
 *
 * @param registry Where.
 * @param info For the labels.
 */
export function lmcacheMetrics(registry: Registry, info: Pick<TelemetryInfo, "model">): LmcacheMetrics {
  const labels = { model_name: info.model, worker_id: "0" };
  const counter = (name: string, help: string) =>
    registry.counter({ name: `lmcache:${name}`, help: `${help} (simulated).` }).series(labels);
  const gauge = (name: string, help: string) =>
    registry.gauge({ name: `lmcache:${name}`, help: `${help} (simulated).` }).series(labels);
  const perRequest = [
    counter("num_retrieve_requests", "Prompts retrieved from the cache"),
    counter("num_lookup_requests", "Prompts looked up in the cache"),
  ];
  const perToken = [
    counter("num_requested_tokens", "Tokens of the prompts retrieved"),
    counter("num_lookup_tokens", "Tokens of the prompts looked up"),
  ];
  const perHit = [
    counter("num_hit_tokens", "Tokens retrieved that the cache had"),
    counter("num_lookup_hits", "Tokens looked up that the cache had"),
  ];
  const rates = [
    gauge("retrieve_hit_rate", "Share of cached tokens in the prompts retrieved, over 10 s"),
    gauge("lookup_hit_rate", "Share of cached tokens in the prompts looked up, over 10 s"),
  ];
  const interval = { index: 0, tokens: 0, hits: 0 };
  let rate = 0;

  /** Closes the intervals that are over. */
  function rollTo(atMs: number): void {
    const index = Math.floor(atMs / LOG_INTERVAL_MS);
    // A prompt that began before the last scrape may be reported after it.
    if (index <= interval.index) return;
    const { tokens, hits } = interval;
    rate = index === interval.index + 1 && tokens > 0 ? hits / tokens : 0;
    Object.assign(interval, { index, tokens: 0, hits: 0 });
  }

  return {
    lookedUp({ promptTokens, cachedTokens, scheduledMs, receivedMs }) {
      rollTo(scheduledMs ?? receivedMs);
      interval.tokens += promptTokens;
      interval.hits += cachedTokens;
      for (const one of perRequest) one.add(1);
      for (const one of perToken) one.add(promptTokens);
      for (const one of perHit) one.add(cachedTokens);
    },
    collect({ stats, nowMs }) {
      rollTo(nowMs);
      for (const one of rates) one.set(stats.scheduler && rate);
    },
  };
}
