import assert from "node:assert/strict";

import { parseDocuments } from "../../../lib/artifact/interchange/documents.ts";
import type { ImportedRun } from "../../../lib/artifact/interchange/interchange.ts";
import { interchangeForms, recognizeForm } from "../../../lib/artifact/interchange/mod.ts";

const folder = new URL("../../testdata/interchange/", import.meta.url);

function read(name: string): ImportedRun & { readonly form: string } {
  const documents = parseDocuments(Deno.readTextFileSync(new URL(name, folder)), name);
  const form = recognizeForm(documents);
  return { ...form.read(documents), form: form.name };
}

/** The instants of a file's records, cell by cell. */
function instants(name: string) {
  return read(name).cells.map(({ records }) =>
    records.map(({ sentMs, ticsMs, doneMs, outcome }) => [outcome.kind, sentMs, ticsMs, doneMs])
  );
}

Deno.test("every form recognises its own file and no other", () => {
  const files = {
    "vllm.json": "vllm",
    "sglang.jsonl": "sglang",
    "guidellm.json": "guidellm",
    "guidellm_older.json": "guidellm",
    "aiperf.jsonl": "aiperf",
    "mini_sglang.json": "mini-sglang",
    "concurrency_2_round_1.json": "dual-round",
    "fluxperf.json": "dual-round",
  };
  for (const [name, form] of Object.entries(files)) {
    const documents = parseDocuments(Deno.readTextFileSync(new URL(name, folder)), name);
    const found = interchangeForms.filter((one) => documents.every(({ value }) => one.recognizes(value)));
    assert.deepEqual(found.map((one) => one.name), [form], name);
  }
});

Deno.test("vllm: tics are start + TTFT + gaps, from the first start", () => {
  // starts 5000.5, 5000.75, 5001 s; the second failed with a TTFT of 0
  assert.deepEqual(instants("vllm.json"), [[
    ["ok", 0, [250, 260, 280], 280], // 250, + 10, + 20
    ["failed", 250, [], 250],
    ["ok", 500, [600, 615, 645], 645], // 500 + 100, + 15, + 30
  ]]);
  const { model, startedAt, cells } = read("vllm.json");
  assert.deepEqual([model, startedAt], ["Qwen/Qwen3-32B", "2026-03-14T09:15:00.000Z"]);
  const [cell] = cells;
  assert.deepEqual(cell?.parameters, { requestRate: 4 });
  assert.deepEqual(cell?.records.map(({ usage }) => usage), [
    { promptTokens: 10, completionTokens: 3 },
    undefined,
    { promptTokens: 20, completionTokens: 4 }, // 3 chunks, 4 tokens
  ]);
  assert.deepEqual(cell?.records[1]?.outcome, {
    kind: "failed",
    failure: "disconnected",
    message: "aiohttp.client_exceptions.ServerDisconnectedError: Server disconnected",
  });
  assert.ok(cell?.records.every(({ unknown }) => unknown?.join() === "schedule"));
});

Deno.test("vllm: without start_times the records have no common clock, and a start of 0 is none", () => {
  const value = JSON.parse(Deno.readTextFileSync(new URL("vllm.json", folder)));
  const vllm = recognizeForm([{ at: "a", value }]);
  const { start_times: _, ...older } = value;
  const [cell] = vllm.read([{ at: "a", value: older }]).cells;
  assert.deepEqual(cell?.records.map(({ sentMs, unknown }) => [sentMs, unknown?.join()]), [
    [0, "schedule,clock"],
    [0, "schedule,clock"],
    [0, "schedule,clock"],
  ]);
  const begun = { ...value, start_times: [5000.5, 0, 5001] };
  const [other] = vllm.read([{ at: "a", value: begun }]).cells;
  assert.deepEqual(other?.records.map(({ sentMs }) => sentMs), [0, null, 500]);
});

Deno.test("sglang: every line is a cell, and Python's Infinity is no rate", () => {
  const { cells, engineVersion, missing } = read("sglang.jsonl");
  assert.deepEqual(cells.map(({ label, schedule, requestCount }) => [label, schedule, requestCount]), [
    ["2 requests/s", "open", 3],
    ["concurrency 8", "closed", 4],
  ]);
  assert.equal(engineVersion, "0.5.9");
  const [first] = cells[0]?.records ?? [];
  assert.deepEqual(first?.ticsMs, [100, 110, 121, 130]); // + 10, + 11, + 9
  assert.deepEqual(first?.unknown, ["schedule", "clock"]);
  assert.ok(missing.some((part) => part.includes("no throughput")));
});

