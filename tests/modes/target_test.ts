import assert from "node:assert/strict";

import { openaiChat } from "../../lib/client/mod.ts";
import { virtualClock } from "../../lib/clock.ts";
import { RunError } from "../../lib/errors.ts";
import { testConnection } from "../../lib/modes/connect.ts";
import { makeTarget, normaliseBaseUrl } from "../../lib/modes/target.ts";

const server = { model: "m", quirks: { emptyDeltaIsToken: false, asksUsage: false } };
const address = { baseUrl: "http://127.0.0.1:1/v1", timeoutMs: 1000 };

Deno.test("makeTarget() sends the key, lets a header replace it, and keeps both secret without their scheme", () => {
  const keyed = makeTarget({ ...address, apiKey: "sk-1" }, server);
  assert.deepEqual(keyed.headers, { authorization: "Bearer sk-1" });
  assert.deepEqual(keyed.secrets, ["sk-1"]);
  const replaced = makeTarget(
    { ...address, apiKey: "sk-1", headers: { authorization: "Basic dXNlcg==" } },
    server,
  );
  assert.deepEqual(replaced.headers, { authorization: "Basic dXNlcg==" });
  assert.deepEqual(replaced.secrets, ["Basic dXNlcg==", "dXNlcg==", "sk-1"]); // longest first: one may hold another
  assert.equal(keyed.protocol, openaiChat);
});

Deno.test("normaliseBaseUrl() takes every spelling of the same API", () => {
  for (const end of ["", "/", "/chat/completions", "/chat/completions/"]) {
    assert.equal(normaliseBaseUrl(`http://127.0.0.1:1919/v1${end}`), "http://127.0.0.1:1919/v1");
  }
});

Deno.test("testConnection() of a transport that refuses at once says what is wrong", async () => {
  const transport = {
    name: "refusing",
    send: () => {
      throw new TypeError("invalid header");
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const signal = new AbortController().signal;
  await assert.rejects(
    testConnection({ target: makeTarget(address, server), clock: virtualClock(), transport, signal }),
    (error) => error instanceof RunError && /Cannot use http:.*invalid header/.test(error.message),
  );
});

Deno.test("an address of another API than chat completions is refused, saying which to give", () => {
  for (const path of ["/v1/completions", "/generate", "/v1/responses/"]) {
    assert.throws(
      () => normaliseBaseUrl(`http://h:1${path}`),
      /chat completions are asked for: .* http:\/\/h:1\/v1/,
    );
  }
});
