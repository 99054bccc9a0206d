import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { serveSimulator } from "../../lib/simulator/server.ts";
import { answer, serveRaw, writeAll } from "./raw_server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the command with the permissions of its task. */
async function check(...args: readonly string[]) {
  const config = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  const [, task = ""] = config.match(/"command": "deno run ([^"]*lib\/cli\/check_prometheus\.ts)"/) ?? [];
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["run", ...task.split(" "), ...args],
    cwd: root,
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("check:prometheus lists the metrics of an engine and what is worth recording", async () => {
  await using engine = serveSimulator({ engine: "sglang", model: "Qwen3-0.6B", tp: 1 });
  const { code, stdout } = await check(engine.baseUrl, "--metrics", "sglang:prompt_tokens", "sglang:e2e*");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /\/metrics: a page of metrics with \d+ metrics \(\d+ gauge, \d+ counter, \d+ histogram\)/,
  );
  assert.match(stdout, /sglang:token_usage +│ gauge +│ +1 │ +0 │/);
  assert.match(stdout, /^found: sglang:prompt_tokens$/m);
  assert.match(stdout, /^SGLang: worth recording are\n {2}--prometheus-metrics .*sglang:token_usage/m);
});

Deno.test("check:prometheus ends with 1 and the nearest name when one is not there", async () => {
  await using engine = serveSimulator({ engine: "vllm", model: "Qwen3-0.6B", tp: 1 });
  const url = `${new URL(engine.baseUrl).origin}/metrics`;
  const { code, stdout } = await check(
    url,
    "--metrics",
    "vllm:kv_cache_usage_perc",
    "vllm:kv_cache_use",
    "--json",
  );
  assert.equal(code, 1);
  const result = JSON.parse(stdout);
  assert.deepEqual([result.url, result.via, result.found], [url, "page", ["vllm:kv_cache_usage_perc"]]);
  assert.deepEqual(result.missing, [{ name: "vllm:kv_cache_use", nearest: ["vllm:kv_cache_usage_perc"] }]);
  assert.deepEqual(result.suggestions.map(({ label }: { label: string }) => label), ["vLLM", "LMCache"]);
});

Deno.test("check:prometheus takes DCGM's exporter as it is", async () => {
  const page = "# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).\n# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n" +
    'DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-a",device="nvidia0"} 97\nDCGM_FI_DEV_GPU_UTIL{gpu="1",UUID="GPU-b"} 3\n';
  await using server = serveRaw(async (connection, { path }) => {
    const body = path === "/metrics" ? page : "404 page not found";
    await writeAll(connection, answer(path === "/metrics" ? 200 : 404, "text/plain", body));
    return "keep";
  });
  const { code, stdout } = await check(new URL(server.baseUrl).origin);
  assert.equal(code, 0);
  assert.match(stdout, /DCGM_FI_DEV_GPU_UTIL +│ gauge +│ +2 │ +97 │/);
  assert.match(
    stdout,
    /^DCGM exporter: worth recording are\n {2}--prometheus-metrics DCGM_FI_DEV_GPU_UTIL$/m,
  );
});

Deno.test("check:prometheus ends with 1 when nothing can be read, with 2 for wrong usage, with help without a URL", async () => {
  const away = await check("http://127.0.0.1:1");
  assert.equal(away.code, 1);
  assert.match(
    away.stderr,
    /^error: Cannot read metrics from http:\/\/127\.0\.0\.1:1\/metrics: .*start the server/,
  );
  assert.equal((await check("127.0.0.1:9090")).code, 2);
  assert.equal((await check("--nonsense")).code, 2);
  const help = await check();
  assert.equal(help.code, 2);
  assert.match(help.stdout, /^Usage: deno task check:prometheus/);
  assert.match(help.stdout, /The exit code is 0/);
});