Deno.test("guidellm: first and last token of each request, gaps unknown, in both layouts", () => {
  // t0 + 1 s is the first start; request 4 of the second benchmark was cut off, request 3 failed
  assert.deepEqual(instants("guidellm.json"), [
    [["ok", 0, [200, 500], 504], ["ok", 1000, [1100], 1104]], // the second had one token: nothing is unknown
    [["ok", 0, [250, 850], 854], ["failed", 500, [], 505], ["cancelled", 1000, [1200, 1300], 1304]],
  ]);
  const { cells, startedAt, baseUrl, seed } = read("guidellm.json");
  assert.deepEqual([baseUrl, seed], ["http://gpu:8000", 7]);
  assert.equal(startedAt, new Date((1773479700 + 1) * 1000).toISOString());
  assert.deepEqual(cells.map(({ label }) => label), ["concurrency 1", "constant 2 requests/s"]);
  assert.deepEqual(cells[0]?.records.map(({ scheduledMs, unknown }) => [scheduledMs, unknown]), [
    [-2, ["gaps"]],
    [998, undefined],
  ]);
  assert.deepEqual(instants("guidellm_older.json"), [[
    ["ok", 0, [200, 500], 510],
    ["ok", 1000, [1100, 1900], 1950],
    ["failed", 1500, [], 1600],
  ]]);
  const older = read("guidellm_older.json");
  assert.deepEqual([older.model, older.baseUrl], ["Qwen/Qwen3-32B", "http://gpu:8000"]);
  assert.deepEqual(older.cells[0]?.records[0]?.unknown, ["schedule", "gaps"]);
  assert.ok(older.missing.includes("1 of 4 requests: the tool kept a sample"));
});

Deno.test("aiperf: gaps where they are, first and last where they are not, the warm-up left out", () => {
  assert.deepEqual(instants("aiperf.jsonl"), [[
    ["ok", 0, [255.887, 260.887, 276.387, 280.887], 310], // 255.8865, + 5, + 15.5, + 4.5
    ["ok", 100, [200, 400], 400], // 100 + TTFT 100, 100 + latency 300
    ["cancelled", 200, [], 201],
    ["failed", 300, [], 301],
  ]]);
  const records = read("aiperf.jsonl").cells[0]?.records ?? [];
  assert.deepEqual(records.map(({ unknown }) => unknown?.join()), [
    "schedule",
    "schedule,gaps",
    "schedule",
    "schedule",
  ]);
  assert.equal(records[0]?.headersMs, 40);
  assert.deepEqual(records[3]?.outcome, {
    ...{ kind: "failed", failure: "http", message: "Service Unavailable", status: 503 },
  });
});

Deno.test("mini-sglang: headers, tokens, the finish chunk; the instant of sending is not told", () => {
  const { cells } = read("mini_sglang.json");
  assert.deepEqual(
    cells[0]?.records.map((record) => [record.sentMs, record.headersMs, record.ticsMs, record.controlMs]),
    [
      [null, 0, [250, 260, 280], [281]],
      [null, 500, [600, 610], [611]],
    ],
  );
  const [miniSglang] = interchangeForms.filter(({ name }) => name === "mini-sglang");
  const about = (value: unknown) => miniSglang?.read([{ at: "a", value }]).missing.join("\n") ?? "";
  assert.doesNotMatch(about([[1, 2, 0, 1, 2, 3]]), /more chunks/); // headers, 2 tokens, the finish chunk
  assert.match(
    about([[1, 2, 0, 1, 2, 3, 4]]),
    /yet 1 requests have more chunks before it than tokens asked for/,
  );
});

Deno.test("dual-round: the last tic is TTFT + TPOT · (tokens − 1); fluxperf's is unknown and its rounds are not paired", () => {
  assert.deepEqual(instants("concurrency_2_round_1.json"), [[
    ["ok", 0, [200.5, 230.5], 231], // 200.5 + 10 · 3
    ["failed", 0, [], 0],
  ]]);
  const round = read("concurrency_2_round_2.json").cells[0];
  assert.deepEqual(round?.parameters, { concurrency: 2, round: 2 });
  assert.deepEqual(round?.records.map(({ usage, unknown }) => [usage?.cachedTokens, unknown?.join()]), [
    [784, "schedule,clock,gaps"],
    [16, "schedule,clock"],
  ]);
  const { cells } = read("fluxperf.json");
  assert.deepEqual(cells.map(({ records }) => records.map(({ id }) => id)), [[0, 1], [2, 3]]);
  assert.deepEqual(cells[0]?.records[0]?.ticsMs, [200.5]);
  assert.deepEqual(cells[0]?.records[0]?.unknown, ["schedule", "clock", "gaps", "last"]);
});

Deno.test("every record of every form is whole: ascending tics, no end before them, no NaN", () => {
  for (const { name } of Deno.readDirSync(folder)) {
    for (const { records } of read(name).cells) {
      assert.ok(records.length > 0, name);
      for (const { ticsMs, doneMs, scheduledMs, outcome } of records) {
        assert.ok([...ticsMs, doneMs, scheduledMs].every(Number.isFinite), name);
        assert.ok(ticsMs.every((tic, i) => tic >= (ticsMs[i - 1] ?? tic) && tic <= doneMs), name);
        assert.ok(outcome.kind !== "failed" || outcome.message !== "", name);
      }
    }
  }
});
