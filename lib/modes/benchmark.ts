/**
 * mini-sglang's three levels for use from code: one request, a batch at once, a trace in time.
 *
 * @module
 */
import { drive, listModels, newProgress, openTransport, type Progress } from "../client/mod.ts";
import { realClock } from "../clock.ts";
import { type EngineProfile, external, findEngine, recogniseEngine } from "../engines/mod.ts";
import { RunError } from "../errors.ts";
import { burstSchedule } from "../schedule/burst.ts";
import { replaySchedule } from "../schedule/replay.ts";
import type { JsonObject, List, RequestRecord, RequestSpec, Schedule, Trace } from "../types.ts";
import { buildRequests } from "../workload/requests.ts";
import { pickEntries } from "../workload/trace.ts";
import { makeTarget, normaliseBaseUrl } from "./target.ts";

/** Whom to ask, and how. */
export interface BenchmarkOptions {
  /** "http://127.0.0.1:1919/v1" */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What kind of server it is, by profile name. @default recognised by what it says in `/models` */
  readonly engine?: string;
  /** "node" or "sdk". @default "node" */
  readonly transport?: string;
  /** Longest wait for one answer, in ms. @default 300000 */
  readonly timeoutMs?: number;
  /** Extra fields of every request body; they win. */
  readonly extraBody?: JsonObject;
  /** Counters to watch while it runs. */
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** A prompt and the length of its answer. */
export interface Prompt {
  readonly text: string;
  /** Answer length in tokens, ≥ 1. */
  readonly outputTokens: number;
  /** Prompt length in tokens, where it is known; 0 means unknown. @default 0 */
  readonly inputTokens?: number;
}

/**
 * Sends one request: mini-sglang's `benchmark_one`.
 *
 * @returns Its record, whether it succeeded or not.
 */
export async function benchmarkOne(prompt: Prompt, options: BenchmarkOptions): Promise<RequestRecord> {
  const [record] = await benchmarkBatch([prompt], options);
  if (record === undefined) throw new RunError("The request was cancelled before it was sent");
  return record;
}

/**
 * Sends all requests at once: mini-sglang's `benchmark_one_batch`.
 *
 * @returns Records in the order of the prompts. One failing request does not stop the others.
 */
export async function benchmarkBatch(
  prompts: readonly Prompt[],
  options: BenchmarkOptions,
): Promise<RequestRecord[]> {
  if (prompts.length === 0) return [];
  const requests = prompts.map(({ text, outputTokens, inputTokens = 0 }, id): RequestSpec => ({
    id,
    messages: [{ role: "user", content: text }],
    inputTokens,
    outputTokens,
    ignoreEos: true,
    ...(options.extraBody && { extraBody: options.extraBody }),
  }));
  return await collect(requests, burstSchedule(requests.length), options);
}

/**
 * Replays a trace once: mini-sglang's `benchmark_trace`. Scale it first with `scaleTrace`.
 *
 * Prompts are rebuilt from the trace's hash ids, so that they share prefixes as the recorded ones did; 8 tokens of each
 * prompt's length are left to Qwen3's chat template.
 *
 * @returns Records in the order of the trace.
 */
export function benchmarkTrace(
  trace: Trace,
  options: BenchmarkOptions & { readonly seed?: number },
): Promise<RequestRecord[]> {
  const { requests, asked } = buildRequests(trace, {
    kind: "blocks",
    seed: options.seed ?? 42,
    extraBody: options.extraBody,
  });
  const kept = pickEntries(trace, asked.map(({ id }) => id));
  return collect(requests, replaySchedule(kept, 1), options);
}

async function collect(
  requests: List<RequestSpec>,
  schedule: Schedule,
  options: BenchmarkOptions,
): Promise<RequestRecord[]> {
  const profile = options.engine === undefined ? await recognise(options) : findEngine(options.engine);
  const clock = realClock();
  await using transport = openTransport(options.transport ?? "node", clock);
  const address = {
    ...options,
    baseUrl: normaliseBaseUrl(options.baseUrl),
    timeoutMs: options.timeoutMs ?? 300_000,
  };
  const target = makeTarget(address, { model: options.model, quirks: profile.quirks });
  const records: RequestRecord[] = [];
  const { progress = newProgress(), signal } = options;
  await drive(requests, schedule, {
    target,
    clock,
    transport,
    progress,
    signal,
    leadMs: 10,
    onRecord: (record) => records.push(record),
  });
  return records.sort((a, b) => a.id - b.id);
}

/** What the server says it is; a server without `/models` is taken for an ordinary one. */
async function recognise(options: BenchmarkOptions): Promise<EngineProfile> {
  try {
    const models = await listModels({ ...options, baseUrl: normaliseBaseUrl(options.baseUrl) });
    return recogniseEngine(models[0]?.ownedBy);
  } catch (error) {
    if (error instanceof RunError) return external;
    throw error;
  }
}
