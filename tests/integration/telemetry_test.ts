/**
 * Telemetry over sockets: a page, a Prometheus server that is as wrong as a test needs, a real one, and the file of a run.
 */
import assert from "node:assert/strict";
import { join } from "node:path";

import { openTelemetryFile, parseTelemetryLine, readTelemetry } from "../../lib/artifact/telemetry_file.ts";
import { nodeTransport } from "../../lib/client/mod.ts";
import { realClock } from "../../lib/clock.ts";
import { summarizeTelemetry } from "../../lib/metrics/telemetry.ts";
import { TextLineStream } from "../../lib/std.ts";
import { serveSimulator } from "../../lib/simulator/server.ts";
import { makeRecorder, openTelemetry } from "../../lib/telemetry/mod.ts";
import type { TelemetryLine } from "../../lib/types.ts";
import { answer, serveRaw, writeAll } from "./raw_server.ts";

/** The same as in the permissions of `deno task test`. */
const prometheusPath = "/usr/bin/prometheus";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Records one cell from a URL while `load` goes on. */
async function recordCell(
  url: string,
  { names, intervalMs, load }: { names: readonly string[]; intervalMs: number; load: () => Promise<unknown> },
) {
  const clock = realClock();
  await using transport = nodeTransport(clock);
  const source = await openTelemetry(url, { transport, clock, timeoutMs: 2000 });
  const lines: TelemetryLine[] = [];
  const notes: string[] = [];
  const recorder = makeRecorder(source, {
    ...{ clock, names, intervalMs, anchor: { wallMs: Date.now(), monotonicMs: clock.now() } },
    onLine: (line) => lines.push(line),
    onNote: (note) => notes.push(note),
  });
  await recorder.start(0);
  const startMs = clock.now();
  recorder.follow(startMs);
  await load();
  await recorder.stop();
  return { source, lines, notes, startMs, endMs: clock.now() };
}

interface FakeAnswers {
  readonly status?: number;
  readonly body: string;
}

/** Answers by the path before the query; what is not there gets 404. */
function serveFake(answers: (path: string, query: URLSearchParams) => FakeAnswers | undefined) {
  const server = serveRaw(async (connection, { path }) => {
    const url = new URL(path, "http://h");
    const { status = 200, body } = answers(url.pathname, url.searchParams) ??
      { status: 404, body: "not found" };
    await writeAll(connection, answer(status, "text/plain", body));
    return "keep";
  });
  return { ...server, origin: new URL(server.baseUrl).origin };
}

const success = (data: unknown): FakeAnswers => ({ body: JSON.stringify({ status: "success", data }) });

/** A server that knows a counter and a histogram, whose values are the seconds since the range's start. */
function prometheusAnswers(path: string, query: URLSearchParams): FakeAnswers | undefined {
  switch (path) {
    case "/api/v1/query":
      return success({ resultType: "scalar", result: [1, "1"] });
    case "/api/v1/label/__name__/values":
      return success(["n_total", "h_bucket", "h_sum", "h_count", "odd"]);
    case "/api/v1/metadata":
      return success({ n_total: [{ type: "counter", help: "Counts.", unit: "" }] });
    case "/api/v1/query_range": {
      const [startS, endS, stepS] = ["start", "end", "step"].map((name) => Number(query.get(name)));
      if (startS === undefined || endS === undefined || !stepS) return undefined;
      if (query.get("query")?.includes("odd")) {
        return { status: 422, body: '{"status":"error","errorType":"execution","error":"too many samples"}' };
      }
      const steps = Math.round((endS - startS) / stepS);
      const values = Array.from(
        { length: steps + 1 },
        (_, i) => [startS + i * stepS, i === 1 ? "NaN" : String(i)],
      );
      const isHistogram = query.get("query")?.includes("_bucket");
      const metrics = isHistogram
        ? [{ __name__: "h_count" }, { __name__: "h_sum" }, { __name__: "h_bucket", le: "+Inf" }]
        : [{ __name__: "n_total", job: "a" }];
      return success({ resultType: "matrix", result: metrics.map((metric) => ({ metric, values })) });
    }
    default:
      return undefined;
  }
}

