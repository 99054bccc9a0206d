import assert from "node:assert/strict";

import { readRun } from "../../lib/artifact/read.ts";
import { UsageError } from "../../lib/errors.ts";
import { pairRounds } from "../../lib/metrics/paired_rounds.ts";
import { runRounds, type RunRoundsOptions } from "../../lib/modes/run_rounds.ts";
import { publishReport } from "../../lib/report/publish.ts";
import { startSimulatorWorker } from "../../lib/simulator/worker.ts";
import type { CacheCounts, RequestRecord, Run } from "../../lib/types.ts";
import { finish, token } from "../testdata/fake_transport.ts";
import { answer, serveRaw, writeAll } from "./raw_server.ts";

const computed: RunRoundsOptions = {
  headers: {},
  transport: "node",
  timeoutMs: 300_000,
  simulator: { engine: "sglang" },
  virtualTime: true,
  numSamples: [12],
  concurrency: [1, 4],
  runId: "rounds",
};

/** Runs into a folder of its own. */
async function run(
  options: Partial<RunRoundsOptions>,
  look: (run: Run, folder: string) => void | Promise<void> = () => {},
): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    const { run, folder } = await runRounds({ ...computed, outputDir, ...options });
    await look(run, folder);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

function ofCell({ records }: Run, cell: number): RequestRecord[] {
  return Array.from(records).filter((record) => record.cell === cell);
}

const ids = (records: readonly RequestRecord[]) => records.map(({ id }) => id).sort((a, b) => a - b);

/** What the server's usage says of a cell. */
function usageOf(run: Run, cell: number): CacheCounts {
  const all = ofCell(run, cell).map(({ usage }) => usage);
  return {
    promptTokens: all.reduce((sum, usage) => sum + (usage?.promptTokens ?? NaN), 0),
    cachedTokens: all.reduce((sum, usage) => sum + (usage?.cachedTokens ?? 0), 0),
  };
}

for (const pageTokens of [1, 16]) {
  Deno.test(`round 2 finds ⌊(tokens − 1) / page⌋ · page of every prompt, whoever counts, with pages of ${pageTokens}`, () =>
    run({ simulator: { engine: "sglang", pageTokens }, cachePageTokens: pageTokens }, (run) => {
      for (const [index, cell] of run.manifest.cells.entries()) {
        if (cell.parameters.round !== 2) continue;
        const records = ofCell(run, index);
        assert.equal(records.length, 12);
        for (const { usage, inputTokens } of records) {
          assert.equal(usage?.promptTokens, inputTokens);
          assert.equal(usage?.cachedTokens, Math.floor((inputTokens - 1) / pageTokens) * pageTokens);
        }
        assert.deepEqual(cell.theoreticalCache, usageOf(run, index));
        assert.deepEqual(cell.engineCache, usageOf(run, index));
      }
    }));
}

Deno.test("a run of rounds asks the same ids in every round, each level from an empty cache", () =>
  run({}, async (run, folder) => {
    const { manifest } = run;
    assert.deepEqual(await readRun(folder), run);
    assert.deepEqual([manifest.mode, manifest.status, manifest.workload.prompts.kind], [
      ...["dual-round", "complete", "dataset"],
    ]);
    assert.deepEqual(
      manifest.cells.map(({ label, parameters, schedule, cacheReset }) => [
        ...[label, parameters, schedule, cacheReset?.done],
      ]),
      [
        ["concurrency 1, round 1", { concurrency: 1, round: 1 }, "closed", true],
        ["concurrency 1, round 2", { concurrency: 1, round: 2 }, "closed", undefined],
        ["concurrency 4, round 1", { concurrency: 4, round: 1 }, "closed", true],
        ["concurrency 4, round 2", { concurrency: 4, round: 2 }, "closed", undefined],
      ],
    );
    const first = ids(ofCell(run, 0));
    assert.equal(new Set(first).size, 12);
    for (const index of manifest.cells.keys()) assert.deepEqual(ids(ofCell(run, index)), first);
    // Only the template is shared between documents: three tokens, from the second on.
    assert.deepEqual(usageOf(run, 0).cachedTokens, 3 * 11);
    assert.deepEqual(manifest.cells[0]?.theoreticalCache, usageOf(run, 0));
  }));

