/**
 * The nouns that cross folders. Time inside the project is **milliseconds from the run's start on one
 * monotonic clock**; seconds exist only in foreign formats and on axes.
 *
 * @module
 */

export type { Clock, ResponseSink, Transport, TransportError, WireRequest } from "./seams.ts";
import type { ImportSource } from "./import_source.ts";
import type { TelemetryLine } from "./telemetry_line.ts";

export type { TelemetryFamily, TelemetryLine } from "./telemetry_line.ts";

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object, for example the extra fields of a request body. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * Members in an order. An array is one; so is what makes or reads its members when they are asked for, and therefore need
 * not fit into memory.
 */
export interface List<T> extends Iterable<T> {
  readonly length: number;
  /** The member at a position from 0, or `undefined` where there is none. */
  at(index: number): T | undefined;
}

// ───────────────────────────────────────── workload: what to ask ─────────────────────────────────────────

/** One request of a trace: when it arrived and how long it was, not what it said. */
export interface TraceEntry {
  /** Arrival in ms from the trace's own zero; ≥ 0, never decreasing within a trace. */
  readonly arrivalMs: number;
  /** Prompt length in tokens, ≥ 1. */
  readonly inputTokens: number;
  /** Answer length in tokens, ≥ 1. */
  readonly outputTokens: number;
  /** One id per block of the prompt; equal ids at the front mean a shared prefix. The last block may be partial. */
  readonly hashIds?: List<number>;
  /** Conversation the request belongs to. */
  readonly sessionId?: string;
  /** Turn within the conversation, from 1. */
  readonly turn?: number;
}

/** A trace with everything needed to say later which one it was. */
export interface Trace {
  /** "qwen", "mooncake", "synthetic" or the file's name. */
  readonly name: string;
  readonly format: TraceFormatName;
  /** Tokens per hash id: 16 for Qwen-Bailian, 512 for Mooncake. */
  readonly blockTokens: number;
  readonly entries: readonly TraceEntry[];
  readonly source: TraceSource;
}

/** The file formats a trace can have. */
export type TraceFormatName = "qwen-bailian" | "mooncake";

/** Where a trace came from. `sha256` covers the whole file (or the generated file's bytes), in hex. */
export type TraceSource =
  | {
    readonly kind: "file";
    readonly path: string;
    readonly url?: string;
    readonly sizeBytes: number;
    readonly sha256: string;
  }
  | { readonly kind: "synthetic"; readonly note: string; readonly seed: number; readonly sha256: string };

/** One message of a chat. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** How a server picks the next token. */
export interface Sampling {
  /** ≥ 0; 0 always takes the likeliest. */
  readonly temperature: number;
  /** In (0, 1]. */
  readonly topP?: number;
}

/** A request's place in a conversation. */
export interface SessionTurn {
  /** Position of the session in the workload, from 0. */
  readonly session: number;
  /** From 1. */
  readonly turn: number;
  /** Messages at the beginning of the history that were left out, so that the prompt fits; absent where none was. */
  readonly droppedMessages?: number;
}

/** A request, ready to be put on the wire by a protocol. */
export interface RequestSpec {
  /** Position in the workload, from 0; the same in every cell, so that cells can be compared request by request. */
  readonly id: number;
  readonly messages: readonly ChatMessage[];
  /** Prompt length in tokens as the server should count it, chat template included; 0 where it is not known. */
  readonly inputTokens: number;
  /** Answer length asked for, in tokens (`max_tokens`); 0 leaves it to the server. */
  readonly outputTokens: number;
  /** Whether the server should go on past the end-of-sequence token. */
  readonly ignoreEos: boolean;
  /** How the server picks tokens. @default always the likeliest */
  readonly sampling?: Sampling;
  /** Place in a conversation whose answers go back into the prompt. */
  readonly turn?: SessionTurn;
  /** Extra fields of the body; they win over everything the protocol sets. */
  readonly extraBody?: JsonObject;
}

// ─────────────────────────────────────────── schedule: when to ask ───────────────────────────────────────

/** Open loop: each request has its instant. Closed loop: a fixed number of requests is kept in flight. */
export type Schedule =
  | { readonly kind: "open"; readonly arrivalsMs: readonly number[] }
  | { readonly kind: "closed"; readonly concurrency: number };

// ───────────────────────────────────── records: what came back, per request ──────────────────────────────

/** Tokens as counted by the server. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt tokens that came from the prefix cache; absent where the server does not say. */
  readonly cachedTokens?: number;
}

/** How a request failed. */
export type FailureKind =
  | "connect" // no connection: nothing listens, the name does not resolve, TLS
  | "http" // a status other than 2xx
  | "timeout" // no end within the limit
  | "disconnected" // the connection broke
  | "malformed" // the stream was not what the protocol says
  | "truncated" // the stream ended without its end mark
  | "engine"; // the engine reported an error inside the stream

