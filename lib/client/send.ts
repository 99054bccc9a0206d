/**
 * One request, from the instant before it is written to its record.
 *
 * @module
 */
import type {
  Clock,
  FailureKind,
  Outcome,
  RequestRecord,
  RequestSpec,
  ResponseSink,
  Transport,
  TransportError,
  Usage,
  WireRequest,
} from "../types.ts";
import type { Protocol, WireQuirks } from "./protocols/protocol.ts";
import { sseScanner } from "./sse.ts";

/** Where requests go and how they are spoken. */
export interface Target {
  /** Base of the API, without a slash at the end: "http://127.0.0.1:1919/v1". */
  readonly baseUrl: string;
  readonly model: string;
  readonly protocol: Protocol;
  readonly quirks: WireQuirks;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest wait for the end of an answer, in ms from sending. */
  readonly timeoutMs: number;
  /** Texts that must not appear in a record's message, such as the API key. */
  readonly secrets: readonly string[];
}

/** Counters that a display may read at any time. */
export interface Progress {
  sent: number;
  done: number;
  failed: number;
  /** Requests that have seen their first token. */
  prefilled: number;
  /** Token-bearing chunks after the first of each request. */
  decoded: number;
}

/** Encodes a request ahead of its time, so that nothing but sending is left to do when it is due. */
export function encode(request: RequestSpec, target: Target): WireRequest {
  return {
    method: "POST",
    url: target.baseUrl + target.protocol.path,
    headers: { "content-type": "application/json", accept: "text/event-stream", ...target.headers },
    body: new TextEncoder().encode(target.protocol.body(request, target)),
  };
}

/** What `send` needs to know beside the request. */
export interface SendOptions {
  readonly target: Target;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly cell: number;
  /** When the schedule wanted it sent. */
  readonly scheduledMs: number;
  /** @default encode(request, target) */
  readonly wire?: WireRequest;
  readonly progress: Progress;
  /** Receives the answer piece by piece. Reading text costs more than counting tokens: leave it out where nobody needs it. */
  readonly onText?: (text: string) => void;
  /** Called exactly once, synchronously with the end of the exchange. */
  readonly onRecord: (record: RequestRecord) => void;
}

/**
 * Sends a request now.
 *
 * The clock is read before the transport is called, so that everything the client and the network do is inside TTFT.
 *
 * @returns Cancels: the record then says so and keeps what had come.
 */
export function send(request: RequestSpec, options: SendOptions): () => void {
  const wire = options.wire ?? encode(request, options.target);
  const exchange = new Exchange(request, options);
  try {
    exchange.cancel = options.transport.send(wire, exchange);
  } catch (error) {
    exchange.onError({ kind: "connect", message: String(error) });
  }
  return () => exchange.end({ kind: "cancelled" });
}

/** Error bodies are read up to this size. */
const MAX_ERROR_BYTES = 4096;

/** After its end mark, a stream may take this long to end before the connection is given up. */
const END_GRACE_MS = 1000;

/** The state of one request while its answer streams in. */
class Exchange implements ResponseSink {
  cancel: () => void = () => {};
  readonly #request: RequestSpec;
  readonly #options: SendOptions;
  readonly #sentMs: number;
  #stopTimer: () => void;
  readonly #feed: (read: Uint8Array) => void;
  readonly #ticsMs: number[] = [];
  readonly #controlMs: number[] = [];
  readonly #tokensPerTic: number[] = [];
  #tokensSoFar = 0;
  #connectMs: number | null = null;
  #fresh: boolean | null = null;
  #headersMs: number | null = null;
  #status = 0;
  #errorBody: Uint8Array | null = null;
  #readMs = 0;
  #usage: Usage | undefined;
  /** Tics there were when the usage came: one that more tokens follow was a running count, not the total. */
  #usageTics = 0;
  #finishReason: string | null = null;
  #sawEnd = false;
  #over = false;

