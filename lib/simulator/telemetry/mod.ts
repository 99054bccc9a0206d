/**
 * Prometheus metrics of the simulated engine, under the names of the engine it stands for. It only listens: instants come
 * in as arguments, and the text goes out.
 *
 * @module
 */
import type { EngineStep } from "../backend.ts";
import type { EngineLag } from "../../types.ts";
import {
  type Dialect,
  type RequestLife,
  secondsBetween,
  type TelemetryInfo,
  type TelemetryKind,
  type TelemetrySnapshot,
} from "./dialect.ts";
import { createRegistry, type Registry } from "./exposition.ts";
import { sglangDialect } from "./sglang.ts";
import { vllmDialect } from "./vllm.ts";

export { EXPOSITION_CONTENT_TYPE } from "./exposition.ts";
export type { TelemetryInfo, TelemetryKind, TelemetrySnapshot } from "./dialect.ts";

/** A request as the HTTP front end accepted it. */
export interface ReceivedRequest {
  /** That of the engine. */
  readonly id: number;
  readonly promptTokens: number;
  /** Longest answer wanted, in tokens. */
  readonly maxTokens: number;
  readonly atMs: number;
}

/** Listens to an engine. All instants are in ms on the engine's clock and never go back. */
export interface Telemetry {
  /** A request arrives. */
  received(request: ReceivedRequest): void;
  /** A step ended at `atMs`. Requests that were not received, or were aborted, are passed over. */
  step(step: EngineStep, atMs: number): void;
  /** The client of a request went away; nothing happens when the request is over. */
  aborted(id: number): void;
  /** The text of all metrics. */
  render(snapshot: TelemetrySnapshot): string;
}

const dialects: Readonly<Record<TelemetryKind, (registry: Registry, info: TelemetryInfo) => Dialect>> = {
  sglang: sglangDialect,
  vllm: vllmDialect,
};

/**
 * Makes the metrics of an engine.
 *
 * @param kind Whose names are used.
 * @param info What is simulated.
 * @example
 * ```ts
 * import { createTelemetry } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const telemetry = createTelemetry("vllm", { model: "m", gpu: "H200", tp: 4, preset: "vllm" });
 * telemetry.received({ id: 7, promptTokens: 100, maxTokens: 1, atMs: 0 });
 * telemetry.step({ startMs: 0, admitted: [], tokens: [{ id: 7, index: 0, finishReason: "length" }] }, 50);
 * const stats = { activeRequests: 0, emittedTokens: 1, lag: null, scheduler: null };
 * const text = telemetry.render({ stats, nowMs: 60 });
 * assert.match(text, /^vllm:time_to_first_token_seconds_bucket\{engine="0",le="0.06",model_name="m"\} 1.0$/m);
 * ```
 */
export function createTelemetry(kind: TelemetryKind, info: TelemetryInfo): Telemetry {
  const registry = createRegistry();
  const dialect = dialects[kind](registry, info);
  const collectSimulator = simulatorMetrics(registry, info);
  const lives = new Map<number, RequestLife>();

  function admit(
    { startMs, admitted }: EngineStep,
  ): { requests: number; tokens: number; cachedTokens: number } {
    const sum = { requests: 0, tokens: 0, cachedTokens: 0 };
    for (const { id, cachedTokens } of admitted) {
      const life = lives.get(id);
      // One that was retracted begins again; engines count that as a retraction, not as another prompt.
      if (!life || life.scheduledMs !== null) continue;
      life.scheduledMs = startMs;
      life.cachedTokens = cachedTokens;
      dialect.admitted(life);
      sum.requests++;
      sum.tokens += life.promptTokens;
      sum.cachedTokens += cachedTokens;
    }
    return sum;
  }

  return {
    received({ id, promptTokens, atMs }) {
      lives.set(id, {
        promptTokens,
        receivedMs: atMs,
        scheduledMs: null,
        cachedTokens: 0,
        firstTokenMs: null,
        lastTokenMs: atMs,
        outputTokens: 0,
      });
    },
    step(step, atMs) {
      const admitted = admit(step);
      let tokens = 0;
      let decodeTokens = 0;
      for (const { id, finishReason } of step.tokens) {
        const life = lives.get(id);
        if (!life) continue;
        const gapS = secondsBetween(life.lastTokenMs, atMs);
        life.lastTokenMs = atMs;
        life.outputTokens++;
        tokens++;
        if (life.firstTokenMs === null) {
          life.firstTokenMs = atMs;
          dialect.firstToken(life);
        } else {
          decodeTokens++;
          dialect.nextToken(gapS);
        }
        if (finishReason === null) continue;
        lives.delete(id);
        dialect.finished({ ...life, finishReason });
      }
      dialect.stepped({
        atMs,
        tokens,
        decodeTokens,
        admittedRequests: admitted.requests,
        admittedTokens: admitted.tokens,
        cachedTokens: admitted.cachedTokens,
      });
    },
    aborted(id) {
      const life = lives.get(id);
      if (life && lives.delete(id)) dialect.aborted(life);
    },
    render(snapshot) {
      dialect.collect(snapshot);
      collectSimulator(snapshot.stats.lag);
      return registry.render();
    },
  };
}

/** What no engine has: that it is simulated, and how late the host was. */
function simulatorMetrics(registry: Registry, info: TelemetryInfo): (lag: EngineLag | null) => void {
  const { preset, gpu, tp, model } = info;
  registry.gauge({ name: "sim_engine_info", help: "What is simulated: always 1." })
    .series({ preset, gpu, tp: String(tp), model, simulated: "true" }).set(1);
  const family = registry.gauge({
    name: "sim_lag_seconds",
    help: "How late the host handed out steps, since the start; 1 is the longest.",
  });
  const p50 = family.series({ quantile: "0.5" });
  const p99 = family.series({ quantile: "0.99" });
  const max = family.series({ quantile: "1" });
  return (lag) => {
    p50.set(lag && lag.p50Ms / 1000);
    p99.set(lag && lag.p99Ms / 1000);
    max.set(lag && lag.maxMs / 1000);
  };
}
