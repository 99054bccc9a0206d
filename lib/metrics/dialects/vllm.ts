/**
 * The numbers that `vllm bench serve` prints, from the same tics.
 *
 * Its client takes every chunk that has a choice for a token, so a chunk that only names the role ends the TTFT, and a
 * finish chunk is one more gap and the end of the request. Our records do not say which chunks without a token had a
 * choice: where the server counted the tokens, the last chunk behind the last token is taken for the usage chunk, which
 * has none.
 *
 * @see https://github.com/vllm-project/vllm/blob/009e6d4a1cd6ba3fb2a9fc00f4ec06f5297232a1/vllm/benchmarks/serve.py
 * @see https://github.com/vllm-project/vllm/blob/02cfb534df5674737558730b10f23d1b7aef9b7c/vllm/benchmarks/lib/endpoint_request_func.py
 * @module
 */
import type { RequestRecord } from "../../types.ts";
import { loadSpans } from "../concurrency.ts";
import { timeBetween } from "../metric.ts";
import { NumberList } from "../number_list.ts";
import { Sample } from "../sample.ts";
import { countInputTokens, countOutputTokens } from "../tokens.ts";
import { chunksMs } from "./chunks.ts";
import {
  type Dialect,
  type DialectCollector,
  type DialectOptions,
  type DialectRow,
  fixed,
  latencyRows,
  makeRow,
  perS,
  requestLimits,
  Span,
} from "./dialect.ts";
import { PEAK_TOKENS, SuccessesPerSecond } from "./per_second.ts";

/** `vllm bench serve`. */
export const vllm: Dialect = {
  name: "vllm",
  label: "vLLM bench serve",
  source: "https://github.com/vllm-project/vllm/blob/main/vllm/benchmarks/serve.py",
  begin: (options) => new VllmCollector(options),
};

const twoDigits = fixed(2);
const whole = fixed(0);

class VllmCollector implements DialectCollector {
  readonly #ttft = new Sample();
  readonly #tpot = new Sample();
  readonly #itl = new Sample();
  readonly #e2e = new Sample();
  readonly #span = new Span();
  readonly #sentMs = new NumberList();
  readonly #endMs = new NumberList();
  readonly #limits;
  readonly #perSecond;
  #failed = 0;
  #requests = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #good = 0;

  constructor({ startMs = null, firstSuccessMs = null, slo }: DialectOptions = {}) {
    this.#perSecond = new SuccessesPerSecond(firstSuccessMs);
    if (startMs !== null) this.#span.include(startMs);
    this.#limits = requestLimits(slo, ["ttft", "tpot", "e2e"]);
  }

  add(record: RequestRecord): void {
    const { sentMs, doneMs, outcome } = record;
    if (sentMs === null || outcome.kind === "cancelled") return;
    this.#requests++;
    this.#span.include(sentMs, doneMs);
    if (outcome.kind === "failed") this.#failed++;
    else this.#addSuccess(record, sentMs);
  }

