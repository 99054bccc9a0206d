/**
 * The numbers that AIPerf prints, from the same tics.
 *
 * Its ITL is our TPOT; our ITL is its inter-chunk latency. Only chunks with content count, and only successful requests.
 * AIPerf counts tokens with a tokenizer unless it is told to believe the server; here the server's count is the nearest.
 *
 * @see https://github.com/ai-dynamo/aiperf/tree/main/src/aiperf/metrics/types
 * @module
 */
import type { RequestRecord } from "../../types.ts";
import { timeBetween } from "../metric.ts";
import { Sample } from "../sample.ts";
import { countOutputTokens } from "../tokens.ts";
import {
  type Dialect,
  type DialectCollector,
  type DialectOptions,
  type DialectRow,
  fixed,
  latencyRows,
  makeRow,
  OurLatency,
  type OurSamples,
  perS,
  requestLimits,
  Span,
} from "./dialect.ts";

/** AIPerf's console table. */
export const aiperf: Dialect = {
  name: "aiperf",
  label: "AIPerf",
  source: "https://github.com/ai-dynamo/aiperf/tree/main/src/aiperf/metrics/types",
  begin: (options) => new AiperfCollector(options),
};

const twoDigits = fixed(2);
/** As Python's `{:,.2f}`. */
const print = (value: number) => twoDigits(value).replace(/\B(?=(\d{3})+\.)/g, ",");

class AiperfCollector implements DialectCollector {
  readonly #latencies;
  readonly #perUser = new Sample();
  readonly #span = new Span();
  readonly #limits;
  #requests = 0;
  #outputTokens = 0;
  #good = 0;

  constructor({ slo, ours }: DialectOptions = {}) {
    const our = (name: keyof OurSamples) => new OurLatency(name, ours);
    this.#latencies = { ttft: our("ttft"), tpot: our("tpot"), itl: our("itl"), e2e: our("e2e") };
    this.#limits = requestLimits(slo, ["ttft", "tpot", "e2e"]);
  }

  add(record: RequestRecord): void {
    const { sentMs, ticsMs, outcome } = record;
    const [firstMs, lastMs] = [ticsMs[0], ticsMs.at(-1)];
    if (outcome.kind !== "ok" || sentMs === null || firstMs === undefined || lastMs === undefined) return;
    const { tokens } = countOutputTokens(record);
    const [ttft, e2e] = [timeBetween(sentMs, firstMs), timeBetween(sentMs, lastMs)];
    const tpot = tokens < 2 ? null : timeBetween(firstMs, lastMs) / (tokens - 1);
    this.#span.include(sentMs, lastMs);
    this.#requests++;
    for (const latency of Object.values(this.#latencies)) latency.add(record);
    if (tpot !== null && tpot > 0) this.#perUser.add(1000 / tpot);
    this.#outputTokens += tokens;
    const values = { ttft, tpot, e2e };
    const isGood = [...this.#limits].every(([metric, limitMs]) => {
      const value = values[metric];
      return value !== null && value <= limitMs;
    });
    if (isGood) this.#good++;
  }

  rows(): DialectRow[] {
    return [...this.#latencyRows(), ...this.#rates()];
  }

  #latencyRows(): DialectRow[] {
    const { ttft, tpot, itl, e2e } = this.#latencies;
    const rows = (name: string) =>
      [
        [`${name} avg`, "mean"],
        [`${name} min`, "min"],
        [`${name} max`, "max"],
        [`${name} p99`, "p99"],
        [`${name} p90`, "p90"],
        [`${name} p50`, "p50"],
        [`${name} std`, "stddev"],
      ] as const;
    return [
      ...latencyRows(ttft.sample, {
        ...{ metric: "ttft", rows: rows("Time to First Token (ms)"), print },
        differs:
          "The same: only a chunk with content counts; AIPerf's instant is that of the chunk's first byte.",
      }),
      ...latencyRows(e2e.sample, {
        ...{ metric: "e2e", rows: rows("Request Latency (ms)"), print },
        differs: "The same: it ends with the last chunk that has content.",
      }),
      ...latencyRows(tpot.sample, {
        ...{ metric: "tpot", rows: rows("Inter Token Latency (ms)"), print },
        differs:
          "Our TPOT under the name of ITL: (request latency − TTFT) / (output tokens − 1), one value per request.",
      }),
      ...latencyRows(itl.sample, {
        ...{ metric: "itl", rows: rows("Inter Chunk Latency (ms)"), print },
        differs: "Our ITL under another name; it is in AIPerf's files, not in its table.",
      }),
    ];
  }

  #rates(): DialectRow[] {
    const { durationMs } = this.#span;
    const perUser = latencyRows(this.#perUser, {
      ...{ metric: null, rows: [["Output Token Throughput Per User (tokens/sec/user) avg", "mean"]], print },
      differs: "The mean of 1 / ITL over requests: what one user sees.",
    });
    return [
      ...perUser.map((row): DialectRow => ({ ...row, unit: "tokens/s/user" })),
      makeRow(perS(this.#outputTokens, durationMs), {
        ...{
          name: "Output Token Throughput (tokens/sec)",
          unit: "tokens/s",
          ours: "outputTokensPerS",
          print,
        },
        differs:
          "Over the time from the first successful request to the last token; ours starts with the first request of all.",
      }),
      makeRow(perS(this.#requests, durationMs), {
        ...{ name: "Request Throughput (requests/sec)", unit: "requests/s", ours: "requestsPerS", print },
        differs:
          "Over the time from the first successful request to the last token; ours starts with the first request of all.",
      }),
      makeRow(this.#requests === 0 ? null : this.#requests, {
        ...{ name: "Request Count (requests)", unit: "requests", ours: "succeeded", print },
        differs: "The same: successful requests.",
      }),
      makeRow(this.#limits.size === 0 ? null : perS(this.#good, durationMs), {
        ...{ name: "Goodput (requests/sec)", unit: "requests/s", ours: "goodRequestsPerS", print },
        differs: this.#limits.size === 0
          ? "The run has no limit on TTFT, TPOT or E2E by which AIPerf could judge requests."
          : "Requests at or below the limits on TTFT, TPOT and E2E; an answer of one token has no TPOT and is not good where TPOT is limited, while ours is not judged by it.",
      }),
      makeRow(durationMs === null ? null : durationMs / 1000, {
        ...{ name: "Benchmark Duration (sec)", unit: "s", ours: "durationS", print },
        differs:
          "From the first successful request to the last token; ours starts with the first request of all.",
      }),
    ];
  }
}
