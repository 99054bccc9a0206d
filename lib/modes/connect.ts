/**
 * From an address to an engine that is known to answer.
 *
 * @module
 */
import { encode, newProgress, send, type Target } from "../client/mod.ts";
import { RunError } from "../errors.ts";
import type { Clock, RequestRecord, RequestSpec, Transport } from "../types.ts";

/** A way to send single requests, outside any schedule. */
export interface Line {
  readonly target: Target;
  readonly clock: Clock;
  readonly transport: Transport;
}

/** Sends one request and waits for its record. */
export function sendOne(request: RequestSpec, line: Line): Promise<RequestRecord> {
  return new Promise((resolve) => {
    send(request, {
      ...line,
      cell: 0,
      scheduledMs: line.clock.now(),
      wire: encode(request, line.target),
      progress: newProgress(),
      onRecord: resolve,
    });
  });
}

/**
 * Sends one two-token request, as mini-sglang's bench_simple does before it starts.
 *
 * @returns The record of the request, which succeeded.
 * @throws {RunError} With what is wrong and what to do.
 */
export async function testConnection(line: Line): Promise<RequestRecord> {
  const record = await sendOne(probe(0, "Hello", 2), line);
  if (record.outcome.kind === "ok") return record;
  const { baseUrl, protocol, model } = line.target;
  const url = baseUrl + protocol.path;
  if (record.outcome.kind === "cancelled") throw new RunError(`The connection test of ${url} was cancelled`);
  const { failure, message, status } = record.outcome;
  throw new RunError(`Cannot use ${url}: ${message}. ${advise(failure, status, { baseUrl, model })}`);
}

function advise(failure: string, status: number | undefined, at: { baseUrl: string; model: string }): string {
  if (failure === "connect") return "Start the server, or check host and port of --base-url.";
  if (status === 401 || status === 403) return "The server wants a key: set OPENAI_API_KEY.";
  if (status === 404) {
    return `Either the path is wrong (does ${at.baseUrl} end in /v1?) or there is no model "${at.model}".`;
  }
  if (status === 400 || status === 422) {
    return "The server refused a field; benchbook sends ignore_eos, top_k and temperature as mini-sglang's client does.";
  }
  if (failure === "malformed") return "It must stream server-sent events when asked with stream: true.";
  if (failure === "timeout") return "The server accepts connections but does not answer; look at its log.";
  return "Look at the server's log.";
}

/** What two probe requests found out about token counts. */
export interface TokenProbe {
  /** Tokens that the chat template adds to a one-message prompt. */
  readonly templateTokens: number;
  /** Tokens per word of the one-token word list; 1 is what block prompts need. */
  readonly tokensPerWord: number;
}

/** Words in the longer of the two probes. */
const PROBE_WORDS = 101;

/**
 * Reads the chat template's overhead and the tokens per word from the server's own counts.
 *
 * With prompts of 1 and of n words: tokens per word = (p_n − p_1) / (n − 1), template = p_1 − tokens per word.
 *
 * @param words Words from the one-token list.
 * @returns `null` when the server reports no usage.
 */
export async function probeTokens(line: Line, words: readonly string[]): Promise<TokenProbe | null> {
  const prompt = (n: number) => words.slice(0, n).map((word) => ` ${word}`).join("");
  const short = await sendOne(probe(0, prompt(1), 1), line);
  const long = await sendOne(probe(1, prompt(PROBE_WORDS), 1), line);
  if (short.usage === undefined || long.usage === undefined) return null;
  const tokensPerWord = (long.usage.promptTokens - short.usage.promptTokens) / (PROBE_WORDS - 1);
  return { tokensPerWord, templateTokens: short.usage.promptTokens - tokensPerWord };
}

/**
 * Sends a few requests at once and waits for them, so that connections are open and both sides have run their code.
 *
 * @param prompts Texts that no measured prompt begins with.
 */
export async function warmUp(line: Line, prompts: readonly string[]): Promise<void> {
  await Promise.all(prompts.map((text, id) => sendOne(probe(id, text, 16), line)));
}

function probe(id: number, content: string, outputTokens: number): RequestSpec {
  return { id, messages: [{ role: "user", content }], inputTokens: 0, outputTokens, ignoreEos: true };
}
