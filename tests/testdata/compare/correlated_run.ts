/**
 * Runs whose latencies are correlated from request to request, and whose true ratio is known.
 *
 * @module
 */
import type { ComparedRequest } from "../../../lib/metrics/compare/mod.ts";
import { createRandom } from "../../../lib/random.ts";

/** How runs are drawn. */
export interface CorrelatedOptions {
  readonly requests: number;
  /** Correlation of a request's noise with that of the one before, in [0, 1). */
  readonly correlationRatio: number;
  /** σ of that noise, of the logarithm of a latency. @default {0.1} */
  readonly noiseRatio?: number;
  /** σ of what all requests of a run share. @default {0} */
  readonly runNoiseRatio?: number;
}

/** A workload, of which any number of runs can be drawn. */
export interface CorrelatedWorkload {
  /** @param factor On every latency: two runs with factors f and g have the true ratio g/f. */
  run(seed: string, factor?: number): ComparedRequest[];
}

/**
 * Latencies ttft = 100 ms · factor · e^(u + x + r), where u is the request's own in every run, x the noise of the run, an
 * AR(1) process of standard deviation `noiseRatio`, and r the run's. TPOT and gap are a tenth of it, the answer has 11
 * tokens, and the next request is sent 50 ms later.
 */
export function correlatedWorkload(seed: string, options: CorrelatedOptions): CorrelatedWorkload {
  const { requests, correlationRatio, noiseRatio = 0.1, runNoiseRatio = 0 } = options;
  const random = createRandom(seed).fork("workload");
  const own = Array.from({ length: requests }, () => 0.3 * random.normal());
  const step = Math.sqrt(1 - correlationRatio ** 2);
  return {
    run(runSeed, factor = 1) {
      const random = createRandom(`${seed}/${runSeed}`);
      const shared = runNoiseRatio * random.normal();
      let noise = random.normal();
      return own.map((request, id) => {
        if (id > 0) noise = correlationRatio * noise + step * random.normal();
        const ttftMs = 100 * factor * Math.exp(request + noiseRatio * noise + shared);
        const tpotMs = ttftMs / 10;
        const [sentMs, e2eMs] = [50 * id, 2 * ttftMs];
        return {
          ...{ id, sentMs, ttftMs, tpotMs, e2eMs, itlMs: tpotMs },
          ...{ lastMs: sentMs + e2eMs, outputTokens: 11, isGood: ttftMs < 120 },
        };
      });
    },
  };
}
