import assert from "node:assert/strict";
import { setImmediate } from "node:timers";

import { summarizeRun } from "../../lib/metrics/mod.ts";
import type { TraceReplayOptions } from "../../lib/modes/trace_replay.ts";
import { finish, token } from "../testdata/fake_transport.ts";
import { replayInto } from "../testdata/replay_into.ts";
import { answer, serveRaw, writeAll } from "./raw_server.ts";

const demo: TraceReplayOptions = {
  headers: {},
  transport: "node",
  timeoutMs: 300_000,
  simulator: {},
  virtualTime: true,
  trace: "demo",
  scales: [0.4, 1],
  runId: "virtual",
};

const replay = (options: Partial<TraceReplayOptions>, look: Parameters<typeof replayInto>[1]) =>
  replayInto({ ...demo, ...options }, look);

Deno.test("two runs in virtual time write the same bytes", async () => {
  const names = [
    ...["requests.jsonl", "requests.csv", "summary.json", "summary.csv", "dialects.json"],
    "mini_sglang.json",
  ];
  const written: string[][] = [];
  for (let i = 0; i < 2; i++) {
    await replay({}, async (_run, folder) => {
      written.push(await Promise.all(names.map((name) => Deno.readTextFile(`${folder}/${name}`))));
    });
  }
  const [first, second] = written;
  names.forEach((name, i) => assert.ok(first?.[i] === second?.[i], `${name} differs`));
  assert.equal(first?.[0]?.trim().split("\n").length, 240);
});

Deno.test("a run in virtual time says that nothing was measured", () =>
  replay({}, (run) => {
    const { clock, transport, title, engine, options } = run.manifest;
    assert.deepEqual([clock, transport, options.transport], ["virtual", "simulator", "simulator"]);
    assert.match(title, /in virtual time/);
    assert.equal(engine.simulated, true);
    const { cells } = summarizeRun(run);
    assert.deepEqual(cells.map(({ requests, verdict }) => [requests.succeeded, verdict.valid]), [
      [120, true],
      [120, true],
    ]);
    assert.deepEqual(cells.map(({ sendLag }) => sendLag?.max), [0, 0]);
    assert.deepEqual(run.manifest.cells.map((cell) => "engineLag" in cell), [false, false]);
  }));

Deno.test("known timing comes out of virtual time exactly", () =>
  replay({ simulator: { fixed: { ttftMs: 50, itlMs: 5 } }, requests: 20, scales: [1] }, (run) => {
    const [cell] = summarizeRun(run).cells;
    const near = (value: number | undefined, ms: number) => assert.ok(Math.abs((value ?? NaN) - ms) < 0.0011);
    near(cell?.ttft?.min, 50);
    near(cell?.ttft?.max, 50);
    near(cell?.itl?.min, 5);
    near(cell?.itl?.max, 5);
  }));

Deno.test("a run in virtual time that is interrupted saves what was computed", async () => {
  const controller = new AbortController();
  await replay({
    signal: controller.signal,
    onEvent: (runEvent) => {
      if (runEvent.kind === "cellStart" && runEvent.cell.index === 1) {
        setImmediate(() => setImmediate(() => controller.abort())); // after the first events
      }
    },
  }, (run) => {
    assert.equal(run.manifest.status, "interrupted");
    assert.deepEqual(run.manifest.cells.map(({ status }) => status), ["complete", "interrupted"]);
  });
});

Deno.test("virtual time is refused for a server", async () => {
  await assert.rejects(
    replay({ baseUrl: "http://127.0.0.1:1/v1" }, () => {}),
    /Cannot use --virtual-time with --base-url: only the embedded/,
  );
});

Deno.test("a simulated server that could not keep up makes its cells invalid", async () => {
  const json = (value: unknown) => answer(200, "application/json", JSON.stringify(value));
  const before = { count: 9, p50Ms: 50, p99Ms: 99, maxMs: 99 };
  const lags = [before, { count: 90, p50Ms: 0.2, p99Ms: 12, maxMs: 20 }, before, null];
  await using server = serveRaw(async (connection, { path }) => {
    if (path === "/v1/models") {
      await writeAll(connection, json({ data: [{ id: "m", owned_by: "simulated" }] }));
    } else if (path === "/simulator/lag") await writeAll(connection, json(lags.shift()));
    else {
      const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
      for (const bytes of [new TextEncoder().encode(head), token, ...finish]) {
        await writeAll(connection, bytes);
      }
      return "close";
    }
    return "keep";
  });
  const options = {
    baseUrl: server.baseUrl,
    virtualTime: false,
    requests: 4,
    outputTokens: 1,
    scales: [0.1, 0.2],
  };
  await replay(options, (run) => {
    const { cells } = summarizeRun(run);
    assert.match(cells[0]?.verdict.reasons.join() ?? "", /p99 engine lag 12\.0 ms is over 5 ms/);
    assert.equal(run.manifest.cells[1]?.engineLag, null);
    assert.equal(cells[1]?.verdict.valid, true);
  });
});

for (const engine of ["mini-sglang", "sglang"]) {
  Deno.test(`a scale finds nothing of the scale before in the prefix cache of ${engine}, and cells say what they found`, async () => {
    const sharesOf = async (scales: readonly number[]) => {
      let shares: (number | null)[] = [];
      await replay({ simulator: { engine }, scales }, (run) => {
        shares = summarizeRun(run).cells.map(({ cachedShare }) => cachedShare);
      });
      return shares;
    };
    const [first, second] = await sharesOf([0.4, 1]);
    const [alone] = await sharesOf([1]);
    assert.ok(first && second && alone && first > 0.3 && first < 0.7, `${first}, ${second}, ${alone}`);
    // The few tokens of the template that all prompts begin with may come from the scale before.
    assert.ok(Math.abs(second - alone) < 0.01, `${second} after another scale, ${alone} alone`);
  });
}
