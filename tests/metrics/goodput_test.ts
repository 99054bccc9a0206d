import assert from "node:assert/strict";
import { type Goodput, missesSlo } from "../../lib/metrics/goodput.ts";
import { countOutputTokens, e2e, succeeded, summarizeRun, tpot, ttft } from "../../lib/metrics/mod.ts";
import type { Slo, SloLimit } from "../../lib/metrics/slo.ts";
import type { Cell, RequestRecord } from "../../lib/types.ts";
import { makeFailure, makeRecord } from "../testdata/record.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../testdata/runs/small_run.ts";

const limit = (
  metric: SloLimit["metric"],
  value: number,
  change: Partial<SloLimit> = {},
): SloLimit => ({ metric, percentile: null, sign: metric === "outputRate" ? ">" : "<", value, ...change });

interface Measured {
  readonly records: readonly RequestRecord[];
  readonly limits: readonly SloLimit[];
  readonly attainment?: number;
  readonly cell?: Partial<Cell>;
}

function summarize({ records, limits, attainment = 1, cell = {} }: Measured) {
  const slo: Slo = { name: null, attainment, limits };
  const run = makeSmallRun(
    [makeCell({ schedule: "closed", requestCount: records.length, ...cell })],
    records,
  );
  return summarizeRun({ ...run, manifest: { ...run.manifest, options: { slo } } });
}

function measure(measured: Measured): Goodput {
  const goodput = summarize(measured).cells[0]?.goodput;
  assert.ok(goodput);
  return goodput;
}

/** TTFT 100 ms, TPOT 50 ms, E2E 200 ms, 3 tokens: 15 tokens/s. */
const quick = makeRecord([100, 150, 200], { id: 0 });
/** Sent at 300: TTFT 300 ms, TPOT 100 ms, E2E 700 ms, 5 tokens: 50 / 7 tokens/s. */
const slow = makeRecord([600, 700, 800, 900, 1000], { id: 1, sentMs: 300 });
const failed = makeFailure([110], { id: 2 });
const cancelled = makeRecord([120], { id: 3, outcome: { kind: "cancelled" } });
const records = [quick, slow, failed, cancelled];

Deno.test("goodput counts requests that keep every limit, over the time of throughput", () => {
  const limits = [limit("ttft", 200), limit("tpot", 200)];
  const goodput = measure({ records, limits, cell: { requestCount: 5 } });
  assert.deepEqual([goodput.requests, goodput.outputTokens], [1, 3]); // quick alone: slow misses TTFT
  assert.deepEqual([goodput.requestsPerS, goodput.outputTokensPerS], [1, 3]); // from 0 to 1000 ms
  assert.equal(goodput.shareOfOffered, 1 / 5);
  assert.equal(goodput.shareOfCompleted, 1 / 3); // two successes and a failure, not the cancelled one
  assert.equal(goodput.shareOfSuccessful, 1 / 2);
  assert.equal(goodput.shareOfTokens, 3 / 8);
  assert.deepEqual(goodput.limits, [
    { limit: limits[0], judged: 2, kept: 1, share: 0.5, p50: 200, best: 100 },
    { limit: limits[1], judged: 2, kept: 2, share: 1, p50: 75, best: 50 },
  ]);
  assert.equal(goodput.whyNone, null);
});

Deno.test("goodput is throughput where every request keeps every limit", () => {
  const { cells: [cell] } = summarize({ records: [quick, slow], limits: [limit("e2e", 700.001)] });
  assert.equal(cell?.goodput?.requestsPerS, cell?.requestsPerS);
  assert.equal(cell?.goodput?.outputTokensPerS, cell?.outputTokensPerS);
  assert.equal(cell?.goodput?.shareOfTokens, 1);
  assert.deepEqual(cell?.goodput?.objective, { met: true, reasons: [] });
});

Deno.test("a value on its limit keeps ≤ and ≥, and breaks < and >", () => {
  const kept = (one: SloLimit) => measure({ records: [quick], limits: [one] }).requests;
  for (const [metric, value] of [["ttft", 100], ["tpot", 50], ["itl", 50], ["e2e", 200]] as const) {
    assert.deepEqual([kept(limit(metric, value)), kept(limit(metric, value, { sign: "≤" }))], [0, 1], metric);
  }
  assert.deepEqual([kept(limit("outputRate", 15)), kept(limit("outputRate", 15, { sign: "≥" }))], [0, 1]);
});

