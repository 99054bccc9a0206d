/**
 * The numbers that guidellm prints, from the same tics.
 *
 * Its ITL is our TPOT, and its TPOT has TTFT in it; both are weighted by tokens, so that a long answer counts more. A
 * percentile is the smallest value that at least that share keeps. Rates are of all requests, those that failed or were
 * cut off included.
 *
 * guidellm merges events less than 0.1 ms apart before it takes rates; here they stay apart.
 *
 * @see https://github.com/vllm-project/guidellm/blob/main/src/guidellm/schemas/request_stats.py
 * @see https://github.com/vllm-project/guidellm/blob/main/src/guidellm/schemas/statistics.py
 * @see https://github.com/vllm-project/guidellm/blob/main/src/guidellm/benchmark/schemas/generative/metrics.py
 * @module
 */
import type { RequestRecord } from "../../types.ts";
import { timeBetween } from "../metric.ts";
import { countInputTokens } from "../tokens.ts";
import {
  type Dialect,
  type DialectCollector,
  type DialectRow,
  fixed,
  makeRow,
  perS,
  type RowText,
  Span,
} from "./dialect.ts";
import { WeightedSample } from "./weighted_sample.ts";

/** guidellm's console tables. */
export const guidellm: Dialect = {
  name: "guidellm",
  label: "guidellm",
  source: "https://github.com/vllm-project/guidellm/blob/main/src/guidellm/schemas/request_stats.py",
  begin: () => new GuidellmCollector(),
};

const oneDigit = fixed(1);

class GuidellmCollector implements DialectCollector {
  readonly #latencyS = new WeightedSample();
  readonly #ttft = new WeightedSample();
  readonly #itl = new WeightedSample();
  readonly #tpot = new WeightedSample();
  readonly #requestSpan = new Span();
  readonly #tokenSpan = new Span();
  #requests = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #allOutputTokens = 0;
  #latencySumMs = 0;

  add(record: RequestRecord): void {
    const { sentMs, doneMs, ticsMs, outcome } = record;
    if (sentMs === null) return;
    const tokens = record.usage?.completionTokens ?? ticsMs.length;
    this.#requests++;
    this.#requestSpan.include(sentMs, doneMs);
    this.#latencySumMs += timeBetween(sentMs, doneMs);
    this.#tokenSpan.include(ticsMs.length > 1 ? ticsMs[0] ?? doneMs : ticsMs.at(-1) ?? doneMs);
    this.#tokenSpan.include(ticsMs.at(-1) ?? doneMs);
    this.#allOutputTokens += tokens;
    if (outcome.kind === "ok") this.#addSuccess(record, { sentMs, tokens });
  }

  #addSuccess(
    record: RequestRecord,
    { sentMs, tokens }: { readonly sentMs: number; readonly tokens: number },
  ): void {
    const { ticsMs, doneMs } = record;
    const [firstMs, lastMs] = [ticsMs[0] ?? sentMs, ticsMs.at(-1)];
    this.#latencyS.add(timeBetween(sentMs, doneMs) / 1000);
    this.#ttft.add(timeBetween(sentMs, firstMs));
    if (tokens > 0) this.#tpot.add(timeBetween(sentMs, lastMs ?? doneMs) / tokens, tokens);
    if (tokens > 1) this.#itl.add(timeBetween(firstMs, lastMs ?? firstMs) / (tokens - 1), tokens - 1);
    this.#inputTokens += countInputTokens(record);
    this.#outputTokens += tokens;
  }

  rows(): DialectRow[] {
    return [...this.#summary(), ...this.#latencies(), ...this.#rates()];
  }

  #summary(): DialectRow[] {
    const { durationMs } = this.#requestSpan;
    const count = (value: number) => this.#requests === 0 ? null : value;
    return [
      makeRow(durationMs === null ? null : durationMs / 1000, {
        ...{ name: "Timings Dur Sec", unit: "s", ours: "durationS", print: oneDigit },
        differs:
          "It ends with the last response of all, not with the last token of a success; a warm-up or cool-down that guidellm was told to leave out is not left out here.",
      }),
      makeRow(count(this.#inputTokens), {
        ...{ name: "Input Tokens Comp Tot", unit: "tokens", ours: "inputTokens", print: oneDigit },
        differs: "The same: the server's count, else the length asked for.",
      }),
      makeRow(count(this.#outputTokens), {
        ...{ name: "Output Tokens Comp Tot", unit: "tokens", ours: "outputTokens", print: oneDigit },
        differs: "The server's count, else one token for each chunk.",
      }),
    ];
  }

  #latencies(): DialectRow[] {
    const rows = (
      sample: WeightedSample,
      { name, unit, metric, differs }: Pick<RowText, "name" | "unit" | "differs"> & {
        readonly metric: "ttft" | "tpot" | "e2e" | null;
      },
    ): DialectRow[] => {
      const described = sample.describe([0.5, 0.95, 0.99]);
      const [p50 = null, p95 = null, p99 = null] = described?.quantiles ?? [];
      const values = { mean: described?.mean ?? null, p50, p95, p99 };
      return ([["Mean", "mean"], ["Mdn", "p50"], ["p95", "p95"], ["p99", "p99"]] as const).map(
        ([word, key]) =>
          makeRow(values[key], {
            ...{ name: `${name} ${word}`, unit, differs, print: oneDigit },
            ours: metric === null ? null : `${metric}.${key}` as const,
          }),
      );
    };
    return [
      ...rows(this.#latencyS, {
        ...{ name: "Request Latency Sec", unit: "s", metric: "e2e" },
        differs:
          "It ends with the response, not with the last token; a percentile is a value that came, not one between two.",
      }),
      ...rows(this.#ttft, {
        ...{ name: "TTFT ms", unit: "ms", metric: "ttft" },
        differs:
          "The same instants, read from a wall clock there; a percentile is a value that came, not one between two.",
      }),
      ...rows(this.#itl, {
        ...{ name: "ITL ms", unit: "ms", metric: "tpot" },
        differs:
          "Our TPOT under the name of ITL, each request counted once for each of its tokens but the first.",
      }),
      ...rows(this.#tpot, {
        ...{ name: "TPOT ms", unit: "ms", metric: null },
        differs:
          "(Last token − sent) / tokens: TTFT is in it, and each request is counted once for each of its tokens.",
      }),
    ];
  }

  #rates(): DialectRow[] {
    const [requestMs, tokenMs] = [this.#requestSpan.durationMs, this.#tokenSpan.durationMs];
    return [
      makeRow(requestMs === null ? null : this.#latencySumMs / requestMs, {
        ...{ name: "Requests Concurrency Mean", unit: "requests", ours: "meanConcurrency", print: oneDigit },
        differs: "Until the last response of all, not until the last token of a success.",
      }),
      makeRow(perS(this.#requests, requestMs), {
        ...{ name: "Requests Per Sec Mean", unit: "requests/s", ours: "requestsPerS", print: oneDigit },
        differs: "Of all requests, failed ones included, until the last response.",
      }),
      makeRow(perS(this.#allOutputTokens, tokenMs), {
        ...{
          name: "Output Tokens Per Sec Mean",
          unit: "tokens/s",
          ours: "outputTokensPerS",
          print: oneDigit,
        },
        differs:
          "Of all requests, failed ones included, from the first token to the last: the wait for the first token is not in the time.",
      }),
    ];
  }
}
