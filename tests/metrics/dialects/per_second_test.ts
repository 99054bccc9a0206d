import assert from "node:assert/strict";

import { PerSecond, SuccessesPerSecond } from "../../../lib/metrics/dialects/per_second.ts";
import { createRandom } from "../../../lib/random.ts";

Deno.test("addInstants() counts to whole µs: an instant at the end of a second is in the next", () => {
  const perSecond = new PerSecond(0.1); // 0.1 + 1000 k is not exact in binary
  for (let k = 0; k < 50; k++) perSecond.addInstants([0.1 + k * 1000, 1000.099 + k * 1000]);
  assert.equal(perSecond.mostInstants, 2);
  perSecond.addInstants([2000.1]);
  assert.equal(perSecond.mostInstants, 3);
});

Deno.test("addInstants() leaves out what is before the first second", () => {
  const perSecond = new PerSecond(1000);
  perSecond.addInstants([10, 20, 999.999, 1000]);
  assert.equal(perSecond.mostInstants, 1);
});

Deno.test("addInstants() counts as one that looks at each instant by itself", () => {
  const random = createRandom(7);
  const perSecond = new PerSecond(123.456);
  const counts = new Map<number, number>();
  for (let stream = 0; stream < 200; stream++) {
    let us = 123_456 + random.int(0, 20_000_000);
    const instants = Array.from({ length: 50 }, () => us += random.int(0, 400_000));
    for (const at of instants) {
      const second = Math.trunc((at - 123_456) / 1_000_000);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    perSecond.addInstants(instants.map((at) => at / 1000));
  }
  assert.equal(perSecond.mostInstants, Math.max(...counts.values()));
});

Deno.test("addSpan() counts every second that is touched, though the spans never meet", () => {
  const perSecond = new PerSecond(0);
  perSecond.addSpan(0, 1000); // seconds 0 and 1
  perSecond.addSpan(1200, 1300);
  perSecond.addSpan(1900, 2500);
  assert.equal(perSecond.mostSpans, 3); // all touch second 1
  perSecond.addSpan(5000, 5000);
  assert.equal(perSecond.mostSpans, 3);
});

Deno.test("SuccessesPerSecond says nothing when its first second did not begin with the earliest success", () => {
  const success = { instantsMs: [600], endMs: 700 };
  for (const [firstMs, mostInstants] of [[500, 1], [400, undefined], [null, undefined]] as const) {
    const perSecond = new SuccessesPerSecond(firstMs);
    perSecond.add(500, success);
    assert.equal(perSecond.counts?.mostInstants, mostInstants);
  }
});
