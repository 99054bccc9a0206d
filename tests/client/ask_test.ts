import assert from "node:assert/strict";

import { ask } from "../../lib/client/ask.ts";
import { virtualClock } from "../../lib/clock.ts";
import type { ResponseSink } from "../../lib/types.ts";
import { fakeTransport } from "../testdata/fake_transport.ts";

const request = { method: "GET", url: "http://x/v1/models", headers: {}, body: new Uint8Array() } as const;

/** Asks a server that answers by `script`, and says when the answer was there. */
async function asked(script: (sink: ResponseSink) => void) {
  const clock = virtualClock();
  const transport = fakeTransport(clock, (_request, sink) => script(sink));
  return [await clock.settle(ask(request, { transport, clock, timeoutMs: 500 })), clock.now()];
}

Deno.test("ask() gives the whole answer, cut anywhere", async () => {
  const bytes = new TextEncoder().encode("größer");
  const answer = await asked((sink) => {
    sink.onHeaders(404, {}, 0);
    sink.onBytes(bytes.subarray(0, 3), 0); // in the middle of ö
    sink.onBytes(bytes.subarray(3), 0);
    sink.onEnd(0);
  });
  assert.deepEqual(answer, [{ status: 404, text: "größer" }, 0]);
});

Deno.test("ask() gives null when the answer breaks off or takes too long", async () => {
  const broken = await asked((sink) => sink.onError({ kind: "disconnected", message: "gone" }, 0));
  assert.deepEqual(broken, [null, 0]);
  assert.deepEqual(await asked((sink) => sink.onHeaders(200, {}, 0)), [null, 500]);
});
