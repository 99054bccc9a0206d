import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import { createFrontEnd, type FrontEnd, type FrontEndRequest } from "../../lib/simulator/front_end.ts";
import { resolveSimulator } from "../../lib/simulator/options.ts";

/** One reply as text: status, headers, empty line, body. */
function record(frontEnd: FrontEnd, request: FrontEndRequest): { text: string; ended: boolean } {
  const decoder = new TextDecoder();
  const seen = { text: "", ended: false };
  frontEnd.handle(request, {
    head(status, headers) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
      seen.text += `${status}\n${lines.join("")}\n`;
    },
    write: (bytes) => seen.text += decoder.decode(bytes),
    end: () => seen.ended = true,
  });
  return seen;
}

function chatRequest(maxTokens: number, requestId: string | null = null): FrontEndRequest {
  const messages = [{ role: "user", content: "hello" }];
  const body = JSON.stringify({ model: "any", messages, max_tokens: maxTokens });
  return { method: "POST", path: "/v1/chat/completions", requestId, body };
}

Deno.test("FrontEnd sends the head of a stream at once", () => {
  const frontEnd = createFrontEnd(resolveSimulator(), { clock: virtualClock(), createdS: 0 });
  assert.match(record(frontEnd, chatRequest(3)).text, /^200\n/);
});

Deno.test("FrontEnd writes nothing after the client went away", () => {
  const clock = virtualClock();
  const config = resolveSimulator({ fixed: { ttftMs: 50, itlMs: 5 } });
  const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
  let writes = 0;
  const hangUp = frontEnd.handle(chatRequest(10), {
    head: () => {},
    write: () => writes++,
    end: () => assert.fail("ended"),
  });
  clock.run(() => writes === 2);
  hangUp();
  clock.run();
  assert.equal(writes, 2);
  const { activeRequests, emittedTokens } = frontEnd.stats();
  assert.deepEqual([activeRequests, emittedTokens], [0, 2]);
});

for (const [engine, fittingTokens] of [["sglang", 20], ["vllm", 19]] as const) {
  Deno.test(`FrontEnd of ${engine} takes 9 + 10 tokens in a context of ${fittingTokens}, not of one less`, () => {
    const statuses = [fittingTokens, fittingTokens - 1].map((contextTokens) => {
      const config = resolveSimulator({ engine, contextTokens });
      const clock = virtualClock();
      const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
      const body = chatRequest(10).body.replace("any", config.model.id);
      const seen = record(frontEnd, { ...chatRequest(10), body });
      clock.run();
      return seen.text.slice(0, 3);
    });
    assert.deepEqual(statuses, ["200", "400"]);
  });

  Deno.test(`FrontEnd of ${engine} does not end an answer before its min_tokens, where these are all of it`, () => {
    const emitted = [0, 50].map((minTokens) => {
      const config = resolveSimulator({ engine, meanAnswerTokens: 1 });
      const clock = virtualClock();
      const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
      const body = { ...JSON.parse(chatRequest(50).body), model: config.model.id, min_tokens: minTokens };
      record(frontEnd, { ...chatRequest(50), body: JSON.stringify(body) });
      clock.run();
      return frontEnd.stats().emittedTokens;
    });
    assert.ok((emitted[0] ?? 50) < 50);
    assert.equal(emitted[1], 50);
  });
}

Deno.test("FrontEnd of sglang generates one answer, from input_ids where a text is beside them", () => {
  const clock = virtualClock();
  const frontEnd = createFrontEnd(resolveSimulator({ engine: "sglang" }), { clock, createdS: 0 });
  const generate = (sampling: object) => {
    const body = { text: "hello", input_ids: [1, 2, 3], sampling_params: { max_new_tokens: 1, ...sampling } };
    const request = { method: "POST", path: "/generate", requestId: null, body: JSON.stringify(body) };
    const seen = record(frontEnd, request);
    clock.run();
    return seen.text;
  };
  assert.match(generate({}), /^200\n[^]*"prompt_tokens":3,/);
  assert.match(generate({ n: 2 }), /^400\n[^]*"message":"body\.sampling_params\.n: Only one answer/);
});

Deno.test("FrontEnd of sglang counts clients that went away", () => {
  const clock = virtualClock();
  const frontEnd = createFrontEnd(resolveSimulator({ engine: "sglang" }), { clock, createdS: 0 });
  frontEnd.handle(chatRequest(10), { head() {}, write() {}, end() {} })();
  clock.run();
  const { text } = record(frontEnd, { method: "GET", path: "/metrics", requestId: null, body: "" });
  assert.match(text, /^sglang:num_aborted_requests_total{[^}]*} 1\.0$/m);
});

