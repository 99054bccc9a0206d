import assert from "node:assert/strict";

import { newProgress, send } from "../../lib/client/mod.ts";
import type { Target } from "../../lib/client/mod.ts";
import { virtualClock } from "../../lib/clock.ts";
import type { Clock, RequestRecord, ResponseSink } from "../../lib/types.ts";
import { event, fakeTransport, finish, steadyAnswer, token } from "../testdata/fake_transport.ts";
import { makeRequests, target } from "../testdata/target.ts";

const HEADERS = { "content-type": "text/event-stream" };

/** Sends one request to a scripted server on a virtual clock. */
function exchange(
  answer: (sink: ResponseSink, clock: Clock) => void,
  change: Partial<Target> = {},
): { record: RequestRecord; calls: number } {
  const clock = virtualClock();
  const [request] = makeRequests(1);
  const records: RequestRecord[] = [];
  if (request === undefined) throw new Error("no request");
  send(request, {
    clock,
    target: { ...target, ...change },
    transport: fakeTransport(clock, (_, sink) => answer(sink, clock)),
    cell: 3,
    scheduledMs: 0,
    progress: newProgress(),
    onRecord: (record) => records.push(record),
  });
  clock.run();
  const [record] = records;
  if (record === undefined) throw new Error("no record");
  return { record, calls: records.length };
}

Deno.test("send() records headers, tics, control chunks, end and finish reason", () => {
  const { record } = exchange((sink, clock) => {
    clock.at(1, () => sink.onHeaders(200, HEADERS, 1));
    clock.at(50, () => sink.onBytes(token, 50));
    clock.at(55.00049, () => sink.onBytes(token, 55.00049));
    clock.at(60, () => {
      for (const bytes of finish) sink.onBytes(bytes, 60);
      sink.onEnd(61);
    });
  });
  assert.deepEqual(record, {
    cell: 3,
    id: 0,
    scheduledMs: 0,
    sentMs: 0,
    connectMs: null,
    freshConnection: null,
    headersMs: 1,
    ticsMs: [50, 55], // rounded to 1 µs
    controlMs: [60],
    doneMs: 60,
    inputTokens: 10,
    outputTokens: 3,
    outcome: { kind: "ok", finishReason: "length" },
  });
});

Deno.test("send() keeps usage and per-chunk token counts", () => {
  const chunk = (tokens: number) =>
    event({
      choices: [{ delta: { content: "a" }, finish_reason: null }],
      usage: { prompt_tokens: 4, completion_tokens: tokens },
    });
  const { record } = exchange((sink) => {
    sink.onHeaders(200, HEADERS, 0);
    for (const bytes of [chunk(2), chunk(3), chunk(7), ...finish]) sink.onBytes(bytes, 0);
    sink.onEnd(0);
  });
  assert.deepEqual(record.tokensPerTic, [2, 1, 4]);
  assert.deepEqual(record.usage, { promptTokens: 4, completionTokens: 7 });
});

Deno.test("send() takes a running count for neither total nor count per chunk when tokens without one follow", () => {
  const counted = event({
    choices: [{ delta: { content: "a" }, finish_reason: null }],
    usage: { prompt_tokens: 4, completion_tokens: 1 },
  });
  const { record } = exchange((sink) => {
    sink.onHeaders(200, HEADERS, 0);
    for (const bytes of [counted, token, token, ...finish]) sink.onBytes(bytes, 0);
    sink.onEnd(0);
  });
  assert.equal(record.ticsMs.length, 3);
  assert.equal(record.usage, undefined);
  assert.equal(record.tokensPerTic, undefined);
});

Deno.test("an answer that came to its end mark is whole, whatever the connection does then", () => {
  const whole = (sink: ResponseSink) => {
    sink.onHeaders(200, HEADERS, 0);
    for (const bytes of [token, ...finish]) sink.onBytes(bytes, 0);
  };
  const reset = exchange((sink) => {
    whole(sink);
    sink.onError({ kind: "disconnected", message: "reset" }, 0);
  });
  assert.equal(reset.record.outcome.kind, "ok");
  const open = exchange(whole, { timeoutMs: 60_000 });
  assert.deepEqual([open.record.outcome.kind, open.record.doneMs], ["ok", 1000]); // the grace, not the time limit
});

