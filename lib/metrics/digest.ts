/**
 * What summaries and figures need to know about the records of a cell, gathered in one pass, so that the records
 * themselves, with an instant per token, need not fit into memory.
 *
 * @module
 */
import type { Cell, RequestRecord, Run } from "../types.ts";
import { type LoadSpan, loadSpans } from "./concurrency.ts";
import { e2e } from "./e2e.ts";
import { type CoarseGaps, type CoarsenOptions, GapGrid } from "./gap_grid.ts";
import { addToSample, knows, type Metric, succeeded } from "./metric.ts";
import { NumberList } from "./number_list.ts";
import { Sample } from "./sample.ts";
import { sendLag } from "./send_lag.ts";
import { countInputTokens, countOutputTokens, type TokenSource } from "./tokens.ts";
import { tpot } from "./tpot.ts";
import { ttft } from "./ttft.ts";

/** Equal failures, counted. */
export interface FailureCount {
  readonly kind: string;
  readonly message: string;
  readonly count: number;
}

/** One request without its tics. */
export interface RequestPoint {
  readonly id: number;
  readonly outcome: RequestRecord["outcome"]["kind"];
  readonly sentMs: number;
  /** `sentMs` where no headers were seen. */
  readonly headersMs: number;
  /** First tic; the end where no token came. */
  readonly firstMs: number;
  /** Last tic of a success, else the end. */
  readonly lastMs: number;
  /** End of the response. */
  readonly doneMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whether the server counted the tokens. */
  readonly isCounted: boolean;
  /** Prompt tokens that were cached, by the server's usage; `undefined` where it does not say. */
  readonly cachedTokens: number | undefined;
  /** Turn of a conversation, from 1; `undefined` where there is none. */
  readonly turn: number | undefined;
  /** How late it was sent; `undefined` where the schedule is not known. */
  readonly sendLagMs: number | undefined;
  readonly ttftMs: number | undefined;
  readonly tpotMs: number | undefined;
  readonly e2eMs: number | undefined;
}

/** Width of the bins in which tokens are counted, in ms. */
export const TOKEN_BIN_MS = 100;

const outcomes = ["ok", "failed", "cancelled"] as const;

/**
 * A cell's records, digested: some 200 bytes per request, whatever the length of its answer, 8 bytes per 100 ms, and the
 * grid of {@linkcode coarseGaps}.
 */
