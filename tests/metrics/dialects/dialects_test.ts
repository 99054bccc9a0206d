import assert from "node:assert/strict";

import { fixed } from "../../../lib/metrics/dialects/dialect.ts";
import {
  type Dialect,
  type DialectOptions,
  type DialectRow,
  dialects,
  measureDialects,
  ourValue,
} from "../../../lib/metrics/dialects/mod.ts";
import { explainCompared, explainRows, sideBySide } from "../../../lib/metrics/dialects/side_by_side.ts";
import { summarizeCell } from "../../../lib/metrics/mod.ts";
import type { RequestRecord } from "../../../lib/types.ts";
import { makeFailure, makeRecord } from "../../testdata/record.ts";
import { makeRun } from "../../testdata/runs/make_run.ts";
import { makeCell, makeSmallRun } from "../../testdata/runs/small_run.ts";

const folder = new URL("../../golden/dialects/", import.meta.url);

/** A number that was computed by hand, and how. */
interface GoldenRow {
  readonly name: string;
  readonly value: number | null;
  readonly because?: string;
}

function readGolden<T>(name: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(`${name}.json`, folder)));
}

const { records } = readGolden<{ readonly records: readonly RequestRecord[] }>("requests");

function rowsOf(
  dialect: Dialect | undefined,
  some: Iterable<RequestRecord>,
  options: DialectOptions = { startMs: 0, firstSuccessMs: 0 },
): DialectRow[] {
  assert.ok(dialect);
  const collector = dialect.begin(options);
  for (const record of some) collector.add(record);
  return collector.rows();
}

const find = (name: string) => dialects.find((dialect) => dialect.name === name);
const valueOf = (rows: readonly DialectRow[], name: string) => {
  const row = rows.find((row) => row.name === name);
  assert.ok(row, `no row ${name}`);
  return row.value;
};

Deno.test("every golden file has its dialect and every dialect its golden file", () => {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(files, [...dialects.map(({ name }) => `${name}.json`), "requests.json"].sort());
});