Deno.test("FrontEnd leaves an overlong request hanging when asked to", () => {
  const clock = virtualClock();
  const config = resolveSimulator({ contextTokens: 8, overlong: "hang" });
  const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
  const seen = record(frontEnd, chatRequest(10));
  clock.run();
  assert.match(seen.text, /^200\n/);
  assert.equal(seen.ended, false);
  assert.equal(frontEnd.stats().activeRequests, 0);
});

Deno.test("FrontEnd keeps one stamp per token when it has a clock for them", () => {
  const clock = virtualClock();
  const config = resolveSimulator({ fixed: { ttftMs: 50, itlMs: 5 } });
  const frontEnd = createFrontEnd(config, { clock, createdS: 0, stampMs: () => 1000 + clock.now() });
  record(frontEnd, chatRequest(3, "first"));
  record(frontEnd, chatRequest(1));
  clock.run();
  assert.deepEqual(frontEnd.stamps(), [
    { requestId: "first", tokensMs: [1050, 1055, 1060] },
    { requestId: null, tokensMs: [1050] },
  ]);
});

for (const engine of ["mini-sglang", "sglang", "vllm"]) {
  for (const stream of [true, false]) {
    Deno.test(`FrontEnd keeps nothing of 2,000 clients of ${engine} that go away at once (stream: ${stream})`, () => {
      const clock = virtualClock();
      const config = resolveSimulator({ engine, model: "Qwen3-0.6B", tp: 1 });
      const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
      const messages = [{ role: "user", content: "hello" }];
      const body = JSON.stringify({ model: config.model.id, messages, max_tokens: 50, stream });
      const request = { ...chatRequest(0), body };
      for (let i = 0; i < 2000; i++) {
        clock.at(i % 100, () => frontEnd.handle(request, { head() {}, write() {}, end() {} })());
      }
      clock.run();
      const { activeRequests, emittedTokens, scheduler } = frontEnd.stats();
      assert.deepEqual([activeRequests, scheduler?.heldPages, scheduler?.protectedPages], [0, 0, 0]);
      // mini-sglang notices with the first token, and needs 0.1 s more.
      if (engine === "mini-sglang") assert.ok(emittedTokens < 2000 * 50, `${emittedTokens}`);
      else assert.equal(emittedTokens, 0);
      assert.equal(scheduler?.admittedRequests, 0);
    });
  }

  Deno.test(`FrontEnd of ${engine} answers whatever it is sent`, () => {
    const clock = virtualClock();
    const config = resolveSimulator({
      engine,
      fixed: { ttftMs: 50, itlMs: 5 },
      contextTokens: 100,
      overlong: "reject",
    });
    const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
    const message = { role: "user", content: "hello" };
    const good: Record<string, unknown> = {
      model: config.model.id,
      messages: [message],
      max_tokens: 3,
      prompt: "a",
      text: "a",
    };
    const odd = [null, true, -1, 0, 1.5, 2 ** 53, "", "x", [], [[]], [null], [1], ["a"], {}, { a: 1 }, [
      message,
      null,
    ]];
    const bodies = [
      "",
      "null",
      "1",
      '"',
      "{",
      "[".repeat(100_000),
      "\ud800",
      JSON.stringify({ ...good, prompt: [] }),
    ];
    for (
      const field of [
        ...Object.keys(good),
        "stream",
        "stream_options",
        "sampling_params",
        "n",
        "ignore_eos",
        "rid",
        "min_tokens",
        "input_ids",
        "max_completion_tokens",
      ]
    ) {
      for (const value of odd) bodies.push(JSON.stringify({ ...good, [field]: value }));
    }
    const paths = [
      "/v1/chat/completions",
      "/v1/completions",
      "/generate",
      "/flush_cache",
      "/nowhere",
      "/toString",
    ];
    for (const path of paths) {
      for (const body of bodies) {
        const seen = record(frontEnd, { method: "POST", path, requestId: null, body });
        clock.run();
        assert.match(seen.text, /^[245]\d\d\n/, `${path} ${body.slice(0, 200)}`);
        assert.ok(seen.ended && seen.text.includes("x-engine-simulated: 1"), `${path} ${body.slice(0, 200)}`);
      }
    }
    assert.equal(frontEnd.stats().activeRequests, 0);
  });

  Deno.test(`FrontEnd of ${engine} tells what is simulated`, () => {
    const clock = virtualClock();
    const config = resolveSimulator({ engine, fixed: { ttftMs: 50, itlMs: 5 } });
    const frontEnd = createFrontEnd(config, { clock, createdS: 0, details: { anything: 1 } });
    const ask = (method: string, path: string) => {
      const { text } = record(frontEnd, { method, path, requestId: null, body: "" });
      return JSON.parse(text.slice(text.indexOf("\n\n")));
    };
    assert.equal(ask("POST", "/simulator/lag"), null);
    record(frontEnd, { ...chatRequest(3), body: chatRequest(3).body.replace("any", config.model.id) });
    clock.run();
    const lag = { count: 3, p50Ms: 0, p99Ms: 0, maxMs: 0 };
    const stats = { activeRequests: 0, emittedTokens: 3, lag, scheduler: null };
    const expected = { simulated: true, engine: config.engine.label, details: { anything: 1 }, stats };
    assert.deepEqual(ask("GET", "/simulator"), expected);
    assert.deepEqual(ask("POST", "/simulator/lag"), lag);
    assert.equal(ask("POST", "/simulator/lag"), null);
  });
}