export class CellDigest {
  /** Instant from which {@linkcode tokensPerBin} counts. */
  readonly zeroMs: number;
  /** Requests by how they ended. */
  readonly ended = { ok: 0, failed: 0, cancelled: 0 };
  /** Of successful requests. */
  inputTokens = 0;
  /** Of successful requests. */
  outputTokens = 0;
  /** Successful requests whose answer had another length than was asked for. */
  answersOfOtherLength = 0;
  /** Successful requests whose prompt the server counted, and those where the count was another one. */
  readonly prompts = { counted: 0, ofOtherLength: 0 };
  /** Of successful requests: those whose server said what was cached, and tokens of all prompts that it counted. */
  readonly cache = { reports: 0, cachedTokens: 0, countedTokens: 0 };
  /** Requests of which it is known whether they opened a connection, and those that did. */
  readonly connections = { known: 0, fresh: 0 };
  /** Successful requests by who counted their output tokens. */
  readonly tokenSources: Partial<Record<TokenSource, number>> = {};
  /** Earliest `sentMs`; Infinity when nothing was sent. */
  firstSentMs = Infinity;
  /** Latest tic of a success; −Infinity when none came. */
  lastTicMs = -Infinity;
  /** Whether all records count from one zero; where not, there is no load over time. */
  hasOneClock = true;
  readonly #samples: ReadonlyMap<Metric, Sample>;
  readonly #failures = new Map<string, FailureCount>();
  readonly #tokens = new NumberList();
  readonly #gaps: GapGrid;
  /** One entry per request that was sent. */
  readonly #columns = {
    ...{ id: new NumberList(), outcome: new NumberList() },
    ...{ sentMs: new NumberList(), headersMs: new NumberList(), doneMs: new NumberList() },
    ...{ firstMs: new NumberList(), lastMs: new NumberList() },
    ...{ inputTokens: new NumberList(), outputTokens: new NumberList() },
    ...{ isCounted: new NumberList(), cachedTokens: new NumberList(), turn: new NumberList() },
    ...{
      sendLagMs: new NumberList(),
      ttftMs: new NumberList(),
      tpotMs: new NumberList(),
      e2eMs: new NumberList(),
    },
  };

  /**
   * @param cell Its start is the zero of {@linkcode tokensPerBin}; a cell that has none counts from the run's.
   * @param metrics Those that {@linkcode sample} will be asked for.
   */
  constructor({ startMs }: Pick<Cell, "startMs">, metrics: readonly Metric[]) {
    this.zeroMs = startMs ?? 0;
    this.#gaps = new GapGrid(this.zeroMs);
    this.#samples = new Map(metrics.map((metric) => [metric, new Sample()]));
  }

  /** Takes in one record. */
  add(record: RequestRecord): void {
    for (const [metric, sample] of this.#samples) addToSample(sample, metric, record);
    const { outcome, freshConnection } = record;
    this.ended[outcome.kind]++;
    if (outcome.kind === "failed") this.#countFailure(outcome);
    if (outcome.kind === "ok") this.#countTokens(record);
    if (freshConnection !== null) this.connections.known++;
    if (freshConnection === true) this.connections.fresh++;
    if (!knows(record, "clock")) this.hasOneClock = false;
    else this.#addTokens(record);
    if (succeeded(record) && knows(record, "gaps")) this.#gaps.add(record.ticsMs);
    if (record.sentMs !== null) this.#addPoint({ ...record, sentMs: record.sentMs });
  }

  /** All values of a metric. @throws {RangeError} When the digest was made without it. */
  sample(metric: Metric): Sample {
    const sample = this.#samples.get(metric);
    if (sample === undefined) {
      throw new RangeError(`Cannot give sample of ${metric.name} as the digest was made without that metric`);
    }
    return sample;
  }

  /** Failures by kind and message, the most frequent first. */
  failures(): FailureCount[] {
    return [...this.#failures.values()].sort((a, b) => b.count - a.count);
  }

  /** Tokens, of failed requests too, in each {@linkcode TOKEN_BIN_MS} from `zeroMs` to the last one. */
  tokensPerBin(): Float64Array {
    return this.#tokens.toArray();
  }

  /**
   * How many gaps between tokens of successful requests ended when, and how long they were.
   *
   * @returns `null` without gaps, and where records do not count from one zero.
   */
  coarseGaps(options: CoarsenOptions): CoarseGaps | null {
    return this.hasOneClock ? this.#gaps.coarsen(options) : null;
  }

  /** Requests that were sent. */
  get sent(): number {
    return this.#columns.id.length;
  }

  /** Requests in flight and waiting, span after span. */
  *loadSpans(): Generator<LoadSpan> {
    if (!this.hasOneClock) return;
    const { sentMs, firstMs, doneMs } = this.#columns;
    yield* loadSpans({ sentMs: sentMs.toArray(), firstMs: firstMs.toArray(), doneMs: doneMs.toArray() });
  }

  /** The requests that were sent, in the order of sending. */
  *points(): Generator<RequestPoint> {
    const { id, outcome, sentMs, headersMs, firstMs, lastMs, doneMs, ttftMs, tpotMs, e2eMs } = this.#columns;
    const { inputTokens, outputTokens, isCounted, cachedTokens, turn, sendLagMs } = this.#columns;
    const places = Uint32Array.from({ length: id.length }, (_, place) => place);
    places.sort((a, b) => sentMs.get(a) - sentMs.get(b) || a - b);
    for (const place of places) {
      yield {
        id: id.get(place),
        outcome: outcomes[outcome.get(place)] ?? "cancelled",
        sentMs: sentMs.get(place),
        headersMs: headersMs.get(place),
        firstMs: firstMs.get(place),
        lastMs: lastMs.get(place),
        doneMs: doneMs.get(place),
        inputTokens: inputTokens.get(place),
        outputTokens: outputTokens.get(place),
        isCounted: isCounted.get(place) === 1,
        cachedTokens: orUndefined(cachedTokens.get(place)),
        turn: orUndefined(turn.get(place)),
        sendLagMs: orUndefined(sendLagMs.get(place)),
        ttftMs: orUndefined(ttftMs.get(place)),
        tpotMs: orUndefined(tpotMs.get(place)),
        e2eMs: orUndefined(e2eMs.get(place)),
      };
    }
  }

  #countFailure({ failure, message }: { readonly failure: string; readonly message: string }): void {
    const key = `${failure}\n${message}`;
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    this.#failures.set(key, { kind: failure, message, count });
  }

  #countTokens(record: RequestRecord): void {
    const { tokens, source } = countOutputTokens(record);
    this.outputTokens += tokens;
    this.inputTokens += countInputTokens(record);
    this.tokenSources[source] = (this.tokenSources[source] ?? 0) + 1;
    if (record.outputTokens > 0 && tokens !== record.outputTokens) this.answersOfOtherLength++;
    if (record.usage !== undefined && record.inputTokens > 0) {
      this.prompts.counted++;
      if (record.usage.promptTokens !== record.inputTokens) this.prompts.ofOtherLength++;
    }
    if (record.usage !== undefined) {
      this.cache.countedTokens += record.usage.promptTokens;
      this.cache.cachedTokens += record.usage.cachedTokens ?? 0;
      if (record.usage.cachedTokens !== undefined) this.cache.reports++;
    }
    this.lastTicMs = Math.max(this.lastTicMs, record.ticsMs.at(-1) ?? -Infinity);
  }

  #addTokens({ ticsMs, tokensPerTic }: RequestRecord): void {
    for (let i = 0; i < ticsMs.length; i++) {
      const bin = Math.floor(((ticsMs[i] ?? 0) - this.zeroMs) / TOKEN_BIN_MS);
      if (bin >= 0) this.#tokens.add(bin, tokensPerTic?.[i] ?? 1);
    }
  }

  #addPoint(record: RequestRecord & { readonly sentMs: number }): void {
    const { id, sentMs, headersMs, ticsMs, doneMs, outcome } = record;
    const columns = this.#columns;
    this.firstSentMs = Math.min(this.firstSentMs, sentMs);
    columns.id.push(id);
    columns.outcome.push(outcomes.indexOf(outcome.kind));
    columns.sentMs.push(sentMs);
    columns.headersMs.push(headersMs ?? sentMs);
    columns.firstMs.push(ticsMs[0] ?? doneMs);
    columns.lastMs.push(succeeded(record) ? ticsMs.at(-1) ?? doneMs : doneMs);
    columns.doneMs.push(doneMs);
    columns.inputTokens.push(countInputTokens(record));
    columns.outputTokens.push(countOutputTokens(record).tokens);
    columns.isCounted.push(record.usage === undefined ? 0 : 1);
    columns.cachedTokens.push(record.usage?.cachedTokens ?? NaN);
    columns.turn.push(record.turn?.turn ?? NaN);
    columns.sendLagMs.push(sendLag.ofRequest(record) ?? NaN);
    columns.ttftMs.push(ttft.ofRequest(record) ?? NaN);
    columns.tpotMs.push(tpot.ofRequest(record) ?? NaN);
    columns.e2eMs.push(e2e.ofRequest(record) ?? NaN);
  }
}

function orUndefined(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** The digests of a run's cells by index; a cell without records has one too. */
export type RunDigest = ReadonlyMap<number, CellDigest>;

/** Digests are made once per run: everything that is said of a run is said from the same pass over its records. */
const digests = new WeakMap<Run, RunDigest>();

/** Digests a run in one pass over its records, or gives what {@linkcode keepDigest} was told. */
export function digestRecords(run: Run, metrics: readonly Metric[]): RunDigest {
  const known = digests.get(run);
  if (known !== undefined) return known;
  const made = new Map(run.manifest.cells.map((cell) => [cell.index, new CellDigest(cell, metrics)]));
  for (const record of run.records) made.get(record.cell)?.add(record);
  return keepDigest(run, made);
}

/** Keeps the digest of a run whose records were digested while they came, so that they need not be read again. */
export function keepDigest(run: Run, digest: RunDigest): RunDigest {
  digests.set(run, digest);
  return digest;
}
