import assert from "node:assert/strict";
import http from "node:http";
import { text } from "node:stream/consumers";

import { virtualClock } from "../../lib/clock.ts";
import { UsageError } from "../../lib/errors.ts";
import { inProcessTransport } from "../../lib/simulator/in_process.ts";
import { serveSimulator } from "../../lib/simulator/server.ts";
import { startSimulatorWorker } from "../../lib/simulator/worker.ts";
import type { WireRequest } from "../../lib/types.ts";

const FAST = { ttftMs: 5, itlMs: 1 };
/** Longer than any test. */
const NEVER_MS = 600_000;

function chatBody(maxTokens: number, content = "hello"): string {
  return JSON.stringify({ model: "any", messages: [{ role: "user", content }], max_tokens: maxTokens });
}

function postChat(baseUrl: string, maxTokens: number, options: RequestInit = {}): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, { method: "POST", body: chatBody(maxTokens), ...options });
}

/** Status and body of the same request without sockets. */
function askInProcess(request: WireRequest): { status: number; body: string } {
  const clock = virtualClock();
  const decoder = new TextDecoder();
  const seen = { status: 0, body: "" };
  inProcessTransport({ fixed: FAST, contextTokens: 100, overlong: "reject" }, clock).send(request, {
    onHeaders: (status) => seen.status = status,
    onBytes: (bytes) => seen.body += decoder.decode(bytes),
    onEnd: () => {},
    onError: (error) => assert.fail(error.message),
  });
  clock.run();
  return seen;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("serveSimulator sends the bytes of the in-process transport", async () => {
  const cases = [
    { method: "GET", path: "/v1", body: "" },
    { method: "POST", path: "/v1/chat/completions", body: chatBody(50) },
    { method: "POST", path: "/v1/chat/completions", body: chatBody(1, "word ".repeat(100)) },
    { method: "POST", path: "/v1/chat/completions", body: "{" },
    { method: "POST", path: "/generate", body: '{"prompt": "hello", "max_tokens": 5}' },
    { method: "GET", path: "/nowhere", body: "" },
  ] as const;
  for (const { method, path, body } of cases) {
    await using server = serveSimulator({ fixed: FAST, contextTokens: 100, overlong: "reject" });
    const url = new URL(path, server.baseUrl);
    const response = await fetch(url, { method, body: method === "GET" ? null : body });
    const actual = { status: response.status, body: await response.text() };
    const bytes = new TextEncoder().encode(body);
    assert.deepEqual(actual, askInProcess({ method, url: url.href, headers: {}, body: bytes }));
    assert.equal(response.headers.get("x-engine-simulated"), "1");
  }
});

Deno.test("serveSimulator keeps connections alive", async () => {
  await using server = serveSimulator({ fixed: FAST });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let i = 0; i < 3; i++) {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request(`${server.baseUrl}/chat/completions`, { method: "POST", agent }, resolve);
      request.on("socket", (socket) => socket.once("connect", () => ports.add(socket.localPort)));
      request.on("error", reject);
      request.end(chatBody(3));
    });
    assert.match(await text(response), /\[DONE\]/);
  }
  agent.destroy();
  assert.equal(ports.size, 1);
});

Deno.test("serveSimulator sends the head before the first token", async () => {
  await using server = serveSimulator({ fixed: { ttftMs: NEVER_MS, itlMs: 1 } });
  const abort = new AbortController();
  const response = await postChat(server.baseUrl, 3, { signal: abort.signal });
  assert.equal(response.status, 200);
  abort.abort();
});

