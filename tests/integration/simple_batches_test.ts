import assert from "node:assert/strict";
import { setImmediate } from "node:timers";

import { readRun } from "../../lib/artifact/read.ts";
import { UsageError } from "../../lib/errors.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import { runSimpleBatches, type SimpleBatchesOptions } from "../../lib/modes/simple_batches.ts";
import type { RequestRecord, Run } from "../../lib/types.ts";
import { finish, token } from "../testdata/fake_transport.ts";
import { answer, serveRaw, writeAll } from "./raw_server.ts";

const computed: SimpleBatchesOptions = {
  headers: {},
  transport: "node",
  timeoutMs: 300_000,
  simulator: {},
  virtualTime: true,
  batchSizes: [4, 16],
  runId: "simple",
};

/** Runs into a folder of its own. */
async function run(
  options: Partial<SimpleBatchesOptions>,
  look: (run: Run, folder: string) => void | Promise<void> = () => {},
): Promise<void> {
  const outputDir = await Deno.makeTempDir();
  try {
    const { run, folder } = await runSimpleBatches({ ...computed, outputDir, ...options });
    await look(run, folder);
  } finally {
    await Deno.remove(outputDir, { recursive: true });
  }
}

/** Records of a cell by id. */
function ofCell({ records }: Run, cell: number): RequestRecord[] {
  return Array.from(records).filter((record) => record.cell === cell).sort((a, b) => a.id - b.id);
}

const lengths = ({ inputTokens, outputTokens }: RequestRecord) => [inputTokens, outputTokens];

Deno.test("runSimpleBatches() sends each batch at once, after the one before it has ended", () =>
  run({}, async (run, folder) => {
    const { manifest } = run;
    assert.deepEqual(await readRun(folder), run);
    assert.deepEqual([manifest.mode, manifest.status, manifest.workload.trace], ["simple", "complete", null]);
    assert.deepEqual(
      manifest.cells.map(({ label, parameters, requestCount, offeredRequestsPerS }) => [
        ...[label, parameters, requestCount, offeredRequestsPerS],
      ]),
      [["batch size 4", { batchSize: 4 }, 4, null], ["batch size 16", { batchSize: 16 }, 16, null]],
    );
    for (const [index, cell] of manifest.cells.entries()) {
      const records = ofCell(run, index);
      const instants = new Set(records.map(({ scheduledMs }) => scheduledMs));
      assert.deepEqual([...instants], [Math.round((cell.startMs ?? NaN) * 1000) / 1000]);
      assert.ok(
        records.every(({ outcome, ticsMs, outputTokens }) =>
          outcome.kind === "ok" && ticsMs.length === outputTokens
        ),
      );
    }
    assert.ok((manifest.cells[1]?.startMs ?? 0) >= (manifest.cells[0]?.endMs ?? Infinity));
    const { options } = manifest;
    assert.ok(!("onCellFailure" in manifest), "a manifest says what was measured, not how to go on");
    assert.deepEqual(
      [options.batchSizes, options.maxInputTokens, options.minOutputTokens, options.maxOutputTokens],
      [[4, 16], 8192, 16, 1024],
    );
  }));

Deno.test("request i has the same lengths in every batch size, whatever other sizes are there", () =>
  run({}, async (both) => {
    const large = ofCell(both, 1).map(lengths);
    assert.deepEqual(ofCell(both, 0).map(lengths), large.slice(0, 4));
    for (const [inputTokens = 0, outputTokens = 0] of large) {
      assert.ok(inputTokens >= 9 && inputTokens <= 8192, `prompt of ${inputTokens}`);
      assert.ok(outputTokens >= 16 && outputTokens <= 1024, `answer of ${outputTokens}`);
    }
    await run({ batchSizes: [16] }, (alone) => assert.deepEqual(ofCell(alone, 0).map(lengths), large));
    await run(
      { batchSizes: [16], seed: 43 },
      (other) => assert.notDeepEqual(ofCell(other, 0).map(lengths), large),
    );
  }));

Deno.test("two runs of batches write the same bytes", async () => {
  const names = [
    ...["requests.jsonl", "requests.csv", "summary.json", "summary.csv", "dialects.json"],
    "mini_sglang.json",
  ];
  const written: string[][] = [];
  for (let i = 0; i < 2; i++) {
    await run({}, async (_run, folder) => {
      written.push(await Promise.all(names.map((name) => Deno.readTextFile(`${folder}/${name}`))));
    });
  }
  const [first, second] = written;
  names.forEach((name, i) => assert.ok(first?.[i] === second?.[i], `${name} differs`));
  assert.match(first?.[3] ?? "", /^cell,label,batchSize,/);
});

Deno.test("a batch finds nothing of another one in the cache, and its own prompts share nothing", () =>
  run({ simulator: { engine: "sglang" }, batchSizes: [4, 8, 16] }, (run) => {
    const cached = Array.from(run.records).map(({ usage }) => usage?.cachedTokens ?? NaN);
    // only the chat template, and a first word by accident
    assert.ok(cached.every((tokens) => tokens <= 10), `cached: ${cached.join(" ")}`);
  }));

Deno.test("as many requests warm up as are in the largest batch, if nobody says otherwise", async () => {
  await run({ batchSizes: [2, 5, 3] }, ({ manifest }) => assert.equal(manifest.options.warmup, 5));
  await run(
    { batchSizes: [300], outputTokens: 1 },
    ({ manifest }) => assert.equal(manifest.options.warmup, 256),
  );
  await run({ batchSizes: [5], warmup: 0 }, ({ manifest }) => assert.equal(manifest.options.warmup, 0));
});

