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
