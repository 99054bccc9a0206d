import assert from "node:assert/strict";

import { driveSessions, type Session, type TurnAnswer } from "../../lib/client/mod.ts";
import { virtualClock } from "../../lib/clock.ts";
import type { RequestRecord, ResponseSink, WireRequest } from "../../lib/types.ts";
import { event, fakeTransport, finish, steadyAnswer } from "../testdata/fake_transport.ts";
import { target } from "../testdata/target.ts";

/** Conversations with a number of turns each; `heard` takes the answers they were given. */
function talks(turns: readonly number[], heard: (TurnAnswer | null)[][] = []): Session[] {
  return turns.map((count, session) => {
    const answers: (TurnAnswer | null)[] = heard[session] = [];
    return {
      turns: count,
      next(answer) {
        answers.push(answer);
        const turn = answers.length;
        return {
          ...{ id: 10 * session + turn, messages: [], inputTokens: 0, outputTokens: 2, ignoreEos: true },
          turn: { session, turn },
        };
      },
    };
  });
}

type Answer = (request: WireRequest, sink: ResponseSink, sentMs: number) => void;

async function drive(
  sessions: Session[],
  options: { concurrency: number; thinkMs?: number; answer?: Answer; abortAtMs?: number },
) {
  const clock = virtualClock();
  const answer = options.answer ?? steadyAnswer(clock, { ttftMs: 50, itlMs: 10, tokens: 2 });
  const controller = new AbortController();
  if (options.abortAtMs !== undefined) clock.at(options.abortAtMs, () => controller.abort());
  const records: RequestRecord[] = [];
  const done = driveSessions({ sessions, ...options }, {
    ...{
      clock,
      transport: fakeTransport(clock, answer),
      target,
      leadMs: 100,
      cell: 3,
      signal: controller.signal,
    },
    onRecord: (record) => records.push(record),
  });
  clock.run();
  return { records, result: await done };
}

const times = ({ id, scheduledMs, sentMs }: RequestRecord) => [id, scheduledMs, sentMs];

Deno.test("driveSessions() asks the next turn when the answer has come, and the next conversation when one has ended", async () => {
  const { records, result } = await drive(talks([2, 1, 2]), { concurrency: 1 });
  // each turn takes 60 ms
  assert.deepEqual(records.map(times), [
    [1, 100, 100],
    [2, 160, 160],
    [11, 220, 220],
    [21, 280, 280],
    [22, 340, 340],
  ]);
  assert.deepEqual(result, { startMs: 100, endMs: 400 });
  assert.deepEqual(records.map(({ turn, cell }) => [turn?.session, turn?.turn, cell]), [
    [0, 1, 3],
    [0, 2, 3],
    [1, 1, 3],
    [2, 1, 3],
    [2, 2, 3],
  ]);
});

Deno.test("driveSessions() keeps as many conversations going as the concurrency says, whether they wait or think", async () => {
  const { records } = await drive(talks([2, 2, 1]), { concurrency: 2, thinkMs: 1000 });
  assert.deepEqual(records.map(times), [
    [1, 100, 100],
    [11, 100, 100],
    [2, 1160, 1160],
    [12, 1160, 1160],
    [21, 1220, 1220], // its place was taken by a conversation that thought
  ]);
});

Deno.test("driveSessions() hands over the text of the answer and how it ended", async () => {
  const clock = virtualClock();
  const heard: (TurnAnswer | null)[][] = [];
  const done = driveSessions({ sessions: talks([3], heard), concurrency: 1 }, {
    ...{ clock, target, onRecord: () => {} },
    transport: fakeTransport(clock, (_request, sink, sentMs) => {
      sink.onHeaders(200, {}, sentMs);
      for (const content of ["Die ", "Straße", ' "x":1']) {
        sink.onBytes(event({ choices: [{ delta: { content } }] }), sentMs);
      }
      sink.onBytes(event({ choices: [{ delta: { reasoning_content: "not said" } }] }), sentMs);
      for (const bytes of finish) sink.onBytes(bytes, sentMs);
      sink.onEnd(sentMs);
    }),
  });
  clock.run();
  await done;
  const answer = { text: 'Die Straße "x":1', finishReason: "length" };
  assert.deepEqual(heard, [[null, answer, answer]]);
});

Deno.test("a turn that fails ends its conversation and no other", async () => {
  let asked = 0;
  const clock = virtualClock();
  const good = steadyAnswer(clock, { ttftMs: 50, itlMs: 10, tokens: 2 });
  const records: RequestRecord[] = [];
  const done = driveSessions({ sessions: talks([3, 2]), concurrency: 1 }, {
    ...{ clock, target },
    transport: fakeTransport(clock, (request, sink, sentMs) => {
      if (asked++ === 1) sink.onError({ kind: "connect", message: "gone" }, sentMs);
      else good(request, sink, sentMs);
    }),
    onRecord: (record) => records.push(record),
  });
  clock.run();
  await done;
  assert.deepEqual(records.map(({ id, outcome }) => [id, outcome.kind]), [
    [1, "ok"],
    [2, "failed"],
    [11, "ok"],
    [12, "ok"],
  ]);
});

Deno.test("10,000 conversations that fail at once end without overflowing the stack", async () => {
  const { records } = await drive(talks(Array(10_000).fill(2)), {
    concurrency: 4,
    answer: (_request, sink, sentMs) => sink.onError({ kind: "connect", message: "nothing listens" }, sentMs),
  });
  assert.equal(records.length, 10_000);
});

Deno.test("an interrupt ends conversations that wait and those that think, and begins none", async () => {
  const { records, result } = await drive(talks([2, 5, 1]), { concurrency: 2, thinkMs: 30, abortAtMs: 200 });
  // 100–160 first turns, 190 second turns, cancelled at 200
  assert.deepEqual(records.map(({ id, outcome }) => [id, outcome.kind]), [
    [1, "ok"],
    [11, "ok"],
    [2, "cancelled"],
    [12, "cancelled"],
  ]);
  assert.equal(result.endMs, 200);
  const thinking = await drive(talks([2]), { concurrency: 1, thinkMs: 1000, abortAtMs: 500 });
  assert.equal(thinking.records.length, 1);
  assert.equal(thinking.result.endMs, 500);
});

Deno.test("driving no conversations ends at once", async () => {
  assert.deepEqual((await drive([], { concurrency: 2 })).records, []);
});
