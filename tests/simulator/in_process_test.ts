import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import { inProcessTransport } from "../../lib/simulator/in_process.ts";
import type { ResponseSink, Transport, WireRequest } from "../../lib/types.ts";

function chat(maxTokens: number): WireRequest {
  const messages = [{ role: "user", content: "hello" }];
  return {
    method: "POST",
    url: "http://simulator/v1/chat/completions",
    headers: { "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify({ model: "any", messages, max_tokens: maxTokens })),
  };
}

interface Seen {
  readonly tokensMs: number[];
  readonly calls: string[];
}

/** Notes every call to a sink, and when a token came. */
function recordingSink(): { sink: ResponseSink; seen: Seen } {
  const seen: Seen = { tokensMs: [], calls: [] };
  const decoder = new TextDecoder();
  const sink: ResponseSink = {
    onHeaders: (status, headers) => seen.calls.push(`${status} simulated ${headers["x-engine-simulated"]}`),
    onBytes(bytes, atMs) {
      if (decoder.decode(bytes).includes('"content"')) seen.tokensMs.push(atMs);
    },
    onEnd: (atMs) => seen.calls.push(`end ${atMs}`),
    onError: (error, atMs) => seen.calls.push(`${error.kind} ${atMs}`),
  };
  return { sink, seen };
}

Deno.test("inProcessTransport shows TTFT 50 and ITL 5 exactly", () => {
  const clock = virtualClock();
  const transport: Transport = inProcessTransport({ fixed: { ttftMs: 50, itlMs: 5 } }, clock);
  const all: { sentMs: number; seen: Seen }[] = [];
  for (let i = 0; i < 64; i++) {
    clock.at(5 * i, () => {
      const { sink, seen } = recordingSink();
      all.push({ sentMs: clock.now(), seen });
      transport.send(chat(100), sink);
    });
  }
  clock.run();
  assert.equal(all.length, 64);
  for (const { sentMs, seen } of all) {
    assert.deepEqual(seen.tokensMs, Array.from({ length: 100 }, (_, index) => sentMs + 50 + 5 * index));
    assert.deepEqual(seen.calls, ["200 simulated 1", `end ${sentMs + 50 + 5 * 99}`]);
  }
});

Deno.test("inProcessTransport calls the sink after send has returned", () => {
  const clock = virtualClock();
  const { sink, seen } = recordingSink();
  inProcessTransport({}, clock).send({ ...chat(1), url: "http://simulator/nowhere" }, sink);
  assert.deepEqual(seen.calls, []);
  clock.run();
  assert.deepEqual(seen.calls, ["404 simulated 1", "end 0"]);
});

Deno.test("inProcessTransport reports an abort once and stays silent", () => {
  for (const abortMs of [0, 20, 57]) {
    const clock = virtualClock();
    const transport = inProcessTransport({ fixed: { ttftMs: 50, itlMs: 5 } }, clock);
    const { sink, seen } = recordingSink();
    const abort = transport.send(chat(100), sink);
    clock.at(abortMs, () => {
      abort();
      abort();
    });
    clock.run();
    assert.equal(seen.calls.at(-1), `aborted ${abortMs}`);
    assert.equal(seen.calls.filter((call) => call.startsWith("aborted")).length, 1);
    assert.deepEqual(seen.tokensMs, abortMs === 57 ? [50, 55] : []);
    assert.equal(transport.stats().activeRequests, 0);
  }
});

Deno.test("inProcessTransport never starts a request that is aborted at once", () => {
  const clock = virtualClock();
  const transport = inProcessTransport({}, clock);
  const { sink, seen } = recordingSink();
  transport.send(chat(100), sink)();
  clock.run();
  assert.deepEqual(seen.calls, ["aborted 0"]);
  assert.equal(transport.stats().emittedTokens, 0);
});

Deno.test("inProcessTransport ignores an abort after the end", () => {
  const clock = virtualClock();
  const transport = inProcessTransport({ fixed: { ttftMs: 50, itlMs: 5 } }, clock);
  const { sink, seen } = recordingSink();
  const abort = transport.send(chat(1), sink);
  clock.run();
  abort();
  assert.deepEqual(seen.calls, ["200 simulated 1", "end 50"]);
});

Deno.test("inProcessTransport breaks open requests when it is disposed of", async () => {
  const clock = virtualClock();
  const transport = inProcessTransport({}, clock);
  const { sink, seen } = recordingSink();
  transport.send(chat(100), sink);
  clock.run(() => seen.tokensMs.length === 3);
  const brokenMs = clock.now();
  await transport[Symbol.asyncDispose]();
  clock.run();
  assert.deepEqual(seen.calls, ["200 simulated 1", `disconnected ${brokenMs}`]);
});

Deno.test("inProcessTransport repeats itself to the last bit", () => {
  const runs = [0, 1].map(() => {
    const clock = virtualClock();
    const transport = inProcessTransport({}, clock);
    const seen = Array.from({ length: 50 }, (_, i) => {
      const recorded = recordingSink();
      clock.at(17 * i, () => transport.send(chat(5 + i % 30), recorded.sink));
      return recorded.seen;
    });
    clock.run();
    return seen;
  });
  assert.deepEqual(runs[0], runs[1]);
  assert.ok(runs[0]?.every(({ calls }) => calls.at(-1)?.startsWith("end")));
});
