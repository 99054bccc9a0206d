/**
 * The metrics of the simulated engines, scraped by a real Prometheus.
 */
import assert from "node:assert/strict";
import { join } from "node:path";

import { serveSimulator } from "../../lib/simulator/server.ts";
import type { TelemetryKind } from "../../lib/simulator/telemetry/mod.ts";
import { TextLineStream } from "../../lib/std.ts";
import { type ParsedFamily, parseExposition } from "../simulator/telemetry/parse_exposition.ts";

/** The same as in the permissions of `deno task test`. */
const prometheusPath = "/usr/bin/prometheus";

const REQUESTS = 6;
const PROMPT_TOKENS = 200;
const OUTPUT_TOKENS = 8;

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const found = isFile(prometheusPath) ? `in ${prometheusPath}` : `skipped: there is no ${prometheusPath}`;

Deno.test({
  name: `a Prometheus server takes the metrics of the simulated engines (${found})`,
  ignore: !isFile(prometheusPath),
  async fn(t) {
    await using sglang = startTarget("sglang");
    await using vllm = startTarget("vllm");
    await Promise.all([sglang.answerRequests(), vllm.answerRequests()]);
    await using prometheus = await startPrometheus([sglang, vllm]);
    for (const target of [sglang, vllm]) {
      await t.step(
        `${target.kind}: the target is up and no line is refused`,
        () => targetIsUp(prometheus, target),
      );
      await t.step(
        `${target.kind}: every metric has its type and help`,
        () => metadataArrives(prometheus, target),
      );
      await t.step(`${target.kind}: values arrive`, () => valuesArrive(prometheus, target));
    }
  },
});

interface Target extends AsyncDisposable {
  readonly kind: TelemetryKind;
  /** "127.0.0.1:1919". */
  readonly address: string;
  /** Lets the engine answer {@linkcode REQUESTS} requests that are alike, one after the other. */
  answerRequests(): Promise<void>;
  /** What a scrape gets now. */
  metrics(): Promise<Map<string, ParsedFamily>>;
}