Deno.test("the output rate is output tokens over E2E, and its limit a smallest one", () => {
  const { limits: [attained] } = measure({ records: [quick, slow], limits: [limit("outputRate", 10)] });
  assert.deepEqual([attained?.judged, attained?.kept, attained?.best], [2, 1, 15]);
  assert.equal(attained?.p50, (15 + 50 / 7) / 2);
});

Deno.test("a limit on ITL holds each request to its mean gap, and a percentile to pooled gaps", () => {
  // Gaps of 10 and 90 ms: the mean is 50, the pooled p90 is 10 + 0.9·80 = 82.
  const uneven = makeRecord([100, 110, 200]);
  const limits = [limit("itl", 51), limit("itl", 82, { percentile: "p90", sign: "≤" })];
  const goodput = measure({ records: [uneven], limits });
  assert.deepEqual([goodput.requests, goodput.limits[0]?.p50], [1, 50]);
  assert.deepEqual(
    goodput.percentiles.map(({ measured, count, verdict }) => [measured, count, verdict.met]),
    [[82, 2, true]],
  );
});

Deno.test("an answer of one token is not judged by TPOT, and one without a token keeps nothing", () => {
  const one = makeRecord([100], { id: 5 });
  const none = makeRecord([], { id: 6, doneMs: 50 });
  const both = measure({ records: [quick, one, none], limits: [limit("tpot", 60)] });
  assert.equal(both.requests, 2);
  assert.deepEqual([both.limits[0]?.judged, both.limits[0]?.kept], [2, 1]); // quick, and none as a miss
  assert.equal(measure({ records: [none], limits: [limit("ttft", 60)] }).whyNone, "no answer had a token");
});

Deno.test("a rate over no time is not judged", () => {
  const goodput = measure({ records: [makeRecord([0, 0]), quick], limits: [limit("outputRate", 10)] });
  assert.deepEqual([goodput.requests, goodput.limits[0]?.judged], [2, 1]);
});

Deno.test("a goodput of 0 names the limit that failed, the best value and the median", () => {
  const { whyNone, requests, requestsPerS } = measure({
    records,
    limits: [limit("ttft", 50), limit("e2e", 1e4)],
  });
  assert.deepEqual([requests, requestsPerS], [0, 0]);
  assert.equal(whyNone, "no request kept TTFT < 50 ms: the fastest took 100 ms, the median 200 ms");
  assert.equal(
    measure({ records: [quick, slow], limits: [limit("outputRate", 1000)] }).whyNone,
    `no request kept output rate > 1000 tokens/s: the fastest had 15 tokens/s, the median 11.0714 tokens/s`,
  );
});

Deno.test("a goodput of 0 where each limit is kept by somebody names the one kept least", () => {
  // quick keeps TTFT and not the rate limit of E2E from above; slow the other way round
  const limits = [limit("ttft", 200), limit("outputRate", 10, { sign: "<" })];
  assert.equal(
    measure({ records: [quick, slow, { ...slow, id: 4 }], limits }).whyNone,
    "no request kept every limit: TTFT < 200 ms was kept by 1 of 3, and the median was 300 ms",
  );
});

Deno.test("goodput without a success is over no time, and says why", () => {
  const goodput = measure({ records: [failed], limits: [limit("ttft", 1e6)] });
  assert.deepEqual([goodput.requests, goodput.requestsPerS, goodput.shareOfOffered], [0, null, 0]);
  assert.deepEqual([goodput.shareOfSuccessful, goodput.shareOfTokens], [null, null]);
  assert.equal(goodput.whyNone, "no request succeeded");
});

Deno.test("without an objective there is no goodput, and with percentile limits alone no good requests", () => {
  assert.equal(summarize({ records, limits: [] }).cells[0]?.goodput, null);
  const goodput = measure({ records: [quick, slow], limits: [limit("ttft", 199, { percentile: "p50" })] });
  assert.deepEqual([goodput.requests, goodput.requestsPerS, goodput.shareOfOffered], [null, null, null]);
  assert.deepEqual(goodput.objective, { met: false, reasons: ["p50 TTFT is 200 ms, not < 199 ms"] });
});