for (const dialect of dialects) {
  Deno.test(`${dialect.name} gives the numbers that were computed by hand`, () => {
    const rounded = rowsOf(dialect, records).map(({ name, value }) => ({
      name,
      value: value === null ? null : Math.round(value * 1e9) / 1e9,
    }));
    assert.deepEqual(
      rounded,
      readGolden<GoldenRow[]>(dialect.name).map(({ name, value }) => ({ name, value })),
    );
  });

  Deno.test(`${dialect.name} does not depend on the order of the records`, () => {
    const [run, close] = [makeRun({ scales: [1] }), 1e-9];
    const forwards = rowsOf(dialect, run.records);
    for (const [place, { name, value }] of rowsOf(dialect, [...run.records].reverse()).entries()) {
      const other = forwards[place]?.value ?? null;
      assert.ok(
        value === other || Math.abs((value ?? 0) - (other ?? 0)) <= close * Math.abs(other ?? 0),
        `${name}: ${value} is not ${other}`,
      );
    }
  });

  Deno.test(`${dialect.name} says null, not 0, of what was not measured`, () => {
    for (const row of rowsOf(dialect, [])) {
      assert.deepEqual([row.value, row.printed], [null, null], row.name);
    }
    const latencies = rowsOf(dialect, [makeFailure([])]).filter(({ unit }) => unit === "ms");
    assert.deepEqual(latencies.filter(({ value }) => value !== null), []);
  });

  Deno.test(`${dialect.name} gives every row a name of its own and a sentence on the difference`, () => {
    const rows = rowsOf(dialect, records);
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    for (const { differs, value, printed } of rows) {
      assert.match(differs, /^[A-Z(].*[^.]\.$/);
      assert.equal(value === null, printed === null);
    }
    assert.match(dialect.source, /^https:\/\/github\.com\//);
  });
}

Deno.test("a request that was never sent, or cancelled, changes no latency of any dialect", () => {
  const left = [
    makeRecord([], { id: 8, sentMs: null, headersMs: null, outcome: { kind: "cancelled" } }),
    makeRecord([5, 900], { id: 9, outcome: { kind: "cancelled" } }),
  ];
  for (const dialect of dialects) {
    const latencies = (rows: readonly DialectRow[]) => rows.filter(({ unit }) => unit === "ms");
    const with_ = latencies(rowsOf(dialect, [...records, ...left]));
    assert.deepEqual(with_, latencies(rowsOf(dialect, records)), dialect.name);
  }
});

Deno.test("mini-sglang and the dialect print the same numbers", () => {
  const rows = rowsOf(find("mini-sglang"), records);
  assert.equal(rows.find(({ name }) => name === "TPOT avg")?.printed, " 11.88");
  assert.equal(rows.find(({ name }) => name === "Duration")?.printed, "1.6920");
});

Deno.test("several tokens in a chunk: gaps are of chunks, TPOT is of tokens", () => {
  // 3 chunks at 10, 20, 40 ms with 4 + 4 + 2 tokens; no chunk without a token.
  const record = makeRecord([10, 20, 40], {
    ...{ tokensPerTic: [4, 4, 2], controlMs: [], outputTokens: 10, doneMs: 41 },
  });
  const [vllm, sglang, aiperf] = ["vllm", "sglang", "aiperf"].map((name) => rowsOf(find(name), [record]));
  assert.equal(valueOf(vllm ?? [], "Mean TPOT (ms)"), 30 / 9);
  assert.equal(valueOf(vllm ?? [], "Mean ITL (ms)"), 15);
  assert.equal(valueOf(sglang ?? [], "Mean TPOT (ms)"), 31 / 9); // until the end of the response
  assert.equal(valueOf(aiperf ?? [], "Inter Token Latency (ms) avg"), 30 / 9);
  // guidellm has no count by the server, so it counts three chunks.
  assert.equal(valueOf(rowsOf(find("guidellm"), [record]), "ITL ms Mean"), 15);
});

Deno.test("goodput: vLLM and AIPerf judge by the run's limits, and differ on one token", () => {
  const limit = (metric: "ttft" | "tpot", value: number) =>
    ({ metric, percentile: null, sign: "≤", value }) as const;
  const slo = { name: null, attainment: 1, limits: [limit("ttft", 100), limit("tpot", 10)] };
  const some = [
    makeRecord([100, 110], { controlMs: [] }), // kept by both
    makeRecord([101, 105], { controlMs: [] }), // TTFT too long
    makeRecord([50, 61], { controlMs: [] }), // TPOT too long
    makeRecord([90], { controlMs: [] }), // one token: vLLM's TPOT is 0, AIPerf has none
    makeFailure([20], { doneMs: 2000 }),
  ];
  const [vllm, aiperf] = ["vllm", "aiperf"].map((name) => rowsOf(find(name), some, { startMs: 0, slo }));
  assert.equal(valueOf(vllm ?? [], "Request goodput (req/s)"), 2 / 2); // until 2000
  assert.equal(valueOf(aiperf ?? [], "Goodput (requests/sec)")?.toFixed(9), (1 / 0.11).toFixed(9)); // until 110
});

Deno.test("measureDialects() takes over what is counted already and gives what each tool gives alone", () => {
  const run = makeRun({ scales: [0.4, 1], failureRatio: 0.2 });
  const numbers = measureDialects(run);
  for (const { index, startMs } of run.manifest.cells) {
    const some = Array.from(run.records).filter(({ cell }) => cell === index);
    const successesMs = some.flatMap(({ outcome, sentMs }) => outcome.kind === "ok" ? sentMs ?? [] : []);
    for (const [place, dialect] of dialects.entries()) {
      const alone = rowsOf(dialect, some, { startMs, firstSuccessMs: Math.min(...successesMs) });
      assert.deepEqual(numbers.get(index)?.[place]?.rows, alone, dialect.name);
    }
  }
});

Deno.test("peaks per second are missing where the earliest success is not known, or another one for the tool", () => {
  const names = ["Peak output token throughput (tok/s)"];
  for (
    const [name, peaks] of [["vllm", names], ["sglang", [...names, "Peak concurrent requests"]]] as const
  ) {
    for (const firstSuccessMs of [null, -5]) {
      const rows = rowsOf(find(name), records, { startMs: 0, firstSuccessMs });
      for (const peak of peaks) {
        const row = rows.find((row) => row.name === peak);
        assert.equal(row?.value, null, `${name}: ${peak}`);
        assert.match(row?.differs ?? "", /which was not known/);
      }
    }
  }
});

Deno.test("fixed() rounds exact ties to even, as Python does", () => {
  const table: [number, number, string][] = [
    [8.125, 2, "8.12"], // exactly between 8.12 and 8.13
    [8.375, 2, "8.38"],
    [1.005, 2, "1.00"], // 1.00499999999999989…
    [8.345, 2, "8.35"], // 8.3450000000000006…
    [0.25, 1, "0.2"],
    [0.75, 1, "0.8"],
    [2.5, 0, "2"],
    [1234.5, 2, "1234.50"],
  ];
  for (const [value, digits, text] of table) assert.equal(fixed(digits)(value), text);
});

Deno.test("measureDialects() gives each cell its own records, once per run", () => {
  const run = makeSmallRun(
    [makeCell({ index: 0 }), makeCell({ index: 1, label: "2×" }), makeCell({ index: 2, label: "3×" })],
    [...records, makeRecord([70], { cell: 1 })],
  );
  const numbers = measureDialects(run);
  const ttftMs = (cell: number) =>
    numbers.get(cell)?.map(({ rows }) => rows.find(({ ours }) => ours === "ttft.mean")?.value);
  assert.deepEqual(ttftMs(0)?.map((ms) => Math.round(ms ?? 0)), [167, 170, 170, 170, 158]);
  assert.deepEqual(ttftMs(1), [70, 70, 70, 70, 69]); // headers at 1 ms
  assert.deepEqual(ttftMs(2), [null, null, null, null, null]);
  assert.equal(measureDialects(run), numbers);
  assert.deepEqual(JSON.parse(JSON.stringify(numbers.get(0))), numbers.get(0)); // plain JSON
});

const summary = summarizeCell(makeCell({ requestCount: 4 }), records);
const tools = dialects.map((dialect) => ({ ...dialect, rows: rowsOf(dialect, records) }));

Deno.test("ourValue() finds our number for every row that names one", () => {
  assert.equal(ourValue("ttft.mean", summary), 170);
  assert.equal(ourValue("e2e.max", summary), 240);
  assert.equal(ourValue("durationS", summary), 1.7);
  assert.equal(ourValue("failed", summary), 1);
  for (const { rows, name } of tools) {
    for (const { ours, name: row } of rows) {
      if (ours === null || ours === "goodRequestsPerS") continue;
      assert.notEqual(ourValue(ours, summary), null, `${name}: ${row} stands beside ${ours}`);
    }
  }
});

Deno.test("sideBySide() puts equal things into one row, whatever they are called", () => {
  const rows = sideBySide(summary, tools);
  const tpot = rows.find(({ label }) => label === "TPOT mean (ms)");
  assert.equal(tpot?.ours, 30);
  assert.deepEqual(tpot?.tools.map((tool) => tool?.name), [
    ...["Mean TPOT (ms)", "Mean TPOT (ms)", "ITL ms Mean", "Inter Token Latency (ms) avg", undefined],
  ]);
  const itl = rows.find(({ label }) => label === "ITL mean (ms)");
  assert.equal(itl?.tools.at(-1)?.name, "TPOT avg");
  const e2e = rows.find(({ label }) => label === "E2E mean (ms)");
  assert.deepEqual(e2e?.tools.slice(2).map((tool) => Math.round(tool?.value ?? 0)), [205, 197, 190]); // in ms
  assert.equal(rows.find(({ label }) => label === "TTFT p99 (ms)")?.ours, null); // of 3 values
  assert.equal(rows.some(({ label }) => label.startsWith("Goodput")), false); // nobody has a number
});

Deno.test("explainCompared() leaves out what is not shown and says each sentence once", () => {
  for (const tool of tools) {
    const some = explainCompared(tool);
    assert.equal(new Set(some.map(({ differs }) => differs)).size, some.length);
    assert.ok(some.length > 0 && some.length < explainRows(tool).length, tool.name);
  }
});
