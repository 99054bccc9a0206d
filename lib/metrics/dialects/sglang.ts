/**
 * The numbers that SGLang's `bench_serving` prints for a chat endpoint, from the same tics.
 *
 * Its client waits for a chunk with text, as we do, but its request ends with the stream's end mark, so everything behind
 * the last token is in E2E and TPOT.
 *
 * @see https://github.com/sgl-project/sglang/blob/00f9ec472ffef82714c0407b842ccb5bd254d130/python/sglang/benchmark/serving.py
 * @module
 */
import type { RequestRecord } from "../../types.ts";
import { timeBetween } from "../metric.ts";
import { Sample } from "../sample.ts";
import { countInputTokens, countOutputTokens } from "../tokens.ts";
import {
  type Dialect,
  type DialectCollector,
  type DialectOptions,
  type DialectRow,
  fixed,
  latencyRows,
  makeRow,
  OurLatency,
  perS,
  Span,
} from "./dialect.ts";
import { PEAK_TOKENS, SuccessesPerSecond } from "./per_second.ts";

/** SGLang's `bench_serving`. */
export const sglang: Dialect = {
  name: "sglang",
  label: "SGLang bench_serving",
  source: "https://github.com/sgl-project/sglang/blob/main/python/sglang/benchmark/serving.py",
  begin: (options) => new SglangCollector(options),
};

const twoDigits = fixed(2);
const whole = fixed(0);
const NOT_KNOWN =
  "Counted per second from the earliest successful request on, which was not known before its records were read.";

class SglangCollector implements DialectCollector {
  readonly #ttft;
  readonly #tpot = new Sample();
  readonly #itl;
  readonly #e2e = new Sample();
  readonly #span = new Span();
  readonly #perSecond;
  #completed = 0;
  #e2eSumMs = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #requests = 0;

  constructor({ startMs = null, firstSuccessMs = null, ours }: DialectOptions = {}) {
    this.#ttft = new OurLatency("ttft", ours);
    this.#itl = new OurLatency("itl", ours);
    this.#perSecond = new SuccessesPerSecond(firstSuccessMs);
    if (startMs !== null) this.#span.include(startMs);
  }

  add(record: RequestRecord): void {
    const { sentMs, doneMs, outcome, ticsMs } = record;
    if (sentMs === null || outcome.kind === "cancelled") return;
    this.#requests++;
    this.#span.include(sentMs, doneMs);
    const [firstMs] = ticsMs;
    if (outcome.kind === "failed" || firstMs === undefined) return;
    const [ttft, e2e] = [timeBetween(sentMs, firstMs), timeBetween(sentMs, doneMs)];
    const tokens = outputTokensOf(record);
    this.#completed++;
    this.#ttft.add(record);
    this.#e2e.add(e2e);
    this.#e2eSumMs += e2e;
    if (tokens > 1) this.#tpot.add((e2e - ttft) / (tokens - 1));
    this.#itl.add(record);
    this.#perSecond.add(sentMs, { instantsMs: ticsMs, endMs: doneMs });
    this.#inputTokens += record.inputTokens > 0 ? record.inputTokens : countInputTokens(record);
    this.#outputTokens += tokens;
  }

  /** `null` without a request. */
  get durationMs(): number | null {
    return this.#requests === 0 ? null : this.#span.durationMs;
  }

  rows(): DialectRow[] {
    return [...this.#counts(), ...this.#rates(), ...this.#latencies()];
  }

  #counts(): DialectRow[] {
    const { durationMs } = this;
    const count = (value: number) => this.#requests === 0 ? null : value;
    return [
      makeRow(count(this.#completed), {
        ...{ name: "Successful requests", unit: "requests", ours: "succeeded", print: whole },
        differs:
          "A stream that ends without its end mark, or without a token, is a failure here; SGLang's client counts every answered request as successful.",
      }),
      makeRow(durationMs === null ? null : durationMs / 1000, {
        ...{ name: "Benchmark duration (s)", unit: "s", ours: "durationS", print: twoDigits },
        differs:
          "From the start of the schedule to the end of the last response of all, failures included; its own call of the server's information behind that is not in our records.",
      }),
      makeRow(count(this.#inputTokens), {
        ...{ name: "Total input tokens", unit: "tokens", ours: "inputTokens", print: whole },
        differs: "The length asked for by the dataset, whatever the server counted; we believe the server.",
      }),
      makeRow(count(this.#outputTokens), {
        ...{ name: "Total generated tokens", unit: "tokens", ours: "outputTokens", print: whole },
        differs:
          "The server's count where the stream carries one, for which SGLang's chat client does not ask; else the length asked for, whatever came. We ask, and count what came.",
      }),
      makeRow(null, {
        ...{ name: "Total generated tokens (retokenized)", unit: "tokens", ours: null, print: whole },
        differs: "A tokenizer's count of the answers' texts, which our records do not hold.",
      }),
    ];
  }

