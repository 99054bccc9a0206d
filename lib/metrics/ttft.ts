import { knows, type RequestMetric, succeeded, timeBetween } from "./metric.ts";

/** Time to first token: first tic − `sentMs`, in ms, over successful requests. */
export const ttft: RequestMetric = {
  name: "ttft",
  label: "TTFT",
  unit: "ms",
  per: "request",
  definition:
    "Time to first token: from just before the request was handed to a connection to the first chunk that bore a token. Opening a connection, where one was opened, is inside.",
  elsewhere:
    "mini-sglang and trace-replayer start the clock after the response headers; vLLM's client counts a chunk that only names the role as the first token.",
  ofRequest(record) {
    const first = record.ticsMs[0];
    if (!succeeded(record) || record.sentMs === null || first === undefined) return undefined;
    return timeBetween(record.sentMs, first);
  },
};

/** The same measured from the scheduled instant, so that a client that fell behind cannot hide it. */
export const ttftFromSchedule: RequestMetric = {
  name: "ttft_from_schedule",
  label: "TTFT from schedule",
  unit: "ms",
  per: "request",
  definition:
    "First token-bearing chunk − the instant the schedule wanted the request sent: TTFT plus send lag, what a user arriving then would have seen.",
  elsewhere: "wrk2 and oha call this latency correction; most LLM benchmarks leave the lag out.",
  ofRequest(record) {
    const first = record.ticsMs[0];
    if (!knows(record, "schedule")) return undefined;
    return succeeded(record) && first !== undefined ? timeBetween(record.scheduledMs, first) : undefined;
  },
};