Deno.test("without a reset between levels, the first round of the second is warm, and the theory says so", () =>
  run({ resetCacheBetweenConcurrency: false }, (run) => {
    const warm = run.manifest.cells[2];
    assert.equal(warm?.cacheReset, undefined);
    assert.deepEqual(warm?.theoreticalCache, usageOf(run, 2));
    assert.ok(usageOf(run, 2).cachedTokens > 0.99 * usageOf(run, 2).promptTokens);
    assert.match(run.manifest.workload.notes.join(" "), /round 1 meets the prompts of the one before/);
  }));

Deno.test("with a reset between rounds too, round 2 is as cold as round 1", () =>
  run({ resetCacheBetweenRounds: true, concurrency: [1] }, (run) => {
    assert.deepEqual(run.manifest.cells.map(({ cacheReset }) => cacheReset?.done), [true, true]);
    assert.deepEqual(usageOf(run, 1), usageOf(run, 0));
    assert.deepEqual(run.manifest.cells[1]?.theoreticalCache, usageOf(run, 1));
  }));

Deno.test("with a naive cache nothing is found, and rounds take the same time", () =>
  run({ simulator: { engine: "sglang", cache: "naive" }, concurrency: [1] }, (run) => {
    assert.equal(usageOf(run, 1).cachedTokens, 0);
    const ttft = (cell: number) =>
      ofCell(run, cell).map((
        { id, sentMs, ticsMs },
      ) => [id, Math.round((ticsMs[0] ?? NaN) - (sentMs ?? NaN))]);
    assert.deepEqual(ttft(1), ttft(0));
  }));

Deno.test("as many rounds as are wanted; a shuffled one asks the same in another order", () =>
  run({ rounds: 3, concurrency: [1], shuffleRound2: true }, (run) => {
    assert.deepEqual(run.manifest.cells.map(({ parameters }) => parameters.round), [1, 2, 3]);
    const orders = [0, 1, 2].map((cell) => ofCell(run, cell).map(({ id }) => id));
    assert.deepEqual(orders[0], ids(ofCell(run, 0)));
    assert.notDeepEqual(orders[1], orders[0]);
    assert.notDeepEqual(orders[2], orders[1]);
    for (const order of orders) assert.deepEqual([...order].sort((a, b) => a - b), orders[0]);
  }));

Deno.test("levels may have samples of their own, the fewer among the more", () =>
  run({ numSamples: [4, 9], dataset: "data/datasets/questions_en.jsonl" }, (run) => {
    assert.deepEqual(run.manifest.cells.map(({ requestCount }) => requestCount), [4, 4, 9, 9]);
    const [few, more] = [ids(ofCell(run, 0)), ids(ofCell(run, 2))];
    assert.ok(few.every((id) => more.includes(id)));
    const { dataset } = run.manifest.workload;
    assert.deepEqual([dataset?.name, dataset?.rows, dataset?.sha256.length], ["questions_en.jsonl", 9, 64]);
  }));

Deno.test("two runs of rounds write the same bytes", async () => {
  const written: string[] = [];
  for (let i = 0; i < 2; i++) {
    await run({}, async (_run, folder) => {
      written.push(await Deno.readTextFile(`${folder}/requests.jsonl`));
    });
  }
  assert.ok(written[0] === written[1]);
});

Deno.test("labels can be Chinese", () =>
  run({ concurrency: [5], lang: "zh" }, ({ manifest }) => {
    assert.deepEqual(manifest.cells.map(({ label }) => label), ["并发5-第1轮", "并发5-第2轮"]);
    assert.equal(manifest.options.lang, "zh");
  }));

