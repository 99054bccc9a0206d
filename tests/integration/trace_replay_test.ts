import assert from "node:assert/strict";

import { readRun } from "../../lib/artifact/read.ts";
import { summarizeRun } from "../../lib/metrics/mod.ts";
import type { TraceReplayOptions } from "../../lib/modes/trace_replay.ts";
import { loadQwen3Tokenizer } from "../../lib/sources/tokenizer.ts";
import { startSimulatorWorker } from "../../lib/simulator/worker.ts";
import { event, finish, token } from "../testdata/fake_transport.ts";
import { replayInto } from "../testdata/replay_into.ts";
import { answer, serveRaw, writeAll } from "./raw_server.ts";

const quick: TraceReplayOptions = {
  headers: {},
  transport: "node",
  timeoutMs: 10_000,
  simulator: { fixed: { ttftMs: 20, itlMs: 2 } },
  trace: "demo",
  requests: 12,
  scales: [0.2, 0.4],
  outputTokens: 4,
  warmup: 1,
  runId: "test",
};

const replay = (options: Partial<TraceReplayOptions>, look: Parameters<typeof replayInto>[1]) =>
  replayInto({ ...quick, ...options }, look);

Deno.test("replayTrace() on the embedded engine measures every request of every scale and writes the whole artifact", () =>
  replay({}, async (run, folder) => {
    assert.equal(run.manifest.status, "complete");
    assert.equal(run.manifest.engine.simulated, true);
    assert.deepEqual(run.manifest.cells.map(({ parameters, status }) => [parameters.scale, status]), [
      [0.2, "complete"],
      [0.4, "complete"],
    ]);
    assert.deepEqual(await readRun(folder), run);
    const { cells } = summarizeRun(run);
    assert.deepEqual(cells.map(({ requests }) => requests.succeeded), [12, 12]);
    assert.equal(cells[0]?.outputTokens, 48);
    // The same arrivals, twice as far apart.
    const [fast, slow] = [0, 1].map((cell) => {
      const startMs = run.manifest.cells[cell]?.startMs ?? NaN;
      return Array.from(run.records).filter((record) => record.cell === cell).sort((a, b) => a.id - b.id)
        .map((record) => record.scheduledMs - startMs);
    });
    fast?.forEach((ms, i) => assert.ok(Math.abs(ms * 2 - (slow?.[i] ?? NaN)) < 0.01));
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(files, [
      "dialects.json",
      "manifest.json",
      "mini_sglang.cell-0.json",
      "mini_sglang.cell-1.json",
      "mini_sglang.json",
      "requests.csv",
      "requests.jsonl",
      "summary.csv",
      "summary.json",
    ]);
    assert.equal((await Deno.readTextFile(`${folder}/requests.csv`)).trim().split("\n").length, 25);
  }));

Deno.test("replayTrace() against a running server recognises it and uses both transports alike", async () => {
  await using engine = await startSimulatorWorker(quick.simulator);
  for (const transport of ["node", "sdk"]) {
    await replay({ baseUrl: `${engine.baseUrl}/chat/completions`, transport, scales: [0.2] }, (run) => {
      assert.equal(run.manifest.engine.name, "simulated");
      assert.equal(run.manifest.transport, transport);
      assert.deepEqual(Array.from(run.records, (record) => record.outcome.kind), new Array(12).fill("ok"));
      assert.ok(Array.from(run.records).every((record) => record.ticsMs.length === 4));
    });
  }
});