const failures: [string, (sink: ResponseSink, clock: Clock) => void, failure: string, RegExp][] = [
  [
    "nothing listens",
    (sink) => sink.onError({ kind: "connect", message: "connect ECONNREFUSED 127.0.0.1:1" }, 0),
    "connect",
    /ECONNREFUSED/,
  ],
  [
    "an error status with a JSON body",
    (sink) => {
      sink.onHeaders(503, { "content-type": "application/json" }, 0);
      sink.onBytes(new TextEncoder().encode('{"error": {"message": "overloaded"}}'), 0);
      sink.onEnd(0);
    },
    "http",
    /^HTTP 503: overloaded$/,
  ],
  [
    "the key in an error message",
    (sink) => {
      sink.onHeaders(401, {}, 0);
      sink.onBytes(new TextEncoder().encode("bad key sk-secret!"), 0);
      sink.onEnd(0);
    },
    "http",
    /^HTTP 401: bad key \*\*\*!$/,
  ],
  [
    "an answer that is no stream",
    (sink) => {
      sink.onHeaders(200, { "content-type": "application/json" }, 0);
      sink.onBytes(new TextEncoder().encode('{"choices": []}'), 0);
      sink.onEnd(0);
    },
    "malformed",
    /not an event stream/,
  ],
  [
    "a key that an excerpt would cut in two",
    (sink) => {
      sink.onHeaders(500, {}, 0);
      sink.onBytes(new TextEncoder().encode("x".repeat(285) + "sk-secret"), 0);
      sink.onEnd(0);
    },
    "http",
    /^HTTP 500: x{285}\*\*\*$/,
  ],
  [
    "a page",
    (sink) => {
      sink.onHeaders(200, { "content-type": "text/html" }, 0);
      sink.onBytes(new TextEncoder().encode("<h1>Welcome</h1>"), 0);
      sink.onEnd(0);
    },
    "malformed",
    /not an event stream: <h1>Welcome/,
  ],
  [
    "malformed events",
    (sink) => {
      sink.onHeaders(200, HEADERS, 0);
      sink.onBytes(token, 0);
      sink.onBytes(event("{nonsense"), 0);
    },
    "malformed",
    /not JSON: "\{nonsense"/,
  ],
  [
    "a stream without its end mark",
    (sink) => {
      sink.onHeaders(200, HEADERS, 0);
      sink.onBytes(token, 0);
      sink.onEnd(0);
    },
    "truncated",
    /without its end mark, "data: \[DONE\]" in the middle of the answer/,
  ],
  [
    "a stream without tokens",
    (sink) => {
      sink.onHeaders(200, HEADERS, 0);
      for (const bytes of finish) sink.onBytes(bytes, 0);
      sink.onEnd(0);
    },
    "malformed",
    /without a single token/,
  ],
  [
    "a connection that breaks",
    (sink) => {
      sink.onHeaders(200, HEADERS, 0);
      sink.onBytes(token, 0);
      sink.onError({ kind: "disconnected", message: "socket hang up" }, 0);
    },
    "disconnected",
    /^socket hang up in the middle of the answer$/,
  ],
  [
    "an error inside the stream",
    (sink) => {
      sink.onHeaders(200, HEADERS, 0);
      sink.onBytes(event({ error: { message: "out of memory" } }), 0);
    },
    "engine",
    /^out of memory$/,
  ],
  ["no answer in time", () => {}, "timeout", /within 1 s; .*TTFT \+ max_tokens × ITL/],
];

for (const [name, answer, failure, message] of failures) {
  Deno.test(`send() turns ${name} into a failed record, once`, () => {
    const { record, calls } = exchange(answer);
    assert.equal(calls, 1);
    if (record.outcome.kind !== "failed") throw new Error(`outcome is ${record.outcome.kind}`);
    assert.equal(record.outcome.failure, failure);
    assert.match(record.outcome.message, message);
    assert.doesNotMatch(record.outcome.message, /sk-s/);
  });
}

Deno.test("a failed record keeps the tics that had come, and a timeout ends at the limit", () => {
  const { record } = exchange((sink, clock) => {
    sink.onHeaders(200, HEADERS, 0);
    clock.at(400, () => sink.onBytes(token, 400));
  });
  assert.deepEqual(record.ticsMs, [400]);
  assert.equal(record.doneMs, 1000);
});

Deno.test("send() measures a steady engine exactly", () => {
  const clock = virtualClock();
  const records: RequestRecord[] = [];
  const transport = fakeTransport(clock, steadyAnswer(clock, { ttftMs: 50, itlMs: 5, tokens: 4 }));
  const progress = newProgress();
  for (const request of makeRequests(1)) {
    send(request, {
      clock,
      target,
      transport,
      cell: 0,
      scheduledMs: 0,
      progress,
      onRecord: (r) => records.push(r),
    });
  }
  clock.run();
  assert.deepEqual(records[0]?.ticsMs, [50, 55, 60, 65]);
  assert.deepEqual(progress, { sent: 1, done: 1, failed: 0, prefilled: 1, decoded: 3 });
});
