import assert from "node:assert/strict";
// @ts-types="@types/papaparse"
import Papa from "papaparse";

import { deriveFiles } from "../../lib/modes/derive.ts";
import type { RequestRecord, Run } from "../../lib/types.ts";
import { type DualRoundRunOptions, makeDualRoundRun, textOf } from "../testdata/runs/dual_round_run.ts";

type Numbers = Record<string, number | null>;

// Everything below is computed from the records as plainly as it goes, with nothing of lib/.

const tidy = (value: number) => Math.round(value * 1e9) / 1e9;

function percentile(sorted: readonly number[], q: number): number {
  const h = (sorted.length - 1) * q;
  const [low = NaN, high = NaN] = [sorted[Math.floor(h)], sorted[Math.ceil(h)]];
  return low + (h - Math.floor(h)) * (high - low);
}

function statistics(name: string, values: readonly number[]): Numbers {
  const n = values.length;
  const keys = ["avg", "p50", "p90", "p95", "p99", "min", "max", "stddev", "count"];
  if (n === 0) return Object.fromEntries(keys.map((key) => [`${key}_${name}`, null]));
  const sorted = [...values].sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return {
    [`avg_${name}`]: tidy(mean),
    [`p50_${name}`]: tidy(percentile(sorted, 0.5)),
    [`p90_${name}`]: tidy(percentile(sorted, 0.9)),
    [`p95_${name}`]: tidy(percentile(sorted, 0.95)),
    [`p99_${name}`]: tidy(percentile(sorted, 0.99)),
    [`min_${name}`]: tidy(Math.min(...values)),
    [`max_${name}`]: tidy(Math.max(...values)),
    [`stddev_${name}`]: n === 1 ? null : tidy(Math.sqrt(variance)),
    [`count_${name}`]: n,
  };
}

const tokensOf = ({ usage, ticsMs }: RequestRecord) => usage?.completionTokens ?? ticsMs.length;
const ttftOf = ({ ticsMs, sentMs }: RequestRecord) => (ticsMs[0] ?? NaN) - (sentMs ?? NaN);
const latencyOf = ({ doneMs, sentMs }: RequestRecord) => doneMs - (sentMs ?? NaN);
const itlOf = (record: RequestRecord) =>
  ((record.ticsMs.at(-1) ?? NaN) - (record.ticsMs[0] ?? NaN)) / (tokensOf(record) - 1);

function summarize(records: readonly RequestRecord[], sloTtftMs: number): Numbers {
  const ok = records.filter(({ outcome }) => outcome.kind === "ok");
  const good = ok.filter((record) => ttftOf(record) < sloTtftMs);
  const sum = (some: readonly RequestRecord[]) => some.reduce((total, record) => total + tokensOf(record), 0);
  const durationS = (Math.max(...ok.map(({ doneMs }) => doneMs)) -
    Math.min(...records.map(({ sentMs }) => sentMs ?? Infinity))) / 1000;
  return {
    total_requests: records.length,
    successful_requests: ok.length,
    failed_requests: records.length - ok.length,
    unfinished_requests: 0,
    duration: tidy(durationS),
    ...statistics("ttft", ok.map(ttftOf)),
    ...statistics("itl", ok.filter((record) => tokensOf(record) > 1).map(itlOf)),
    ...statistics("latency", ok.map(latencyOf)),
    ...statistics(
      "inter_chunk_gap",
      ok.flatMap(({ ticsMs }) => ticsMs.slice(1).map((ms, i) => ms - (ticsMs[i] ?? NaN))),
    ),
    ...statistics("input_tokens", ok.flatMap(({ usage }) => usage?.promptTokens ?? [])),
    ...statistics("output_tokens", ok.map(tokensOf)),
    total_throughput: tidy(sum(ok) / durationS),
    request_throughput: tidy(ok.length / durationS),
    goodput_requests: good.length,
    goodput_tokens: sum(good),
    goodput_request_rate: tidy(good.length / ok.length * 100),
    goodput_token_rate: tidy(sum(good) / sum(ok) * 100),
    goodput_requests_per_s: tidy(good.length / durationS),
    goodput_tokens_per_s: tidy(sum(good) / durationS),
  };
}

const recordsOf = (run: Run, cell: number) => [...run.records].filter((record) => record.cell === cell);
const roundFile = (run: Run, file: string) => JSON.parse(textOf(run, file));
const readCsv = (run: Run) => Papa.parse<string[]>(textOf(run, "metrics_summary.csv").trimEnd()).data;

const run = makeDualRoundRun();
const files = [[2, 1], [2, 2], [5, 1], [5, 2]].map(([c, r]) => `concurrency_${c}_round_${r}.json`);