/** How a request ended. A failed request is a record, never a zero. */
export type Outcome =
  | { readonly kind: "ok"; readonly finishReason: string | null }
  | {
    readonly kind: "failed";
    readonly failure: FailureKind;
    readonly message: string;
    readonly status?: number;
  }
  | { readonly kind: "cancelled" };

/**
 * What a record from another tool's file does not know of itself.
 *
 * - `"schedule"`: when it was to be sent; `scheduledMs` repeats another instant. No send lag, no TTFT from schedule.
 * - `"clock"`: when it was sent; its instants count from its own sending. No throughput, no load over time.
 * - `"gaps"`: the tics between the first and the last. No ITL.
 * - `"last"`: the last tic. No TPOT, no E2E.
 */
export type UnknownPart = "schedule" | "clock" | "gaps" | "last";

/**
 * Everything measured about one request. All instants are ms from the run's start, rounded to 1 µs; `null` means
 * that it did not happen.
 */
export interface RequestRecord {
  /** Index into `RunManifest.cells`. */
  readonly cell: number;
  /** {@linkcode RequestSpec.id}. */
  readonly id: number;
  /** When the schedule wanted it sent. In closed loop: when its slot became free. */
  readonly scheduledMs: number;
  /** Taken just before the request was handed to the transport; TTFT and E2E start here. */
  readonly sentMs: number | null;
  /** From `sentMs` to a usable connection, in ms; `null` where the transport cannot tell. */
  readonly connectMs: number | null;
  /** Whether the connection was opened for this request; `null` where the transport cannot tell. */
  readonly freshConnection: boolean | null;
  readonly headersMs: number | null;
  /** The tics: one instant per token-bearing chunk. */
  readonly ticsMs: readonly number[];
  /** Tokens each tic brought, where the server says so per chunk; absent means one each. */
  readonly tokensPerTic?: readonly number[];
  /** Chunks that bore no token (role only, finish, usage only). Kept so that other tools' numbers can be recomputed. */
  readonly controlMs: readonly number[];
  /** End of the response, or the instant of failure. */
  readonly doneMs: number;
  readonly usage?: Usage;
  /** Prompt tokens asked for; 0 where they were not known. */
  readonly inputTokens: number;
  /** Answer tokens asked for; 0 where the server was to decide. */
  readonly outputTokens: number;
  /** Of a conversation whose answers went back into the prompt. */
  readonly turn?: SessionTurn;
  readonly outcome: Outcome;
  /** Of a record that another tool wrote; absent: everything is known. */
  readonly unknown?: readonly UnknownPart[];
}

// ─────────────────────────────────────────── run: the artifact ───────────────────────────────────────────