  #addSuccess(record: RequestRecord, sentMs: number): void {
    const chunks = choiceChunksMs(record);
    const [firstMs, lastMs] = [chunks[0], chunks.at(-1)];
    if (firstMs === undefined || lastMs === undefined) {
      this.#failed++;
      return;
    }
    for (let i = 1; i < chunks.length; i++) this.#itl.add(timeBetween(chunks[i - 1] ?? 0, chunks[i] ?? 0));
    const { tokens } = countOutputTokens(record);
    const [ttft, e2e] = [timeBetween(sentMs, firstMs), timeBetween(sentMs, lastMs)];
    const tpot = tokens > 1 ? (e2e - ttft) / (tokens - 1) : 0;
    this.#ttft.add(ttft);
    this.#e2e.add(e2e);
    if (tokens > 1) this.#tpot.add(tpot);
    this.#inputTokens += countInputTokens(record);
    this.#outputTokens += tokens;
    const values = { ttft, tpot, e2e };
    if ([...this.#limits].every(([metric, limitMs]) => values[metric] <= limitMs)) this.#good++;
    this.#perSecond.add(sentMs, { instantsMs: chunks, endMs: lastMs });
    this.#sentMs.push(sentMs);
    this.#endMs.push(lastMs);
  }

  /** `null` without a request. */
  get durationMs(): number | null {
    return this.#requests === 0 ? null : this.#span.durationMs;
  }

  rows(): DialectRow[] {
    return [...this.#counts(), ...this.#rates(), ...this.#latencies()];
  }

  #counts(): DialectRow[] {
    const count = (value: number) => this.#requests === 0 ? null : value;
    const { durationMs } = this;
    return [
      makeRow(count(this.#ttft.count), {
        ...{ name: "Successful requests", unit: "requests", ours: "succeeded", print: whole },
        differs:
          "A stream that ends without its end mark, or carries an error, is a failure here; vLLM's client counts it as successful once a chunk came.",
      }),
      makeRow(count(this.#failed), {
        ...{ name: "Failed requests", unit: "requests", ours: "failed", print: whole },
        differs: "The same requests, but for streams that break off after their first chunk.",
      }),
      makeRow(durationMs === null ? null : durationMs / 1000, {
        ...{ name: "Benchmark duration (s)", unit: "s", ours: "durationS", print: twoDigits },
        differs:
          "From the start of the schedule to the end of the last response of all, failures included; ours runs from the first request to the last token of a success.",
      }),
      makeRow(count(this.#inputTokens), {
        ...{ name: "Total input tokens", unit: "tokens", ours: "inputTokens", print: whole },
        differs: "The same: the server's count, else the length asked for.",
      }),
      makeRow(count(this.#outputTokens), {
        ...{ name: "Total generated tokens", unit: "tokens", ours: "outputTokens", print: whole },
        differs:
          "The same where the server counts; else vLLM runs a tokenizer over the text, which our records do not hold: here chunks are counted.",
      }),
    ];
  }

  #rates(): DialectRow[] {
    const { durationMs } = this;
    const [completed, tokens] = [this.#ttft.count, this.#outputTokens];
    const { counts } = this.#perSecond;
    const differs = "Over vLLM's duration, which ends with the last response, not with the last token.";
    const row = (name: string, ours: DialectRow["ours"], value: number | null) =>
      makeRow(value, {
        ...{ name, ours, differs, print: twoDigits },
        unit: name.endsWith("(req/s)") ? "requests/s" : "tokens/s",
      });
    const goodput = this.#limits.size === 0 ? null : perS(this.#good, durationMs);
    return [
      row("Request throughput (req/s)", "requestsPerS", perS(completed, durationMs)),
      {
        ...row("Request goodput (req/s)", "goodRequestsPerS", goodput),
        differs: this.#limits.size === 0
          ? "The run has no limit on TTFT, TPOT or E2E by which vLLM could judge requests."
          : "Successful requests with TTFT, TPOT and E2E at or below their limits, by vLLM's definitions, over vLLM's duration; an answer of one token has a TPOT of 0.",
      },
      row("Output token throughput (tok/s)", "outputTokensPerS", perS(tokens, durationMs)),
      {
        ...row(PEAK_TOKENS, null, counts?.mostInstants ?? null),
        differs: counts === null
          ? "Counted per second from the earliest successful request on, which was not known before its records were read."
          : "Chunks with a choice in the fullest second of wall time, counted from the earliest successful request; a chunk of several tokens is one.",
      },
      makeRow(completed === 0 ? null : this.#peakConcurrency(), {
        ...{ name: "Peak concurrent requests", unit: "requests", ours: "peakInFlight", print: twoDigits },
        differs:
          "Of successful requests, each until its last chunk; ours has failed ones in it, each until its response ends.",
      }),
      row(
        "Total token throughput (tok/s)",
        "totalTokensPerS",
        perS(this.#inputTokens + tokens, durationMs),
      ),
    ];
  }

  #latencies(): DialectRow[] {
    const rows = (word: string) =>
      [
        [`Mean ${word} (ms)`, "mean"],
        [`Median ${word} (ms)`, "p50"],
        [`P99 ${word} (ms)`, "p99"],
      ] as const;
    return [
      ...latencyRows(this.#ttft, {
        ...{ metric: "ttft", rows: rows("TTFT"), print: twoDigits },
        differs: "A chunk that only names the role counts as the first token.",
      }),
      ...latencyRows(this.#tpot, {
        ...{ metric: "tpot", rows: rows("TPOT"), print: twoDigits },
        differs:
          "From the first chunk with a choice to the last one: a role chunk lengthens it, and so does a finish chunk.",
      }),
      ...latencyRows(this.#itl, {
        ...{ metric: "itl", rows: rows("ITL"), print: twoDigits },
        differs: "The gaps from a role chunk and to a finish chunk are pooled with those between tokens.",
      }),
      ...latencyRows(this.#e2e, {
        ...{ metric: "e2e", rows: rows("E2EL"), print: twoDigits },
        differs:
          "It ends with the last chunk that has a choice, such as a finish chunk; printed on demand only.",
      }),
    ];
  }

  /** An end and a start at the same instant do not overlap. */
  #peakConcurrency(): number {
    const [sentMs, doneMs] = [this.#sentMs.toArray(), this.#endMs.toArray()];
    let peak = 0;
    for (const { inFlight } of loadSpans({ sentMs, firstMs: doneMs, doneMs })) {
      peak = Math.max(peak, inFlight);
    }
    return peak;
  }
}

/** The instants of the chunks that had a choice, in order. */
function choiceChunksMs(record: RequestRecord): readonly number[] {
  const { ticsMs, controlMs, usage } = record;
  const isUsageLast = usage !== undefined && (controlMs.at(-1) ?? -Infinity) >= (ticsMs.at(-1) ?? Infinity);
  return chunksMs(record, controlMs.length - (isUsageLast ? 1 : 0));
}