Deno.test("a round's JSON recomputes from the records to the last digit, also where means end in halves", () => {
  for (const requests of [16, 33, 65]) { // one of them fails
    const many = makeDualRoundRun({ requests, fails: (id) => requests > 16 && id === 2 });
    const { prometheus_metrics: _, ...summary } = roundFile(many, "concurrency_2_round_1.json").summary;
    assert.deepEqual(summary, summarize(recordsOf(many, 0), 150), `${requests} requests`);
  }
  for (const [cell, file] of files.entries()) {
    const { prometheus_metrics: prometheus, ...summary } = roundFile(run, file).summary;
    assert.deepEqual(summary, summarize(recordsOf(run, cell), 150), file);
    // 0.25, 0.000034, 0.5
    const usage = prometheus["sglang:token_usage"];
    assert.deepEqual(
      { ...usage, stddev: +usage.stddev.toFixed(9), avg: +usage.avg.toFixed(9) },
      {
        ...{ avg: 0.250011333, p50: 0.25, p90: 0.45, p95: 0.475, p99: 0.495 },
        ...{ min: 0.000034, max: 0.5, stddev: 0.249983, count: 3 },
      },
    );
  }
});

Deno.test("a round's JSON has every request, in the order of the ids", () => {
  const shuffled = { ...run, records: [...run.records].reverse() };
  const { requests } = roundFile(shuffled, "concurrency_5_round_2.json");
  assert.deepEqual(
    requests,
    recordsOf(run, 3).map((record) => {
      const isOk = record.outcome.kind === "ok";
      return {
        index: record.id,
        ttft: isOk ? tidy(ttftOf(record)) : null,
        itl: isOk && tokensOf(record) > 1 ? tidy(itlOf(record)) : null,
        latency: isOk ? tidy(latencyOf(record)) : null,
        input_tokens: record.usage?.promptTokens ?? null,
        output_tokens: tokensOf(record),
        cached_tokens: record.usage?.cachedTokens ?? null,
        success: isOk,
        error: isOk ? null : 'HTTP 503, "busy"',
      };
    }),
  );
});

Deno.test("metrics_summary.csv has the numbers of the JSON files, a column per round", () => {
  const rows = readCsv(run);
  assert.deepEqual(rows[0], [
    ...["Metric/Round", "Concurrency2-Round1", "Concurrency2-Round2"],
    ...["Concurrency5-Round1", "Concurrency5-Round2"],
  ]);
  const summaries = files.map((file) => roundFile(run, file).summary);
  const own = Object.keys(summaries[0]).filter((key) => key !== "prometheus_metrics");
  const goodput = own.filter((key) => key.startsWith("goodput_"));
  const inFile = [
    ...own.filter((key) => !key.startsWith("goodput_")),
    ...["goodput_requests", "goodput_request_rate", "goodput_token_rate", "goodput_tokens"],
    ...["goodput_requests_per_s", "goodput_tokens_per_s"],
  ];
  assert.equal(inFile.length, own.length - goodput.length + 6);
  const written = rows.slice(1).filter((row) => row.length > 1);
  assert.deepEqual(
    written.slice(0, inFile.length).map((row) => row.slice(1).map(Number)),
    inFile.map((key) => summaries.map((summary) => summary[key])),
  );
  // The rest are nine statistics of each series, empty where a round has none.
  const series = ["DCGM_FI_DEV_GPU_UTIL", "sglang:prompt_tokens_total", "sglang:token_usage"];
  assert.deepEqual(
    written.slice(inFile.length).map((row) => row.slice(1)),
    series.flatMap((name) =>
      ["avg", "p50", "p90", "p95", "p99", "min", "max", "stddev", "count"].map((key) =>
        summaries.map((summary) => {
          const value = summary.prometheus_metrics[name]?.[key];
          return value === undefined ? "" : value === 0.000034 ? "0.000034" : String(value);
        })
      )
    ),
  );
});

Deno.test("metrics_summary.csv has an empty row between its blocks", () => {
  const lines = textOf(run, "metrics_summary.csv").split("\n");
  const titles = lines.flatMap((line, i) => lines[i - 1] === "" && line !== "" ? [line] : []);
  assert.deepEqual(titles, [
    ...["Basic Statistics", "TTFT (ms)", "ITL (ms)", "Latency (ms)", '"Inter chunk gap, pooled (ms)"'],
    ...["Input tokens", "Output tokens", "Throughput", "Goodput", "Prometheus Metrics"],
    ...["sglang:prompt_tokens_total", "sglang:token_usage"],
  ]);
});