/** An engine in real time, with its own server. */
function startTarget(kind: TelemetryKind): Target {
  const server = serveSimulator({ engine: kind, model: "Qwen3-0.6B", tp: 1 });
  return {
    kind,
    address: new URL(server.baseUrl).host,
    async answerRequests() {
      for (let i = 0; i < REQUESTS; i++) {
        const response = await fetch(`${server.baseUrl}/completions`, {
          method: "POST",
          body: JSON.stringify({
            model: "Qwen/Qwen3-0.6B",
            prompt: Array.from({ length: PROMPT_TOKENS }, (_, k) => 1000 * i + k),
            max_tokens: OUTPUT_TOKENS,
            ignore_eos: true,
          }),
        });
        assert.equal(response.status, 200, await response.text());
      }
    },
    async metrics() {
      const response = await fetch(new URL("/metrics", server.baseUrl));
      return parseExposition(await response.text());
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

interface Prometheus extends AsyncDisposable {
  /** The `data` of an API reply. */
  ask<Data>(path: string, query?: Readonly<Record<string, string>>): Promise<Data>;
}

/** As in the replies to `targets`. */
interface ActiveTarget {
  readonly labels: { readonly job: string };
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
}

/** As in the replies to `targets/metadata`. */
interface Metadata {
  readonly metric: string;
  readonly type: string;
  readonly help: string;
}

/** A server on loopback that scrapes each target, as a job named after its kind, every second. */
async function startPrometheus(targets: readonly Target[]): Promise<Prometheus> {
  const folder = await Deno.makeTempDir();
  const jobs = targets.map(({ kind, address }) => ({
    job_name: kind,
    static_configs: [{ targets: [address] }],
  }));
  const config = { global: { scrape_interval: "1s", scrape_timeout: "1s" }, scrape_configs: jobs };
  const configPath = join(folder, "prometheus.yml");
  // JSON is YAML.
  await Deno.writeTextFile(configPath, JSON.stringify(config));
  const process = new Deno.Command(prometheusPath, {
    args: [
      `--config.file=${configPath}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--web.listen-address=127.0.0.1:0",
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log: string[] = [];
  const listening = Promise.withResolvers<string>();
  const reading = (async () => {
    for await (
      const line of process.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    ) {
      log.push(line);
      const [, address] = /"Listening on" address=(127\.0\.0\.1:[1-9]\d*)/.exec(line) ?? [];
      if (address !== undefined) listening.resolve(address);
    }
    listening.reject(new Error(`Prometheus ended before it listened:\n${log.join("\n")}`));
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
  try {
    const address = await listening.promise;
    await eventually(async () => {
      const response = await fetch(`http://${address}/-/ready`);
      await response.body?.cancel();
      return response.ok ? true : undefined;
    });
    return {
      async ask(path, query = {}) {
        const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(query)}`);
        const reply = await response.json();
        assert.equal(reply.status, "success", `${path}: ${reply.error}`);
        return reply.data;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks until there is an answer; a server scrapes for the first time some 5 s after its start, then every second. */
async function eventually<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    const value = await ask();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("Prometheus was not ready, or has not scraped, for a minute");
}

async function targetIsUp(prometheus: Prometheus, { kind, address, metrics }: Target): Promise<void> {
  const target = await eventually(async () => {
    const { activeTargets } = await prometheus.ask<{ activeTargets: readonly ActiveTarget[] }>("targets");
    return activeTargets.find(({ labels, health }) => labels.job === kind && health !== "unknown");
  });
  assert.deepEqual([target.health, target.lastError], ["up", ""]);
  assert.equal(target.scrapeUrl, `http://${address}/metrics`);
  const samples = [...(await metrics()).values()].flatMap((family) => family.samples);
  // Stored a moment after the target is known to be up.
  const [scraped] = await eventually(async () => {
    const values = await query(prometheus, `scrape_samples_scraped{job="${kind}"}`);
    return values.length > 0 ? values : undefined;
  });
  assert.equal(scraped, samples.length);
}

async function metadataArrives(prometheus: Prometheus, { kind, metrics }: Target): Promise<void> {
  const metadata = await prometheus.ask<readonly Metadata[]>("targets/metadata", {
    match_target: `{job="${kind}"}`,
  });
  const key = (name: string, type: string, help: string) => `${name} ${type} ${help}`;
  const arrived = metadata.map(({ metric, type, help }) => key(metric, type, help)).sort();
  const sent = [...(await metrics()).values()].map(({ name, type, help }) => key(name, type, help)).sort();
  assert.deepEqual(arrived, sent);
}

/** What {@linkcode REQUESTS} requests that are alike leave behind in an idle engine. */
const expected: Readonly<Record<TelemetryKind, Readonly<Record<string, number>>>> = {
  sglang: {
    "sglang:num_requests_total": REQUESTS,
    "sglang:prompt_tokens_total": REQUESTS * PROMPT_TOKENS,
    "sglang:generation_tokens_total": REQUESTS * OUTPUT_TOKENS,
    "sglang:num_running_reqs": 0,
    "sglang:num_used_tokens": 0,
    "sglang:time_to_first_token_seconds_count": REQUESTS,
    'sglang:inter_token_latency_seconds_bucket{le="+Inf"}': REQUESTS * (OUTPUT_TOKENS - 1),
  },
  vllm: {
    'vllm:request_success_total{finished_reason="length"}': REQUESTS,
    "vllm:prompt_tokens_total": REQUESTS * PROMPT_TOKENS,
    "vllm:generation_tokens_total": REQUESTS * OUTPUT_TOKENS,
    "vllm:prefix_cache_queries_total": REQUESTS * PROMPT_TOKENS,
    "lmcache:num_lookup_tokens_total": REQUESTS * PROMPT_TOKENS,
    "vllm:kv_cache_usage_perc": 0,
    "vllm:request_queue_time_seconds_count": REQUESTS,
    'vllm:inter_token_latency_seconds_bucket{le="+Inf"}': REQUESTS * (OUTPUT_TOKENS - 1),
  },
};

async function valuesArrive(prometheus: Prometheus, { kind }: Target): Promise<void> {
  for (const [query, value] of Object.entries(expected[kind])) {
    assert.equal(await queryOne(prometheus, query), value, query);
  }
  assert.equal(await queryOne(prometheus, `sim_engine_info{simulated="true",preset="${kind}"}`), 1);
  assert.ok(await queryOne(prometheus, `sim_lag_seconds{job="${kind}",quantile="1"}`) >= 0);
  const median = await queryOne(
    prometheus,
    `histogram_quantile(0.5, ${kind}:e2e_request_latency_seconds_bucket)`,
  );
  assert.ok(median > 0 && median < Infinity);
}

/** The one value that a query gives. */
async function queryOne(prometheus: Prometheus, text: string): Promise<number> {
  const values = await query(prometheus, text);
  assert.equal(values.length, 1, text);
  return values[0] ?? NaN;
}

/** The present value of each series that a query gives. */
async function query(prometheus: Prometheus, text: string): Promise<readonly number[]> {
  type Vector = { readonly result: readonly { readonly value: readonly [number, string] }[] };
  const { result } = await prometheus.ask<Vector>("query", { query: text });
  return result.map(({ value }) => Number(value[1]));
}