Deno.test("a Prometheus server is asked for a cell's time, and its instants become the run's", async () => {
  const queries: string[] = [];
  await using server = serveFake((path, query) => {
    if (path === "/api/v1/query_range") queries.push(query.get("query") ?? "");
    return prometheusAnswers(path, query);
  });
  const { source, lines, notes, startMs, endMs } = await recordCell(server.origin, {
    ...{ names: ["n", "h", "odd"], intervalMs: 100 },
    load: () => sleep(450),
  });
  assert.equal(source.kind, "prometheus");
  assert.deepEqual(queries, [
    '{__name__="n_total"}',
    '{__name__=~"h_bucket|h_sum|h_count"}',
    '{__name__="odd"}',
  ]);
  assert.equal(lines[0]?.kind === "source" && lines[0].via, "prometheus");
  const samples = lines.filter((line) => line.kind === "sample");
  const instants = samples.map(({ atMs }) => atMs);
  // Whole steps that end at the end; less than 1 ms per step is added at the start.
  assert.ok(
    (instants[0] ?? 0) > startMs - samples.length - 2 && (instants[0] ?? 0) <= startMs + 1,
    String(instants),
  );
  assert.ok((instants.at(-1) ?? 0) <= endMs && instants.length >= 5, String(instants));
  assert.deepEqual(samples[0]?.values, {
    'n_total{job="a"}': 0,
    h_count: 0,
    h_sum: 0,
    'h_bucket{le="+Inf"}': 0,
  });
  assert.ok(!samples.some(({ values }) => values["h_count"] === 1), "NaN is left out");
  const summary = summarizeTelemetry(lines, 0);
  const [counter] = summary.families;
  assert.equal(counter?.kind === "counter" && counter.delta, samples.length);
  assert.deepEqual(summary.gaps.map(({ message }) => message), [
    "odd: Prometheus answers execution: too many samples",
  ]);
  assert.equal(notes.length, 1);
});

