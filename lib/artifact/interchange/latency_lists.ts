/**
 * The per-request lists that vLLM's and SGLang's benchmarks share: one entry per request in `ttfts`, `itls`, `input_lens`,
 * `output_lens`, `errors`, in seconds and tokens.
 *
 * A failed request has a TTFT of 0 there; here it is a failed record without tics.
 *
 * @module
 */
import {
  type Document,
  type Fields,
  numberOrNull,
  takeCount,
  takeDuration,
  takeList,
  takeNumber,
} from "./documents.ts";
import type { UnknownPart } from "../../types.ts";
import type { ImportedCell, ImportedRecord } from "./interchange.ts";
import { failureOf, secondsToMs, toRecord, usageOf } from "./records.ts";

const LISTS = ["ttfts", "itls", "input_lens", "output_lens", "errors"] as const;

/**
 * Reads the lists of one result.
 *
 * @param flag What makes the tool write them, for messages: "vllm bench serve with --save-detailed".
 * @throws {SyntaxError} When a list is missing, empty, of another length or has something that is no number.
 */
export function readLatencyLists(
  result: Fields,
  { at, flag }: { at: string; flag: string },
): ImportedRecord[] {
  const missing = LISTS.filter((key) => !Array.isArray(result[key]));
  if (missing.length > 0) {
    throw new SyntaxError(
      `Cannot read ${at} as it has no ${missing.map((key) => `"${key}"`).join(", ")}: run ${flag}`,
    );
  }
  const lists = Object.fromEntries(
    LISTS.map((key) => [key, takeList({ at: `${at}: ${key}`, value: result[key] })]),
  );
  const count = lists["ttfts"]?.length ?? 0;
  if (count === 0) {
    throw new SyntaxError(`Cannot read ${at} as its lists are empty: there is no request in it`);
  }
  const startsS = result["start_times"];
  const starts = startsS === undefined ? null : takeList({ at: `${at}: start_times`, value: startsS });
  for (
    const [key, list] of Object.entries({ ...lists, ...(starts === null ? {} : { start_times: starts }) })
  ) {
    if (list.length === count) continue;
    throw new SyntaxError(
      `Cannot read ${at} as its lists must have equal lengths: "ttfts" has ${count} entries and "${key}" ${list.length}`,
    );
  }
  const sentS = starts?.map((value, i) => startOf(takeNumber({ at: `${at}: start_times[${i}]`, value })));
  const zeroS = sentS?.reduce((least: number, value) => Math.min(least, value ?? Infinity), Infinity) ?? 0;
  return Array.from({ length: count }, (_, i) => {
    const startS = sentS === undefined ? 0 : sentS[i] ?? null;
    return readRequest(i, {
      at: (key) => ({ at: `${at}: ${key}[${i}]`, value: lists[key]?.[i] }),
      sentS: sentS === undefined ? 0 : startS === null ? null : startS - zeroS,
      unknown: sentS === undefined ? ["schedule", "clock"] : ["schedule"],
    });
  });
}

/** A request that failed before it began has a start of 0. */
function startOf(startS: number): number | null {
  return startS > 0 ? startS : null;
}

interface Entry {
  at(key: typeof LISTS[number]): { readonly at: string; readonly value: unknown };
  /** `null` where it never began. */
  readonly sentS: number | null;
  readonly unknown: readonly UnknownPart[];
}

function readRequest(id: number, { at, sentS, unknown }: Entry): ImportedRecord {
  const ttftS = takeDuration(at("ttfts"));
  const gaps = at("itls");
  const gapsS = takeList(gaps).map((value, i) => takeDuration({ at: `${gaps.at}[${i}]`, value }));
  const { value: error } = at("errors");
  const hasFailed = typeof error === "string" && error !== "";
  const ticsMs: number[] = [];
  if (ttftS > 0 && sentS !== null) {
    let atS = (sentS ?? 0) + ttftS;
    ticsMs.push(secondsToMs(atS));
    for (const gapS of gapsS) ticsMs.push(secondsToMs(atS += gapS));
  }
  return toRecord({
    id,
    sentMs: sentS === null ? null : secondsToMs(sentS),
    ticsMs,
    outcome: hasFailed ? failureOf(error) : { kind: "ok", finishReason: null },
    usage: hasFailed ? undefined : usageOf(takeCount(at("input_lens")), takeCount(at("output_lens"))),
    unknown,
  });
}

/**
 * The cell of one result: its rate and concurrency are the parameters, as the tool wrote them.
 *
 * @param records As {@linkcode readLatencyLists} gave them.
 */
export function cellOfResult(result: Fields, records: readonly ImportedRecord[]): ImportedCell {
  const rate = numberOrNull(result["request_rate"]);
  const concurrency = numberOrNull(result["max_concurrency"]);
  const parameters = {
    ...(rate === null ? {} : { requestRate: rate }),
    ...(concurrency === null ? {} : { concurrency }),
  };
  return {
    label: [
      ...(rate === null ? [] : [`${rate} requests/s`]),
      ...(concurrency === null ? [] : [`concurrency ${concurrency}`]),
    ].join(", ") || "all at once",
    parameters,
    schedule: rate === null && concurrency !== null ? "closed" : "open",
    requestCount: records.length,
    records,
  };
}

/** What these lists never tell, and what is missing for it. */
export function missingFromLists(cells: readonly ImportedCell[]): string[] {
  const records = cells.flatMap((cell) => cell.records);
  return [
    "when each request was to be sent: no send lag, no TTFT from schedule",
    ...(records.some(({ unknown }) => unknown?.includes("clock"))
      ? ["when each request was sent: no throughput, no load over time"]
      : []),
    ...(records.some(({ outcome }) => outcome.kind === "failed") ? ["when failed requests ended"] : []),
    "who counted the tokens: prompt lengths are the tool's, answer lengths the server's or the tool's tokenizer's",
    "the prompts, the chunks without a token, and why answers ended",
  ];
}

/** The first document's object; the forms of this family have one object per document. */
export function resultsOf(
  documents: readonly Document[],
): { readonly at: string; readonly result: Fields }[] {
  return documents.map(({ at, value }) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new SyntaxError(`Cannot read ${at} as it must be an object: give a file of one tool's results`);
    }
    return { at, result: { ...value } };
  });
}
