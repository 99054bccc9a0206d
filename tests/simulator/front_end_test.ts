import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import { createFrontEnd, type FrontEnd, type FrontEndRequest } from "../../lib/simulator/front_end.ts";
import { resolveSimulator, type SimulatorOptions } from "../../lib/simulator/options.ts";

interface Golden {
  readonly options: SimulatorOptions;
  readonly requests: readonly { readonly method: string; readonly path: string; readonly body?: unknown }[];
}

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

const goldenFolder = new URL("../golden/simulator/", import.meta.url);
for (const { name } of Deno.readDirSync(goldenFolder)) {
  if (!name.endsWith(".input.json")) continue;
  Deno.test(`FrontEnd answers as recorded in ${name.replace(".input.json", ".expected")}`, () => {
    const input: Golden = JSON.parse(Deno.readTextFileSync(new URL(name, goldenFolder)));
    const clock = virtualClock();
    const frontEnd = createFrontEnd(resolveSimulator(input.options), { clock, createdS: 1_750_000_000 });
    const replies = input.requests.map(({ method, path, body }) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const seen = record(frontEnd, { method, path, requestId: null, body: text });
      clock.run();
      assert.ok(seen.ended);
      return `${method} ${path}\n${seen.text}`;
    });
    const expected = Deno.readTextFileSync(
      new URL(name.replace(".input.json", ".expected"), goldenFolder),
    );
    assert.equal(replies.join("\n"), expected);
  });
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
  assert.equal(frontEnd.stats().activeRequests, 0);
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

Deno.test("FrontEnd.close silences every stream", () => {
  const clock = virtualClock();
  const frontEnd = createFrontEnd(resolveSimulator(), { clock, createdS: 0 });
  const seen = record(frontEnd, chatRequest(3));
  const before = seen.text;
  frontEnd.close();
  clock.run();
  assert.equal(seen.text, before);
});