  #rates(): DialectRow[] {
    const { durationMs } = this;
    const differs =
      "Over SGLang's duration, which ends with the last response, and with its count of tokens.";
    const row = (name: string, ours: DialectRow["ours"], amount: number) =>
      makeRow(perS(amount, durationMs), {
        ...{ name, ours, differs, print: twoDigits },
        unit: name.endsWith("(req/s)") ? "requests/s" : "tokens/s",
      });
    const [input, output] = [this.#inputTokens, this.#outputTokens];
    const { counts } = this.#perSecond;
    return [
      row("Request throughput (req/s)", "requestsPerS", this.#completed),
      row("Input token throughput (tok/s)", null, input),
      row("Output token throughput (tok/s)", "outputTokensPerS", output),
      makeRow(counts?.mostInstants ?? null, {
        ...{ name: PEAK_TOKENS, unit: "tokens/s", ours: null, print: twoDigits },
        differs: counts === null
          ? NOT_KNOWN
          : "Chunks with text in the fullest second of wall time, counted from the earliest successful request.",
      }),
      makeRow(counts?.mostSpans ?? null, {
        ...{ name: "Peak concurrent requests", unit: "requests", ours: "peakInFlight", print: whole },
        differs: counts === null
          ? NOT_KNOWN
          : "Successful requests that were in flight at any time of the same second of wall time; ours are in flight at once.",
      }),
      row("Total token throughput (tok/s)", "totalTokensPerS", input + output),
      makeRow(durationMs === null ? null : this.#e2eSumMs / durationMs, {
        ...{ name: "Concurrency", unit: "requests", ours: "meanConcurrency", print: twoDigits },
        differs:
          "The sum of E2E of successful requests over SGLang's duration; ours has failed requests in it.",
      }),
    ];
  }

  #latencies(): DialectRow[] {
    const rows = (word: string) =>
      [
        [`Mean ${word} (ms)`, "mean"],
        [`Median ${word} (ms)`, "p50"],
        [`P90 ${word} (ms)`, "p90"],
        [`P95 ${word} (ms)`, "p95"],
        [`P99 ${word} (ms)`, "p99"],
      ] as const;
    return [
      ...latencyRows(this.#e2e, {
        ...{ metric: "e2e", rows: rows("E2E Latency"), print: twoDigits },
        differs: "It ends with the stream's end mark, not with the last token; here with the response.",
      }),
      ...latencyRows(this.#ttft.sample, {
        ...{ metric: "ttft", rows: rows("TTFT"), print: twoDigits },
        differs:
          "The same definition; SGLang's client opens a connection for every request, so its own has always a connect in it.",
      }),
      ...latencyRows(this.#tpot, {
        ...{ metric: "tpot", rows: rows("TPOT"), print: twoDigits },
        differs:
          "(E2E − TTFT) / (tokens − 1) with an E2E that ends with the stream's end mark: what comes behind the last token is in it.",
      }),
      ...latencyRows(this.#itl.sample, {
        ...{ metric: "itl", rows: [...rows("ITL"), ["Max ITL (ms)", "max"]], print: twoDigits },
        differs:
          "The same for chat endpoints; on SGLang's native one a gap is divided by the tokens that its chunk brought.",
      }),
    ];
  }
}

/** The server's count, else the length asked for, else ours. */
function outputTokensOf(record: RequestRecord): number {
  if (record.usage !== undefined) return record.usage.completionTokens;
  return record.outputTokens > 0 ? record.outputTokens : countOutputTokens(record).tokens;
}