Deno.test("serveSimulator drops a request whose client goes away", async () => {
  await using server = serveSimulator({ model: "Qwen3-0.6B", tp: 1 });
  const abort = new AbortController();
  const response = await postChat(server.baseUrl, 20_000, { signal: abort.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  assert.equal(server.stats().activeRequests, 1);
  abort.abort();
  await until(() => server.stats().activeRequests === 0);
  assert.equal(server.stats().scheduler?.heldPages, 0);
});

for (const engine of ["sglang", "vllm"]) {
  Deno.test(`serveSimulator drops a request to ${engine} whose client does not wait for the head`, async () => {
    await using server = serveSimulator({ engine, fixed: { ttftMs: NEVER_MS, itlMs: 1 } });
    const abort = new AbortController();
    const body = JSON.stringify({ messages: [{ role: "user", content: "hello" }], max_tokens: 3 });
    const answer = fetch(`${server.baseUrl}/chat/completions`, {
      method: "POST",
      body,
      signal: abort.signal,
    });
    await until(() => server.stats().activeRequests === 1);
    abort.abort();
    await assert.rejects(answer, { name: "AbortError" });
    await until(() => server.stats().activeRequests === 0);
  });
}

Deno.test("serveSimulator stops while clients wait for the head", async () => {
  const server = serveSimulator({ engine: "sglang", fixed: { ttftMs: NEVER_MS, itlMs: 1 } });
  const answer = postChat(server.baseUrl, 3);
  await until(() => server.stats().activeRequests === 1);
  const [waiting] = await Promise.allSettled([answer, server[Symbol.asyncDispose]()]);
  assert.ok(waiting.status === "rejected" || waiting.value.status >= 400);
});

Deno.test("serveSimulator says that it is simulated, whatever it answers", async () => {
  for (const engine of ["mini-sglang", "sglang", "vllm"]) {
    await using server = serveSimulator({ engine, fixed: FAST });
    for (
      const path of ["/v1/models", "/health", "/metrics", "/nowhere", "/simulator", "/v1/chat/completions"]
    ) {
      const response = await fetch(new URL(path, server.baseUrl));
      await response.body?.cancel();
      assert.equal(response.headers.get("x-engine-simulated"), "1", path);
    }
  }
});

Deno.test("serveSimulator survives a body that never ends", async () => {
  await using server = serveSimulator({ fixed: FAST });
  const port = Number(new URL(server.baseUrl).port);
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n";
  await connection.write(new TextEncoder().encode(`${head}{"model":`));
  connection.close();
  assert.match(await (await postChat(server.baseUrl, 2)).text(), /\[DONE\]/);
});

Deno.test("serveSimulator breaks open streams when it is disposed of", async () => {
  const server = serveSimulator({ fixed: { ttftMs: NEVER_MS, itlMs: 1 } });
  const response = await postChat(server.baseUrl, 3);
  const [body] = await Promise.allSettled([response.text(), server[Symbol.asyncDispose]()]);
  assert.equal(body.status, "rejected");
});

Deno.test("serveSimulator names the port that is in use", async () => {
  await using server = serveSimulator();
  const port = Number(new URL(server.baseUrl).port);
  assert.throws(() => serveSimulator({ port }), {
    name: "UsageError",
    message: `Cannot serve on port ${port} as it is in use: choose another with --port, or 0 for any`,
  });
});

Deno.test("startSimulatorWorker serves from its own thread and keeps stamps", async () => {
  await using worker = await startSimulatorWorker({ fixed: FAST, recordStamps: true });
  const beforeMs = Date.now();
  for (const id of ["a", "b"]) {
    const response = await postChat(worker.baseUrl, 10, { headers: { "x-request-id": id } });
    assert.equal((await response.text()).match(/"content"/g)?.length, 10);
  }
  const { activeRequests, emittedTokens, lag } = await worker.stats();
  assert.deepEqual([activeRequests, emittedTokens, lag?.count], [0, 20, 20]);
  const stamps = await worker.stamps();
  assert.deepEqual(stamps.map(({ requestId }) => requestId), ["a", "b"]);
  for (const { tokensMs } of stamps) {
    assert.equal(tokensMs.length, 10);
    assert.deepEqual(tokensMs, tokensMs.toSorted((a, b) => a - b));
    assert.ok((tokensMs[0] ?? 0) >= beforeMs - 1000 && (tokensMs[9] ?? Infinity) <= Date.now() + 1000);
  }
});

Deno.test("startSimulatorWorker passes errors on and leaves nothing behind", async () => {
  await assert.rejects(startSimulatorWorker({ gpu: "abacus" }), RangeError);
  const first = await startSimulatorWorker();
  const port = Number(new URL(first.baseUrl).port);
  await assert.rejects(startSimulatorWorker({ port }), UsageError);
  await first[Symbol.asyncDispose]();
  await using second = await startSimulatorWorker({ port });
  assert.equal(new URL(second.baseUrl).port, String(port));
});