Deno.test("fixed lengths hold for every request", () =>
  run({ inputTokens: 100, outputTokens: 5 }, (run) => {
    assert.deepEqual([...new Set(Array.from(run.records).map((record) => lengths(record).join()))], [
      "100,5",
    ]);
    const { maxInputTokens, minOutputTokens, maxOutputTokens } = run.manifest.options;
    assert.deepEqual([maxInputTokens, minOutputTokens, maxOutputTokens], [100, 5, 5]);
  }));

Deno.test("prompts shorter than the chat template get one word", () =>
  run({ batchSizes: [64], maxInputTokens: 12 }, (run) => {
    const inputs = Array.from(run.records).map(({ inputTokens }) => inputTokens);
    assert.deepEqual([...new Set(inputs)].sort((a, b) => a - b), [9, 10, 11, 12]);
  }));

Deno.test("an interrupted run of batches keeps what was computed", async () => {
  const controller = new AbortController();
  await run({
    signal: controller.signal,
    onEvent: (event) => {
      if (event.kind !== "cellStart" || event.cell.index !== 1) return;
      setImmediate(() => setImmediate(() => controller.abort())); // after the first events
    },
  }, (run) => {
    assert.equal(run.manifest.status, "interrupted");
    assert.deepEqual(run.manifest.cells.map(({ status }) => status), ["complete", "interrupted"]);
  });
});

Deno.test("options that cannot work are refused, saying what to do", async () => {
  const cases: readonly [Partial<SimpleBatchesOptions>, RegExp][] = [
    [{ batchSizes: [] }, /no batch sizes: name some with --batch-sizes/],
    [{ batchSizes: [4, 8, 4] }, /batch size 4 stands twice/],
    [{ batchSizes: [0] }, /whole number of at least 1: current value is 0/],
    [{ minOutputTokens: 20, maxOutputTokens: 10 }, /from 20 to 10: --min-output must not be above/],
    [{ maxInputTokens: 8 }, /prompts of 8 tokens as the chat template alone takes 8: .*--max-input/],
    [{ inputTokens: 3 }, /prompts of 3 tokens .*--input-length/],
    [{ contextTokens: 9000 }, /up to 8192 tokens with answers of up to 1024 .*context is 9000 tokens/],
  ];
  for (const [options, message] of cases) {
    await assert.rejects(run(options), (error: Error) => {
      assert.ok(error instanceof UsageError, `${error}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("the shortest answers follow when only the longest are made short", () =>
  run(
    { maxOutputTokens: 8 },
    (run) =>
      assert.deepEqual([...new Set(Array.from(run.records).map(({ outputTokens }) => outputTokens))], [8]),
  ));

/** A server that answers two tokens, but refuses what `refuses` says; counts begin after test and warm-up. */
function serve(ownedBy: string, refuses: (position: number) => boolean, bodies: string[] = []) {
  return serveRaw(async (connection, { path, head: requestHead, body }) => {
    if (path === "/v1/models") {
      const models = JSON.stringify({ data: [{ id: "m", owned_by: ownedBy }] });
      await writeAll(connection, answer(200, "application/json", models));
      return "keep";
    }
    // It says nothing of itself.
    if (requestHead.startsWith("GET ")) {
      await writeAll(connection, answer(404, "text/plain", "not found"));
      return "keep";
    }
    const isMeasured = !/"Hello"|Warm-up/.test(body);
    if (isMeasured && refuses(bodies.push(body) - 1)) {
      await writeAll(connection, answer(503, "text/plain", "too many requests"));
      return "keep";
    }
    const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    for (const bytes of [new TextEncoder().encode(head), token, ...finish]) await writeAll(connection, bytes);
    return "close";
  });
}

const short: Partial<SimpleBatchesOptions> = {
  telemetry: false,
  virtualTime: false,
  batchSizes: [2, 3],
  warmup: 1,
  maxInputTokens: 40,
  outputTokens: 1,
};

Deno.test("a batch size at which nothing succeeds is reported and the next one runs", async () => {
  await using server = serve("mini-sglang", (position) => position < 2);
  await run({ ...short, baseUrl: server.baseUrl }, (run) => {
    assert.deepEqual(run.manifest.cells.map(({ status }) => status), ["failed", "complete"]);
    assert.equal(run.manifest.status, "complete");
    const [first, second] = summarizeRun(run).cells;
    assert.equal(first?.requests.failed, 2);
    assert.match(first?.verdict.reasons.join() ?? "", /no request succeeded/);
    assert.deepEqual([second?.requests.succeeded, second?.verdict.valid], [3, true]);
  });
});

Deno.test("a run in which no batch succeeded has failed", async () => {
  await using server = serve("mini-sglang", () => true);
  await run({ ...short, baseUrl: server.baseUrl }, (run) => {
    assert.deepEqual(run.manifest.cells.map(({ status }) => status), ["failed", "failed"]);
    assert.equal(run.manifest.status, "failed");
    assert.match(run.manifest.error ?? "", /no request succeeded at batch size 2: .*503/);
  });
});

Deno.test("input_length_override is sent to mini-sglang and to nobody else", async () => {
  for (const [ownedBy, isSent] of [["mini-sglang", true], ["vllm", false], ["sglang", false]] as const) {
    const bodies: string[] = [];
    await using server = serve(ownedBy, () => false, bodies);
    await run({ ...short, baseUrl: server.baseUrl, inputTokens: 33 }, () => {
      const sent = bodies.map((body) => JSON.parse(body)).filter(({ messages }) =>
        messages[0].content.trim().split(" ").length === 33 - 8
      );
      assert.equal(sent.length, 5, ownedBy);
      assert.ok(sent.every((body) => body.input_length_override === (isSent ? 33 : undefined)), ownedBy);
      assert.ok(sent.every((body) => body.max_tokens === 1 && body.ignore_eos === true && body.top_k === 1));
    });
  }
});