Deno.test("prompts are cut to --max-input-length, answers to the shorter of two limits", () =>
  run({ maxInputTokens: 600, maxOutputTokens: 5, concurrency: [1] }, (run) => {
    const records = ofCell(run, 0);
    assert.ok(records.every(({ usage }) => (usage?.promptTokens ?? NaN) <= 600));
    assert.ok(records.some(({ usage }) => usage?.promptTokens === 600));
    assert.ok(records.every(({ outputTokens }) => outputTokens === 5));
    assert.match(run.manifest.workload.notes.join(" "), /prompts were cut to 600 tokens/);
  }));

Deno.test("rows that do not fit into the context are left out, in every round", () =>
  run({ simulator: { engine: "sglang", contextTokens: 3000 }, concurrency: [1] }, (run) => {
    const { skipped } = run.manifest.workload;
    assert.ok(skipped.length > 0 && skipped.length < 12);
    assert.match(skipped[0]?.reason ?? "", /prompt and 32 answer tokens are more than the context of 3000/);
    assert.deepEqual(run.manifest.cells.map(({ requestCount }) => requestCount), [
      ...[12 - skipped.length, 12 - skipped.length],
    ]);
  }));

Deno.test("request bodies are kept on demand, as they were sent", () =>
  run(
    { saveRequests: true, concurrency: [2], sampling: { temperature: 0.7, topP: 0.9 } },
    async (run, folder) => {
      const lines = (await Deno.readTextFile(`${folder}/payloads.jsonl`)).trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      assert.equal(lines.length, 24);
      assert.deepEqual(lines.map(({ cell }) => cell).slice(10, 14), [0, 0, 1, 1]);
      const { messages, ...body } = lines[0].payload;
      assert.equal(messages[0].role, "user");
      const { max_tokens, temperature, top_p, top_k, ignore_eos, stream } = body;
      assert.deepEqual([max_tokens, temperature, top_p, top_k, ignore_eos, stream], [
        32,
        0.7,
        0.9,
        undefined,
        false,
        true,
      ]);
      assert.ok(run.records.length === 24);
    },
  ));

Deno.test("stages with other engine options run in one artifact, each on an engine of its own", () =>
  run({
    concurrency: [1],
    recipe: "caches.yaml",
    stages: [
      { name: "none", options: {}, env: {}, simulator: { engine: "sglang", cache: "naive" } },
      {
        name: "radix",
        options: { rounds: 3 },
        env: { A: "b-value" },
        simulator: { engine: "sglang", cache: "radix" },
      },
    ],
  }, (run) => {
    const { cells, options } = run.manifest;
    assert.deepEqual(cells.map(({ parameters: { stage, round } }) => [stage, round]), [
      ...[["none", 1], ["none", 2]],
      ...[["radix", 1], ["radix", 2], ["radix", 3]],
    ]);
    assert.deepEqual(cells.map((_, index) => usageOf(run, index).cachedTokens > 1000), [
      ...[false, false],
      ...[false, true, true],
    ]);
    assert.match(cells[0]?.engine ?? "", /naive cache/);
    assert.match(cells[2]?.engine ?? "", /radix cache/);
    assert.equal(cells[2]?.label, "radix: concurrency 1, round 1");
    assert.ok(cells.every(({ startMs }, i) => i === 0 || (startMs ?? NaN) >= (cells[i - 1]?.endMs ?? NaN)));
    const stages = options.stages as { [key: string]: unknown }[];
    assert.deepEqual(
      stages.map((
        { name, envNames, simulator, rounds, dataset, rows },
      ) => [name, envNames, simulator, rounds, dataset, rows]),
      [
        ["none", [], { engine: "sglang", cache: "naive" }, 2, "demo", 12],
        ["radix", ["A"], { engine: "sglang", cache: "radix" }, 3, "demo", 12],
      ],
    );
    assert.ok(!JSON.stringify(run.manifest).includes("b-value"), "values of the environment may be keys");
  }));

