import { knows, type RequestMetric, timeBetween } from "./metric.ts";

/** A run whose p99 send lag is above this did not offer the load it claims. */
export const SEND_LAG_LIMIT_MS = 10;

/** Send lag: `sentMs − scheduledMs`, in ms, over every request that was sent, failed ones included. */
export const sendLag: RequestMetric = {
  name: "send_lag",
  label: "Send lag",
  unit: "ms",
  per: "request",
  definition:
    `How late a request was sent: sent − scheduled, for every request sent. A p99 above ${SEND_LAG_LIMIT_MS} ms makes the cell invalid: the client, not the server, was the limit.`,
  elsewhere: "k6 counts dropped iterations, AIPerf marks runs degraded; most tools do not look.",
  ofRequest: (record) =>
    record.sentMs === null || !knows(record, "schedule")
      ? undefined
      : timeBetween(record.scheduledMs, record.sentMs),
};
