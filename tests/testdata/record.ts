import type { RequestRecord } from "../../lib/types.ts";

/** A successful request sent at 0 whose tokens came at the given instants, with anything changed. */
export function makeRecord(ticsMs: readonly number[], change: Partial<RequestRecord> = {}): RequestRecord {
  const lastMs = ticsMs.at(-1) ?? 0;
  return {
    cell: 0,
    id: 0,
    scheduledMs: 0,
    sentMs: 0,
    connectMs: 0,
    freshConnection: false,
    headersMs: 1,
    ticsMs,
    controlMs: [lastMs],
    doneMs: lastMs,
    inputTokens: 10,
    outputTokens: ticsMs.length,
    outcome: { kind: "ok", finishReason: "length" },
    ...change,
  };
}

/** The same request, failed. */
export function makeFailure(ticsMs: readonly number[], change: Partial<RequestRecord> = {}): RequestRecord {
  return makeRecord(ticsMs, { outcome: { kind: "failed", failure: "http", message: "HTTP 503" }, ...change });
}