Deno.test("replayTrace() of a server that dies keeps what was measured and says that the run failed", async () => {
  let asked = 0;
  const models = answer(
    200,
    "application/json",
    JSON.stringify({ data: [{ id: "m", owned_by: "mini-sglang" }] }),
  );
  const head = new TextEncoder().encode(
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n",
  );
  const server = serveRaw(async (connection, request) => {
    if (request.path.endsWith("/models")) {
      await writeAll(connection, models);
      return "close";
    }
    if (++asked > 8) {
      queueMicrotask(() => server[Symbol.asyncDispose]());
      return "close";
    }
    for (const bytes of [head, token, ...finish]) await writeAll(connection, bytes);
    return "close";
  });
  await replay({ baseUrl: server.baseUrl, scales: [0.2, 0.4, 0.8] }, async (run, folder) => {
    assert.equal(run.manifest.status, "failed");
    assert.match(run.manifest.error ?? "", /no request succeeded at scale 0\.4/);
    const [first, second, third] = summarizeRun(run).cells;
    assert.deepEqual(first?.requests, { offered: 12, succeeded: 6, failed: 6, cancelled: 0, unrecorded: 0 });
    assert.equal(second?.requests.failed, 12);
    assert.equal(third?.status, "planned");
    assert.equal((await readRun(folder)).incomplete, true);
  });
});

Deno.test("replayTrace() that is interrupted saves what was measured", async () => {
  const controller = new AbortController();
  await replay({
    scales: [0.2, 1],
    signal: controller.signal,
    onEvent: (runEvent) => {
      if (runEvent.kind === "cellStart" && runEvent.cell.index === 1) controller.abort();
    },
  }, async (run, folder) => {
    assert.equal(run.manifest.status, "interrupted");
    assert.deepEqual(run.manifest.cells.map(({ status }) => status), ["complete", "interrupted"]);
    assert.equal(run.records.length, 12);
    assert.deepEqual(await readRun(folder), run);
  });
});

Deno.test("replayTrace() that is interrupted before the run leaves with the signal's reason", async () => {
  await using server = serveRaw(async (connection, request) => {
    const models = JSON.stringify({ data: [{ id: "m", owned_by: "vllm" }] });
    if (request.path.endsWith("/models")) await writeAll(connection, answer(200, "application/json", models));
    else controller.abort(); // it never answers the connection test
    return "keep";
  });
  const controller = new AbortController();
  await assert.rejects(
    replay({ baseUrl: server.baseUrl, signal: controller.signal }, () => {}),
    (error) => error === controller.signal.reason,
  );
});

Deno.test("what runs embedded or says that it is simulated is called simulated, whatever --engine says", async () => {
  await assert.rejects(
    replay({ engine: "vllm" }, () => {}),
    /Cannot start vllm: name a running one with --base-url/,
  );
  await using engine = await startSimulatorWorker(quick.simulator);
  await replay({ baseUrl: engine.baseUrl, engine: "mini-sglang", scales: [0.2] }, (run) => {
    assert.equal(run.manifest.engine.simulated, true);
  });
});

Deno.test("replayTrace() refuses no scale factors, and the same one twice", async () => {
  await assert.rejects(replay({ scales: [] }, () => {}), /there are no scale factors/);
  await assert.rejects(replay({ scales: [0.4, 1, 0.4] }, () => {}), /0\.4 stands twice/);
});

Deno.test("replayTrace() stops when the server's tokens are not the words'", async () => {
  const models = answer(200, "application/json", JSON.stringify({ data: [{ id: "m", owned_by: "vllm" }] }));
  await using server = serveRaw(async (connection, request) => {
    if (request.path.endsWith("/models")) await writeAll(connection, models);
    else {
      const { messages } = JSON.parse(request.body);
      const promptTokens = Math.round(11 + 1.5 * messages[0].content.split(" ").length);
      const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
      await writeAll(connection, new TextEncoder().encode(head));
      await writeAll(connection, token);
      await writeAll(
        connection,
        event({ choices: [], usage: { prompt_tokens: promptTokens, completion_tokens: 1 } }),
      );
      for (const bytes of finish) await writeAll(connection, bytes);
    }
    return "close";
  });
  await assert.rejects(
    replay({ baseUrl: server.baseUrl }, () => {}),
    /counts 150 tokens where 100 are meant: use --prompts random --tokenizer PATH/,
  );
});

