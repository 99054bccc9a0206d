/**
 * From an address to an engine that is known to answer.
 *
 * @module
 */
import { newProgress, send, type Target } from "../client/mod.ts";
import type { RunClock } from "../clock.ts";
import { RunError } from "../errors.ts";
import type { RequestRecord, RequestSpec, Transport } from "../types.ts";

/** A way to send single requests, outside any schedule. */
export interface Line {
  readonly target: Target;
  readonly clock: RunClock;
  readonly transport: Transport;
  /** Cancels what is sent over the line. */
  readonly signal?: AbortSignal;
}

/**
 * Sends one request and waits for its record.
 *
 * @throws The signal's reason, when it was aborted before the end.
 */
async function sendOne(request: RequestSpec, line: Line): Promise<RequestRecord> {
  const { signal } = line;
  signal?.throwIfAborted();
  const record = await line.clock.settle(
    new Promise<RequestRecord>((resolve) => {
      // A request can end before `send` returns.
      let cancel = () => {};
      const onAbort = () => cancel();
      signal?.addEventListener("abort", onAbort, { once: true });
      cancel = send(request, {
        ...line,
        cell: 0,
        scheduledMs: line.clock.now(),
        progress: newProgress(),
        onRecord(record) {
          signal?.removeEventListener("abort", onAbort);
          resolve(record);
        },
      });
    }),
  );
  signal?.throwIfAborted();
  return record;
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
  if (status === 429) return "The server limits how often it may be asked.";
  if (failure === "truncated") return "Every stream must end with this mark, as OpenAI's do.";
  if (failure === "connect") return "Start the server, or check its host and port.";
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

/**
 * Reads the chat template's overhead from the server's own counts, and checks that it counts texts as we do.
 *
 * Two prompts of different length are sent; what the server counts beyond `countTokens` must be the same for both.
 *
 * @param texts A short and a long text.
 * @param countTokens How we count a text without the template.
 * @returns Tokens of the template; `null` when the server reports no usage.
 * @throws {RunError} When the server counts differently, saying what to do.
 */
export async function probeTemplate(
  line: Line,
  { texts: [short, long], countTokens }: {
    texts: readonly [string, string];
    countTokens: (text: string) => number;
  },
): Promise<number | null> {
  const ask = async (text: string, id: number) =>
    (await sendOne(probe(id, text, 1), line)).usage?.promptTokens;
  const shortTokens = await ask(short, 0);
  const longTokens = await ask(long, 1);
  if (shortTokens === undefined || longTokens === undefined) return null;
  const template = shortTokens - countTokens(short);
  if (longTokens - countTokens(long) === template && template >= 0) return template;
  const ours = countTokens(long) - countTokens(short);
  throw new RunError(
    `Cannot make prompts of known length as ${line.target.model} counts ${
      longTokens - shortTokens
    } tokens where ${ours} are meant: use --prompts random --tokenizer PATH with the model's own tokenizer.json`,
  );
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