Deno.test("a percentile of the output rate is what that share of the requests exceeds", () => {
  // Rates of 1 … 101 tokens/s, one token each: 90 % are at least as fast as the one at 10 %, 1 + 100·0.1 = 11.
  const many = Array.from({ length: 101 }, (_, id) => makeRecord([1000 / (id + 1)], { id }));
  const at = (value: number) =>
    measure({ records: many, limits: [limit("outputRate", value, { percentile: "p90", sign: "≥" })] });
  const [verdict] = at(10.9).percentiles;
  assert.ok(Math.abs((verdict?.measured ?? NaN) - 11) < 0.01); // E2E is rounded to 1 µs
  assert.deepEqual([verdict?.count, verdict?.verdict.met, at(11.1).objective.met], [101, true, false]);
});

/** `good` of 100 requests have a TTFT of 10 ms, the others of 20 ms. */
const hundred = (good: number) =>
  Array.from({ length: 100 }, (_, id) => makeRecord([id < good ? 10 : 20], { id }));

Deno.test("an objective is met when the stated share of the offered requests is good", () => {
  const judge = (good: number, attainment?: number) =>
    measure({ records: hundred(good), limits: [limit("ttft", 15)], attainment }).objective;
  assert.deepEqual([judge(95, 0.95).met, judge(94, 0.95).met, judge(99).met, judge(100).met], [
    ...[true, false, false, true],
  ]);
  assert.deepEqual(judge(94, 0.95).reasons, [
    "94 of 100 offered requests (94%) kept every limit, and 95% have to; TTFT < 15 ms was kept by 94 of 100",
  ]);
});

Deno.test("an objective is missed by requests that failed or were never sent", () => {
  const limits = [limit("ttft", 15)];
  const records = [...hundred(99).slice(0, 99), makeFailure([], { id: 99 })];
  assert.equal(measure({ records, limits, attainment: 0.99 }).objective.met, true);
  assert.equal(
    measure({ records, limits, attainment: 0.99, cell: { requestCount: 101 } }).objective.met,
    false,
  );
  assert.equal(measure({ records, limits }).objective.met, false);
});

Deno.test("a cell that is not valid misses its objective", () => {
  const goodput = measure({
    records: [quick],
    limits: [limit("ttft", 1e6)],
    cell: { status: "interrupted" },
  });
  assert.equal(goodput.requests, 1);
  assert.deepEqual(goodput.objective, { met: false, reasons: ["the cell is interrupted, not complete"] });
});

Deno.test("missesSlo() asks every cell to be known to meet the objective, and gives reasons by label", () => {
  const cell = (met: boolean | null, label = "a") => ({
    label,
    goodput: { objective: { met, reasons: met === true ? [] : [`met is ${met}`] } },
  });
  assert.deepEqual(missesSlo({ cells: [cell(true), cell(true, "b")] }), { missed: false, reasons: [] });
  assert.deepEqual(missesSlo({ cells: [cell(true), cell(null, "b"), cell(false, "c")] }), {
    missed: true,
    reasons: ["b: met is null", "c: met is false"],
  });
  assert.deepEqual(missesSlo({ cells: [{ label: "a", goodput: null }] }), { missed: false, reasons: [] });
});

Deno.test("goodput is what counting record by record gives", () => {
  const limits = [
    limit("ttft", 400),
    limit("tpot", 11, { sign: "≤" }),
    limit("e2e", 5000),
    limit("outputRate", 40),
  ];
  const run = makeRun({ requests: 150, failureRatio: 0.2 });
  const slo: Slo = { name: null, attainment: 1, limits };
  const { cells } = summarizeRun({ ...run, manifest: { ...run.manifest, options: { slo } } });
  const isGood = (record: RequestRecord) => {
    const [first, perToken, whole] = [ttft, tpot, e2e].map((metric) => metric.ofRequest(record));
    if (!succeeded(record) || first === undefined || whole === undefined) return false;
    const rate = countOutputTokens(record).tokens / whole * 1000;
    return first < 400 && (perToken === undefined || perToken <= 11) && whole < 5000 && rate > 40;
  };
  for (const { index, goodput, durationMs } of cells) {
    const good = [...run.records].filter((record) => record.cell === index && isGood(record));
    const tokens = good.reduce((sum, record) => sum + countOutputTokens(record).tokens, 0);
    assert.deepEqual([goodput?.requests, goodput?.outputTokens], [good.length, tokens]);
    assert.equal(goodput?.requestsPerS, good.length / (durationMs ?? NaN) * 1000);
  }
  const counts = cells.map(({ goodput }) => goodput?.requests ?? NaN);
  assert.ok(Math.min(...counts) < 75 && Math.max(...counts) > 100, `${counts} should differ`);
});