Deno.test("what was not measured is empty, never 0", () => {
  const failed = makeDualRoundRun({ levels: [1], fails: () => true, hasSlo: false });
  const { summary, requests } = roundFile(failed, "concurrency_1_round_1.json");
  const numbers = Object.entries(summary).filter(([key]) => key !== "prometheus_metrics");
  assert.deepEqual(Object.fromEntries(numbers.filter(([, value]) => value !== null)), {
    ...{ total_requests: 12, successful_requests: 0, failed_requests: 12, unfinished_requests: 0 },
  });
  assert.ok(requests.every((request: { ttft: unknown; latency: unknown }) => request.ttft === null));
  const ttft = readCsv(failed).findIndex(([title]) => title === "TTFT (ms)");
  assert.deepEqual(readCsv(failed)[ttft + 1], ["Average", "", ""]);
  const goodput = readCsv(failed).findIndex(([title]) => title === "Goodput");
  assert.deepEqual(readCsv(failed)[goodput + 1], ["Requests meeting SLO", "", ""]);
});

Deno.test("a single request has percentiles and no standard deviation", () => {
  const { summary } = roundFile(makeDualRoundRun({ levels: [1], requests: 1 }), "concurrency_1_round_1.json");
  assert.ok(summary.avg_ttft > 0);
  assert.deepEqual([summary.p50_ttft, summary.p99_ttft], [summary.avg_ttft, summary.avg_ttft]);
  assert.deepEqual([summary.stddev_ttft, summary.count_ttft], [null, 1]);
});

Deno.test("the configuration says how a round was asked, without a password", () => {
  const secret = withEngine(run, "http://me:secret@gpu-1:8000/v1");
  const { configuration } = roundFile(secret, "concurrency_2_round_2.json");
  assert.equal(configuration.endpoint, "http://gpu-1:8000/v1");
  assert.deepEqual([configuration.concurrency, configuration.round, configuration.num_samples], [2, 2, 12]);
  assert.deepEqual([configuration.timeout, configuration.max_output_tokens], [300, 128]);
  assert.deepEqual([configuration.temperature, configuration.top_p], [0.7, 0.9]);
  assert.equal(configuration.cache_emptied_before, false);
  assert.equal(roundFile(secret, "concurrency_2_round_1.json").configuration.cache_emptied_before, true);
});

function withEngine(made: Run, baseUrl: string): Run {
  return { ...made, manifest: { ...made.manifest, engine: { ...made.manifest.engine, baseUrl } } };
}

const roundNames = (made: Run) =>
  deriveFiles(made).map(({ name }) => name).filter((name) => name.includes("_round_"));

Deno.test("files of stages have safe names, and no two the same", () => {
  const staged = (stage: string, options: DualRoundRunOptions = {}) =>
    makeDualRoundRun({ ...options, levels: [2], stage });
  assert.deepEqual(roundNames(staged("../long prompts: 长")), [
    "_._long_prompts__长_concurrency_2_round_1.json",
    "_._long_prompts__长_concurrency_2_round_2.json",
  ]);
  const [header] = readCsv(staged("warm", { lang: "zh" }));
  assert.deepEqual(header, ["指标/轮次", "warm: 并发2-第1轮", "warm: 并发2-第2轮"]);
  const { manifest } = staged("A b");
  const cells = manifest.cells.map((cell, i) => ({
    ...cell,
    parameters: { ...cell.parameters, stage: ["A b", "a_b"][i] ?? "", round: 1 },
  }));
  assert.deepEqual(roundNames({ ...run, manifest: { ...manifest, cells } }), [
    "A_b_concurrency_2_round_1.json",
    "a_b_concurrency_2_round_1_2.json",
  ]);
});

Deno.test("a stage's name does not become a formula", () => {
  const [header] = readCsv(makeDualRoundRun({ levels: [2], stage: "=1+1" }));
  assert.equal(header?.[1], "'=1+1: Concurrency2-Round1");
});

Deno.test("conversations have session and turn; other modes have none of these files", () => {
  const records = [...run.records].map((record) => ({
    ...record,
    turn: { session: 3, turn: record.id + 1 },
  }));
  const options = { ...run.manifest.options, numSamples: [4, 7] };
  const turns: Run = { ...run, records, manifest: { ...run.manifest, mode: "multi-turn", options } };
  const { requests, configuration } = roundFile(turns, "concurrency_5_round_1.json");
  assert.deepEqual([requests[1].session, requests[1].turn, configuration.num_samples], [3, 2, 7]);
  assert.deepEqual(roundNames({ ...run, manifest: { ...run.manifest, mode: "trace-replay" } }), []);
});
