import { knows, type RequestMetric, succeeded, timeBetween } from "./metric.ts";

/** End-to-end latency: last tic − `sentMs`, in ms, over successful requests. */
export const e2e: RequestMetric = {
  name: "e2e",
  label: "E2E",
  unit: "ms",
  per: "request",
  definition:
    "End-to-end latency: from just before the request was handed to a connection to the last token-bearing chunk.",
  elsewhere: "Some tools stop at the finish chunk, the usage chunk or the close of the stream.",
  ofRequest(record) {
    const last = record.ticsMs.at(-1);
    if (!knows(record, "last")) return undefined;
    if (!succeeded(record) || record.sentMs === null || last === undefined) return undefined;
    return timeBetween(record.sentMs, last);
  },
};
