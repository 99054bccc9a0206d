/**
 * Waiting for a server that loads its model.
 *
 * @module
 */

/** What to wait for, and how long. */
export interface WaitReadyOptions {
  /** Root of the server: "http://127.0.0.1:30000". */
  readonly rootUrl: string;
  /** Paths that must answer, one after the other: health first, then the models. */
  readonly paths: readonly string[];
  /** In ms, > 0. */
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when it makes no sense to wait on. */
  readonly signal: AbortSignal;
}

const POLL_MS = 250;

/** A server that is busy loading may accept a connection and say nothing. */
const ANSWER_MS = 5000;

/**
 * Asks four times a second until every path answers.
 *
 * A server that wants a key (401, 403) is ready: it listens, and it judged the request.
 *
 * @returns `null` when it is ready, else what the last question came to: "/health answered HTTP 503".
 */
export async function waitReady(options: WaitReadyOptions): Promise<string | null> {
  const { paths, timeoutMs, signal } = options;
  const endMs = performance.now() + timeoutMs;
  let waitingFor = 0;
  while (true) {
    const path = paths[waitingFor];
    if (path === undefined) return null;
    const trouble = await tryPath(path, {
      ...options,
      withinMs: Math.min(ANSWER_MS, endMs - performance.now()),
    });
    if (trouble === null) {
      waitingFor++;
      continue;
    }
    if (signal.aborted || performance.now() + POLL_MS >= endMs) return trouble;
    await pause(POLL_MS, signal);
  }
}

async function tryPath(
  path: string,
  { rootUrl, headers, signal, withinMs }: WaitReadyOptions & { readonly withinMs: number },
): Promise<string | null> {
  const timeout = AbortSignal.timeout(Math.max(1, withinMs));
  try {
    const response = await fetch(rootUrl + path, { headers, signal: AbortSignal.any([signal, timeout]) });
    await response.body?.cancel();
    const { status } = response;
    return response.ok || status === 401 || status === 403 ? null : `${path} answered HTTP ${status}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return timeout.aborted ? `${path} did not answer` : `nothing answered at ${rootUrl}`;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
}
