/**
 * Records from what another tool tells of a request.
 *
 * @module
 */
import type { FailureKind, Outcome, RequestRecord, UnknownPart, Usage } from "../../types.ts";
import type { ImportedRecord } from "./interchange.ts";

/** What is told of a request; instants in ms from the cell's zero. */
export interface ToldRequest extends
  Pick<RequestRecord, "id" | "sentMs" | "ticsMs" | "outcome">,
  Partial<
    Pick<
      RequestRecord,
      "scheduledMs" | "headersMs" | "controlMs" | "doneMs" | "inputTokens" | "outputTokens" | "usage" | "turn"
    >
  > {
  readonly unknown: readonly UnknownPart[];
}

/** A record of what is told; the rest is missing. */
export function toRecord({ unknown, usage, turn, ...told }: ToldRequest): ImportedRecord {
  const { sentMs, ticsMs, headersMs = null } = told;
  const beginMs = sentMs ?? headersMs ?? ticsMs[0] ?? 0;
  return {
    cell: 0,
    ...{ connectMs: null, freshConnection: null, controlMs: [], inputTokens: 0, outputTokens: 0 },
    scheduledMs: beginMs,
    doneMs: ticsMs.at(-1) ?? beginMs,
    ...told,
    headersMs,
    ...(usage === undefined ? {} : { usage }),
    ...(turn === undefined ? {} : { turn }),
    ...(unknown.length === 0 ? {} : { unknown }),
  };
}

/** Seconds as ms, to whole µs. */
export function secondsToMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1000;
}

/** Milliseconds to whole µs. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Both counts as usage, or none where one is missing. */
export function usageOf(
  promptTokens: number | null,
  completionTokens: number | null,
): Usage | undefined {
  return promptTokens === null || completionTokens === null ? undefined : { promptTokens, completionTokens };
}

const MOST_MESSAGE_LENGTH = 300;

/**
 * A failure from a tool's message.
 *
 * Of a Python traceback the last line is kept: it names the exception. The kind is told by the status, else by the
 * message's words, else it is "http": the server gave no good answer.
 */
export function failureOf(message: string, status: number | null = null): Outcome {
  const lines = message.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return {
    kind: "failed",
    failure: kindOf(message, status),
    message: (lines.at(-1) ?? "no reason was recorded").slice(0, MOST_MESSAGE_LENGTH),
    ...(status === null ? {} : { status }),
  };
}

function kindOf(message: string, status: number | null): FailureKind {
  if (/time[d ]?-?\s?out/i.test(message)) return "timeout";
  if (status !== null && status >= 400) return "http";
  if (/cannot connect|connection refused|connecterror|connectorerror/i.test(message)) return "connect";
  if (/disconnected|connection reset|broken pipe|closed connection/i.test(message)) return "disconnected";
  return "http";
}