Deno.test("a Prometheus server that refuses, wants a login or answers HTML leaves a gap that says so", async () => {
  const cases: readonly (readonly [FakeAnswers, RegExp])[] = [
    [{ status: 401, body: "Unauthorized" }, /HTTP 401: it wants a login: put one into the URL/],
    [{ status: 200, body: "<html>sign in</html>" }, /HTML came where Prometheus' API was expected/],
    [
      { status: 503, body: '{"status":"error","errorType":"unavailable","error":"starting"}' },
      /unavailable: starting/,
    ],
  ];
  for (const [refusal, message] of cases) {
    await using server = serveFake((path, query) =>
      path === "/api/v1/query_range" ? refusal : prometheusAnswers(path, query)
    );
    const { lines, notes } = await recordCell(server.origin, {
      ...{ names: ["n"], intervalMs: 100 },
      load: () => Promise.resolve(),
    });
    assert.deepEqual(lines.map(({ kind }) => kind), ["source", "gap"]);
    assert.match(notes.join(), message);
  }
});

Deno.test("a page that goes away during a cell leaves a gap, and what came before and after stays", async () => {
  const bodies = ["n_total 1\n", "n_total 1\n", "<html>502</html>", "n_total 4\n"];
  let asked = 0;
  await using server = serveFake((path) =>
    path === "/metrics" ? { body: bodies[asked++] ?? "n_total 4\n" } : undefined
  );
  const { lines, notes } = await recordCell(`${server.origin}/metrics`, {
    ...{ names: ["n"], intervalMs: 60 },
    async load() {
      while (asked < 4) await sleep(5);
    },
  });
  assert.deepEqual(lines.slice(0, 4).map(({ kind }) => kind), ["source", "sample", "gap", "sample"]);
  assert.match(notes.join(), /HTML came: it begins "<html>502<\/html>"/);
  const [counter] = summarizeTelemetry(lines, 0).families;
  assert.equal(counter?.kind === "counter" && counter.delta, 3);
});

Deno.test("nothing that listens leaves a gap", async () => {
  const { source, lines } = await recordCell("http://127.0.0.1:1/metrics", {
    ...{ names: ["n"], intervalMs: 1000 },
    load: () => Promise.resolve(),
  });
  assert.match(source.problem ?? "", /start the server, or check host and port/);
  assert.deepEqual(lines.map(({ kind }) => kind), ["source", "gap"]);
});

Deno.test("telemetry.jsonl reads back as written, and a line that was cut off is left out", async () => {
  const folder = await Deno.makeTempDir();
  assert.deepEqual(await readTelemetry(folder), { lines: [], isCutOff: false });
  const lines: readonly TelemetryLine[] = [
    {
      kind: "source",
      url: "http://h/metrics",
      via: "page",
      intervalMs: 500,
      families: [{ name: "a", type: "gauge", help: "" }],
    },
    { kind: "sample", cell: 0, atMs: 12.345, values: { 'a{b="\\"é"}': 0.1 } },
    { kind: "gap", cell: 0, atMs: 20, message: "down" },
  ];
  {
    using writer = openTelemetryFile(folder);
    for (const line of lines) writer.append(line);
  }
  assert.deepEqual(await readTelemetry(folder), { lines, isCutOff: false });
  const path = join(folder, "telemetry.jsonl");
  await Deno.writeTextFile(path, '{"kind":"samp', { append: true });
  assert.deepEqual(await readTelemetry(folder), { lines, isCutOff: true });
  await Deno.writeTextFile(path, '\n{"kind":"gap","cell":0,"atMs":30,"message":"x"}\n', { append: true });
  await assert.rejects(readTelemetry(folder), /telemetry\.jsonl:4: not JSON/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("parseTelemetryLine() refuses what is no line of telemetry", () => {
  const cases: readonly (readonly [text: string, message: RegExp])[] = [
    ["[]", /"kind" is not/],
    ['{"kind":"other"}', /"kind" is not/],
    ['{"kind":"source","url":"u","via":"pigeon","intervalMs":1,"families":[]}', /"via"/],
    [
      '{"kind":"source","url":"u","via":"page","intervalMs":1,"families":[{"name":"a","type":"b"}]}',
      /"families"/,
    ],
    ['{"kind":"sample","cell":0,"atMs":"1","values":{}}', /"atMs" is not a number/],
    ['{"kind":"sample","cell":0,"atMs":1,"values":{"a":null}}', /"values"/],
    ['{"kind":"gap","cell":0,"atMs":1}', /"message"/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseTelemetryLine(text, "t:1"), message);
});

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const found = isFile(prometheusPath) ? `in ${prometheusPath}` : `skipped: there is no ${prometheusPath}`;

Deno.test({
  name: `a real Prometheus server says what the page says (${found})`,
  ignore: !isFile(prometheusPath),
  async fn() {
    await using engine = serveSimulator({ engine: "sglang", fixed: { ttftMs: 20, itlMs: 5 } });
    const origin = new URL(engine.baseUrl).origin;
    await using prometheus = await startPrometheus(new URL(origin).host);
    const names = [
      "sglang:num_requests",
      "sglang:e2e_request_latency_seconds",
      "sglang:num_running_reqs_gone",
    ];
    const { lines, notes } = await recordCell(prometheus.origin, {
      ...{ names, intervalMs: 500 },
      async load() {
        for (let i = 0; i < 5; i++) await complete(engine.baseUrl);
        // Until it has read the page again.
        for (
          let tries = 0;
          tries < 400 && await prometheus.queryOne("sglang:num_requests_total") !== 5;
          tries++
        ) {
          await sleep(50);
        }
      },
    });
    const source = lines.find((line) => line.kind === "source");
    assert.deepEqual(source?.families.map(({ name, type }) => [name, type]), [
      ["sglang:num_requests_total", "counter"],
      ["sglang:e2e_request_latency_seconds", "histogram"],
    ]);
    const summary = summarizeTelemetry(lines, 0);
    const [requests, e2e] = summary.families;
    assert.equal(requests?.kind === "counter" && requests.delta, 5);
    assert.ok(e2e?.kind === "histogram");
    assert.equal(e2e.count, 5);
    assert.ok(e2e.mean !== null && e2e.mean > 0.05, String(e2e.mean)); // 20 ms and 7 times 5 ms
    const median = await prometheus.queryOne(
      "histogram_quantile(0.5, sglang:e2e_request_latency_seconds_bucket)",
    );
    assert.equal(e2e.p50, median);
    assert.match(notes.join(), /"sglang:num_running_reqs_gone".* nearest is sglang:num_r/);
  },
});

async function complete(baseUrl: string): Promise<void> {
  const body = JSON.stringify({ model: "simulated", prompt: [1, 2, 3], max_tokens: 8, ignore_eos: true });
  const response = await fetch(`${baseUrl}/completions`, { method: "POST", body });
  assert.equal(response.status, 200, await response.text());
}

/** A server on loopback that reads one page every second, and has read it. */
async function startPrometheus(target: string) {
  const folder = await Deno.makeTempDir();
  const configPath = join(folder, "prometheus.yml");
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s" },
    scrape_configs: [{ job_name: "engine", static_configs: [{ targets: [target] }] }],
  };
  await Deno.writeTextFile(configPath, JSON.stringify(config)); // JSON is YAML.
  const process = new Deno.Command(prometheusPath, {
    args: [
      `--config.file=${configPath}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--web.listen-address=127.0.0.1:0",
    ],
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  const listening = Promise.withResolvers<string>();
  const reading = (async () => {
    const lines = process.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const [, address] = /"Listening on" address=(127\.0\.0\.1:[1-9]\d*)/.exec(line) ?? [];
      if (address !== undefined) listening.resolve(address);
    }
    listening.reject(new Error("Prometheus ended before it listened"));
  })();
  const stop = async () => {
    try {
      process.kill("SIGTERM");
    } catch {
      // It has ended by itself.
    }
    await Promise.all([process.status, reading]);
    await Deno.remove(folder, { recursive: true });
  };
  const origin = `http://${await listening.promise}`;
  const queryOne = async (text: string): Promise<number | undefined> => {
    const response = await fetch(`${origin}/api/v1/query?${new URLSearchParams({ query: text })}`);
    const { data } = await response.json().catch(() => ({}));
    const value = data?.result?.[0]?.value?.[1];
    return value === undefined ? undefined : Number(value);
  };
  for (let tries = 0; await queryOne("sglang:num_requests_total") !== 0; tries++) {
    if (tries === 600) {
      await stop();
      throw new Error("Prometheus has not read the page for 30 s");
    }
    await sleep(50);
  }
  return { origin, queryOne, [Symbol.asyncDispose]: stop };
}