Deno.test("options that cannot work are refused, saying what to do", async () => {
  const cases: readonly [Partial<RunRoundsOptions>, RegExp][] = [
    [{ concurrency: [] }, /no --concurrency/],
    [{ concurrency: [0] }, /at least 1: current value is 0/],
    [{ concurrency: [2, 3, 2] }, /concurrency 2 stands twice/],
    [{ numSamples: [1, 2, 3] }, /one for each of the 2 levels of --concurrency: it has 3/],
    [
      { numSamples: [40], dataset: "data/datasets/questions_en.jsonl" },
      /take 40 samples as questions_en.jsonl has 32 rows/,
    ],
    [{ dataset: "tests/testdata/datasets/empty.jsonl" }, /has no rows/],
    [{ dataset: "tests/testdata/datasets/unusable.jsonl" }, /none of its rows can be used/],
    [{ dataset: "no/such.jsonl" }, /no\/such.jsonl/],
    [{ simulator: { engine: "sglang", contextTokens: 100 } }, /no row of it fits/],
    [{ resetCacheUrl: "ftp://x" }, /--reset-cache-url must be an http or https URL: current value is ftp/],
    [
      { simulator: {}, resetCacheBetweenRounds: true },
      /has no route for it: name one with --reset-cache-url/,
    ],
  ];
  for (const [options, message] of cases) {
    await assert.rejects(run(options), (error: Error) => {
      assert.ok(error instanceof UsageError, `${error}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("an engine that says nothing of its cache is asked all the same: mini-sglang's wire format", () =>
  run({ simulator: {}, concurrency: [1] }, (run) => {
    assert.deepEqual(run.manifest.cells.map(({ cacheReset }) => cacheReset), [undefined, undefined]);
    assert.ok(Array.from(run.records).every(({ usage }) => usage === undefined));
    assert.match(
      run.manifest.workload.notes.join(" "),
      /it is cold only if nothing like its prompts was asked/,
    );
    assert.deepEqual(run.manifest.cells[1]?.theoreticalCache, run.manifest.cells[1]?.engineCache);
  }));

/** A server that answers two tokens and, to a reset, what it is told. */
function serve(
  ownedBy: string,
  statuses: readonly number[],
  resets: string[] = [],
  said = "reset",
  heads: string[] = [],
) {
  return serveRaw(async (connection, { path, head }) => {
    heads.push(head);
    if (path === "/v1/models") {
      const models = JSON.stringify({ data: [{ id: "m", owned_by: ownedBy }] });
      await writeAll(connection, answer(200, "application/json", models));
      return "keep";
    }
    // It says nothing of itself.
    if (head.startsWith("GET ")) {
      await writeAll(connection, answer(404, "text/plain", "not found"));
      return "keep";
    }
    if (!path.startsWith("/v1/")) {
      const status = statuses[Math.min(resets.push(path), statuses.length) - 1] ?? 200;
      await writeAll(connection, answer(status, "text/plain", said));
      return "keep";
    }
    const ok = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    for (const bytes of [new TextEncoder().encode(ok), token, ...finish]) await writeAll(connection, bytes);
    return "close";
  });
}

const short: Partial<RunRoundsOptions> = {
  telemetry: false,
  ...{ virtualTime: false, simulator: {}, concurrency: [1], warmup: 1, numSamples: [2] },
  dataset: "tests/testdata/datasets/mixed.jsonl",
};

Deno.test("a reset that is refused is recorded with what it means, and the run goes on", async () => {
  for (
    const [ownedBy, status, path, message] of [
      [
        "vllm",
        404,
        "/reset_prefix_cache",
        /HTTP 404: vLLM has the route only .* VLLM_SERVER_DEV_MODE=1\): .*not a cold cache/,
      ],
      ["sglang", 400, "/flush_cache", /HTTP 400: requests were still running .*not a cold cache/],
      ["vllm", 500, "/reset_prefix_cache", /\(HTTP 500\): .*not a cold cache/],
    ] as const
  ) {
    const resets: string[] = [];
    const notes: string[] = [];
    await using server = serve(ownedBy, [status], resets);
    await run({ ...short, baseUrl: server.baseUrl, onNote: (note) => notes.push(note) }, ({ manifest }) => {
      const [cell] = manifest.cells;
      assert.deepEqual([manifest.status, cell?.cacheReset?.done, cell?.cacheReset?.status], [
        "complete",
        false,
        status,
      ]);
      assert.match(cell?.cacheReset?.message ?? "", message);
      assert.ok(notes.some((note) => message.test(note)));
    });
    assert.ok(resets.every((asked) => asked === path) && resets.length >= 1, resets.join());
  }
});

Deno.test("a refusal while the engine gets idle is tried again", async () => {
  const resets: string[] = [];
  await using server = serve("sglang", [400, 400, 200], resets);
  await run({ ...short, baseUrl: server.baseUrl }, ({ manifest }) => {
    assert.equal(manifest.cells[0]?.cacheReset?.done, true);
  });
  assert.ok(resets.filter((path) => path === "/flush_cache").length === 3);
});

Deno.test("a server without a route is reset at the URL that is named, without its key when it is another's", async () => {
  const resets: string[] = [];
  await using server = serve("something", [200], resets);
  await run(
    { ...short, baseUrl: server.baseUrl, resetCacheUrl: `${new URL(server.baseUrl).origin}/clear` },
    ({ manifest }) => {
      assert.equal(manifest.cells[0]?.cacheReset?.done, true);
    },
  );
  assert.deepEqual(resets.filter((path) => path === "/clear").length, 1);
});

Deno.test("where the server counts, a guess at the length is not held against it", async () => {
  await using server = serve("vllm", [200]);
  await run({ ...short, baseUrl: server.baseUrl }, (run) => {
    assert.ok(Array.from(run.records).every(({ inputTokens }) => inputTokens === 0));
    assert.match(run.manifest.workload.notes.join(" "), /rest on tokenizer Qwen3/);
  });
});

/** A page with one gauge, whatever is asked. */
function serveGauge(asked: string[] = []) {
  return serveRaw(async (connection, { path }) => {
    asked.push(path);
    await writeAll(
      connection,
      answer(200, "text/plain", '# TYPE DCGM_FI_DEV_GPU_UTIL gauge\nDCGM_FI_DEV_GPU_UTIL{gpu="0"} 87\n'),
    );
    return "keep";
  });
}

Deno.test("another metrics page is recorded, and the engine's own counters are read all the same", async () => {
  await using engine = await startSimulatorWorker({ engine: "sglang" });
  await using exporter = serveGauge();
  await run({
    ...short,
    ...{
      telemetry: true,
      baseUrl: engine.baseUrl,
      dataset: "data/datasets/questions_en.jsonl",
      maxOutputTokens: 2,
    },
    prometheusUrl: `${new URL(exporter.baseUrl).origin}/metrics`,
    telemetryIntervalMs: 50,
  }, async (run, folder) => {
    const values = run.telemetry.flatMap((line) => line.kind === "sample" ? [line.values] : []);
    assert.ok(values.length >= 4);
    for (const one of values) assert.deepEqual(one, { 'DCGM_FI_DEV_GPU_UTIL{gpu="0"}': 87 });
    for (const [index, cell] of run.manifest.cells.entries()) {
      assert.deepEqual(cell.metricsCache, usageOf(run, index));
    }
    assert.deepEqual((await readRun(folder)).telemetry, run.telemetry);
  });
});

Deno.test("logins and keys in URLs never reach the artifact", async () => {
  const asked: string[] = [];
  await using server = serve("vllm", [200]);
  await using exporter = serveGauge(asked);
  const host = new URL(exporter.baseUrl).host;
  await run({
    ...{ ...short, telemetry: true, baseUrl: server.baseUrl, apiKey: "sk-verysecret" },
    prometheusUrl: `http://scraper:hunter22@${host}/metrics?token=topsecret`,
    resetCacheUrl: `http://${host}/flush?key=alsosecret`,
  }, async (run, folder) => {
    assert.equal(run.manifest.cells[0]?.cacheReset?.done, true);
    for (const { name } of Deno.readDirSync(folder)) {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      for (const secret of ["hunter22", "topsecret", "alsosecret", "sk-verysecret"]) {
        assert.ok(!text.includes(secret), `${name} has ${secret}`);
      }
    }
  });
  assert.ok(asked.includes("/flush?key=alsosecret"), asked.join());
});

Deno.test("an engine that answers 200 and says that it did not empty its cache is not believed", async () => {
  await using server = serve("vllm", [200], [], '{"success": false}');
  await run({ ...short, baseUrl: server.baseUrl }, ({ manifest }) => {
    const [cell] = manifest.cells;
    assert.equal(cell?.cacheReset?.done, false);
    assert.match(cell?.cacheReset?.message ?? "", /not emptied \(the engine says so\)/);
  });
});

Deno.test("after a reset that failed, the theory goes on with what was asked before", async () => {
  await using server = serve("vllm", [404]);
  const dataset = "data/datasets/questions_en.jsonl";
  await run({ ...short, baseUrl: server.baseUrl, dataset, concurrency: [1, 2] }, ({ manifest }) => {
    const [first, , second] = manifest.cells.map(({ theoreticalCache }) =>
      theoreticalCache?.cachedTokens ?? NaN
    );
    assert.ok((second ?? 0) > (first ?? 0), `${second} after ${first}`);
  });
});

Deno.test("keys of the engine go to the engine only, not to a page or a reset on another server", async () => {
  const engineHeads: string[] = [];
  const otherHeads: string[] = [];
  await using server = serve("sglang", [200], [], "", engineHeads);
  await using other = serveRaw(async (connection, { path, head }) => {
    otherHeads.push(head);
    await writeAll(connection, answer(200, "text/plain", path === "/metrics" ? "up 1\n" : ""));
    return "keep";
  });
  const origin = new URL(other.baseUrl).origin;
  await run({
    ...{ ...short, telemetry: true, baseUrl: server.baseUrl, apiKey: "sk-engine" },
    ...{ prometheusUrl: `${origin}/metrics`, resetCacheUrl: `${origin}/reset` },
  });
  assert.ok(engineHeads.length > 0 && engineHeads.every((head) => head.includes("sk-engine")));
  assert.ok(otherHeads.length > 2 && otherHeads.every((head) => !head.includes("sk-engine")));
});

Deno.test("an interrupt before the first record leaves a run that can be read and reported", async () => {
  const controller = new AbortController();
  await run({
    signal: controller.signal,
    onEvent: ({ kind }) => {
      if (kind === "cellStart") controller.abort();
    },
  }, async (run, folder) => {
    assert.deepEqual([run.manifest.status, run.records.length], ["interrupted", 0]);
    assert.equal((await readRun(folder)).records.length, 0);
    assert.equal((await Deno.stat(`${folder}/requests.csv`)).size, 0);
    assert.ok((await Deno.stat(`${folder}/metrics_summary.csv`)).size > 0);
    await publishReport(run, `${folder}/page.html`);
    assert.equal(run.manifest.cells[0]?.theoreticalCache, undefined);
  });
});

Deno.test("pairs of rounds are in a table, and their comparison is in the summary", () =>
  run({ concurrency: [2] }, async (run, folder) => {
    const lines = (await Deno.readTextFile(`${folder}/round_pairs.csv`)).trim().split("\n");
    assert.equal(lines.length, 13);
    assert.match(lines[0] ?? "", /^concurrency,round,id,turn,input_tokens_round_1,.*,ttft_difference_ms,/);
    const { rounds } = JSON.parse(await Deno.readTextFile(`${folder}/summary.json`));
    const [comparison] = pairRounds(run);
    assert.equal(rounds.length, 1);
    assert.equal(rounds[0].ttft.medianMs.median, comparison?.ttft?.medianMs.median);
    assert.equal(rounds[0].ttft.sortedMs, undefined);
  }));

Deno.test("mini-sglang's short answers are told of where nothing limits them", () =>
  run(
    {
      simulator: {},
      dataset: "tests/testdata/datasets/sharegpt.json",
      concurrency: [1],
      numSamples: undefined,
    },
    ({ manifest }) => {
      assert.match(
        manifest.workload.notes.join(" "),
        /do not say how long .*: simulated engine stops after 16 tokens \(--max-output-tokens\)/,
      );
      assert.equal(manifest.status, "complete");
    },
  ));