Deno.test("FrontEnd leaves no overlong request of mini-sglang behind once its client goes away", () => {
  const clock = virtualClock();
  const config = resolveSimulator({ contextTokens: 8 });
  const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
  const seen = { heads: 0, ends: 0 };
  const hangUp = frontEnd.handle(chatRequest(10), {
    head: () => seen.heads++,
    write: () => assert.fail("wrote"),
    end: () => seen.ends++,
  });
  clock.run();
  hangUp();
  clock.run();
  assert.deepEqual(seen, { heads: 1, ends: 0 });
  assert.equal(frontEnd.stats().activeRequests, 0);
});

Deno.test("FrontEnd flushes the cache of SGLang only when nothing runs", () => {
  const clock = virtualClock();
  const config = resolveSimulator({ engine: "sglang", model: "Qwen3-0.6B", tp: 1 });
  const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
  const flush = () =>
    record(frontEnd, { method: "POST", path: "/flush_cache", requestId: null, body: "" }).text;
  const evictablePages = () => frontEnd.stats().scheduler?.evictablePages ?? 0;
  record(frontEnd, chatRequest(5));
  assert.match(flush(), /^400\n/);
  clock.run();
  assert.ok(evictablePages() > 0);
  assert.match(flush(), /^200\n/);
  assert.equal(evictablePages(), 0);
});

for (
  const [engine, name] of [["sglang", "sglang:num_requests_total"], ["vllm", "vllm:request_success_total"]]
) {
  Deno.test(`FrontEnd of ${engine} exports metrics`, () => {
    const clock = virtualClock();
    const config = resolveSimulator({ engine, model: "Qwen3-0.6B", tp: 1 });
    const frontEnd = createFrontEnd(config, { clock, createdS: 0 });
    record(frontEnd, { ...chatRequest(5), body: chatRequest(5).body.replace("any", config.model.id) });
    clock.run();
    const { text } = record(frontEnd, { method: "GET", path: "/metrics", requestId: null, body: "" });
    assert.match(text, /^200\ncontent-type: text\/plain; version=0.0.4; charset=utf-8\n/);
    assert.match(text, new RegExp(`^${name}{[^}]*} 1.0$`, "m"));
    assert.match(text, /^sim_engine_info{.*} 1.0$/m);
  });
}

Deno.test("FrontEnd.close silences every stream", () => {
  const clock = virtualClock();
  const frontEnd = createFrontEnd(resolveSimulator(), { clock, createdS: 0 });
  const seen = record(frontEnd, chatRequest(3));
  const before = seen.text;
  frontEnd.close();
  clock.run();
  assert.equal(seen.text, before);
});
