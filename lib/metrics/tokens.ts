/**
 * How many tokens a request brought, and who counted them.
 *
 * @module
 */
import type { RequestRecord } from "../types.ts";

/** Who counted, best first: the server's usage, the server chunk by chunk, or we did, one token a chunk. */
export type TokenSource = "usage" | "per chunk" | "chunks";

/**
 * Counts the output tokens of a request by the best source it has.
 *
 * @returns Tokens received, also for a request that failed on the way.
 */
export function countOutputTokens(record: RequestRecord): { tokens: number; source: TokenSource } {
  if (record.usage !== undefined) return { tokens: record.usage.completionTokens, source: "usage" };
  if (record.tokensPerTic !== undefined) {
    return { tokens: record.tokensPerTic.reduce((sum, n) => sum + n, 0), source: "per chunk" };
  }
  return { tokens: record.ticsMs.length, source: "chunks" };
}

/** Prompt tokens: the server's count where it gave one, else what was asked for. */
export function countInputTokens(record: RequestRecord): number {
  return record.usage?.promptTokens ?? record.inputTokens;
}
