import assert from "node:assert/strict";

import { drive, newProgress } from "../../lib/client/mod.ts";
import { type VirtualClock, virtualClock } from "../../lib/clock.ts";
import type { List, RequestRecord, RequestSpec, Schedule, Transport } from "../../lib/types.ts";
import { fakeTransport, steadyAnswer } from "../testdata/fake_transport.ts";
import { makeRequests, target } from "../testdata/target.ts";

/** Drives requests on a virtual clock to their end. */
async function driveVirtually(
  schedule: Schedule,
  options: { count: number; clock: VirtualClock; transport: Transport; signal?: AbortSignal },
) {
  const records: RequestRecord[] = [];
  const { clock, transport, signal } = options;
  const done = drive(makeRequests(options.count), schedule, {
    ...{ clock, transport, target, signal, leadMs: 100, cell: 2 },
    onRecord: (record) => records.push(record),
  });
  clock.run();
  return { records, result: await done };
}

function steady(tokens: number, itlMs = 10) {
  const clock = virtualClock();
  return { clock, transport: fakeTransport(clock, steadyAnswer(clock, { ttftMs: 50, itlMs, tokens })) };
}

Deno.test("drive() in open loop sends at the scheduled instants, however long answers take", async () => {
  const { records, result } = await driveVirtually({ kind: "open", arrivalsMs: [0, 5, 5, 40] }, {
    count: 4,
    ...steady(3),
  });
  assert.deepEqual(records.map(({ id, scheduledMs, sentMs }) => [id, scheduledMs, sentMs]), [
    [0, 100, 100],
    [1, 105, 105],
    [2, 105, 105],
    [3, 140, 140],
  ]);
  assert.deepEqual(result, { startMs: 100, endMs: 210 }); // 140 + 50 + 2 × 10
  assert.ok(records.every((record) => record.cell === 2));
});

Deno.test("drive() in closed loop keeps exactly the concurrency in flight", async () => {
  const { records } = await driveVirtually({ kind: "closed", concurrency: 2 }, { count: 5, ...steady(2) });
  // each takes 60 ms, two at a time
  assert.deepEqual(records.map(({ scheduledMs, sentMs }) => [scheduledMs, sentMs]), [
    [100, 100],
    [100, 100],
    [160, 160],
    [160, 160],
    [220, 220],
  ]);
});

Deno.test("drive() goes on when requests fail, even at once", async () => {
  const clock = virtualClock();
  const answer = steadyAnswer(clock, { ttftMs: 50, itlMs: 10, tokens: 2 });
  let count = 0;
  const transport = fakeTransport(clock, (request, sink, sentMs) => {
    if (count++ % 2 === 0) sink.onError({ kind: "connect", message: "refused" }, sentMs);
    else answer(request, sink, sentMs);
  });
  for (
    const schedule of [{ kind: "closed", concurrency: 1 }, {
      kind: "open",
      arrivalsMs: [0, 1, 2, 3],
    }] as const
  ) {
    const { records } = await driveVirtually(schedule, { count: 4, clock, transport });
    assert.deepEqual(records.map((record) => record.outcome.kind).sort(), ["failed", "failed", "ok", "ok"]);
  }
});

Deno.test("drive() records what was in flight when it is stopped, and sends no more", async () => {
  const controller = new AbortController();
  const { clock, transport } = steady(10);
  clock.at(175, () => controller.abort());
  const { records, result } = await driveVirtually({ kind: "open", arrivalsMs: [0, 50, 500] }, {
    ...{ count: 3, clock, transport, signal: controller.signal },
  });
  assert.deepEqual(records.map(({ id, ticsMs, outcome }) => [id, ticsMs.length, outcome.kind]), [
    [0, 3, "cancelled"], // sent at 100: 150, 160, 170
    [1, 0, "cancelled"],
  ]);
  assert.equal(result.endMs, 175);
});

Deno.test("drive() with a stopped signal or nothing to send ends by itself", async () => {
  const stopped = await driveVirtually({ kind: "open", arrivalsMs: [0] }, {
    ...{ count: 1, ...steady(1), signal: AbortSignal.abort() },
  });
  assert.deepEqual(stopped.records, []);
  assert.deepEqual(
    (await driveVirtually({ kind: "open", arrivalsMs: [] }, { count: 0, ...steady(1) })).records,
    [],
  );
});

Deno.test("drive() counts progress", async () => {
  const { clock, transport } = steady(4);
  const progress = newProgress();
  const done = drive(makeRequests(3), { kind: "closed", concurrency: 3 }, {
    ...{ clock, transport, target, progress, onRecord: () => {} },
  });
  clock.run();
  await done;
  assert.deepEqual(progress, { sent: 3, done: 3, failed: 0, prefilled: 3, decoded: 9 });
});

Deno.test("drive() refuses a schedule of another length", () => {
  assert.throws(
    () =>
      drive(makeRequests(2), { kind: "open", arrivalsMs: [0] }, { ...steady(1), target, onRecord: () => {} }),
    /it has 1 for 2/,
  );
});

Deno.test("drive() asks a list for each request once, so that one may be made when it is asked for", async () => {
  for (
    const schedule of [{ kind: "open", arrivalsMs: [0, 5, 5, 400] }, {
      kind: "closed",
      concurrency: 2,
    }] as const
  ) {
    const made = makeRequests(4);
    const asked: number[] = [];
    const requests: List<RequestSpec> = {
      length: 4,
      at(index) {
        if (index < 4) asked.push(index);
        return made.at(index);
      },
      [Symbol.iterator]: () => made[Symbol.iterator](),
    };
    const { clock, transport } = steady(2);
    const ids: number[] = [];
    const done = drive(requests, schedule, { clock, transport, target, onRecord: ({ id }) => ids.push(id) });
    clock.run();
    await done;
    assert.deepEqual(asked, [0, 1, 2, 3], schedule.kind);
    assert.deepEqual(ids, [0, 1, 2, 3], schedule.kind);
  }
});
