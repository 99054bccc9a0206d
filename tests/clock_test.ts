import assert from "node:assert/strict";
import fc from "fast-check";

import { realClock, virtualClock } from "../lib/clock.ts";

Deno.test("virtualClock() runs events in order of time, equal times in order of request", () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), (times) => {
    const clock = virtualClock();
    const seen: [number, number][] = [];
    times.forEach((atMs, i) => clock.at(atMs, () => seen.push([clock.now(), i])));
    clock.run();
    const expected = times.map((atMs, i): [number, number] => [atMs, i]).sort((a, b) =>
      a[0] - b[0] || a[1] - b[1]
    );
    assert.deepEqual(seen, expected);
  }));
});

Deno.test("virtualClock() skips cancelled events and never goes back", () => {
  const clock = virtualClock();
  const seen: string[] = [];
  const cancel = clock.at(10, () => seen.push("cancelled"));
  clock.at(20, () => {
    seen.push("first");
    clock.at(5, () => seen.push(`late, at ${clock.now()}`));
  });
  cancel();
  clock.run();
  assert.deepEqual(seen, ["first", "late, at 20"]);
});

Deno.test("virtualClock().run() stops when told", () => {
  const clock = virtualClock();
  let count = 0;
  for (let i = 0; i < 10; i++) clock.at(i, () => count++);
  clock.run(() => count === 3);
  assert.equal(count, 3);
});

Deno.test("virtualClock().settle() lets time pass until the promise is settled, however it ends", async () => {
  const clock = virtualClock();
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.at(clock.now() + ms, resolve));
  const work = async () => {
    await sleep(1000);
    await sleep(500);
    return clock.now();
  };
  assert.equal(await clock.settle(work()), 1500);
  await assert.rejects(clock.settle(sleep(5).then(() => Promise.reject(new Error("broken")))), /broken/);
  assert.equal(await clock.settle(Promise.resolve("at once")), "at once");
  assert.equal(clock.now(), 1505);
});

Deno.test("virtualClock().settle() says so when nothing is left that could settle the promise", async () => {
  const clock = virtualClock();
  clock.at(20, () => {});
  await assert.rejects(clock.settle(new Promise(() => {})), /nothing is left to happen at 20 ms/);
});

Deno.test("virtualClock().settle() lets the process do other things between events", async () => {
  const clock = virtualClock();
  let stopped = false;
  let events = 0;
  const ended = new Promise<void>((resolve) => {
    const tick = () => {
      events++;
      if (stopped) resolve();
      else clock.at(clock.now() + 1, tick);
    };
    tick();
  });
  setTimeout(() => stopped = true, 0); // as Ctrl-C would come
  await clock.settle(ended);
  assert.equal(clock.now(), events - 1);
});

Deno.test("realClock().settle() waits", async () => {
  const clock = realClock();
  assert.equal(await clock.settle(new Promise((resolve) => clock.at(3, () => resolve("there")))), "there");
});

Deno.test("realClock() calls in order and never early", async () => {
  const clock = realClock();
  const seen: { wantedMs: number; atMs: number }[] = [];
  const wanted = [30, 5, 5.3, 12.7, 0];
  await new Promise<void>((resolve) => {
    for (const wantedMs of wanted) {
      clock.at(wantedMs, () => {
        if (seen.push({ wantedMs, atMs: clock.now() }) === wanted.length) resolve();
      });
    }
  });
  assert.deepEqual(seen.map(({ wantedMs }) => wantedMs), [0, 5, 5.3, 12.7, 30]);
  for (const { wantedMs, atMs } of seen) assert.ok(atMs >= wantedMs, `${atMs} is before ${wantedMs}`);
});

Deno.test("realClock() lets the process go when its last event is cancelled", () => {
  const clock = realClock();
  clock.at(1e6, () => {})(); // a timer left behind would fail this test's sanitizer
});
