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
