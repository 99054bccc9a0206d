/**
 * mini-sglang's own result form: `BenchmarkResult.as_json()`, a list with one list per request,
 * `[input_len, output_len, tic, tic, …]`, tics in seconds.
 *
 * Its first tic is the instant the response headers came; every chunk of the stream follows, the finish chunk included.
 *
 * @see https://github.com/sgl-project/mini-sglang/blob/main/python/minisgl/benchmark/client.py
 * @module
 */
import type { RequestRecord } from "../../types.ts";
import type { Document } from "./documents.ts";
import type { ImportedRecord, InterchangeForm } from "./interchange.ts";
import { secondsToMs, toRecord } from "./records.ts";

/** One request in mini-sglang's terms. */
export interface MiniSglangResult {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Headers, then every chunk; in seconds. */
  readonly ticsS: readonly number[];
}

/**
 * Translates records.
 *
 * @returns Successful requests only, in the order of their ids: mini-sglang has no form for a failed one.
 */
export function toMiniSglang(records: Iterable<RequestRecord>): MiniSglangResult[] {
  return [...streamMiniSglang(Array.from(records).sort((a, b) => a.cell - b.cell || a.id - b.id))];
}

/**
 * Translates records one by one.
 *
 * @returns Successful requests only, in the order of the records.
 */
export function* streamMiniSglang(records: Iterable<RequestRecord>): Generator<MiniSglangResult> {
  for (const { outcome, headersMs, inputTokens, outputTokens, ticsMs, controlMs } of records) {
    if (outcome.kind !== "ok" || headersMs === null) continue;
    const ticsS = Float64Array.from([...ticsMs, ...controlMs]).sort();
    yield { inputTokens, outputTokens, ticsS: Array.from([headersMs, ...ticsS], (ms) => ms / 1000) };
  }
}

/** The text of a file that mini-sglang's `BenchmarkResult.from_json` reads. */
export function formatMiniSglang(results: Iterable<MiniSglangResult>): string {
  return [...writeMiniSglang(results)].join("");
}

/** The same text in pieces. */
export function* writeMiniSglang(results: Iterable<MiniSglangResult>): Generator<string> {
  let separator = "";
  yield "[";
  for (const { inputTokens, outputTokens, ticsS } of results) {
    yield separator + JSON.stringify([inputTokens, outputTokens, ...ticsS]);
    separator = ",";
  }
  yield "]\n";
}

/**
 * Reads such a file.
 *
 * @param name File name for messages.
 * @throws {SyntaxError} When it is not of that form, naming the entry.
 */
export function parseMiniSglang(text: string, name: string): MiniSglangResult[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`${name}: not JSON`, { cause });
  }
  return readResults(value, name);
}

function readResults(value: unknown, name: string): MiniSglangResult[] {
  if (!Array.isArray(value)) throw new SyntaxError(`${name}: not a list of requests`);
  return value.map((entry: unknown, i) => {
    const isNumbers = Array.isArray(entry) && entry.every((item) => typeof item === "number");
    if (!isNumbers) throw new SyntaxError(`${name}: request ${i} is not a list of numbers`);
    const [inputTokens, outputTokens, ...ticsS]: number[] = entry;
    if (!isCount(inputTokens) || !isCount(outputTokens)) {
      throw new SyntaxError(`${name}: request ${i} does not begin with two token counts`);
    }
    return { inputTokens, outputTokens, ticsS };
  });
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0;
}

/**
 * The list as a run: headers, tokens, and the last chunk as the one that ends the answer. The instant of sending is before
 * the headers and not told.
 */
export const miniSglangForm: InterchangeForm = {
  name: "mini-sglang",
  tool: "mini-sglang's BenchmarkResult.as_json(), or mini_sglang.json of a run",
  looksFor: "a list of lists of numbers, each with two token counts in front",
  recognizes: (document) =>
    Array.isArray(document) && document.length > 0 &&
    document.every((entry: unknown) =>
      Array.isArray(entry) && entry.length >= 2 && typeof entry[0] === "number"
    ),
  read(documents) {
    const cells = documents.map((document) => {
      const records = recordsOf(document);
      return {
        ...{ label: "all requests", parameters: {}, schedule: "open" as const },
        ...{ requestCount: records.length, records },
      };
    });
    const longer = cells.flatMap(({ records }) => records)
      .filter(({ ticsMs, outputTokens }) => ticsMs.length > outputTokens).length;
    return {
      startedAt: null,
      ...{ model: null, engine: null, engineVersion: null, baseUrl: null, seed: null, options: {}, cells },
      missing: [
        "when each request was sent: no TTFT, no E2E, no throughput; its own TTFT starts at the response headers",
        "when each request was to be sent: no send lag, no TTFT from schedule",
        `which chunks bore a token: the last one of each request is taken for the one that ends the answer${
          longer === 0 ? "" : `, yet ${longer} requests have more chunks before it than tokens asked for`
        }`,
        "requests that failed, and who counted the tokens: lengths are those asked for",
        "model, address, load, engine, machine",
      ],
    };
  },
};

function recordsOf({ at, value }: Document): ImportedRecord[] {
  const results = readResults(value, at);
  if (results.length === 0) throw new SyntaxError(`Cannot read ${at} as its list is empty`);
  const zeroS = results.reduce((least, { ticsS }) => Math.min(least, ticsS[0] ?? Infinity), Infinity);
  return results.map(({ inputTokens, outputTokens, ticsS }, id) => {
    const isAscending = ticsS.every((ticS, i) =>
      Number.isFinite(ticS) && ticS >= (ticsS[i - 1] ?? -Infinity)
    );
    if (!isAscending) throw new SyntaxError(`Cannot read ${at} as the tics of request ${id} do not ascend`);
    const [headersMs, ...restMs] = ticsS.map((ticS) => secondsToMs(ticS - zeroS));
    if (headersMs === undefined) throw new SyntaxError(`Cannot read ${at} as request ${id} has no tics`);
    return toRecord({
      ...{ id, sentMs: null, headersMs, inputTokens, outputTokens },
      ticsMs: restMs.slice(0, -1),
      controlMs: restMs.slice(-1),
      doneMs: restMs.at(-1) ?? headersMs,
      outcome: { kind: "ok", finishReason: null },
      unknown: ["schedule"],
    });
  });
}