Deno.test("prompts of every kind have exactly the length asked for by the count of a server with a template of its own", async () => {
  const tokenizer = await loadQwen3Tokenizer();
  const models = answer(200, "application/json", JSON.stringify({ data: [{ id: "m", owned_by: "vllm" }] }));
  await using server = serveRaw(async (connection, request) => {
    if (request.path.endsWith("/models")) await writeAll(connection, models);
    else {
      const { messages } = JSON.parse(request.body);
      const usage = {
        prompt_tokens: 11 + tokenizer.encode(messages[0].content).length,
        completion_tokens: 1,
      };
      const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
      await writeAll(connection, new TextEncoder().encode(head));
      for (const bytes of [token, event({ choices: [], usage }), ...finish]) {
        await writeAll(connection, bytes);
      }
    }
    return "close";
  });
  for (const prompts of ["blocks", "random", "dummy"] as const) {
    await replay({ baseUrl: server.baseUrl, prompts, scales: [0.2], requests: 6 }, (run) => {
      const { templateTokens, lengthCheck } = run.manifest.workload.prompts;
      assert.deepEqual([templateTokens, lengthCheck], [11, "probed"], prompts);
      const [cell] = summarizeRun(run).cells;
      assert.deepEqual(cell?.failures, [], prompts);
      assert.deepEqual([cell?.requests.succeeded, cell?.promptsOfOtherLength], [6, 0], prompts);
      assert.equal(cell?.answersOfOtherLength, 6); // it sends one token where four were asked for
    });
  }
});

Deno.test("replayTrace() says plainly when the server is not usable", async () => {
  const server = serveRaw(() => Promise.resolve("close"));
  await server[Symbol.asyncDispose]();
  await assert.rejects(
    replay({ baseUrl: server.baseUrl }, () => {}),
    /nothing answers there .* start the server/,
  );
  await assert.rejects(
    replay({ baseUrl: server.baseUrl, model: "m" }, () => {}),
    /Start the server, or check its host/,
  );
  await assert.rejects(replay({ baseUrl: "localhost:8000" }, () => {}), /must look like http:\/\//);
  await assert.rejects(replay({ baseUrl: "http://u:p@127.0.0.1/v1" }, () => {}), (error: Error) => {
    assert.doesNotMatch(error.message, /u:p/);
    return /password/.test(error.message);
  });
});

Deno.test("replayTrace() leaves out rows that are longer than the context, and says which", () =>
  replay({ contextTokens: 600, scales: [0.2] }, (run) => {
    const { skipped } = run.manifest.workload;
    assert.ok(skipped.length > 0 && skipped.length < 12);
    assert.match(skipped[0]?.reason ?? "", /more than the context of 600/);
    assert.equal(run.records.length, 12 - skipped.length);
  }));

Deno.test("secrets reach neither the manifest nor the records", async () => {
  await using server = serveRaw(async (connection, request) => {
    const models = JSON.stringify({ data: [{ id: "m", owned_by: "mini-sglang" }] });
    if (request.path.endsWith("/models")) await writeAll(connection, answer(200, "application/json", models));
    else if (request.body.includes('"Hello"') || request.body.includes("Warm-up")) {
      const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
      await writeAll(connection, new TextEncoder().encode(head));
      for (const bytes of [token, ...finish]) await writeAll(connection, bytes);
      return "close";
    } else await writeAll(connection, answer(403, "text/plain", "no entry for sk-12345 and tok-67890"));
    return "keep";
  });
  await replay(
    {
      baseUrl: server.baseUrl,
      apiKey: "sk-12345",
      headers: { "x-token": "Bearer tok-67890" },
      scales: [0.2],
    },
    async (_run, folder) => {
      for (const { name } of Deno.readDirSync(folder)) {
        assert.doesNotMatch(await Deno.readTextFile(`${folder}/${name}`), /sk-12345|tok-67890/, name);
      }
    },
  );
});