/** How late a simulated engine handed out the last tokens of its steps: what its host added to the simulated times. */
export interface EngineLag {
  /** Steps that brought tokens or began a prompt. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What a prefix cache had of some prompts. */
export interface CacheCounts {
  readonly promptTokens: number;
  /** Of those, tokens that were cached. */
  readonly cachedTokens: number;
}

/** What came of asking an engine to empty its prefix cache. */
export interface CacheReset {
  readonly url: string;
  /** Whether the engine says that it is empty now. */
  readonly done: boolean;
  /** HTTP status; `null` when no answer came. */
  readonly status: number | null;
  /** What a failure means for the result, for people; "" when it is done. */
  readonly message: string;
}

/** One condition of a sweep: a scale factor, a batch size, a concurrency in a round. */
export interface Cell {
  readonly index: number;
  /** Short and unique within the run, for legends: "0.4×", "64 requests". */
  readonly label: string;
  /** What was varied, for axes: `{ scale: 0.4 }`. */
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly schedule: "open" | "closed";
  readonly requestCount: number;
  /** Requests per second that the schedule asks for; `null` in closed loop, and where all are sent at once. */
  readonly offeredRequestsPerS: number | null;
  /** Instant the cell's clock zero: scheduled instants are this plus the arrival. `null` until it started. */
  readonly startMs: number | null;
  /** Instant its last request ended. `null` until it ended. */
  readonly endMs: number | null;
  readonly status: "planned" | "running" | "complete" | "interrupted" | "failed";
  /** Of a simulated engine in real time; `null` when it made no step. Absent for other engines and in virtual time. */
  readonly engineLag?: EngineLag | null;
  /** What the prefix cache of a simulated engine had, by the engine's own count. Absent for other engines. */
  readonly engineCache?: CacheCounts;
  /** What the engine's cache had by the counters of its `/metrics`, from the cell's start to its end. */
  readonly metricsCache?: CacheCounts;
  /** What an unlimited prefix cache would have had of the cell's prompts, sent one after the other. */
  readonly theoreticalCache?: CacheCounts;
  /** Absent where the cache was not to be emptied before the cell. */
  readonly cacheReset?: CacheReset;
  /** The engine in words; absent where it is the run's. */
  readonly engine?: string;
}

/** The engine under test, as far as it is known. */
export interface EngineInfo {
  /** Profile name: "mini-sglang", "sglang", "external", "simulated". */
  readonly name: string;
  /** True for everything that no GPU computed. Every page says so. */
  readonly simulated: boolean;
  /** What stands behind it in words: "simulated Qwen3-32B on H200 × 4, naive cache". */
  readonly description: string;
  readonly baseUrl: string;
  readonly version?: string;
  /** Simulator options or what the server tells about itself. */
  readonly details?: JsonObject;
}

/** How prompts are made: "blocks" rebuild a trace's, "fresh" are words that share no prefix. */
export type PromptKind = "blocks" | "fresh" | "random" | "dummy";

/** What was replayed. */
export interface WorkloadInfo {
  readonly trace: {
    readonly name: string;
    readonly format: TraceFormatName;
    readonly blockTokens: number;
    readonly source: TraceSource;
    readonly requests: number;
    readonly spanMs: number;
  } | null;
  /** Where the prompts were read from; absent where they were made. */
  readonly dataset?: {
    /** The file's name. */
    readonly name: string;
    readonly path: string;
    /** Of the whole file, hex. */
    readonly sha256: string;
    /** Rows that were asked. */
    readonly rows: number;
  };
  readonly prompts: {
    /** "dataset" are a dataset's own texts. */
    readonly kind: PromptKind | "dataset";
    /** SHA-256 over all prompts in order, hex. */
    readonly sha256: string;
    /** Tokens of the chat template that were subtracted from the text. */
    readonly templateTokens: number;
    /** How the claim "exactly N tokens" was checked: by probes, by a tokenizer, or not at all. */
    readonly lengthCheck: "probed" | "tokenizer" | "assumed";
  };
  /** Rows left out and why, for example prompts longer than the context. */
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
  /** Anything a reader must know about how the workload was chosen. */
  readonly notes: readonly string[];
}

/** Machine and versions. */
export interface Environment {
  readonly benchbook: string;
  readonly deno: string;
  readonly v8: string;
  readonly os: string;
  readonly arch: string;
  /** `null` where another tool measured and did not say. */
  readonly cpuCores: number | null;
  readonly cpuModel: string | null;
  readonly memoryBytes: number | null;
  readonly hostname: string | null;
  /** Commit of the benchbook checkout; absent outside a checkout. */
  readonly gitCommit?: string;
}

/** Head of an artifact: everything about a run except its records. */
export interface RunManifest {
  readonly schemaVersion: 1;
  readonly runId: string;
  /** "trace-replay", "simple", "dual-round", "multi-turn", … */
  readonly mode: string;
  readonly title: string;
  /** "running" on disk after the process is gone means: the run was killed. */
  readonly status: "running" | "complete" | "interrupted" | "failed";
  /** Why it failed, if it did. */
  readonly error?: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The command line, secrets removed. */
  readonly command: readonly string[];
  /** All options with defaults filled in, secrets removed. */
  readonly options: JsonObject;
  /** `null` where another tool measured and did not say. */
  readonly seed: number | null;
  readonly engine: EngineInfo;
  readonly model: string;
  readonly workload: WorkloadInfo;
  readonly transport: string;
  readonly cells: readonly Cell[];
  readonly environment: Environment;
  /** Wall clock (ms since 1970) and the run's monotonic clock read together, at start and at end. */
  readonly clockAnchors: readonly { readonly wallMs: number; readonly monotonicMs: number }[];
  /** "real" or "virtual": on a virtual clock no time was measured, it was computed. */
  readonly clock: "real" | "virtual";
  /** Absent for runs of our own. */
  readonly imported?: ImportSource;
}

/** A manifest and its records, as read back. */
export interface Run {
  readonly manifest: RunManifest;
  /** In the order the requests ended. Those of a long run are read from disk, each time anew. */
  readonly records: List<RequestRecord>;
  /** What the server said of itself meanwhile, in order; empty where nobody asked. */
  readonly telemetry: readonly TelemetryLine[];
  /** True when the run did not reach its end; `problems` says how it was read all the same. */
  readonly incomplete: boolean;
  readonly problems: readonly string[];
}

// ──────────────────────────────────────────── plots and pages ────────────────────────────────────────────

/** A picture as plain JSON: what to draw, never how the page around it looks. */
export interface Figure<Data extends Json = Json> {
  /** Key of the drawing function: "latency_cdf". */
  readonly name: string;
  readonly title: string;
  /** States what is seen, computed from the data. */
  readonly caption: string;
  readonly data: Data;
}
