import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import { probeTemplate } from "../../lib/modes/connect.ts";
import { event, fakeTransport, finish, token } from "../testdata/fake_transport.ts";
import { target } from "../testdata/target.ts";

/** Probes a server that counts a text of n words as `count(n)` tokens. */
function probe(count: (words: number) => number | null): Promise<number | null> {
  const clock = virtualClock();
  const transport = fakeTransport(clock, (request, sink) => {
    const { messages } = JSON.parse(new TextDecoder().decode(request.body));
    const tokens = count(messages[0].content.split(" ").length);
    sink.onHeaders(200, {}, 0);
    sink.onBytes(token, 0);
    if (tokens !== null) {
      sink.onBytes(event({ choices: [], usage: { prompt_tokens: tokens, completion_tokens: 1 } }), 0);
    }
    for (const bytes of finish) sink.onBytes(bytes, 0);
    sink.onEnd(0);
  });
  return probeTemplate({ target, clock, transport }, {
    texts: ["one", "one two three four five"],
    countTokens: (text) => text.split(" ").length,
  });
}

Deno.test("probeTemplate() reads what the server counts beyond the text", async () => {
  assert.equal(await probe((words) => words + 11), 11);
  assert.equal(await probe((words) => words), 0);
});

Deno.test("probeTemplate() knows nothing of a server without usage", async () => {
  assert.equal(await probe(() => null), null);
});

Deno.test("probeTemplate() refuses a server that counts otherwise: more per word, a constant, less than the text", async () => {
  for (const count of [(words: number) => 2 * words, () => 7, (words: number) => words - 1]) {
    await assert.rejects(probe(count), /counts \d+ tokens where 4 are meant: use --prompts random/);
  }
});
