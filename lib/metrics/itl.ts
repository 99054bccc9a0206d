import { knows, succeeded, timeBetween, type TokenMetric } from "./metric.ts";

/** Inter-token latency: every gap between successive tics, in ms, pooled over successful requests. */
export const itl: TokenMetric = {
  name: "itl",
  label: "ITL",
  unit: "ms",
  per: "token",
  definition:
    "Inter-token latency: every gap between successive token-bearing chunks, pooled over requests, so that one long stall shows.",
  elsewhere:
    "mini-sglang prints this as TPOT, with the gap to its finish chunk included; guidellm and AIPerf mean one average per request.",
  ofTokens(record) {
    if (!succeeded(record) || !knows(record, "gaps")) return [];
    const gaps: number[] = [];
    for (let i = 1; i < record.ticsMs.length; i++) {
      gaps.push(timeBetween(record.ticsMs[i - 1] ?? 0, record.ticsMs[i] ?? 0));
    }
    return gaps;
  },
};