  constructor(request: RequestSpec, options: SendOptions) {
    const { clock, target, progress } = options;
    this.#request = request;
    this.#options = options;
    const range = { start: 0, end: 0 };
    this.#feed = sseScanner((bytes, start, end) => {
      range.start = start;
      range.end = end;
      this.#onEvent(bytes, range);
    });
    progress.sent++;
    this.#sentMs = clock.now();
    this.#stopTimer = clock.at(this.#sentMs + target.timeoutMs, () => this.#onTimeout());
  }

  onConnect(atMs: number, fresh: boolean): void {
    this.#connectMs = atMs - this.#sentMs;
    this.#fresh = fresh;
  }

  onHeaders(status: number, headers: Readonly<Record<string, string>>, atMs: number): void {
    this.#headersMs = atMs;
    this.#status = status;
    const type = headers["content-type"] ?? "text/event-stream";
    const isStream = status >= 200 && status < 300 && type.includes("event-stream");
    if (!isStream) this.#errorBody = new Uint8Array(0);
  }

  onBytes(bytes: Uint8Array, atMs: number): void {
    if (this.#over) return;
    if (this.#errorBody !== null) {
      const room = MAX_ERROR_BYTES - this.#errorBody.length;
      if (room > 0) this.#errorBody = Uint8Array.from([...this.#errorBody, ...bytes.subarray(0, room)]);
      return;
    }
    this.#readMs = atMs;
    try {
      this.#feed(bytes);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#fail("malformed", error.message);
    }
  }

  onEnd(): void {
    if (this.#over) return;
    if (this.#errorBody !== null) return this.#failByStatus(new TextDecoder().decode(this.#errorBody));
    if (this.#sawEnd) return this.#endWhole();
    this.#fail("truncated", this.#where('the stream ended without its end mark, "data: [DONE]"'));
  }

  onError(error: TransportError): void {
    if (this.#sawEnd) return this.#endWhole();
    if (error.kind === "connect") return this.#fail("connect", error.message);
    this.#fail("disconnected", this.#where(error.message));
  }

  /** Ends the exchange once; later calls do nothing. */
  end(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimer();
    const { clock, cell, scheduledMs, progress, onRecord } = this.#options;
    const tics = this.#ticsMs.length;
    progress.done++;
    if (outcome.kind === "failed") progress.failed++;
    onRecord({
      cell,
      id: this.#request.id,
      scheduledMs: round(scheduledMs),
      sentMs: round(this.#sentMs),
      connectMs: this.#connectMs === null ? null : round(this.#connectMs),
      freshConnection: this.#fresh,
      headersMs: this.#headersMs === null ? null : round(this.#headersMs),
      ticsMs: this.#ticsMs.map(round),
      // Counts per chunk mean something only if every tic has one.
      ...(tics > 0 && this.#tokensPerTic.length === tics ? { tokensPerTic: this.#tokensPerTic } : {}),
      controlMs: this.#controlMs.map(round),
      doneMs: round(clock.now()),
      ...(this.#usage !== undefined && this.#usageTics === tics ? { usage: this.#usage } : {}),
      inputTokens: this.#request.inputTokens,
      outputTokens: this.#request.outputTokens,
      ...(this.#request.turn === undefined ? {} : { turn: this.#request.turn }),
      outcome,
    });
    if (outcome.kind !== "ok") this.cancel();
  }

  #onEvent(bytes: Uint8Array, range: { start: number; end: number }): void {
    if (this.#over) return;
    const { target, progress } = this.#options;
    const event = target.protocol.read(bytes, range, target.quirks);
    if (event.isToken) {
      this.#options.onText?.(target.protocol.text(bytes, range));
      if (this.#ticsMs.push(this.#readMs) === 1) progress.prefilled++;
      else progress.decoded++;
      if (event.completionTokensSoFar !== undefined) {
        this.#tokensPerTic.push(event.completionTokensSoFar - this.#tokensSoFar);
        this.#tokensSoFar = event.completionTokensSoFar;
      }
    } else if (event.isEnd) {
      this.#sawEnd = true;
      this.#stopTimer();
      this.#stopTimer = this.#options.clock.at(this.#readMs + END_GRACE_MS, () => this.#closeWhole());
    } else if (event.error !== undefined) {
      return this.#fail("engine", event.error);
    } else {
      this.#controlMs.push(this.#readMs);
    }
    if (event.finishReason !== undefined) this.#finishReason = event.finishReason;
    if (event.usage !== undefined) {
      this.#usage = event.usage;
      this.#usageTics = this.#ticsMs.length;
    }
  }

  /** The end mark came: whatever happens to the connection now, the answer is whole. */
  #endWhole(): void {
    if (this.#ticsMs.length === 0) return this.#fail("malformed", "the stream ended without a single token");
    this.end({ kind: "ok", finishReason: this.#finishReason });
  }

  /** The server leaves the body open behind its end mark. */
  #closeWhole(): void {
    this.#endWhole();
    this.cancel();
  }

  #onTimeout(): void {
    const { target } = this.#options;
    this.#fail(
      "timeout",
      `no end within ${
        target.timeoutMs / 1000
      } s; the limit should be above TTFT + max_tokens × ITL + a margin (--timeout)`,
    );
  }

  #failByStatus(body: string): void {
    if (this.#status >= 200 && this.#status < 300) {
      return this.#fail("malformed", `the answer is not an event stream: ${body}`);
    }
    this.#fail("http", `HTTP ${this.#status}: ${errorMessage(body)}`);
  }

  /** Says how far the answer was, in words: equal failures should read equal, the record has the count. */
  #where(what: string): string {
    return `${what} ${this.#ticsMs.length === 0 ? "before the first token" : "in the middle of the answer"}`;
  }

  #withoutSecrets(message: string): string {
    return this.#options.target.secrets.reduce((text, secret) => text.replaceAll(secret, "***"), message);
  }

  #fail(failure: FailureKind, message: string): void {
    this.end({
      kind: "failed",
      failure,
      message: excerpt(this.#withoutSecrets(message)),
      ...(failure === "http" ? { status: this.#status } : {}),
    });
  }
}

/** The message inside the usual JSON error bodies, else the body itself. */
function errorMessage(body: string): string {
  try {
    const value = JSON.parse(body);
    const message = value?.error?.message ?? value?.message ?? value?.detail ?? value?.error;
    return typeof message === "string" ? message : body;
  } catch {
    return body;
  }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

/** To 1 µs. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
