import { knows, type RequestMetric, succeeded } from "./metric.ts";
import { countOutputTokens } from "./tokens.ts";

/** Time per output token: (last tic − first tic) / (output tokens − 1), in ms, over successful requests with ≥ 2 tokens. */
export const tpot: RequestMetric = {
  name: "tpot",
  label: "TPOT",
  unit: "ms",
  per: "request",
  definition:
    "Time per output token: (last token-bearing chunk − first) / (output tokens − 1), one value per request; undefined below two tokens.",
  elsewhere:
    "mini-sglang prints pooled gaps (our ITL) under this name; guidellm's includes TTFT; guidellm and AIPerf call this ITL.",
  ofRequest(record) {
    const first = record.ticsMs[0];
    const last = record.ticsMs.at(-1);
    const { tokens } = countOutputTokens(record);
    if (!knows(record, "last")) return undefined;
    if (!succeeded(record) || first === undefined || last === undefined || tokens < 2) return undefined;
    return (last - first) / (tokens - 1);
  },
};
